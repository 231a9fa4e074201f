// Package slipways keeps count of hauls: values filled by their setters, and slipways picked by the key of an index.
package slipways

import (
	"context"
	"errors"
	"strconv"

	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/service/dynamodb"
	"github.com/aws/aws-sdk-go/service/dynamodb/dynamodbattribute"
)

var errNone = errors.New("no slipway is free")

type values map[string]*dynamodb.AttributeValue

type Slipway struct {
	ID    string `dynamodbav:"slipway"`
	Yard  string `dynamodbav:"yard"`
	State string `dynamodbav:"state"`
	Boat  string `dynamodbav:"boat"`
	Hauls int64  `dynamodbav:"hauls"`
}

type Yard struct {
	db *dynamodb.DynamoDB
}

func text(v string) *dynamodb.AttributeValue { return new(dynamodb.AttributeValue).SetS(v) }

func number(v int64) *dynamodb.AttributeValue {
	return (&dynamodb.AttributeValue{}).SetN(strconv.FormatInt(v, 10))
}

func (y *Yard) find(ctx context.Context, id string) (*Slipway, error) {
	out, err := y.db.GetItemWithContext(ctx, &dynamodb.GetItemInput{
		TableName: aws.String("slipways"),
		Key:       values{"slipway": text(id)},
	})
	if err != nil {
		return nil, err
	}
	found := &Slipway{}
	return found, dynamodbattribute.UnmarshalMap(out.Item, found)
}

// case: the sum is written by a value that its setter fills
func (y *Yard) Haul(ctx context.Context, id string, boats int64) error {
	s, err := y.find(ctx, id)
	if err != nil {
		return err
	}
	_, err = y.db.UpdateItemWithContext(ctx, &dynamodb.UpdateItemInput{ // expect: lost-update
		TableName:                 aws.String("slipways"),
		Key:                       values{"slipway": text(id)},
		UpdateExpression:          aws.String("SET hauls = :h"),
		ConditionExpression:       aws.String("attribute_exists(slipway)"),
		ExpressionAttributeValues: values{":h": number(s.Hauls + boats)},
	})
	return err
}

// case: the same, under the sum that was read
func (y *Yard) HaulSafely(ctx context.Context, id string, boats int64) error {
	s, err := y.find(ctx, id)
	if err != nil {
		return err
	}
	_, err = y.db.UpdateItemWithContext(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String("slipways"),
		Key:                       values{"slipway": text(id)},
		UpdateExpression:          aws.String("SET hauls = :h"),
		ConditionExpression:       aws.String("hauls = :seen"),
		ExpressionAttributeValues: values{":h": number(s.Hauls + boats), ":seen": number(s.Hauls)},
	})
	return err
}

func (y *Yard) free(ctx context.Context, yard string) ([]Slipway, error) {
	out, err := y.db.QueryWithContext(ctx, &dynamodb.QueryInput{
		TableName:                 aws.String("slipways"),
		IndexName:                 aws.String("by-yard"),
		KeyConditionExpression:    aws.String("yard = :y AND #s = :free"),
		ExpressionAttributeNames:  map[string]*string{"#s": aws.String("state")},
		ExpressionAttributeValues: values{":y": text(yard), ":free": text("free")},
	})
	if err != nil {
		return nil, err
	}
	var found []Slipway
	err = dynamodbattribute.UnmarshalListOfMaps(out.Items, &found)
	return found, err
}

// case: the first that is free is taken, and whose it is now is written there
func (y *Yard) Take(ctx context.Context, yard, boat string) error {
	free, err := y.free(ctx, yard)
	if err != nil {
		return err
	}
	if len(free) == 0 {
		return errNone
	}
	_, err = y.db.UpdateItemWithContext(ctx, &dynamodb.UpdateItemInput{ // expect: check-then-act
		TableName:                 aws.String("slipways"),
		Key:                       values{"slipway": text(free[0].ID)},
		UpdateExpression:          aws.String("SET #s = :taken, boat = :b"),
		ConditionExpression:       aws.String("attribute_exists(slipway)"),
		ExpressionAttributeNames:  map[string]*string{"#s": aws.String("state")},
		ExpressionAttributeValues: values{":taken": text("taken"), ":b": text(boat)},
	})
	return err
}

// case: the same, only while it is free
func (y *Yard) TakeSafely(ctx context.Context, yard, boat string) error {
	free, err := y.free(ctx, yard)
	if err != nil {
		return err
	}
	if len(free) == 0 {
		return errNone
	}
	_, err = y.db.UpdateItemWithContext(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String("slipways"),
		Key:                       values{"slipway": text(free[0].ID)},
		UpdateExpression:          aws.String("SET #s = :taken, boat = :b"),
		ConditionExpression:       aws.String("#s = :free"),
		ExpressionAttributeNames:  map[string]*string{"#s": aws.String("state")},
		ExpressionAttributeValues: values{":taken": text("taken"), ":free": text("free"), ":b": text(boat)},
	})
	return err
}
