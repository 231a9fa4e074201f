package ropeways

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/iot"
)

// Cabins are taken off the rope. That something went wrong on the way there is no decision about the cabin; that it
// is not to be taken off is.
type Cabin struct {
	ID     string `dynamodbav:"cabin_id"`
	Drive  string `dynamodbav:"drive"`
	Thing  string `dynamodbav:"thing"`
	Layout int    `dynamodbav:"layout"`
	Trips  int    `dynamodbav:"trips"`
}

type Ropeway struct {
	db  *dynamodb.Client
	iot *iot.Client
}

var errInUse = errors.New("the cabin is in use")

func cabinKey(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"cabin_id": &types.AttributeValueMemberS{Value: id}}
}

func (r *Ropeway) cabin(ctx context.Context, id string) (*Cabin, error) {
	out, err := r.db.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String("cabins"), Key: cabinKey(id)})
	if err != nil {
		return nil, err
	}
	c := &Cabin{}
	if err := attributevalue.UnmarshalMap(out.Item, c); err != nil {
		return nil, err
	}
	return c, nil
}

// The trips of old cabins are counted anew; the count may fail, whatever the cabin is.
func (r *Ropeway) counted(ctx context.Context, id string) (*Cabin, error) {
	c, err := r.cabin(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := r.count(ctx, c); err != nil {
		return nil, err
	}
	return c, nil
}

func (r *Ropeway) count(ctx context.Context, c *Cabin) error {
	if c.Layout < 2 {
		out, err := r.db.Query(ctx, &dynamodb.QueryInput{
			TableName:                 aws.String("trips"),
			KeyConditionExpression:    aws.String("cabin_id = :c"),
			ExpressionAttributeValues: map[string]types.AttributeValue{":c": &types.AttributeValueMemberS{Value: c.ID}},
			Select:                    types.SelectCount,
		})
		if err != nil {
			return fmt.Errorf("counting the trips: %w", err)
		}
		c.Trips = int(out.Count)
	}
	return nil
}

// Scrap deletes the cabin, and tells how far it has gone.
func (r *Ropeway) Scrap(ctx context.Context, id string) (int, error) {
	c, err := r.counted(ctx, id)
	if err != nil {
		return 0, err
	}
	_, err = r.db.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: aws.String("cabins"), Key: cabinKey(id)})
	return c.Trips, err
}

// Detach deletes it as well; those with a drive of their own are signed off before.
func (r *Ropeway) Detach(ctx context.Context, id string) error {
	c, err := r.cabin(ctx, id)
	if err != nil {
		return err
	}
	if c.Drive == "own" {
		if err := r.signOff(ctx, c.Thing); err != nil {
			return err
		}
	}
	_, err = r.db.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: aws.String("cabins"), Key: cabinKey(id)})
	return err
}

func (r *Ropeway) signOff(ctx context.Context, thing string) error {
	_, err := r.iot.DeleteThing(ctx, &iot.DeleteThingInput{ThingName: aws.String(thing)})
	return err
}

// Whether a cabin is idle is a decision, and the failure that tells of it says so.
func (r *Ropeway) idle(ctx context.Context, c *Cabin) error {
	if c.Drive == "rope" {
		out, err := r.db.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String("ropes"), Key: cabinKey(c.ID)})
		if err != nil {
			return fmt.Errorf("asking for the rope: %w", err)
		}
		if out.Item != nil {
			return errInUse
		}
	}
	return nil
}

// Withdraw deletes an idle cabin.
func (r *Ropeway) Withdraw(ctx context.Context, id string) error {
	c, err := r.cabin(ctx, id)
	if err != nil {
		return err
	}
	if err := r.idle(ctx, c); err != nil {
		return err
	}
	_, err = r.db.DeleteItem(ctx, &dynamodb.DeleteItemInput{ // expect: check-then-act
		TableName: aws.String("cabins"),
		Key:       cabinKey(id),
	})
	return err
}

// WithdrawIdle asks for the drive in the request itself.
func (r *Ropeway) WithdrawIdle(ctx context.Context, id string) error {
	c, err := r.cabin(ctx, id)
	if err != nil {
		return err
	}
	if err := r.idle(ctx, c); err != nil {
		return err
	}
	_, err = r.db.DeleteItem(ctx, &dynamodb.DeleteItemInput{
		TableName:                 aws.String("cabins"),
		Key:                       cabinKey(id),
		ConditionExpression:       aws.String("drive = :d"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":d": &types.AttributeValueMemberS{Value: c.Drive}},
	})
	return err
}

// Refit changes what is asked for above.
func (r *Ropeway) Refit(ctx context.Context, id, drive string) error {
	_, err := r.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:        aws.String("cabins"),
		Key:              cabinKey(id),
		UpdateExpression: aws.String("SET drive = :d, layout = :l"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":d": &types.AttributeValueMemberS{Value: drive},
			":l": &types.AttributeValueMemberN{Value: "2"},
		},
	})
	return err
}
