// Package tolls keeps road toll accounts behind a store whose second type parameter is the pointer to the first.
package tolls

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

var errUnknown = errors.New("unknown account")

type checked interface{ Check() error }

type Store[T any, P interface {
	*T
	checked
}] struct {
	db    *dynamodb.Client
	table string
}

func (s *Store[T, P]) Find(ctx context.Context, plate string) (P, error) {
	out, err := s.db.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(s.table),
		Key:       map[string]types.AttributeValue{"plate": &types.AttributeValueMemberS{Value: plate}},
	})
	if err != nil {
		return nil, fmt.Errorf("find %s: %w", plate, err)
	}
	if out.Item == nil {
		return nil, errUnknown
	}
	var found T
	if err := attributevalue.UnmarshalMap(out.Item, &found); err != nil {
		return nil, err
	}
	return P(&found), P(&found).Check()
}

type Account struct {
	Plate string `dynamodbav:"plate"`
	Owed  int    `dynamodbav:"owed"`
}

func (a *Account) Check() error {
	if a.Owed < 0 {
		return errors.New("a negative debt")
	}
	return nil
}

type Gantry struct {
	db       *dynamodb.Client
	accounts *Store[Account, *Account]
}

func number(n int) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.Itoa(n)}
}

// case: id=go-ddb-7611 label=race rule=lost-update tier=3 note=what was owed comes out of a conversion to a type parameter
func (g *Gantry) Pass(ctx context.Context, plate string, toll int) error {
	account, err := g.accounts.Find(ctx, plate)
	if err != nil {
		return err
	}
	_, err = g.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: lost-update
		TableName:                 aws.String(g.accounts.table),
		Key:                       map[string]types.AttributeValue{"plate": &types.AttributeValueMemberS{Value: plate}},
		UpdateExpression:          aws.String("SET owed = :owed"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":owed": number(account.Owed + toll)},
	})
	return err
}

// case: id=go-ddb-7612 label=safe tier=3 note=the same, if what is owed is still what was read
func (g *Gantry) PassOnce(ctx context.Context, plate string, toll int) error {
	account, err := g.accounts.Find(ctx, plate)
	if err != nil {
		return err
	}
	_, err = g.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:           aws.String(g.accounts.table),
		Key:                 map[string]types.AttributeValue{"plate": &types.AttributeValueMemberS{Value: plate}},
		UpdateExpression:    aws.String("SET owed = :owed"),
		ConditionExpression: aws.String("owed = :old"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":owed": number(account.Owed + toll),
			":old":  number(account.Owed),
		},
	})
	return err
}

// Accounts is the store of accounts by a shorter name.
type Accounts = Store[Account, *Account]

type Office struct {
	db       *dynamodb.Client
	accounts *Accounts
}

// case: id=go-ddb-7613 label=race rule=lost-update tier=3 note=the store's type arguments stand where its other name is declared
func (o *Office) Waive(ctx context.Context, plate string, part int) error {
	account, err := o.accounts.Find(ctx, plate)
	if err != nil {
		return err
	}
	_, err = o.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: lost-update
		TableName:                 aws.String(o.accounts.table),
		Key:                       map[string]types.AttributeValue{"plate": &types.AttributeValueMemberS{Value: plate}},
		UpdateExpression:          aws.String("SET owed = :owed"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":owed": number(account.Owed / part)},
	})
	return err
}

// case: id=go-ddb-7614 label=safe tier=3 note=the same under what was owed when it was read
func (o *Office) WaiveOnce(ctx context.Context, plate string, part int) error {
	account, err := o.accounts.Find(ctx, plate)
	if err != nil {
		return err
	}
	_, err = o.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:           aws.String(o.accounts.table),
		Key:                 map[string]types.AttributeValue{"plate": &types.AttributeValueMemberS{Value: plate}},
		UpdateExpression:    aws.String("SET owed = :owed"),
		ConditionExpression: aws.String("owed = :old"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":owed": number(account.Owed / part),
			":old":  number(account.Owed),
		},
	})
	return err
}
