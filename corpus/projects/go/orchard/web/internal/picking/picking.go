// Package picking books what was picked.
package picking

import (
	"context"
	"errors"

	"example.com/orchard/shared/trees"
)

// ErrBusy says that others were faster each time.
var ErrBusy = errors.New("picking: busy")

// Book books.
type Book struct {
	trees *trees.Trees
	audit func(id string, kilos int)
}

// New books in the trees given.
func New(t *trees.Trees) *Book {
	return &Book{trees: t, audit: audit}
}

// Picked adds to what a tree gave.
func (b *Book) Picked(ctx context.Context, id string, kilos int) error {
	tree, err := b.trees.ByID(ctx, id)
	if err != nil {
		return err
	}
	tree.Kilos += kilos
	b.audit(id, kilos)
	return b.trees.Save(ctx, tree)
}

// PickedOnce adds to what a tree gave, once a round.
func (b *Book) PickedOnce(ctx context.Context, id string, kilos int) error {
	for range 3 {
		tree, err := b.trees.ByID(ctx, id)
		if err != nil {
			return err
		}
		tree.Kilos += kilos
		if err := b.trees.SaveRound(ctx, tree); err == nil {
			return nil
		}
	}
	return ErrBusy
}
