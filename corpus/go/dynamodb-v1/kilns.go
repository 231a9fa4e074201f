// Package kilns lets potters have kilns: values with methods of their own, kilns that are looked for by their state, and
// who has one at present.
package kilns

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/service/dynamodb"
	"github.com/aws/aws-sdk-go/service/dynamodb/dynamodbattribute"
	"github.com/google/uuid"
)

var (
	errMissing = errors.New("no such kiln")
	errTaken   = errors.New("somebody has it")
)

type Values map[string]interface{}

func (v Values) encode() (map[string]*dynamodb.AttributeValue, error) {
	if len(v) == 0 {
		return nil, nil
	}
	return dynamodbattribute.MarshalMap(map[string]interface{}(v))
}

type Kiln struct {
	ID    string `dynamodbav:"kiln"`
	Label string `dynamodbav:"label"`
	State string `dynamodbav:"state"`
	Heat  int    `dynamodbav:"heat"`
	Wood  int    `dynamodbav:"wood"`
}

type Turn struct {
	Kiln   string `dynamodbav:"kiln"`
	Potter string `dynamodbav:"potter"`
	Until  int64  `dynamodbav:"until"`
}

type Table struct {
	db   *dynamodb.DynamoDB
	name string
}

func (t *Table) key(id string) map[string]*dynamodb.AttributeValue {
	return map[string]*dynamodb.AttributeValue{"kiln": {S: aws.String(id)}}
}

func (t *Table) load(ctx context.Context, id string, into interface{}) (bool, error) {
	out, err := t.db.GetItemWithContext(ctx, &dynamodb.GetItemInput{TableName: aws.String(t.name), Key: t.key(id)})
	if err != nil || out.Item == nil {
		return false, err
	}
	return true, dynamodbattribute.UnmarshalMap(out.Item, into)
}

func (t *Table) change(ctx context.Context, id, expr, cond string, values Values) error {
	encoded, err := values.encode()
	if err != nil {
		return err
	}
	in := &dynamodb.UpdateItemInput{
		TableName:                 aws.String(t.name),
		Key:                       t.key(id),
		UpdateExpression:          aws.String(expr),
		ExpressionAttributeValues: encoded,
	}
	if cond != "" {
		in.ConditionExpression = aws.String(cond)
	}
	_, err = t.db.UpdateItemWithContext(ctx, in)
	return err
}

func (t *Table) put(ctx context.Context, row interface{}, cond string) error {
	item, err := dynamodbattribute.MarshalMap(row)
	if err != nil {
		return err
	}
	in := &dynamodb.PutItemInput{TableName: aws.String(t.name), Item: item}
	if cond != "" {
		in.ConditionExpression = aws.String(cond)
	}
	_, err = t.db.PutItemWithContext(ctx, in)
	return err
}

type Pottery struct {
	kilns *Table
	turns *Table
}

// case: what is written goes through a method of the values
func (p *Pottery) Stoke(ctx context.Context, id string, by int) error {
	var k Kiln
	if found, err := p.kilns.load(ctx, id, &k); err != nil || !found {
		return err
	}
	return p.kilns.change(ctx, id, "SET heat = :h", "", Values{":h": k.Heat + by}) // expect: lost-update
}

// case: the same, under what was read
func (p *Pottery) StokeSafely(ctx context.Context, id string, by int) error {
	var k Kiln
	if found, err := p.kilns.load(ctx, id, &k); err != nil || !found {
		return err
	}
	return p.kilns.change(ctx, id, "SET heat = :h", "heat = :seen", Values{":h": k.Heat + by, ":seen": k.Heat})
}

// case: what is taken away is named here, and no floor with it
func (p *Pottery) Burn(ctx context.Context, id string, logs int) error {
	return p.kilns.change(ctx, id, "SET wood = wood - :n", "attribute_exists(kiln)", Values{":n": logs}) // expect: unconditional-update
}

// case: the same, with its floor
func (p *Pottery) BurnSafely(ctx context.Context, id string, logs int) error {
	return p.kilns.change(ctx, id, "SET wood = wood - :n", "wood >= :n", Values{":n": logs})
}

func (p *Pottery) labelled(ctx context.Context, label string) ([]Kiln, error) {
	out, err := p.kilns.db.QueryWithContext(ctx, &dynamodb.QueryInput{
		TableName:                 aws.String(p.kilns.name),
		IndexName:                 aws.String("by-label"),
		KeyConditionExpression:    aws.String("label = :l"),
		ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{":l": {S: aws.String(label)}},
	})
	if err != nil {
		return nil, err
	}
	var found []Kiln
	return found, dynamodbattribute.UnmarshalListOfMaps(out.Items, &found)
}

// case: of that label one is looked for which is not cold: creation where none was
func (p *Pottery) Build(ctx context.Context, label string) error {
	found, err := p.labelled(ctx, label)
	if err != nil {
		return err
	}
	for _, k := range found {
		if k.State != "cold" {
			return errTaken
		}
	}
	built := Kiln{ID: uuid.NewString(), Label: label, State: "new"}
	return p.kilns.put(ctx, built, "attribute_not_exists(kiln)") // expect: check-then-create
}

// case: the label is the key
func (p *Pottery) BuildOnce(ctx context.Context, label string) error {
	found, err := p.labelled(ctx, label)
	if err != nil {
		return err
	}
	for _, k := range found {
		if k.State != "cold" {
			return errTaken
		}
	}
	return p.kilns.put(ctx, Kiln{ID: label, Label: label, State: "new"}, "attribute_not_exists(kiln)")
}

func (p *Pottery) first(ctx context.Context, label string) (*Kiln, error) {
	out, err := p.kilns.db.QueryWithContext(ctx, &dynamodb.QueryInput{
		TableName:                 aws.String(p.kilns.name),
		IndexName:                 aws.String("by-label"),
		KeyConditionExpression:    aws.String("label = :l"),
		ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{":l": {S: aws.String(label)}},
		Limit:                     aws.Int64(1),
	})
	if err != nil {
		return nil, fmt.Errorf("kiln %s: %w", label, err)
	}
	var found []Kiln
	if err := dynamodbattribute.UnmarshalListOfMaps(out.Items, &found); err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, errMissing
	}
	return &found[0], nil
}

// case: that there was none is told by a failure of its own, beside others
func (p *Pottery) Register(ctx context.Context, label string) error {
	known, err := p.first(ctx, label)
	if err != nil && !errors.Is(err, errMissing) {
		return err
	}
	if known != nil {
		return errTaken
	}
	return p.kilns.put(ctx, &Kiln{ID: uuid.NewString(), Label: label}, "attribute_not_exists(kiln)") // expect: check-then-create
}

// case: who has it is asked, and oneself or nobody, or one whose time is over, may go on
func (p *Pottery) TakeTurn(ctx context.Context, kiln, potter string) error {
	var turn Turn
	found, err := p.turns.load(ctx, kiln, &turn)
	if err != nil {
		return err
	}
	if found && turn.Potter != potter && turn.Until > time.Now().Unix() {
		return errTaken
	}
	next := Turn{Kiln: kiln, Potter: potter, Until: time.Now().Add(time.Hour).Unix()}
	return p.turns.put(ctx, next, "") // expect: non-atomic-lock
}
