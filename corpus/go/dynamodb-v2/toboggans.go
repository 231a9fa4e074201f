package toboggans

import (
	"context"
	"errors"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// A refused creation shows the run that is there already: to go by that is to go by what was read.
type Run struct {
	ID    string `dynamodbav:"run_id"`
	State string `dynamodbav:"state"`
	Laps  int    `dynamodbav:"laps"`
}

type Slope struct {
	db *dynamodb.Client
}

var errRunning = errors.New("somebody is on the slope")

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func number(n int) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.Itoa(n)}
}

func runKey(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"run_id": text(id)}
}

func (s *Slope) put(ctx context.Context, id string) error {
	_, err := s.db.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:                           aws.String("runs"),
		Item:                                map[string]types.AttributeValue{"run_id": text(id), "state": text("open"), "laps": number(1)},
		ConditionExpression:                 aws.String("attribute_not_exists(run_id)"),
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	})
	return err
}

// Open tells who comes second what there is: nothing is lost.
func (s *Slope) Open(ctx context.Context, id string) (*Run, error) {
	err := s.put(ctx, id)
	var refused *types.ConditionalCheckFailedException
	if errors.As(err, &refused) {
		there := &Run{}
		return there, attributevalue.UnmarshalMap(refused.Item, there)
	}
	if err != nil {
		return nil, err
	}
	return &Run{ID: id, State: "open", Laps: 1}, nil
}

// Lap counts on from what the refusal has shown.
func (s *Slope) Lap(ctx context.Context, id string) error {
	err := s.put(ctx, id)
	var refused *types.ConditionalCheckFailedException
	if !errors.As(err, &refused) {
		return err
	}
	var there Run
	if err := attributevalue.UnmarshalMap(refused.Item, &there); err != nil {
		return err
	}
	_, err = s.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: lost-update
		TableName:                 aws.String("runs"),
		Key:                       runKey(id),
		UpdateExpression:          aws.String("SET laps = :n"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":n": number(there.Laps + 1)},
	})
	return err
}

// LapMore lets the store count.
func (s *Slope) LapMore(ctx context.Context, id string) error {
	err := s.put(ctx, id)
	var refused *types.ConditionalCheckFailedException
	if !errors.As(err, &refused) {
		return err
	}
	_, err = s.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String("runs"),
		Key:                       runKey(id),
		UpdateExpression:          aws.String("SET laps = laps + :n"),
		ConditionExpression:       aws.String("attribute_exists(run_id)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":n": number(1)},
	})
	return err
}

// Reopen opens a run that is over once more, for as many as have seen that it is.
func (s *Slope) Reopen(ctx context.Context, id string) error {
	err := s.put(ctx, id)
	var refused *types.ConditionalCheckFailedException
	if !errors.As(err, &refused) {
		return err
	}
	var there Run
	if err := attributevalue.UnmarshalMap(refused.Item, &there); err != nil {
		return err
	}
	if there.State != "over" {
		return errRunning
	}
	_, err = s.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: check-then-act
		TableName:                 aws.String("runs"),
		Key:                       runKey(id),
		UpdateExpression:          aws.String("SET #s = :open"),
		ExpressionAttributeNames:  map[string]string{"#s": "state"},
		ExpressionAttributeValues: map[string]types.AttributeValue{":open": text("open")},
	})
	return err
}

// ReopenOnce says in the request that it is over.
func (s *Slope) ReopenOnce(ctx context.Context, id string) error {
	err := s.put(ctx, id)
	var refused *types.ConditionalCheckFailedException
	if !errors.As(err, &refused) {
		return err
	}
	var there Run
	if err := attributevalue.UnmarshalMap(refused.Item, &there); err != nil {
		return err
	}
	if there.State != "over" {
		return errRunning
	}
	_, err = s.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                aws.String("runs"),
		Key:                      runKey(id),
		UpdateExpression:         aws.String("SET #s = :open"),
		ConditionExpression:      aws.String("#s = :over"),
		ExpressionAttributeNames: map[string]string{"#s": "state"},
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":open": text("open"), ":over": text("over"),
		},
	})
	return err
}
