// Package dynamo keeps slots in a table.
package dynamo

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/aws/awserr"
	"github.com/aws/aws-sdk-go/service/dynamodb"
	"github.com/aws/aws-sdk-go/service/dynamodb/dynamodbattribute"

	"example.com/dockslots/booking"
)

// Table is where the slots are.
type Table struct {
	client *dynamodb.DynamoDB
	name   string
}

// New opens a table.
func New(client *dynamodb.DynamoDB, name string) *Table {
	return &Table{client: client, name: name}
}

type slotKey struct {
	ID string `dynamodbav:"slot_id"`
}

type slotRecord struct {
	slotKey
	Version int
	Slot    booking.Slot
}

func encode(slot booking.Slot) (map[string]*dynamodb.AttributeValue, error) {
	return dynamodbattribute.MarshalMap(slotRecord{
		slotKey: slotKey{ID: slot.ID},
		Version: slot.Version,
		Slot:    slot,
	})
}

func decode(item map[string]*dynamodb.AttributeValue) (booking.Slot, error) {
	var record slotRecord
	if err := dynamodbattribute.UnmarshalMap(item, &record); err != nil {
		return booking.Slot{}, err
	}
	return record.Slot, nil
}

// Load reads a slot.
func (t *Table) Load(ctx context.Context, id string) (booking.Slot, error) {
	key, err := dynamodbattribute.MarshalMap(slotKey{ID: id})
	if err != nil {
		return booking.Slot{}, err
	}
	out, err := t.client.GetItemWithContext(ctx, &dynamodb.GetItemInput{
		TableName:      aws.String(t.name),
		Key:            key,
		ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		return booking.Slot{}, err
	}
	if len(out.Item) == 0 {
		return booking.Slot{}, booking.ErrNotFound
	}
	return decode(out.Item)
}

// Store writes a slot.
func (t *Table) Store(ctx context.Context, slot booking.Slot) error {
	slot.Updated = time.Now()
	item, err := encode(slot)
	if err != nil {
		return err
	}
	_, err = t.client.PutItemWithContext(ctx, &dynamodb.PutItemInput{ // expect: lost-update
		TableName:           aws.String(t.name),
		Item:                item,
		ConditionExpression: aws.String("attribute_exists(slot_id)"),
	})
	return err
}

// StoreUnchanged writes a slot that nobody has written since it was loaded.
func (t *Table) StoreUnchanged(ctx context.Context, slot booking.Slot) error {
	seen := slot.Version
	slot.Version = seen + 1
	slot.Updated = time.Now()
	item, err := encode(slot)
	if err != nil {
		return err
	}
	_, err = t.client.PutItemWithContext(ctx, &dynamodb.PutItemInput{
		TableName:           aws.String(t.name),
		Item:                item,
		ConditionExpression: aws.String("Version = :seen"),
		ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{
			":seen": {N: aws.String(strconv.Itoa(seen))},
		},
	})
	var failed awserr.Error
	if errors.As(err, &failed) && failed.Code() == dynamodb.ErrCodeConditionalCheckFailedException {
		return booking.ErrChanged
	}
	return err
}

// Touch notes when a slot was last used.
func (t *Table) Touch(ctx context.Context, id string, at time.Time) error {
	key, err := dynamodbattribute.MarshalMap(slotKey{ID: id})
	if err != nil {
		return err
	}
	_, err = t.client.UpdateItemWithContext(ctx, &dynamodb.UpdateItemInput{
		TableName:           aws.String(t.name),
		Key:                 key,
		UpdateExpression:    aws.String("SET last_used = :at"),
		ConditionExpression: aws.String("attribute_exists(slot_id)"),
		ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{
			":at": {S: aws.String(at.Format(time.RFC3339))},
		},
	})
	return err
}
