package picking

import (
	"context"
	"testing"

	"example.com/orchard/shared/trees"
)

func TestPicked(t *testing.T) {
	store := trees.Open(nil, "test")
	tree, _ := store.ByID(context.Background(), "a")
	tree.Rounds++
	_ = store.Save(context.Background(), tree)
}
