package ferries

import (
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

const table = "crossings"

type Crossing struct {
	ID    string `dynamodbav:"crossing_id"`
	Cars  int    `dynamodbav:"cars"`
	Stamp int    `dynamodbav:"stamp"`
}

// Sailing is what the harbour calls a crossing.
type Sailing = Crossing

// Manifest has the fields of a crossing, and methods of its own.
type Manifest Crossing

type Harbour struct {
	db *dynamodb.Client
}

func crossingKey(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"crossing_id": &types.AttributeValueMemberS{Value: id}}
}

func (h *Harbour) raw(ctx context.Context, id string) (map[string]types.AttributeValue, error) {
	out, err := h.db.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(table), Key: crossingKey(id)})
	if err != nil {
		return nil, err
	}
	return out.Item, nil
}

func (h *Harbour) store(ctx context.Context, v any, stamp int) error {
	item, err := attributevalue.MarshalMap(v)
	if err != nil {
		return err
	}
	_, err = h.db.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:           aws.String(table),
		Item:                item,
		ConditionExpression: aws.String("stamp = :stamp"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":stamp": &types.AttributeValueMemberN{Value: strconv.Itoa(stamp)},
		},
	})
	return err
}

// case: id=go-ddb-1405 label=safe tier=2 note=compare and set of a type known by another name
func (h *Harbour) BoardAlias(ctx context.Context, id string) error {
	item, err := h.raw(ctx, id)
	if err != nil {
		return err
	}
	var s Sailing
	if err := attributevalue.UnmarshalMap(item, &s); err != nil {
		return err
	}
	stamp := s.Stamp
	s.Cars++
	s.Stamp++
	return h.store(ctx, s, stamp)
}

// case: id=go-ddb-1406 label=safe tier=2 note=compare and set of a type defined by another one
func (h *Harbour) BoardManifest(ctx context.Context, id string) error {
	item, err := h.raw(ctx, id)
	if err != nil {
		return err
	}
	var m Manifest
	if err := attributevalue.UnmarshalMap(item, &m); err != nil {
		return err
	}
	stamp := m.Stamp
	m.Cars++
	m.Stamp++
	return h.store(ctx, m, stamp)
}

// case: id=go-ddb-1407 label=race rule=lost-update tier=2 note=the same type, written with no condition
func (h *Harbour) BoardBlindly(ctx context.Context, id string) error {
	raw, err := h.raw(ctx, id)
	if err != nil {
		return err
	}
	var m Manifest
	if err := attributevalue.UnmarshalMap(raw, &m); err != nil {
		return err
	}
	_, err = h.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: lost-update
		TableName:        aws.String(table),
		Key:              crossingKey(m.ID),
		UpdateExpression: aws.String("SET cars = :cars"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":cars": &types.AttributeValueMemberN{Value: strconv.Itoa(m.Cars + 1)},
		},
	})
	return err
}

// case: id=go-ddb-1408 label=safe tier=2 note=compare and set of a type that the function defines
func (h *Harbour) BoardLocal(ctx context.Context, id string) error {
	type deck struct {
		ID    string `dynamodbav:"crossing_id"`
		Cars  int    `dynamodbav:"cars"`
		Stamp int    `dynamodbav:"stamp"`
	}
	item, err := h.raw(ctx, id)
	if err != nil {
		return err
	}
	var d deck
	if err := attributevalue.UnmarshalMap(item, &d); err != nil {
		return err
	}
	stamp := d.Stamp
	d.Cars++
	d.Stamp++
	return h.store(ctx, d, stamp)
}

// case: id=go-ddb-1409 label=safe tier=2 note=compare and set of a struct without a name
func (h *Harbour) BoardNameless(ctx context.Context, id string) error {
	item, err := h.raw(ctx, id)
	if err != nil {
		return err
	}
	var d struct {
		ID    string `dynamodbav:"crossing_id"`
		Cars  int    `dynamodbav:"cars"`
		Stamp int    `dynamodbav:"stamp"`
	}
	if err := attributevalue.UnmarshalMap(item, &d); err != nil {
		return err
	}
	stamp := d.Stamp
	d.Cars++
	d.Stamp++
	return h.store(ctx, d, stamp)
}

// case: id=go-ddb-1410 label=race rule=lost-update tier=2 note=a struct without a name, put back with a condition on what this run has just counted itself
func (h *Harbour) BoardNamelessLate(ctx context.Context, id string) error {
	item, err := h.raw(ctx, id)
	if err != nil {
		return err
	}
	var d struct {
		ID    string `dynamodbav:"crossing_id"`
		Cars  int    `dynamodbav:"cars"`
		Stamp int    `dynamodbav:"stamp"`
	}
	if err := attributevalue.UnmarshalMap(item, &d); err != nil {
		return err
	}
	_, err = h.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: lost-update
		TableName:           aws.String(table),
		Key:                 crossingKey(id),
		UpdateExpression:    aws.String("SET cars = :cars"),
		ConditionExpression: aws.String("attribute_exists(crossing_id)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":cars": &types.AttributeValueMemberN{Value: strconv.Itoa(d.Cars + 1)},
		},
	})
	return err
}

// case: id=go-ddb-1411 label=safe tier=2 note=compare and set of what a nil pointer was decoded into
func (h *Harbour) BoardPointer(ctx context.Context, id string) error {
	item, err := h.raw(ctx, id)
	if err != nil {
		return err
	}
	var c *Crossing
	if err := attributevalue.UnmarshalMap(item, &c); err != nil {
		return err
	}
	stamp := c.Stamp
	c.Cars++
	c.Stamp++
	return h.store(ctx, c, stamp)
}
