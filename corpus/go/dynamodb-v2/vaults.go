// Package vaults moves what is kept in them: rows that are read side by side, in literals that somebody else runs.
package vaults

import (
	"context"
	"errors"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"golang.org/x/sync/errgroup"
)

var ErrShort = errors.New("vaults: not that much in it")

type Vault struct {
	ID    string `dynamodbav:"vault_id"`
	Coins int64  `dynamodbav:"coins"`
}

type Keeper struct {
	db     *dynamodb.Client
	vaults string
}

func coins(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}

func (k *Keeper) key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"vault_id": &types.AttributeValueMemberS{Value: id}}
}

func (k *Keeper) load(ctx context.Context, id string, into *Vault) error {
	out, err := k.db.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(k.vaults), Key: k.key(id)})
	if err != nil {
		return err
	}
	return attributevalue.UnmarshalMap(out.Item, into)
}

func (k *Keeper) both(ctx context.Context, from, to string) (*Vault, *Vault, error) {
	var a, b Vault
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return k.load(ctx, from, &a) })
	g.Go(func() error { return k.load(ctx, to, &b) })
	if err := g.Wait(); err != nil {
		return nil, nil, err
	}
	return &a, &b, nil
}

func (k *Keeper) set(id string, n int64) types.TransactWriteItem {
	return types.TransactWriteItem{Update: &types.Update{
		TableName:                 aws.String(k.vaults),
		Key:                       k.key(id),
		UpdateExpression:          aws.String("SET coins = :n"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":n": coins(n)},
	}}
}

// case: id=go-ddb-7890 label=race rule=lost-update tier=3 note=both sums are worked out of what was read side by side
func (k *Keeper) Move(ctx context.Context, from, to string, n int64) error {
	a, b, err := k.both(ctx, from, to)
	if err != nil {
		return err
	}
	if a.Coins < n {
		return ErrShort
	}
	_, err = k.db.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{ // expect: lost-update
		TransactItems: []types.TransactWriteItem{k.set(from, a.Coins-n), k.set(to, b.Coins+n)},
	})
	return err
}

// case: id=go-ddb-7891 label=safe tier=3 note=the store moves them, if there are enough
func (k *Keeper) MoveInPlace(ctx context.Context, from, to string, n int64) error {
	a, _, err := k.both(ctx, from, to)
	if err != nil {
		return err
	}
	if a.Coins < n {
		return ErrShort
	}
	_, err = k.db.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
		{Update: &types.Update{
			TableName:                 aws.String(k.vaults),
			Key:                       k.key(from),
			UpdateExpression:          aws.String("SET coins = coins - :n"),
			ConditionExpression:       aws.String("coins >= :n"),
			ExpressionAttributeValues: map[string]types.AttributeValue{":n": coins(n)},
		}},
		{Update: &types.Update{
			TableName:                 aws.String(k.vaults),
			Key:                       k.key(to),
			UpdateExpression:          aws.String("ADD coins :n"),
			ExpressionAttributeValues: map[string]types.AttributeValue{":n": coins(n)},
		}},
	}})
	var cancelled *types.TransactionCanceledException
	if errors.As(err, &cancelled) {
		return ErrShort
	}
	return err
}
