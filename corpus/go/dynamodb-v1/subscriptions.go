package subscriptions

import (
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/aws/awserr"
	"github.com/aws/aws-sdk-go/service/dynamodb"
	"github.com/aws/aws-sdk-go/service/dynamodb/dynamodbattribute"
	"github.com/aws/aws-sdk-go/service/dynamodb/dynamodbiface"
	"github.com/aws/aws-sdk-go/service/dynamodb/expression"
)

type Subscription struct {
	ID       string `dynamodbav:"subscription_id"`
	State    string `dynamodbav:"state"`
	Seats    int    `dynamodbav:"seats"`
	Used     int    `dynamodbav:"used"`
	PaidTill int64  `dynamodbav:"paid_till"`
	Contact  string `dynamodbav:"contact"`
}

var (
	ErrState   = errors.New("subscription is in another state")
	ErrNoSeats = errors.New("all seats are in use")
)

type Store struct {
	dynamodbiface.DynamoDBAPI
	Table string
}

func (s *Store) key(id string) map[string]*dynamodb.AttributeValue {
	return map[string]*dynamodb.AttributeValue{"subscription_id": {S: aws.String(id)}}
}

func (s *Store) read(id string) (*Subscription, error) {
	out, err := s.GetItem(&dynamodb.GetItemInput{TableName: &s.Table, Key: s.key(id)})
	if err != nil {
		return nil, fmt.Errorf("subscription %s: %w", id, err)
	}
	if len(out.Item) == 0 {
		return nil, fmt.Errorf("subscription %s: not found", id)
	}
	sub := &Subscription{}
	if err := dynamodbattribute.UnmarshalMap(out.Item, sub); err != nil {
		return nil, err
	}
	return sub, nil
}

func (s *Store) input(id string, expr expression.Expression) *dynamodb.UpdateItemInput {
	return &dynamodb.UpdateItemInput{
		TableName:                 &s.Table,
		Key:                       s.key(id),
		UpdateExpression:          expr.Update(),
		ConditionExpression:       expr.Condition(),
		ExpressionAttributeNames:  expr.Names(),
		ExpressionAttributeValues: expr.Values(),
	}
}

func failedCondition(err error) bool {
	ae, ok := err.(awserr.Error)
	return ok && ae.Code() == dynamodb.ErrCodeConditionalCheckFailedException
}

// case: id=go-v1-122 label=race rule=check-then-act tier=3 note=the shared input helper passes on a condition, this builder has none
func (s *Store) Cancel(id string) error {
	sub, err := s.read(id)
	if err != nil {
		return err
	}
	if sub.State != "active" && sub.State != "past_due" {
		return ErrState
	}
	expr, err := expression.NewBuilder().
		WithUpdate(expression.Set(expression.Name("state"), expression.Value("cancelled"))).
		Build()
	if err != nil {
		return err
	}
	_, err = s.UpdateItem(s.input(id, expr)) // expect: check-then-act
	return err
}

// case: id=go-v1-123 label=safe tier=3 note=the builder's condition repeats the states that were allowed
func (s *Store) CancelActive(id string) error {
	sub, err := s.read(id)
	if err != nil {
		return err
	}
	if sub.State != "active" && sub.State != "past_due" {
		return ErrState
	}
	state := expression.Name("state")
	expr, err := expression.NewBuilder().
		WithUpdate(expression.Set(state, expression.Value("cancelled"))).
		WithCondition(state.In(expression.Value("active"), expression.Value("past_due"))).
		Build()
	if err != nil {
		return err
	}
	if _, err = s.UpdateItem(s.input(id, expr)); failedCondition(err) {
		return ErrState
	}
	return err
}

