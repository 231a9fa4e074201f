// Package grain keeps how many sacks there are of each sort.
package grain

import (
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

type Sort struct {
	Name  string `dynamodbav:"name"`
	Sacks int    `dynamodbav:"sacks"`
}

type Store struct {
	Client *dynamodb.Client
	Table  string
}

func (s *Store) key(name string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"name": &types.AttributeValueMemberS{Value: name}}
}

func (s *Store) Get(ctx context.Context, name string) (*Sort, error) {
	out, err := s.Client.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(s.Table), Key: s.key(name)})
	if err != nil {
		return nil, err
	}
	var found Sort
	return &found, attributevalue.UnmarshalMap(out.Item, &found)
}

func (s *Store) SetSacks(ctx context.Context, name string, sacks int) error {
	_, err := s.Client.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: lost-update // reached: POST /sell/{sort}
		TableName:        aws.String(s.Table),
		Key:              s.key(name),
		UpdateExpression: aws.String("SET sacks = :n"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":n": &types.AttributeValueMemberN{Value: strconv.Itoa(sacks)},
		},
	})
	return err
}

func (s *Store) Take(ctx context.Context, name string, sacks int) error {
	_, err := s.Client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:           aws.String(s.Table),
		Key:                 s.key(name),
		UpdateExpression:    aws.String("SET sacks = sacks - :n"),
		ConditionExpression: aws.String("sacks >= :n"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":n": &types.AttributeValueMemberN{Value: strconv.Itoa(sacks)},
		},
	})
	return err
}
