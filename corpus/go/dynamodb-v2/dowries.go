// Package dowries pays out dowries: each is claimed first, and then a bank that stands somewhere else is asked.
package dowries

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

var table = aws.String("dowries")

type dowry struct {
	ID    string `dynamodbav:"id"`
	Stage string `dynamodbav:"stage"`
	Coins int64  `dynamodbav:"coins"`
	To    string `dynamodbav:"to"`
}

// Purse is somebody else's.
type Purse interface {
	Hand(ctx context.Context, to string, coins int64) error
	Count(ctx context.Context, what string) error
}

type chest struct {
	db    *dynamodb.Client
	purse Purse
	notes *log.Logger
}

func keyOf(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}}
}

func (c *chest) find(ctx context.Context, id string) (*dowry, error) {
	out, err := c.db.GetItem(ctx, &dynamodb.GetItemInput{TableName: table, Key: keyOf(id)})
	if err != nil {
		return nil, err
	}
	d := &dowry{}
	return d, attributevalue.UnmarshalMap(out.Item, d)
}

func from(id, stage, to string) *dynamodb.UpdateItemInput {
	return &dynamodb.UpdateItemInput{
		TableName:           table,
		Key:                 keyOf(id),
		UpdateExpression:    aws.String("SET stage = :to"),
		ConditionExpression: aws.String("stage = :from"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":from": &types.AttributeValueMemberS{Value: stage},
			":to":   &types.AttributeValueMemberS{Value: to},
		},
	}
}

// case: id=go-ddb-4451 label=race rule=swallowed-conflict tier=3 note=who has lost is told what the winner is told, and the coins are handed out twice
func (c *chest) claim(ctx context.Context, d *dowry) error {
	if _, err := c.db.UpdateItem(ctx, from(d.ID, "promised", "paying")); err != nil { // expect: swallowed-conflict
		var lost *types.ConditionalCheckFailedException
		if errors.As(err, &lost) {
			c.notes.Printf("dowry %s is being paid", d.ID)
			return nil
		}
		return fmt.Errorf("claim %s: %w", d.ID, err)
	}
	return nil
}

func (c *chest) Pay(ctx context.Context, ids []string) error {
	for _, id := range ids {
		d, err := c.find(ctx, id)
		if err != nil {
			return err
		}
		if d.Stage != "promised" {
			continue
		}
		if err := c.claim(ctx, d); err != nil {
			return err
		}
		if err := c.purse.Hand(ctx, d.To, d.Coins); err != nil {
			return err
		}
	}
	return nil
}

// case: id=go-ddb-4452 label=safe tier=3 note=who has lost is told so, and stops
func (c *chest) claimOnce(ctx context.Context, id string) (bool, error) {
	_, err := c.db.UpdateItem(ctx, from(id, "promised", "paying"))
	var lost *types.ConditionalCheckFailedException
	if errors.As(err, &lost) {
		return false, nil
	}
	return err == nil, err
}

func (c *chest) PayOnce(ctx context.Context, id string) error {
	d, err := c.find(ctx, id)
	if err != nil {
		return err
	}
	if d.Stage != "promised" {
		return nil
	}
	won, err := c.claimOnce(ctx, id)
	if err != nil || !won {
		return err
	}
	return c.purse.Hand(ctx, d.To, d.Coins)
}

// case: id=go-ddb-4453 label=safe tier=3 note=it is closed, by whomever: what is counted afterwards is of no dowry in particular
func (c *chest) close(ctx context.Context, d *dowry) error {
	if _, err := c.db.UpdateItem(ctx, from(d.ID, "paid", "closed")); err != nil {
		var lost *types.ConditionalCheckFailedException
		if errors.As(err, &lost) {
			return nil
		}
		return err
	}
	return nil
}

func (c *chest) Close(ctx context.Context, id string) error {
	d, err := c.find(ctx, id)
	if err != nil {
		return err
	}
	if d.Stage != "paid" {
		return nil
	}
	if err := c.close(ctx, d); err != nil {
		return err
	}
	return c.purse.Count(ctx, "closings")
}
