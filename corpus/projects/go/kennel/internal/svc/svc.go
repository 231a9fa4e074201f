// Package svc feeds dogs.
package svc

import (
	"context"
	"errors"

	"example.com/kennel/internal/repo"
)

// DogStore is what the service asks of whoever keeps dogs.
type DogStore interface {
	Get(ctx context.Context, id string) (repo.Dog, error)
	Put(ctx context.Context, d repo.Dog) error
	PutIf(ctx context.Context, d repo.Dog, version int) error
}

// Service feeds dogs.
type Service struct {
	dogs DogStore
}

// New makes a service of a store.
func New(dogs DogStore) *Service { return &Service{dogs: dogs} }

// Feed gives a dog its treats.
func (s *Service) Feed(ctx context.Context, id string, n int) error {
	d, err := s.dogs.Get(ctx, id)
	if err != nil {
		return err
	}
	if d.Treats < n {
		return errors.New("svc: no treats left")
	}
	d.Treats -= n
	return s.dogs.Put(ctx, d) // expect: lost-update  // reached: POST /dogs/{id}/feed
}

// FeedOnce does the same under the version that it has seen.
func (s *Service) FeedOnce(ctx context.Context, id string, n int) error {
	d, err := s.dogs.Get(ctx, id)
	if err != nil {
		return err
	}
	if d.Treats < n {
		return errors.New("svc: no treats left")
	}
	seen := d.Version
	d.Treats -= n
	d.Version++
	return s.dogs.PutIf(ctx, d, seen)
}
