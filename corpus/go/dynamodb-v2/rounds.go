// Package rounds keeps the oxygen of a diving base; who comes too late with a change tries again.
package rounds

import (
	"context"
	"errors"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

var ErrBusy = errors.New("tank is busy")

type Tank struct {
	ID    string `dynamodbav:"tank_id"`
	Bars  int    `dynamodbav:"bars"`
	Label string `dynamodbav:"label"`
	Rev   int    `dynamodbav:"rev"`
}

type Base struct {
	db    *dynamodb.Client
	tanks string
}

func number(n int) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.Itoa(n)}
}

func (b *Base) key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"tank_id": &types.AttributeValueMemberS{Value: id}}
}

func (b *Base) tank(ctx context.Context, id string) (*Tank, error) {
	out, err := b.db.GetItem(ctx, &dynamodb.GetItemInput{TableName: &b.tanks, Key: b.key(id)})
	if err != nil {
		return nil, err
	}
	tank := &Tank{}
	if err := attributevalue.UnmarshalMap(out.Item, tank); err != nil {
		return nil, err
	}
	return tank, nil
}

// case: id=go-ddb-9501 label=race rule=swallowed-conflict|lost-update tier=2 note=the item is read again, the bars from the first one are kept
func (b *Base) Breathe(ctx context.Context, id string, used int) error {
	tank, err := b.tank(ctx, id)
	if err != nil {
		return err
	}
	bars := tank.Bars - used
	for i := 0; i < 4; i++ {
		_, err = b.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: swallowed-conflict|lost-update
			TableName:           &b.tanks,
			Key:                 b.key(id),
			UpdateExpression:    aws.String("SET bars = :b, rev = :next"),
			ConditionExpression: aws.String("rev = :seen"),
			ExpressionAttributeValues: map[string]types.AttributeValue{
				":b": number(bars), ":next": number(tank.Rev + 1), ":seen": number(tank.Rev),
			},
		})
		if err == nil {
			return nil
		}
		var lost *types.ConditionalCheckFailedException
		if !errors.As(err, &lost) {
			return err
		}
		if tank, err = b.tank(ctx, id); err != nil {
			return err
		}
	}
	return ErrBusy
}

// case: id=go-ddb-9502 label=safe tier=2 note=the bars are worked out again in each round
func (b *Base) Fill(ctx context.Context, id string, more int) error {
	tank, err := b.tank(ctx, id)
	if err != nil {
		return err
	}
	for i := 0; i < 4; i++ {
		_, err = b.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
			TableName:           &b.tanks,
			Key:                 b.key(id),
			UpdateExpression:    aws.String("SET bars = :b, rev = :next"),
			ConditionExpression: aws.String("rev = :seen"),
			ExpressionAttributeValues: map[string]types.AttributeValue{
				":b": number(tank.Bars + more), ":next": number(tank.Rev + 1), ":seen": number(tank.Rev),
			},
		})
		if err == nil {
			return nil
		}
		var lost *types.ConditionalCheckFailedException
		if !errors.As(err, &lost) {
			return err
		}
		if tank, err = b.tank(ctx, id); err != nil {
			return err
		}
	}
	return ErrBusy
}

// case: id=go-ddb-9503 label=race rule=swallowed-conflict|lost-update tier=2 note=tried again on whatever failure, with a new revision and the old bars
func (b *Base) Leak(ctx context.Context, id string, lost int) error {
	tank, err := b.tank(ctx, id)
	if err != nil {
		return err
	}
	bars, rev := tank.Bars-lost, tank.Rev
	for i := 0; i < 4; i++ {
		_, err := b.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: swallowed-conflict|lost-update
			TableName:           &b.tanks,
			Key:                 b.key(id),
			UpdateExpression:    aws.String("SET bars = :b, rev = :next"),
			ConditionExpression: aws.String("rev = :seen"),
			ExpressionAttributeValues: map[string]types.AttributeValue{
				":b": number(bars), ":next": number(rev + 1), ":seen": number(rev),
			},
		})
		if err != nil {
			now, err := b.tank(ctx, id)
			if err != nil {
				return err
			}
			rev = now.Rev
			continue
		}
		return nil
	}
	return ErrBusy
}

// case: id=go-ddb-9504 label=safe tier=2 note=tried again on whatever failure, what is written depends on no read
func (b *Base) Relabel(ctx context.Context, id, label string) error {
	tank, err := b.tank(ctx, id)
	if err != nil {
		return err
	}
	rev := tank.Rev
	for i := 0; i < 4; i++ {
		_, err := b.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
			TableName:           &b.tanks,
			Key:                 b.key(id),
			UpdateExpression:    aws.String("SET label = :l, rev = :next"),
			ConditionExpression: aws.String("rev = :seen"),
			ExpressionAttributeValues: map[string]types.AttributeValue{
				":l":    &types.AttributeValueMemberS{Value: label},
				":next": number(rev + 1), ":seen": number(rev),
			},
		})
		if err != nil {
			now, err := b.tank(ctx, id)
			if err != nil {
				return err
			}
			rev = now.Rev
			continue
		}
		return nil
	}
	return ErrBusy
}
