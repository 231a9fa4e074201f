package feed

import (
	"context"
	"fmt"
	"reflect"

	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/aws/session"
	"github.com/aws/aws-sdk-go/service/dynamodb"
	"github.com/aws/aws-sdk-go/service/dynamodb/dynamodbattribute"
	"github.com/aws/aws-sdk-go/service/dynamodb/dynamodbiface"
)

type (
	table interface {
		Load(ctx context.Context, k keys) (any, error)
		Store(ctx context.Context, item any) error
		StoreIf(ctx context.Context, item any, attribute string, old int64) error
	}

	tableImpl struct {
		name  string
		api   dynamodbiface.DynamoDBAPI
		entry reflect.Type
	}
)

func newTable(name string, entry reflect.Type, s *session.Session) table {
	return &tableImpl{name: name, api: dynamodb.New(s), entry: entry}
}

func (t *tableImpl) Load(ctx context.Context, k keys) (any, error) {
	key, err := dynamodbattribute.MarshalMap(k)
	if err != nil {
		return nil, fmt.Errorf("marshal key: %w", err)
	}
	out, err := t.api.GetItemWithContext(ctx, &dynamodb.GetItemInput{
		TableName:      aws.String(t.name),
		Key:            key,
		ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		return nil, fmt.Errorf("get item: %w", err)
	}
	if out.Item == nil {
		return nil, ErrNotFound
	}
	item := reflect.New(t.entry).Interface()
	if err := dynamodbattribute.UnmarshalMap(out.Item, item); err != nil {
		return nil, fmt.Errorf("unmarshal item: %w", err)
	}
	return item, nil
}

func (t *tableImpl) Store(ctx context.Context, item any) error {
	m, err := dynamodbattribute.MarshalMap(item)
	if err != nil {
		return fmt.Errorf("marshal item: %w", err)
	}
	_, err = t.api.PutItemWithContext(ctx, &dynamodb.PutItemInput{
		TableName: aws.String(t.name),
		Item:      m,
	})
	return err
}

func (t *tableImpl) StoreIf(ctx context.Context, item any, attribute string, old int64) error {
	m, err := dynamodbattribute.MarshalMap(item)
	if err != nil {
		return fmt.Errorf("marshal item: %w", err)
	}
	was, err := dynamodbattribute.Marshal(old)
	if err != nil {
		return fmt.Errorf("marshal old value: %w", err)
	}
	_, err = t.api.PutItemWithContext(ctx, &dynamodb.PutItemInput{
		TableName:                 aws.String(t.name),
		Item:                      m,
		ConditionExpression:       aws.String("#a = :old"),
		ExpressionAttributeNames:  map[string]*string{"#a": aws.String(attribute)},
		ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{":old": was},
	})
	return err
}