// case: id=go-v1-124 label=race rule=check-then-act tier=2 note=seats in use are tested, the condition only looks at the state
func (s *Store) Assign(id string) error {
	sub, err := s.read(id)
	if err != nil {
		return err
	}
	free := sub.Seats - sub.Used
	if free < 1 {
		return ErrNoSeats
	}
	expr, err := expression.NewBuilder().
		WithUpdate(expression.Add(expression.Name("used"), expression.Value(1))).
		WithCondition(expression.Name("state").NotEqual(expression.Value("cancelled"))).
		Build()
	if err != nil {
		return err
	}
	_, err = s.UpdateItem(s.input(id, expr)) // expect: check-then-act
	if failedCondition(err) {
		return ErrState
	}
	return err
}

// case: id=go-v1-125 label=safe tier=2 note=used is compared with seats in the condition, no read at all
func (s *Store) AssignSeat(id string) error {
	expr, err := expression.NewBuilder().
		WithUpdate(expression.Add(expression.Name("used"), expression.Value(1))).
		WithCondition(expression.Name("used").LessThan(expression.Name("seats"))).
		Build()
	if err != nil {
		return err
	}
	_, err = s.UpdateItem(s.input(id, expr))
	if failedCondition(err) {
		return ErrNoSeats
	}
	return err
}

// case: id=go-v1-126 label=race rule=lost-update tier=2 note=new end computed from the end that was read, on either branch
func (s *Store) Extend(id string, months int) (time.Time, error) {
	sub, err := s.read(id)
	if err != nil {
		return time.Time{}, err
	}
	from := time.Unix(sub.PaidTill, 0)
	if now := time.Now(); from.Before(now) {
		from = now
	}
	till := from.AddDate(0, months, 0)
	expr, err := expression.NewBuilder().
		WithUpdate(expression.Set(expression.Name("paid_till"), expression.Value(till.Unix()))).
		Build()
	if err != nil {
		return time.Time{}, err
	}
	_, err = s.UpdateItem(s.input(id, expr)) // expect: lost-update
	return till, err
}

// case: id=go-v1-127 label=safe tier=2 note=retry loop reads again and compares the end that was read
func (s *Store) ExtendCompared(id string, months int) (time.Time, error) {
	for n := 0; n < 3; n++ {
		sub, err := s.read(id)
		if err != nil {
			return time.Time{}, err
		}
		from := time.Unix(sub.PaidTill, 0)
		if now := time.Now(); from.Before(now) {
			from = now
		}
		till := from.AddDate(0, months, 0)
		expr, err := expression.NewBuilder().
			WithUpdate(expression.Set(expression.Name("paid_till"), expression.Value(till.Unix()))).
			WithCondition(expression.Name("paid_till").Equal(expression.Value(sub.PaidTill))).
			Build()
		if err != nil {
			return time.Time{}, err
		}
		_, err = s.UpdateItem(s.input(id, expr))
		if err == nil {
			return till, nil
		}
		if !failedCondition(err) {
			return time.Time{}, fmt.Errorf("extend %s: %w", id, err)
		}
	}
	return time.Time{}, fmt.Errorf("extend %s: too much contention", id)
}

// case: id=go-v1-128 label=race rule=stale-overwrite tier=1 note=contact set on the struct that was read, the whole item put back
func (s *Store) SetContact(id, contact string) error {
	sub, err := s.read(id)
	if err != nil {
		return err
	}
	sub.Contact = contact
	item, err := dynamodbattribute.MarshalMap(sub)
	if err != nil {
		return err
	}
	_, err = s.PutItem(&dynamodb.PutItemInput{TableName: &s.Table, Item: item}) // expect: stale-overwrite
	return err
}

// case: id=go-v1-129 label=safe tier=1 note=only the contact is set
func (s *Store) SetContactOnly(id, contact string) error {
	sub, err := s.read(id)
	if err != nil {
		return err
	}
	expr, err := expression.NewBuilder().
		WithUpdate(expression.Set(expression.Name("contact"), expression.Value(contact))).
		WithCondition(expression.AttributeExists(expression.Name("subscription_id"))).
		Build()
	if err != nil {
		return err
	}
	_, err = s.UpdateItem(s.input(sub.ID, expr))
	return err
}
