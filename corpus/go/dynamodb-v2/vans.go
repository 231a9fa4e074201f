// Package vans keeps the vans of a carrier; a write is given its conditions as options.
package vans

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

type Van struct {
	VIN     string `dynamodbav:"vin"`
	Km      int64  `dynamodbav:"km"`
	Version int64  `dynamodbav:"version"`
}

type Option func(*settings)

type settings struct {
	condition *expression.ConditionBuilder
}

func IfEqual(attr string, value any) Option {
	return func(s *settings) {
		c := expression.Name(attr).Equal(expression.Value(value))
		s.condition = &c
	}
}

type Store struct {
	db *dynamodb.Client
}

func (s *Store) Get(ctx context.Context, vin string) (Van, error) {
	var v Van
	out, err := s.db.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String("vans"),
		Key:       map[string]types.AttributeValue{"vin": &types.AttributeValueMemberS{Value: vin}},
	})
	if err != nil {
		return v, err
	}
	err = attributevalue.UnmarshalMap(out.Item, &v)
	return v, err
}

func (s *Store) Put(ctx context.Context, v Van, options ...Option) error {
	var cfg settings
	for _, o := range options {
		o(&cfg)
	}
	item, err := attributevalue.MarshalMap(v)
	if err != nil {
		return err
	}
	in := &dynamodb.PutItemInput{TableName: aws.String("vans"), Item: item}
	if cfg.condition != nil {
		expr, err := expression.NewBuilder().WithCondition(*cfg.condition).Build()
		if err != nil {
			return err
		}
		in.ConditionExpression = expr.Condition()
		in.ExpressionAttributeNames = expr.Names()
		in.ExpressionAttributeValues = expr.Values()
	}
	_, err = s.db.PutItem(ctx, in)
	return err
}

// case: id=go-ddb-1631 label=safe tier=3 note=the one option that is given makes the write depend on the version read
func (s *Store) Plan(ctx context.Context, vin string) error {
	v, err := s.Get(ctx, vin)
	if err != nil {
		return err
	}
	read := v.Version
	v.Version++
	return s.Put(ctx, v, IfEqual("version", read))
}

// case: id=go-ddb-1632 label=race rule=lost-update tier=3 note=the option says only that the van is on the road
func (s *Store) Drive(ctx context.Context, vin string, km int64) error {
	v, err := s.Get(ctx, vin)
	if err != nil {
		return err
	}
	v.Km += km
	item, err := attributevalue.MarshalMap(v)
	if err != nil {
		return err
	}
	var cfg settings
	IfEqual("state", "on the road")(&cfg)
	expr, err := expression.NewBuilder().WithCondition(*cfg.condition).Build()
	if err != nil {
		return err
	}
	_, err = s.db.PutItem(ctx, &dynamodb.PutItemInput{ // expect: lost-update
		TableName:                 aws.String("vans"),
		Item:                      item,
		ConditionExpression:       expr.Condition(),
		ExpressionAttributeNames:  expr.Names(),
		ExpressionAttributeValues: expr.Values(),
	})
	return err
}
