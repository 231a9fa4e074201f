package pits

import (
	"context"
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/service/dynamodb"
	"github.com/aws/aws-sdk-go/service/dynamodb/dynamodbattribute"
	"github.com/aws/aws-sdk-go/service/dynamodb/expression"

	"example.com/quarry/internal/db"
)

// Pit is what is left in one pit.
type Pit struct {
	Name string `dynamodbav:"name"`
	Tons int    `dynamodbav:"tons"`
	Rev  int    `dynamodbav:"rev"`
}

type table struct{ db *db.Client }

func (t *table) get(ctx context.Context, name string) (Pit, error) {
	var p Pit
	out, err := t.db.GetItemWithContext(ctx, &dynamodb.GetItemInput{
		TableName: t.db.Table("pits"),
		Key:       map[string]*dynamodb.AttributeValue{"name": {S: aws.String(name)}},
	})
	if err != nil {
		return p, fmt.Errorf("pit %s: %w", name, err)
	}
	return p, dynamodbattribute.UnmarshalMap(out.Item, &p)
}

func (t *table) setTons(ctx context.Context, name string, tons int) error {
	expr, err := expression.NewBuilder().
		WithUpdate(expression.Set(expression.Name("tons"), expression.Value(tons))).
		Build()
	if err != nil {
		return err
	}
	_, err = t.db.UpdateItemWithContext(ctx, &dynamodb.UpdateItemInput{ // expect: lost-update // reached: POST /dig
		TableName:                 t.db.Table("pits"),
		Key:                       map[string]*dynamodb.AttributeValue{"name": {S: aws.String(name)}},
		UpdateExpression:          expr.Update(),
		ExpressionAttributeNames:  expr.Names(),
		ExpressionAttributeValues: expr.Values(),
	})
	return err
}

func (t *table) take(ctx context.Context, name string, tons int) error {
	left := expression.Name("tons")
	expr, err := expression.NewBuilder().
		WithUpdate(expression.Set(left, left.Minus(expression.Value(tons)))).
		WithCondition(left.GreaterThanEqual(expression.Value(tons))).
		Build()
	if err != nil {
		return err
	}
	_, err = t.db.UpdateItemWithContext(ctx, &dynamodb.UpdateItemInput{
		TableName:                 t.db.Table("pits"),
		Key:                       map[string]*dynamodb.AttributeValue{"name": {S: aws.String(name)}},
		UpdateExpression:          expr.Update(),
		ConditionExpression:       expr.Condition(),
		ExpressionAttributeNames:  expr.Names(),
		ExpressionAttributeValues: expr.Values(),
	})
	return err
}

func (t *table) putUnchanged(ctx context.Context, p Pit) error {
	rev := p.Rev
	p.Rev++
	item, err := dynamodbattribute.MarshalMap(p)
	if err != nil {
		return err
	}
	_, err = t.db.PutItemWithContext(ctx, &dynamodb.PutItemInput{
		TableName:                 t.db.Table("pits"),
		Item:                      item,
		ConditionExpression:       aws.String("rev = :rev"),
		ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{":rev": {N: aws.String(strconv.Itoa(rev))}},
	})
	return err
}

// loads counts the loads that left a pit.
type loads struct{ db dynamodbiface }

type dynamodbiface interface {
	GetItem(*dynamodb.GetItemInput) (*dynamodb.GetItemOutput, error)
	PutItem(*dynamodb.PutItemInput) (*dynamodb.PutItemOutput, error)
	UpdateItem(*dynamodb.UpdateItemInput) (*dynamodb.UpdateItemOutput, error)
}

func (l *loads) count(pit string) (int, error) {
	out, err := l.db.GetItem(&dynamodb.GetItemInput{
		TableName: aws.String("loads"),
		Key:       map[string]*dynamodb.AttributeValue{"pit": {S: &pit}},
	})
	if err != nil || out.Item == nil {
		return 0, err
	}
	return strconv.Atoi(aws.StringValue(out.Item["n"].N))
}

func (l *loads) set(pit string, n int) error {
	_, err := l.db.PutItem(&dynamodb.PutItemInput{ // expect: lost-update // reached: POST /load
		TableName: aws.String("loads"),
		Item: map[string]*dynamodb.AttributeValue{
			"pit": {S: &pit},
			"n":   {N: aws.String(strconv.Itoa(n))},
		},
	})
	return err
}

func (l *loads) add(pit string) error {
	_, err := l.db.UpdateItem(&dynamodb.UpdateItemInput{
		TableName:                 aws.String("loads"),
		Key:                       map[string]*dynamodb.AttributeValue{"pit": {S: &pit}},
		UpdateExpression:          aws.String("ADD n :one"),
		ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{":one": {N: aws.String("1")}},
	})
	return err
}
