package berths

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

const table = "berths"

var ErrNoBerth = errors.New("no such berth")

type Berth struct {
	ID    string `dynamodbav:"berth_id"`
	Ship  string `dynamodbav:"ship"`
	Depth int    `dynamodbav:"depth"`
	Log   int    `dynamodbav:"log"`
}

type Quay struct {
	db *dynamodb.Client
}

func (q *Quay) Berth(ctx context.Context, id string) (*Berth, error) {
	out, err := q.db.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(table),
		Key:       map[string]types.AttributeValue{"berth_id": &types.AttributeValueMemberS{Value: id}},
	})
	if err != nil {
		return nil, fmt.Errorf("berth %s: %w", id, err)
	}
	if len(out.Item) == 0 {
		return nil, fmt.Errorf("berth %s: %w", id, ErrNoBerth)
	}
	var b Berth
	if err := attributevalue.UnmarshalMap(out.Item, &b); err != nil {
		return nil, err
	}
	return &b, nil
}

// case: id=go-ddb-1416 label=race rule=lost-update tier=2 note=the pointer may be nil (caller Silt): no condition then
func (q *Quay) putIf(ctx context.Context, b *Berth, log *int) error {
	item, err := attributevalue.MarshalMap(b)
	if err != nil {
		return err
	}
	in := &dynamodb.PutItemInput{TableName: aws.String(table), Item: item}
	if log != nil {
		in.ConditionExpression = aws.String("#l = :log")
		in.ExpressionAttributeNames = map[string]string{"#l": "log"}
		in.ExpressionAttributeValues = map[string]types.AttributeValue{
			":log": &types.AttributeValueMemberN{Value: strconv.Itoa(*log)},
		}
	}
	_, err = q.db.PutItem(ctx, in) // expect: lost-update
	return err
}

// case: id=go-ddb-1415 label=safe tier=2 note=the condition hangs on a pointer that this caller gives
func (q *Quay) Dredge(ctx context.Context, id string, metres int) error {
	b, err := q.Berth(ctx, id)
	if err != nil {
		return err
	}
	seen := b.Log
	b.Depth += metres
	b.Log++
	return q.putIf(ctx, b, &seen)
}

func (q *Quay) Silt(ctx context.Context, id string, metres int) error {
	b, err := q.Berth(ctx, id)
	if err != nil {
		return err
	}
	b.Depth -= metres
	return q.putIf(ctx, b, nil)
}

// case: id=go-ddb-1418 label=race rule=lost-update tier=2 note=the argument may be left out (caller SiltAt)
func (q *Quay) putAt(ctx context.Context, b *Berth, logs ...int) error {
	item, err := attributevalue.MarshalMap(b)
	if err != nil {
		return err
	}
	in := &dynamodb.PutItemInput{TableName: aws.String(table), Item: item}
	if len(logs) > 0 {
		in.ConditionExpression = aws.String("#l = :log")
		in.ExpressionAttributeNames = map[string]string{"#l": "log"}
		in.ExpressionAttributeValues = map[string]types.AttributeValue{
			":log": &types.AttributeValueMemberN{Value: strconv.Itoa(logs[0])},
		}
	}
	_, err = q.db.PutItem(ctx, in) // expect: lost-update
	return err
}

// case: id=go-ddb-1417 label=safe tier=2 note=the condition hangs on an argument that may be left out, and is given
func (q *Quay) DredgeAt(ctx context.Context, id string, metres int) error {
	b, err := q.Berth(ctx, id)
	if err != nil {
		return err
	}
	seen := b.Log
	b.Depth += metres
	b.Log++
	return q.putAt(ctx, b, seen)
}

func (q *Quay) SiltAt(ctx context.Context, id string, metres int) error {
	b, err := q.Berth(ctx, id)
	if err != nil {
		return err
	}
	b.Depth -= metres
	return q.putAt(ctx, b)
}

func (q *Quay) putMatching(ctx context.Context, b *Berth, seen map[string]int) error {
	item, err := attributevalue.MarshalMap(b)
	if err != nil {
		return err
	}
	in := &dynamodb.PutItemInput{TableName: aws.String(table), Item: item}
	if seen != nil {
		in.ConditionExpression = aws.String("#l = :log")
		in.ExpressionAttributeNames = map[string]string{"#l": "log"}
		in.ExpressionAttributeValues = map[string]types.AttributeValue{
			":log": &types.AttributeValueMemberN{Value: strconv.Itoa(seen["log"])},
		}
	}
	_, err = q.db.PutItem(ctx, in)
	return err
}

// case: id=go-ddb-1419 label=safe tier=2 note=a map written down here is there
func (q *Quay) DredgeMatching(ctx context.Context, id string, metres int) error {
	b, err := q.Berth(ctx, id)
	if err != nil {
		return err
	}
	seen := b.Log
	b.Depth += metres
	b.Log++
	return q.putMatching(ctx, b, map[string]int{"log": seen})
}

// case: id=go-ddb-1420 label=race rule=check-then-create tier=2 note=the getter wraps the failure by which its callers know that nothing is there
func (q *Quay) Build(ctx context.Context, id string, depth int) error {
	_, err := q.Berth(ctx, id)
	if err == nil {
		return errors.New("berth is there already")
	}
	if !errors.Is(err, ErrNoBerth) {
		return err
	}
	return q.putIf(ctx, &Berth{ID: id, Depth: depth}, nil) // expect: check-then-create
}

// case: id=go-ddb-1421 label=safe tier=2 note=the store itself refuses a second one
func (q *Quay) BuildOnce(ctx context.Context, id string, depth int) error {
	if _, err := q.Berth(ctx, id); !errors.Is(err, ErrNoBerth) {
		return err
	}
	item, err := attributevalue.MarshalMap(Berth{ID: id, Depth: depth})
	if err != nil {
		return err
	}
	_, err = q.db.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:           aws.String(table),
		Item:                item,
		ConditionExpression: aws.String("attribute_not_exists(berth_id)"),
	})
	return err
}
