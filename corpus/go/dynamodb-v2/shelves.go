package shelves

import (
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

type Jar struct {
	Label string `dynamodbav:"label"`
	Grams int    `dynamodbav:"grams"`
	Lid   int    `dynamodbav:"lid"`
}

// Shelf is one table of things that have a label.
type Shelf[T any] struct {
	db    *dynamodb.Client
	table string
}

func NewShelf[T any](db *dynamodb.Client, table string) *Shelf[T] {
	return &Shelf[T]{db: db, table: table}
}

func labelKey(label string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"label": &types.AttributeValueMemberS{Value: label}}
}

func (s *Shelf[T]) Get(ctx context.Context, label string) (*T, error) {
	out, err := s.db.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(s.table), Key: labelKey(label)})
	if err != nil {
		return nil, err
	}
	var v T
	if err := attributevalue.UnmarshalMap(out.Item, &v); err != nil {
		return nil, err
	}
	return &v, nil
}

func fetch[T any](ctx context.Context, db *dynamodb.Client, table, label string) (T, error) {
	var v T
	out, err := db.GetItem(ctx, &dynamodb.GetItemInput{TableName: &table, Key: labelKey(label)})
	if err != nil {
		return v, err
	}
	err = attributevalue.UnmarshalMap(out.Item, &v)
	return v, err
}

func putSealed(ctx context.Context, db *dynamodb.Client, table string, v any, lid int) error {
	item, err := attributevalue.MarshalMap(v)
	if err != nil {
		return err
	}
	_, err = db.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:           &table,
		Item:                item,
		ConditionExpression: aws.String("lid = :lid"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":lid": &types.AttributeValueMemberN{Value: strconv.Itoa(lid)},
		},
	})
	return err
}

type Pantry struct {
	db   *dynamodb.Client
	jars *Shelf[Jar]
}

func NewPantry(db *dynamodb.Client) *Pantry {
	return &Pantry{db: db, jars: NewShelf[Jar](db, "jars")}
}

// case: id=go-ddb-1412 label=safe tier=3 note=a value of a type parameter, compared and set by its lid
func (p *Pantry) TakeSealed(ctx context.Context, label string, grams int) error {
	jar, err := fetch[Jar](ctx, p.db, "jars", label)
	if err != nil {
		return err
	}
	lid := jar.Lid
	jar.Grams -= grams
	jar.Lid++
	return putSealed(ctx, p.db, "jars", jar, lid)
}

// case: id=go-ddb-1413 label=race rule=lost-update tier=3 note=the same row through a generic table, written with no condition
func (p *Pantry) Take(ctx context.Context, label string, grams int) error {
	jar, err := p.jars.Get(ctx, label)
	if err != nil {
		return err
	}
	_, err = p.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: lost-update
		TableName:        aws.String(p.jars.table),
		Key:              labelKey(jar.Label),
		UpdateExpression: aws.String("SET grams = :g"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":g": &types.AttributeValueMemberN{Value: strconv.Itoa(jar.Grams - grams)},
		},
	})
	return err
}

// case: id=go-ddb-1414 label=safe tier=3 note=through a generic table of jars, with the lid as a condition
func (p *Pantry) Refill(ctx context.Context, label string, grams int) error {
	jar, err := p.jars.Get(ctx, label)
	if err != nil {
		return err
	}
	lid := jar.Lid
	jar.Grams += grams
	jar.Lid++
	return putSealed(ctx, p.db, p.jars.table, jar, lid)
}
