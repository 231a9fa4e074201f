package ledger

import (
	"context"
	"errors"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

var ErrNoAccount = errors.New("no such account")

type Account struct {
	ID      string `dynamodbav:"id"`
	Balance int    `dynamodbav:"balance"`
}

type Repository struct {
	client *dynamodb.Client
	table  string
}

func NewRepository(client *dynamodb.Client, table string) *Repository {
	return &Repository{client: client, table: table}
}

func (r *Repository) key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}}
}

func (r *Repository) Find(ctx context.Context, id string) (Account, error) {
	var account Account
	out, err := r.client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(r.table),
		Key:       r.key(id),
	})
	if err != nil {
		return account, err
	}
	if out.Item == nil {
		return account, ErrNoAccount
	}
	err = attributevalue.UnmarshalMap(out.Item, &account)
	return account, err
}

func (r *Repository) SetBalance(ctx context.Context, id string, balance int) error {
	_, err := r.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: lost-update // reached: POST /v1/accounts/:id/deposits, PUT /v1/accounts/:id/limit
		TableName:        aws.String(r.table),
		Key:              r.key(id),
		UpdateExpression: aws.String("SET balance = :b"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":b": &types.AttributeValueMemberN{Value: strconv.Itoa(balance)},
		},
	})
	return err
}

func (r *Repository) AddBalance(ctx context.Context, id string, amount int) error {
	_, err := r.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:        aws.String(r.table),
		Key:              r.key(id),
		UpdateExpression: aws.String("ADD balance :a"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":a": &types.AttributeValueMemberN{Value: strconv.Itoa(amount)},
		},
	})
	return err
}
