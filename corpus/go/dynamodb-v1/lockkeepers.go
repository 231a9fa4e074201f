// Package lockkeepers lets water into the chambers of a canal, and wraps whatever fails: what wraps no failure is none.
package lockkeepers

import (
	"context"
	stderrors "errors"
	"strconv"

	"cirello.io/dynamolock"
	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/service/dynamodb"
	"github.com/aws/aws-sdk-go/service/dynamodb/dynamodbattribute"
	"github.com/pkg/errors"
)

var errDry = errors.New("the chamber is dry")

type item = map[string]*dynamodb.AttributeValue

type Chamber struct {
	Name   string `dynamodbav:"chamber"`
	Litres int64  `dynamodbav:"litres"`
}

type Keeper struct {
	db    *dynamodb.DynamoDB
	locks *dynamolock.Client
}

func (k *Keeper) alone(ctx context.Context, name string, work func() error) (err error) {
	held, err := k.locks.AcquireLockWithContext(ctx, name, dynamolock.FailIfLocked())
	if err != nil {
		return errors.WithMessage(err, name)
	}
	defer func() {
		if _, lost := k.locks.ReleaseLock(held); err == nil {
			err = lost
		}
	}()
	return work()
}

func (k *Keeper) chamber(ctx context.Context, name string) (*Chamber, error) {
	out, err := k.db.GetItemWithContext(ctx, &dynamodb.GetItemInput{
		TableName: aws.String("chambers"),
		Key:       item{"chamber": {S: &name}},
	})
	if err != nil {
		return nil, errors.WithStack(err)
	}
	c := new(Chamber)
	return c, errors.Wrapf(dynamodbattribute.UnmarshalMap(out.Item, c), "chamber %s", name)
}

func (k *Keeper) set(litres int64, name string) *dynamodb.UpdateItemInput {
	return &dynamodb.UpdateItemInput{
		TableName:                 aws.String("chambers"),
		Key:                       item{"chamber": {S: &name}},
		UpdateExpression:          aws.String("SET litres = :l"),
		ExpressionAttributeValues: item{":l": {N: aws.String(strconv.FormatInt(litres, 10))}},
	}
}

// Drain takes what it has seen before it was alone.
func (k *Keeper) Drain(ctx context.Context, name string, litres int64) error {
	c, err := k.chamber(ctx, name)
	if err != nil {
		return err
	}
	if c.Litres < litres {
		return errDry
	}
	return k.alone(ctx, "chamber/"+name, func() error {
		c.Litres -= litres
		_, err := k.db.UpdateItemWithContext(ctx, k.set(c.Litres, name)) // expect: read-before-lock
		return errors.Wrap(err, "drain")
	})
}

// Fill looks once it is alone.
func (k *Keeper) Fill(ctx context.Context, name string, litres int64) error {
	return k.alone(ctx, "chamber/"+name, func() error {
		c, err := k.chamber(ctx, name)
		if err != nil {
			return err
		}
		_, err = k.db.UpdateItemWithContext(ctx, k.set(c.Litres+litres, name))
		return errors.Wrap(err, "fill")
	})
}

// checked fails, as what it wraps has been found to fail.
func checked(c *Chamber, err error) error {
	if err != nil {
		return errors.Wrap(err, "not looked at")
	}
	if c.Litres == 0 {
		return errors.WithStack(errDry)
	}
	return nil
}

// Pump joins what may have failed: nothing has, where neither did.
func (k *Keeper) Pump(ctx context.Context, name string, litres int64) error {
	c, err := k.chamber(ctx, name)
	if bad := stderrors.Join(err, ctx.Err()); bad != nil {
		return bad
	}
	if err := checked(c, err); err != nil {
		return err
	}
	_, err = k.db.UpdateItemWithContext(ctx, k.set(c.Litres+litres, name)) // expect: lost-update
	return err
}

// claim tells by its failure who has come first, and wraps it before anybody has asked.
func (k *Keeper) claim(ctx context.Context, name, crew string) error {
	_, err := k.db.PutItemWithContext(ctx, &dynamodb.PutItemInput{
		TableName:           aws.String("passages"),
		Item:                item{"chamber": {S: &name}, "crew": {S: &crew}},
		ConditionExpression: aws.String("attribute_not_exists(chamber)"),
	})
	return errors.Wrap(err, "claim")
}

// Pass goes on only where it was first.
func (k *Keeper) Pass(ctx context.Context, name, crew string, tell func(string)) error {
	if err := k.claim(ctx, name, crew); err != nil {
		return err
	}
	tell(crew)
	return nil
}
