// Package dyn reads and writes items; only this module may.
package dyn

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// ErrMissing says that there is no such item.
var ErrMissing = errors.New("dyn: missing")

// ErrStale says that a condition did not hold.
var ErrStale = errors.New("dyn: stale")

// Key is a primary key.
type Key map[string]types.AttributeValue

// Get reads an item into out.
func Get(ctx context.Context, db *dynamodb.Client, table string, key Key, out any) error {
	res, err := db.GetItem(ctx, &dynamodb.GetItemInput{TableName: &table, Key: key, ConsistentRead: aws.Bool(true)})
	if err != nil {
		return err
	}
	if res.Item == nil {
		return ErrMissing
	}
	return attributevalue.UnmarshalMap(res.Item, out)
}

// Put writes an item.
func Put(ctx context.Context, db *dynamodb.Client, table string, item any) error {
	av, err := attributevalue.MarshalMap(item)
	if err != nil {
		return err
	}
	_, err = db.PutItem(ctx, &dynamodb.PutItemInput{TableName: &table, Item: av})
	return err
}

// PutIf writes an item if the condition holds.
func PutIf(ctx context.Context, db *dynamodb.Client, table string, item any, condition string, values Key) error {
	av, err := attributevalue.MarshalMap(item)
	if err != nil {
		return err
	}
	_, err = db.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:                 &table,
		Item:                      av,
		ConditionExpression:       &condition,
		ExpressionAttributeValues: values,
	})
	var failed *types.ConditionalCheckFailedException
	if errors.As(err, &failed) {
		return ErrStale
	}
	return err
}
