// Package paddocks rents out paddocks by the hour.
package paddocks

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

var errShut = errors.New("the paddock is shut")

type Paddock struct {
	Name  string `dynamodbav:"paddock"`
	Gate  string `dynamodbav:"gate"`
	Hours int    `dynamodbav:"hours"`
	Marks int    `dynamodbav:"marks,omitempty"`
	Score int    `dynamodbav:"score,omitempty"`
}

type table struct {
	db   *dynamodb.Client
	name string
}

func (t *table) key(name string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"paddock": &types.AttributeValueMemberS{Value: name}}
}

func (t *table) find(ctx context.Context, name string) (Paddock, error) {
	var p Paddock
	out, err := t.db.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(t.name), Key: t.key(name)})
	if err != nil {
		return p, err
	}
	err = attributevalue.UnmarshalMap(out.Item, &p)
	return p, err
}

// Whoever calls it says what is changed, in the library's own terms: no column of the row is in sight here.
func (t *table) apply(ctx context.Context, name string, b expression.Builder) error {
	expr, err := b.Build()
	if err != nil {
		return err
	}
	_, err = t.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(t.name),
		Key:                       t.key(name),
		UpdateExpression:          expr.Update(),
		ConditionExpression:       expr.Condition(),
		ExpressionAttributeNames:  expr.Names(),
		ExpressionAttributeValues: expr.Values(),
	})
	return err
}

type Stud struct{ paddocks *table }

func (s *Stud) storeHours(ctx context.Context, name string, hours int) error {
	set := expression.Set(expression.Name("hours"), expression.Value(hours))
	return s.paddocks.apply(ctx, name, expression.NewBuilder().WithUpdate(set)) // expect: lost-update
}

func (s *Stud) Rent(ctx context.Context, name string, hours int) error {
	p, err := s.paddocks.find(ctx, name)
	if err != nil {
		return err
	}
	return s.storeHours(ctx, name, p.Hours-hours)
}

func (s *Stud) RentSafely(ctx context.Context, name string, hours int) error {
	left := expression.Name("hours")
	b := expression.NewBuilder().
		WithUpdate(expression.Set(left, left.Minus(expression.Value(hours)))).
		WithCondition(left.GreaterThanEqual(expression.Value(hours)))
	return s.paddocks.apply(ctx, name, b)
}

// Nobody in sight asks for it: what it gives answers requests all the same.
func (s *Stud) LetOut() http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		p, err := s.paddocks.find(r.Context(), r.PathValue("name"))
		if err != nil {
			http.Error(w, "not found", http.StatusNotFound)
			return
		}
		if p.Gate != "open" {
			http.Error(w, errShut.Error(), http.StatusConflict)
			return
		}
		set := expression.Set(expression.Name("gate"), expression.Value("let"))
		err = s.paddocks.apply(r.Context(), p.Name, expression.NewBuilder().WithUpdate(set)) // expect: check-then-act
		if err != nil {
			http.Error(w, "failed", http.StatusInternalServerError)
		}
	}
}

func (s *Stud) LetOutSafely() http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		p, err := s.paddocks.find(r.Context(), r.PathValue("name"))
		if err != nil || p.Gate != "open" {
			http.Error(w, errShut.Error(), http.StatusConflict)
			return
		}
		gate := expression.Name("gate")
		b := expression.NewBuilder().
			WithUpdate(expression.Set(gate, expression.Value("let"))).
			WithCondition(gate.Equal(expression.Value("open")))
		if err := s.paddocks.apply(r.Context(), p.Name, b); err != nil {
			http.Error(w, "taken", http.StatusConflict)
		}
	}
}

func (s *Stud) Shut(ctx context.Context, name string) error {
	set := expression.Set(expression.Name("gate"), expression.Value("shut"))
	b := expression.NewBuilder().WithUpdate(set).WithCondition(expression.Name("gate").Equal(expression.Value("open")))
	return s.paddocks.apply(ctx, name, b)
}

func number(n int) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.Itoa(n)}
}

// The number of marks stands for the score: the first one may come where there is none yet, of a paddock that is there.
func (s *Stud) Mark(ctx context.Context, name string, score int) error {
	p, err := s.paddocks.find(ctx, name)
	if err != nil {
		return err
	}
	seen := "marks = :seen"
	if p.Marks == 0 {
		seen = "attribute_exists(paddock) AND (attribute_not_exists(marks) OR marks = :seen)"
	}
	_, err = s.paddocks.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:           aws.String(s.paddocks.name),
		Key:                 s.paddocks.key(name),
		UpdateExpression:    aws.String("SET score = :score, marks = :next"),
		ConditionExpression: &seen,
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":score": number((p.Score*p.Marks + score) / (p.Marks + 1)),
			":next":  number(p.Marks + 1),
			":seen":  number(p.Marks),
		},
	})
	return err
}

// That the paddock is there, or has no mark, says nothing of the marks that it has.
func (s *Stud) MarkHastily(ctx context.Context, name string, score int) error {
	p, err := s.paddocks.find(ctx, name)
	if err != nil {
		return err
	}
	seen := "marks = :seen"
	if p.Marks == 0 {
		seen = "attribute_exists(paddock) AND (attribute_not_exists(marks) OR marks >= :seen)"
	}
	_, err = s.paddocks.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: lost-update
		TableName:           aws.String(s.paddocks.name),
		Key:                 s.paddocks.key(name),
		UpdateExpression:    aws.String("SET score = :score, marks = :next"),
		ConditionExpression: &seen,
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":score": number((p.Score*p.Marks + score) / (p.Marks + 1)),
			":next":  number(p.Marks + 1),
			":seen":  number(p.Marks),
		},
	})
	return err
}
