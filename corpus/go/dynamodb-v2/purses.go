// Package purses moves money between purses that are read and written by their keys.
package purses

import (
	"context"
	"errors"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

var ErrShort = errors.New("not enough in the purse")

type Purse struct {
	ID    string `dynamodbav:"purse_id"`
	Cents int64  `dynamodbav:"cents"`
}

type Till struct {
	db     *dynamodb.Client
	purses string
}

func key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"purse_id": &types.AttributeValueMemberS{Value: id}}
}

func amount(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}

func (t *Till) cents(ctx context.Context, id string) (int64, error) {
	out, err := t.db.GetItem(ctx, &dynamodb.GetItemInput{TableName: &t.purses, Key: key(id)})
	if err != nil {
		return 0, err
	}
	var p Purse
	if err := attributevalue.UnmarshalMap(out.Item, &p); err != nil {
		return 0, err
	}
	return p.Cents, nil
}

// case: id=go-ddb-1621 label=race rule=lost-update tier=3 note=both are read in a loop, changed in a map, and written in another loop
func (t *Till) Move(ctx context.Context, from, to string, n int64) error {
	cents := map[string]int64{}
	for _, id := range []string{from, to} {
		have, err := t.cents(ctx, id)
		if err != nil {
			return err
		}
		cents[id] = have
	}
	if cents[from] < n {
		return ErrShort
	}
	cents[from] -= n
	cents[to] += n

	var items []types.TransactWriteItem
	for id, left := range cents {
		items = append(items, types.TransactWriteItem{Update: &types.Update{
			TableName:                 &t.purses,
			Key:                       key(id),
			UpdateExpression:          aws.String("SET cents = :c"),
			ExpressionAttributeValues: map[string]types.AttributeValue{":c": amount(left)},
		}})
	}
	_, err := t.db.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: items}) // expect: lost-update
	return err
}

// case: id=go-ddb-1622 label=safe tier=3 note=what was read is demanded of each purse again
func (t *Till) MoveOnce(ctx context.Context, from, to string, n int64) error {
	seen := map[string]int64{}
	for _, id := range []string{from, to} {
		have, err := t.cents(ctx, id)
		if err != nil {
			return err
		}
		seen[id] = have
	}
	if seen[from] < n {
		return ErrShort
	}

	var items []types.TransactWriteItem
	for id, had := range seen {
		left := had + n
		if id == from {
			left = had - n
		}
		items = append(items, types.TransactWriteItem{Update: &types.Update{
			TableName:           &t.purses,
			Key:                 key(id),
			UpdateExpression:    aws.String("SET cents = :c"),
			ConditionExpression: aws.String("cents = :had"),
			ExpressionAttributeValues: map[string]types.AttributeValue{
				":c":   amount(left),
				":had": amount(had),
			},
		}})
	}
	_, err := t.db.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: items})
	return err
}
