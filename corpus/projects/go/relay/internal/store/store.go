// Package store keeps things of any kind in tables.
package store

import (
	"context"
	"errors"
	"time"

	"github.com/guregu/dynamo/v2"
)

// Entity is what can be kept.
type Entity interface {
	PrimaryKey() string
}

// Base is a part of every entity.
type Base struct {
	ID        string `dynamo:"id,hash"`
	Revision  int    `dynamo:"revision"`
	UpdatedAt int64  `dynamo:"updated_at"`
}

// PrimaryKey is the key.
func (b *Base) PrimaryKey() string { return b.ID }

type settings struct {
	timeout    time.Duration
	consistent bool
}

// Option sets something of a repository.
type Option func(*settings)

// WithTimeout limits each call.
func WithTimeout(d time.Duration) Option {
	return func(s *settings) { s.timeout = d }
}

// Consistent makes reads consistent.
func Consistent() Option {
	return func(s *settings) { s.consistent = true }
}

// ErrChanged says that somebody else has written meanwhile.
var ErrChanged = errors.New("store: changed")

// Repository keeps entities of one kind.
type Repository[T Entity] struct {
	table dynamo.Table
	settings
}

// NewRepository opens a table.
func NewRepository[T Entity](db *dynamo.DB, table string, options ...Option) *Repository[T] {
	r := &Repository[T]{table: db.Table(table), settings: settings{timeout: time.Second}}
	for _, option := range options {
		option(&r.settings)
	}
	return r
}

// Find reads one.
func (r *Repository[T]) Find(ctx context.Context, id string) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	var out T
	err := r.table.Get("id", id).Consistent(r.consistent).One(ctx, &out)
	return out, err
}

// Save writes one.
func (r *Repository[T]) Save(ctx context.Context, entity T) error {
	ctx, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	return r.table.Put(entity).Run(ctx)
}

// SaveIf writes one that still has the revision given.
func (r *Repository[T]) SaveIf(ctx context.Context, entity T, revision int) error {
	err := r.table.Put(entity).If("'revision' = ?", revision).Run(ctx)
	if dynamo.IsCondCheckFailed(err) {
		return ErrChanged
	}
	return err
}

// Add counts something up.
func (r *Repository[T]) Add(ctx context.Context, id, field string, n int) error {
	return r.table.Update("id", id).Add(field, n).Run(ctx)
}
