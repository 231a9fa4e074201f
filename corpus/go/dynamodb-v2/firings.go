// Package firings runs the kilns of a pottery: states that a condition must tie down.
package firings

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

const firingsTable = "firings"

type State string

const (
	Queued  State = "queued"
	Running State = "running"
	Done    State = "done"
)

type Firing struct {
	ID    string `dynamodbav:"firing_id"`
	State State  `dynamodbav:"state"`
	Kiln  string `dynamodbav:"kiln"`
}

var ErrNotQueued = errors.New("firing is not queued")

type Pottery struct {
	db *dynamodb.Client
}

func text(v string) types.AttributeValue { return &types.AttributeValueMemberS{Value: v} }

func key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"firing_id": text(id)}
}

func (p *Pottery) firing(ctx context.Context, id string) (*Firing, error) {
	out, err := p.db.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(firingsTable), Key: key(id)})
	if err != nil {
		return nil, fmt.Errorf("firing %s: %w", id, err)
	}
	f := new(Firing)
	if err := attributevalue.UnmarshalMap(out.Item, f); err != nil {
		return nil, err
	}
	return f, nil
}

// case: the condition holds for what the write itself leaves behind, so that the second kiln fires as well
func (p *Pottery) Light(ctx context.Context, id, kiln string) error {
	f, err := p.firing(ctx, id)
	if err != nil {
		return err
	}
	if f.State != Queued {
		return ErrNotQueued
	}
	_, err = p.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: check-then-act
		TableName:                aws.String(firingsTable),
		Key:                      key(id),
		UpdateExpression:         aws.String("SET #s = :running, kiln = :kiln"),
		ConditionExpression:      aws.String("#s <> :done"),
		ExpressionAttributeNames: map[string]string{"#s": "state"},
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":running": text(string(Running)),
			":done":    text(string(Done)),
			":kiln":    text(kiln),
		},
	})
	return err
}

// case: the state that was found is the condition
func (p *Pottery) LightOnce(ctx context.Context, id, kiln string) error {
	f, err := p.firing(ctx, id)
	if err != nil {
		return err
	}
	if f.State != Queued {
		return ErrNotQueued
	}
	_, err = p.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                aws.String(firingsTable),
		Key:                      key(id),
		UpdateExpression:         aws.String("SET #s = :running, kiln = :kiln"),
		ConditionExpression:      aws.String("#s = :queued"),
		ExpressionAttributeNames: map[string]string{"#s": "state"},
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":running": text(string(Running)),
			":queued":  text(string(Queued)),
			":kiln":    text(kiln),
		},
	})
	var lost *types.ConditionalCheckFailedException
	if errors.As(err, &lost) {
		return ErrNotQueued
	}
	return err
}
