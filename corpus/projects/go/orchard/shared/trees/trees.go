// Package trees keeps the trees of an orchard.
package trees

import (
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"example.com/orchard/shared/internal/dyn"
)

// Tree is one tree.
type Tree struct {
	ID     string `dynamodbav:"id"`
	Kilos  int    `dynamodbav:"kilos"`
	Rounds int    `dynamodbav:"rounds"`
}

// Trees is where they are.
type Trees struct {
	db    *dynamodb.Client
	table string
}

// Open opens the table.
func Open(db *dynamodb.Client, table string) *Trees {
	return &Trees{db: db, table: table}
}

// ByID reads a tree.
func (t *Trees) ByID(ctx context.Context, id string) (*Tree, error) {
	var tree Tree
	key := dyn.Key{"id": &types.AttributeValueMemberS{Value: id}}
	if err := dyn.Get(ctx, t.db, t.table, key, &tree); err != nil {
		return nil, err
	}
	return &tree, nil
}

// Save writes a tree.
func (t *Trees) Save(ctx context.Context, tree *Tree) error {
	return dyn.Put(ctx, t.db, t.table, tree) // expect: lost-update // reached: POST /trees/{id}/picked
}

// SaveRound writes a tree whose round nobody has counted since it was read.
func (t *Trees) SaveRound(ctx context.Context, tree *Tree) error {
	seen := tree.Rounds
	tree.Rounds++
	return dyn.PutIf(ctx, t.db, t.table, tree, "rounds = :seen", dyn.Key{
		":seen": &types.AttributeValueMemberN{Value: strconv.Itoa(seen)},
	})
}
