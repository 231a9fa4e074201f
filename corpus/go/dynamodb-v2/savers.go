// Package savers writes what the interface asks for through the one type that fits it.
package savers

import (
	"context"
	"errors"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

const table = "wallets"

var errFunds = errors.New("insufficient funds")

type Wallet struct {
	ID      string `dynamodbav:"id"`
	Balance int    `dynamodbav:"balance"`
	Version int    `dynamodbav:"version"`
}

type saver interface {
	Save(ctx context.Context, w Wallet, seen int) error
}

// versioned saves a wallet that nobody has changed meanwhile.
type versioned struct {
	db *dynamodb.Client
}

func (v *versioned) Save(ctx context.Context, w Wallet, seen int) error {
	item, err := attributevalue.MarshalMap(w)
	if err != nil {
		return err
	}
	_, err = v.db.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:           aws.String(table),
		Item:                item,
		ConditionExpression: aws.String("version = :seen"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":seen": &types.AttributeValueMemberN{Value: strconv.Itoa(seen)},
		},
	})
	return err
}

// imported saves wallets as another system has them: its method has the name, but neither the arguments nor the result.
type imported struct {
	db *dynamodb.Client
}

func (i *imported) Save(ctx context.Context, w Wallet, from string) (int, error) {
	item, err := attributevalue.MarshalMap(w)
	if err != nil {
		return 0, err
	}
	_, err = i.db.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: aws.String(table),
		Item:      item,
	})
	return len(from), err
}

type Service struct {
	db    *dynamodb.Client
	saver saver
}

func NewService(db *dynamodb.Client) *Service {
	return &Service{db: db, saver: &versioned{db: db}}
}

func (s *Service) Spend(ctx context.Context, id string, amount int) error {
	out, err := s.db.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(table),
		Key:       map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}},
	})
	if err != nil {
		return err
	}
	var w Wallet
	if err := attributevalue.UnmarshalMap(out.Item, &w); err != nil {
		return err
	}
	if w.Balance < amount {
		return errFunds
	}
	seen := w.Version
	w.Balance -= amount
	w.Version++
	return s.saver.Save(ctx, w, seen)
}

func Import(ctx context.Context, db *dynamodb.Client, ws []Wallet) error {
	i := &imported{db: db}
	for _, w := range ws {
		if _, err := i.Save(ctx, w, "legacy"); err != nil {
			return err
		}
	}
	return nil
}
