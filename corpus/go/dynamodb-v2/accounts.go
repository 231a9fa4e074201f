package accounts

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

type Account struct {
	ID       string            `dynamodbav:"account_id"`
	Plan     string            `dynamodbav:"plan"`
	Credits  int               `dynamodbav:"credits"`
	Settings map[string]string `dynamodbav:"settings"`
	Rev      int               `dynamodbav:"rev"`
}

var (
	ErrNotFound = errors.New("account not found")
	ErrStale    = errors.New("account changed meanwhile")
	ErrCredits  = errors.New("not enough credits")
)

// repository is what the service needs of the store.
type repository interface {
	Find(ctx context.Context, id string) (*Account, error)
	Store(ctx context.Context, a *Account) error
	StoreRev(ctx context.Context, a *Account) error
	Insert(ctx context.Context, a *Account) error
	Spend(ctx context.Context, id string, n int) error
	SetPlan(ctx context.Context, id, plan string) error
}

type dynamo struct {
	api   *dynamodb.Client
	table *string
}

type Repo struct {
	dynamo
}

var _ repository = (*Repo)(nil)

func NewRepo(api *dynamodb.Client, table string) *Repo {
	return &Repo{dynamo{api: api, table: aws.String(table)}}
}

func (d dynamo) key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"account_id": &types.AttributeValueMemberS{Value: id}}
}

func (r *Repo) Find(ctx context.Context, id string) (*Account, error) {
	out, err := r.api.GetItem(ctx, &dynamodb.GetItemInput{TableName: r.table, Key: r.key(id)})
	if err != nil {
		return nil, fmt.Errorf("find account: %w", err)
	}
	if out.Item == nil {
		return nil, ErrNotFound
	}
	var a Account
	if err := attributevalue.UnmarshalMap(out.Item, &a); err != nil {
		return nil, fmt.Errorf("decode account: %w", err)
	}
	return &a, nil
}

// case: id=go-ddb-153 label=race rule=lost-update tier=3 note=puts the account that the service read and charged, no condition (caller Charge)
func (r *Repo) Store(ctx context.Context, a *Account) error {
	item, err := attributevalue.MarshalMap(a)
	if err != nil {
		return fmt.Errorf("encode account: %w", err)
	}
	_, err = r.api.PutItem(ctx, &dynamodb.PutItemInput{TableName: r.table, Item: item}) // expect: lost-update
	return err
}

// case: id=go-ddb-154 label=safe tier=3 note=compares the revision the caller read and advances it
func (r *Repo) StoreRev(ctx context.Context, a *Account) error {
	seen := a.Rev
	a.Rev++
	item, err := attributevalue.MarshalMap(a)
	if err != nil {
		return fmt.Errorf("encode account: %w", err)
	}
	_, err = r.api.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:           r.table,
		Item:                item,
		ConditionExpression: aws.String("rev = :seen"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":seen": &types.AttributeValueMemberN{Value: strconv.Itoa(seen)},
		},
	})
	var ccf *types.ConditionalCheckFailedException
	if errors.As(err, &ccf) {
		return ErrStale
	}
	return err
}

// case: id=go-ddb-155 label=safe tier=3 note=get-or-create goes through this conditional put, a conflict is told apart
func (r *Repo) Insert(ctx context.Context, a *Account) error {
	item, err := attributevalue.MarshalMap(a)
	if err != nil {
		return fmt.Errorf("encode account: %w", err)
	}
	_, err = r.api.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:           r.table,
		Item:                item,
		ConditionExpression: aws.String("attribute_not_exists(account_id)"),
	})
	return err
}

// case: id=go-ddb-156 label=race rule=check-then-act tier=3 note=subtracts in place with no condition, the check stands in the service (caller Download)
func (r *Repo) Spend(ctx context.Context, id string, n int) error {
	_, err := r.api.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:        r.table,
		Key:              r.key(id),
		UpdateExpression: aws.String("ADD credits :n"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":n": &types.AttributeValueMemberN{Value: strconv.Itoa(-n)},
		},
	})
	return err
}

// case: id=go-ddb-157 label=safe tier=3 note=sets a plan from the request, the caller has only looked whether the account exists
func (r *Repo) SetPlan(ctx context.Context, id, plan string) error {
	_, err := r.api.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 r.table,
		Key:                       r.key(id),
		UpdateExpression:          aws.String("SET #p = :p"),
		ConditionExpression:       aws.String("attribute_exists(account_id)"),
		ExpressionAttributeNames:  map[string]string{"#p": "plan"},
		ExpressionAttributeValues: map[string]types.AttributeValue{":p": &types.AttributeValueMemberS{Value: plan}},
	})
	return err
}

type Service struct {
	repo repository
}

func NewService(repo repository) *Service { return &Service{repo: repo} }

func (s *Service) Charge(ctx context.Context, id string, n int) error {
	a, err := s.repo.Find(ctx, id)
	if err != nil {
		return err
	}
	if a.Credits < n {
		return ErrCredits
	}
	a.Credits -= n
	return s.repo.Store(ctx, a)
}

func (s *Service) ChargeRev(ctx context.Context, id string, n int) error {
	for tries := 0; tries < 4; tries++ {
		a, err := s.repo.Find(ctx, id)
		if err != nil {
			return err
		}
		if a.Credits < n {
			return ErrCredits
		}
		a.Credits -= n
		err = s.repo.StoreRev(ctx, a)
		if !errors.Is(err, ErrStale) {
			return err
		}
	}
	return ErrStale
}

func (s *Service) Ensure(ctx context.Context, id string) (*Account, error) {
	a, err := s.repo.Find(ctx, id)
	if !errors.Is(err, ErrNotFound) {
		return a, err
	}
	a = &Account{ID: id, Plan: "free", Settings: map[string]string{}}
	if err := s.repo.Insert(ctx, a); err != nil {
		var ccf *types.ConditionalCheckFailedException
		if errors.As(err, &ccf) {
			return s.repo.Find(ctx, id)
		}
		return nil, err
	}
	return a, nil
}

func (s *Service) Download(ctx context.Context, id string, price int) error {
	a, err := s.repo.Find(ctx, id)
	if err != nil {
		return err
	}
	if a.Credits < price {
		return ErrCredits
	}
	return s.repo.Spend(ctx, a.ID, price) // expect: check-then-act // todo-silent: check-then-act
}

func (s *Service) ChangePlan(ctx context.Context, id, plan string) error {
	if _, err := s.repo.Find(ctx, id); err != nil {
		return err
	}
	return s.repo.SetPlan(ctx, id, plan)
}
