// Package pilots gives ships that wait in the roads to pilots.
package pilots

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

var errNone = errors.New("no ship is waiting")

type values = map[string]types.AttributeValue

type Ship struct {
	Name  string `dynamodbav:"ship"`
	Stage string `dynamodbav:"stage"`
	Pilot string `dynamodbav:"pilot,omitempty"`
}

type Roads struct {
	db    *dynamodb.Client
	ships string
	notes string
}

func text(v string) types.AttributeValue { return &types.AttributeValueMemberS{Value: v} }

func (r *Roads) waiting(ctx context.Context, visit func(Ship) (bool, error)) error {
	pages := dynamodb.NewQueryPaginator(r.db, &dynamodb.QueryInput{
		TableName:                 &r.ships,
		IndexName:                 aws.String("by-stage"),
		KeyConditionExpression:    aws.String("stage = :w"),
		ExpressionAttributeValues: values{":w": text("waiting")},
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		var ships []Ship
		if err := attributevalue.UnmarshalListOfMaps(page.Items, &ships); err != nil {
			return err
		}
		for _, s := range ships {
			more, err := visit(s)
			if err != nil || !more {
				return err
			}
		}
	}
	return nil
}

func (r *Roads) board(ctx context.Context, ship, pilot string) (bool, error) {
	_, err := r.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 &r.ships,
		Key:                       values{"ship": text(ship)},
		UpdateExpression:          aws.String("SET stage = :b, pilot = :p"),
		ConditionExpression:       aws.String("stage = :w"),
		ExpressionAttributeValues: values{":b": text("boarded"), ":w": text("waiting"), ":p": text(pilot)},
	})
	var taken *types.ConditionalCheckFailedException
	if errors.As(err, &taken) {
		return false, nil
	}
	return err == nil, err
}

// Next answers whoever asks for more by the result beside the failure: who has lost goes on to the next ship.
func (r *Roads) Next(ctx context.Context, pilot string) (*Ship, error) {
	var mine *Ship
	err := r.waiting(ctx, func(s Ship) (bool, error) {
		got, err := r.board(ctx, s.Name, pilot)
		if err != nil {
			return false, err
		}
		if got {
			mine = &s
		}
		return !got, nil
	})
	if err != nil {
		return nil, err
	}
	if mine == nil {
		return nil, errNone
	}
	return mine, nil
}

// Take gives back the ship only to who has got it.
func (r *Roads) Take(ctx context.Context, ship, pilot string) (*Ship, error) {
	got, err := r.board(ctx, ship, pilot)
	if err != nil {
		return nil, err
	}
	var mine *Ship
	if got {
		mine = &Ship{Name: ship, Stage: "boarded", Pilot: pilot}
	}
	return mine, nil
}

// Announce says the same whoever has got the ship.
func (r *Roads) Announce(ctx context.Context, ship, pilot string) (string, error) {
	_, err := r.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: swallowed-conflict
		TableName:                 &r.ships,
		Key:                       values{"ship": text(ship)},
		UpdateExpression:          aws.String("SET stage = :b, pilot = :p"),
		ConditionExpression:       aws.String("stage = :w"),
		ExpressionAttributeValues: values{":b": text("boarded"), ":w": text("waiting"), ":p": text(pilot)},
	})
	var taken *types.ConditionalCheckFailedException
	late := false
	if errors.As(err, &taken) {
		late = true
	} else if err != nil {
		return "", err
	}
	r.note(late)
	return fmt.Sprintf("%s goes to %s", ship, pilot), nil
}

func (r *Roads) note(late bool) {
	r.notes = fmt.Sprint(late)
}
