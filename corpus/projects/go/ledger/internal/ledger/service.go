package ledger

import "context"

type Service struct {
	repo *Repository
}

func NewService(repo *Repository) *Service {
	return &Service{repo: repo}
}

func (s *Service) Deposit(ctx context.Context, id string, amount int) error {
	account, err := s.repo.Find(ctx, id)
	if err != nil {
		return err
	}
	account.Balance += amount
	return s.repo.SetBalance(ctx, id, account.Balance)
}

func (s *Service) RaiseLimit(ctx context.Context, id string, by int) error {
	account, err := s.repo.Find(ctx, id)
	if err != nil {
		return err
	}
	return s.repo.SetBalance(ctx, id, account.Balance+by)
}

func (s *Service) SafeDeposit(ctx context.Context, id string, amount int) error {
	return s.repo.AddBalance(ctx, id, amount)
}
