// Package ddbx is a thin layer over one table of DynamoDB.
package ddbx

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// ErrConflict says that a condition did not hold.
var ErrConflict = errors.New("ddbx: conflict")

// Table is a table whose items have one key.
type Table struct {
	DB   *dynamodb.Client
	Name string
	Key  string
}

func (t *Table) key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{t.Key: &types.AttributeValueMemberS{Value: id}}
}

// Fetch reads an item.
func (t *Table) Fetch(ctx context.Context, id string, into any) error {
	out, err := t.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: &t.Name, Key: t.key(id), ConsistentRead: aws.Bool(true)})
	if err != nil {
		return err
	}
	return attributevalue.UnmarshalMap(out.Item, into)
}

// SetNumber sets one attribute.
func (t *Table) SetNumber(ctx context.Context, id, field string, value int64) error {
	number, err := attributevalue.Marshal(value)
	if err != nil {
		return err
	}
	_, err = t.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 &t.Name,
		Key:                       t.key(id),
		UpdateExpression:          aws.String("SET #f = :v"),
		ExpressionAttributeNames:  map[string]string{"#f": field},
		ExpressionAttributeValues: map[string]types.AttributeValue{":v": number},
	})
	return err
}

// Apply makes the update that a builder describes.
func (t *Table) Apply(ctx context.Context, id string, b expression.Builder) error {
	expr, err := b.Build()
	if err != nil {
		return err
	}
	_, err = t.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 &t.Name,
		Key:                       t.key(id),
		UpdateExpression:          expr.Update(),
		ConditionExpression:       expr.Condition(),
		ExpressionAttributeNames:  expr.Names(),
		ExpressionAttributeValues: expr.Values(),
	})
	var lost *types.ConditionalCheckFailedException
	if errors.As(err, &lost) {
		return ErrConflict
	}
	return err
}
