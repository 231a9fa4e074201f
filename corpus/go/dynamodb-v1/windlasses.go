// Package windlasses lets one crew at a time turn a windlass, under a lock that is waited for.
package windlasses

import (
	"context"
	"errors"
	"fmt"
	"log"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/service/dynamodb"
	"github.com/aws/aws-sdk-go/service/dynamodb/dynamodbattribute"
	"github.com/google/uuid"
)

var errHeld = errors.New("somebody else holds it")

type item = map[string]*dynamodb.AttributeValue

type Windlass struct {
	Name  string `dynamodbav:"windlass"`
	Turns int    `dynamodbav:"turns"`
}

type Crew struct {
	db *dynamodb.DynamoDB
}

func text(v string) *dynamodb.AttributeValue { return &dynamodb.AttributeValue{S: aws.String(v)} }

func number(v int64) *dynamodb.AttributeValue {
	return &dynamodb.AttributeValue{N: aws.String(strconv.FormatInt(v, 10))}
}

func (c *Crew) seize(ctx context.Context, name string) (string, error) {
	token, now := uuid.NewString(), time.Now()
	_, err := c.db.PutItemWithContext(ctx, &dynamodb.PutItemInput{
		TableName:                 aws.String("holds"),
		Item:                      item{"name": text(name), "token": text(token), "until": number(now.Add(time.Minute).Unix())},
		ConditionExpression:       aws.String("attribute_not_exists(#n) OR #u < :now"),
		ExpressionAttributeNames:  map[string]*string{"#n": aws.String("name"), "#u": aws.String("until")},
		ExpressionAttributeValues: item{":now": number(now.Unix())},
	})
	var held *dynamodb.ConditionalCheckFailedException
	if errors.As(err, &held) {
		return "", errHeld
	}
	if err != nil {
		return "", fmt.Errorf("seize %s: %w", name, err)
	}
	return token, nil
}

func (c *Crew) let(ctx context.Context, name, token string) error {
	_, err := c.db.DeleteItemWithContext(ctx, &dynamodb.DeleteItemInput{
		TableName:                 aws.String("holds"),
		Key:                       item{"name": text(name)},
		ConditionExpression:       aws.String("#t = :mine"),
		ExpressionAttributeNames:  map[string]*string{"#t": aws.String("token")},
		ExpressionAttributeValues: item{":mine": text(token)},
	})
	return err
}

// holding waits until it has the lock: the loop is left by who has won it, and by nobody else.
func (c *Crew) holding(ctx context.Context, name string, work func(context.Context) error) error {
	var token string
	for {
		t, err := c.seize(ctx, name)
		if err == nil {
			token = t
			break
		}
		if !errors.Is(err, errHeld) {
			return err
		}
		time.Sleep(50 * time.Millisecond)
	}
	defer func() {
		if err := c.let(context.Background(), name, token); err != nil {
			log.Printf("let go of %s: %v", name, err)
		}
	}()
	return work(ctx)
}

// hoping works with the lock or without it.
func (c *Crew) hoping(ctx context.Context, name string, work func(context.Context) error) error {
	var token string
	for range 5 {
		t, err := c.seize(ctx, name)
		if err == nil {
			token = t
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	defer func() {
		if err := c.let(context.Background(), name, token); err != nil {
			log.Printf("let go of %s: %v", name, err)
		}
	}()
	return work(ctx)
}

func (c *Crew) find(ctx context.Context, name string) (*Windlass, error) {
	out, err := c.db.GetItemWithContext(ctx, &dynamodb.GetItemInput{
		TableName: aws.String("windlasses"), Key: item{"windlass": text(name)}, ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		return nil, err
	}
	w := &Windlass{}
	return w, dynamodbattribute.UnmarshalMap(out.Item, w)
}

// Heave reads under the lock of that windlass.
func (c *Crew) Heave(ctx context.Context, name string, by int) error {
	return c.holding(ctx, "windlass/"+name, func(ctx context.Context) error {
		w, err := c.find(ctx, name)
		if err != nil {
			return err
		}
		_, err = c.db.UpdateItemWithContext(ctx, &dynamodb.UpdateItemInput{
			TableName:                 aws.String("windlasses"),
			Key:                       item{"windlass": text(name)},
			UpdateExpression:          aws.String("SET turns = :t"),
			ExpressionAttributeValues: item{":t": number(int64(w.Turns + by))},
		})
		return err
	})
}

// Veer has read before.
func (c *Crew) Veer(ctx context.Context, name string, by int) error {
	w, err := c.find(ctx, name)
	if err != nil {
		return err
	}
	return c.holding(ctx, "windlass/"+name, func(ctx context.Context) error {
		_, err := c.db.UpdateItemWithContext(ctx, &dynamodb.UpdateItemInput{ // expect: read-before-lock
			TableName:                 aws.String("windlasses"),
			Key:                       item{"windlass": text(name)},
			UpdateExpression:          aws.String("SET turns = :t"),
			ExpressionAttributeValues: item{":t": number(int64(w.Turns - by))},
		})
		return err
	})
}

// Pawl may work without the lock.
func (c *Crew) Pawl(ctx context.Context, name string) error {
	return c.hoping(ctx, "windlass/"+name, func(ctx context.Context) error {
		w, err := c.find(ctx, name)
		if err != nil {
			return err
		}
		_, err = c.db.UpdateItemWithContext(ctx, &dynamodb.UpdateItemInput{ // expect: lost-update
			TableName:                 aws.String("windlasses"),
			Key:                       item{"windlass": text(name)},
			UpdateExpression:          aws.String("SET turns = :t"),
			ExpressionAttributeValues: item{":t": number(int64(w.Turns + 1))},
		})
		return err
	})
}

// Brake is about another lock than that of the windlass.
func (c *Crew) Brake(ctx context.Context, name, hand string) error {
	return c.holding(ctx, "hand/"+hand, func(ctx context.Context) error {
		w, err := c.find(ctx, name)
		if err != nil {
			return err
		}
		_, err = c.db.UpdateItemWithContext(ctx, &dynamodb.UpdateItemInput{ // expect: lost-update
			TableName:                 aws.String("windlasses"),
			Key:                       item{"windlass": text(name)},
			UpdateExpression:          aws.String("SET turns = :t"),
			ExpressionAttributeValues: item{":t": number(int64(w.Turns - 1))},
		})
		return err
	})
}
