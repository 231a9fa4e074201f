package easels

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

var errGone = errors.New("somebody else has taken the easel")

type Easel struct {
	ID      string `dynamodbav:"easel_id"`
	State   string `dynamodbav:"state"`
	Painter string `dynamodbav:"painter"`
	Room    string `dynamodbav:"room"`
}

type Studio struct {
	db    *dynamodb.Client
	table string
}

func key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"easel_id": &types.AttributeValueMemberS{Value: id}}
}

func (s *Studio) find(ctx context.Context, id string) (*Easel, error) {
	out, err := s.db.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(s.table), Key: key(id)})
	if err != nil {
		return nil, err
	}
	e := &Easel{}
	return e, attributevalue.UnmarshalMap(out.Item, e)
}

func (s *Studio) set(ctx context.Context, id, state string, when expression.ConditionBuilder) error {
	expr, err := expression.NewBuilder().
		WithUpdate(expression.Set(expression.Name("state"), expression.Value(state)).Remove(expression.Name("painter"))).
		WithCondition(when).
		Build()
	if err != nil {
		return err
	}
	_, err = s.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(s.table),
		Key:                       key(id),
		UpdateExpression:          expr.Update(),
		ConditionExpression:       expr.Condition(),
		ExpressionAttributeNames:  expr.Names(),
		ExpressionAttributeValues: expr.Values(),
	})
	var lost *types.ConditionalCheckFailedException
	if errors.As(err, &lost) {
		return errGone
	}
	return err
}

// Leave asks again for all that was tested, clause by clause.
func (s *Studio) Leave(ctx context.Context, id, painter string) error {
	e, err := s.find(ctx, id)
	if err != nil {
		return err
	}
	if e.State != "taken" || e.Painter != painter {
		return errGone
	}
	when := expression.Name("easel_id").Equal(expression.Value(id))
	for attr, want := range map[string]string{"state": "taken", "painter": painter} {
		when = when.And(expression.Name(attr).Equal(expression.Value(want)))
	}
	return s.set(ctx, id, "free", when)
}

// LeaveAny names the clauses in a list.
func (s *Studio) LeaveAny(ctx context.Context, id, painter string) error {
	e, err := s.find(ctx, id)
	if err != nil {
		return err
	}
	if e.State != "taken" || e.Painter != painter {
		return errGone
	}
	was := map[string]string{"state": e.State, "painter": e.Painter}
	when := expression.Name("easel_id").Equal(expression.Value(id))
	for _, attr := range []string{"state", "painter"} {
		when = when.And(expression.Name(attr).Equal(expression.Value(was[attr])))
	}
	return s.set(ctx, id, "free", when)
}

// LeaveRoom joins clauses that say nothing of what was tested.
func (s *Studio) LeaveRoom(ctx context.Context, id, painter, room string) error {
	e, err := s.find(ctx, id)
	if err != nil {
		return err
	}
	if e.State != "taken" || e.Painter != painter {
		return errGone
	}
	when := expression.Name("easel_id").Equal(expression.Value(id))
	for attr, want := range map[string]string{"room": room} {
		when = when.And(expression.Name(attr).Equal(expression.Value(want)))
	}
	return s.set(ctx, id, "free", when) // expect: check-then-act
}
