package base

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// API is what is used of the client.
type API interface {
	GetItem(ctx context.Context, in *dynamodb.GetItemInput, opts ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error)
	PutItem(ctx context.Context, in *dynamodb.PutItemInput, opts ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error)
}

// Repo is generic.
type Repo[T any] struct {
	api   API
	table string
}

type Option func(*config)

type config struct {
	table string
	api   API
}

func WithTable(name string) Option { return func(c *config) { c.table = name } }
func WithAPI(api API) Option       { return func(c *config) { c.api = api } }

func New[T any](opts ...Option) *Repo[T] {
	c := &config{table: "default"}
	for _, o := range opts {
		o(c)
	}
	return &Repo[T]{api: c.api, table: c.table}
}

func (r *Repo[T]) Get(ctx context.Context, id string) (T, error) {
	var zero T
	out, err := r.api.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(r.table), Key: Key(id)})
	if err != nil {
		return zero, err
	}
	var v T
	if err := attributevalue.UnmarshalMap(out.Item, &v); err != nil {
		return zero, err
	}
	return v, nil
}

func (r *Repo[T]) Put(ctx context.Context, v T) error {
	item, err := attributevalue.MarshalMap(v)
	if err != nil {
		return err
	}
	_, err = r.api.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(r.table), Item: item})
	return err
}

func (r *Repo[T]) PutIf(ctx context.Context, v T, version int) error {
	item, err := attributevalue.MarshalMap(v)
	if err != nil {
		return err
	}
	_, err = r.api.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(r.table), Item: item,
		ConditionExpression:       aws.String("version = :v"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":v": N(version)}})
	return err
}
