package trees

import (
	"context"
	"testing"
)

func TestSave(t *testing.T) {
	trees := &Trees{table: "test"}
	tree, _ := trees.ByID(context.Background(), "a")
	tree.Kilos++
	_ = trees.Save(context.Background(), tree)
}
