// Package pits keeps what is left in the pits of a quarry.
package pits

import (
	"context"
	"errors"

	"example.com/quarry/internal/db"
)

var ErrEmpty = errors.New("nothing left")

type Service struct {
	pits  *table
	loads *loads
}

func NewService(c *db.Client) *Service {
	return &Service{pits: &table{db: c}, loads: &loads{db: c}}
}

func (s *Service) Dig(ctx context.Context, name string, tons int) error {
	p, err := s.pits.get(ctx, name)
	if err != nil {
		return err
	}
	if p.Tons < tons {
		return ErrEmpty
	}
	return s.pits.setTons(ctx, name, p.Tons-tons)
}

func (s *Service) DigSafely(ctx context.Context, name string, tons int) error {
	p, err := s.pits.get(ctx, name)
	if err != nil {
		return err
	}
	if p.Tons < tons {
		return ErrEmpty
	}
	return s.pits.take(ctx, name, tons)
}

func (s *Service) Survey(ctx context.Context, name string, found int) error {
	p, err := s.pits.get(ctx, name)
	if err != nil {
		return err
	}
	p.Tons += found
	return s.pits.putUnchanged(ctx, p)
}

func (s *Service) Load(pit string) error {
	n, err := s.loads.count(pit)
	if err != nil {
		return err
	}
	return s.loads.set(pit, n+1)
}

func (s *Service) LoadSafely(pit string) error {
	if _, err := s.loads.count(pit); err != nil {
		return err
	}
	return s.loads.add(pit)
}
