// Package cloakrooms hangs up the coats of a theatre's guests.
package cloakrooms

import (
	"context"
	"errors"
	"log"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

var errTaken = errors.New("the hook is taken")

type printer interface {
	Print(ctx context.Context, ticket string) error
}

type cloakroom struct {
	db      *dynamodb.Client
	tickets printer
}

// refused knows the refusals of every call that this package makes.
func refused(err error) bool {
	var one *types.ConditionalCheckFailedException
	var several *types.TransactionCanceledException
	return errors.As(err, &one) || errors.As(err, &several)
}

func (c *cloakroom) hang(hook, coat string) *dynamodb.UpdateItemInput {
	return &dynamodb.UpdateItemInput{
		TableName:           aws.String("hooks"),
		Key:                 map[string]types.AttributeValue{"hook": &types.AttributeValueMemberS{Value: hook}},
		UpdateExpression:    aws.String("SET coat = :coat, hung = :yes"),
		ConditionExpression: aws.String("hung = :no"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":coat": &types.AttributeValueMemberS{Value: coat},
			":yes":  &types.AttributeValueMemberBOOL{Value: true},
			":no":   &types.AttributeValueMemberBOOL{Value: false},
		},
	}
}

// case: id=go-ddb-7921 label=race rule=swallowed-conflict tier=3 note=either of two refusals is logged, of which this call knows but one, and no error is given: TakeCoat prints a ticket for a hook with another coat (caller TakeCoat)
func (c *cloakroom) occupy(ctx context.Context, hook, coat string) error {
	_, err := c.db.UpdateItem(ctx, c.hang(hook, coat)) // expect: swallowed-conflict
	if refused(err) {
		log.Printf("hook %s has a coat already", hook)
		return nil
	}
	return err
}

func (c *cloakroom) TakeCoat(ctx context.Context, hook, coat string) error {
	if err := c.occupy(ctx, hook, coat); err != nil {
		return err
	}
	return c.tickets.Print(ctx, hook)
}

// case: id=go-ddb-7922 label=safe tier=3 note=the same refusals, handed to the caller as a failure (caller LendHook)
func (c *cloakroom) reserve(ctx context.Context, hook, coat string) error {
	_, err := c.db.UpdateItem(ctx, c.hang(hook, coat))
	if refused(err) {
		return errTaken
	}
	return err
}

func (c *cloakroom) LendHook(ctx context.Context, hook, coat string) error {
	if err := c.reserve(ctx, hook, coat); err != nil {
		return err
	}
	return c.tickets.Print(ctx, hook)
}
