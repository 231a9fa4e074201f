// Package carillons keeps which bells of a tower are tuned and which are cracked.
package carillons

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

type Bell struct {
	Note  string `dynamodbav:"note"`
	Cents int    `dynamodbav:"cents"`
}

type Tower struct {
	Name    string `dynamodbav:"tower"`
	Bells   []Bell `dynamodbav:"bells"`
	Version int    `dynamodbav:"version"`
}

var errNoBell = errors.New("no such bell")

type Tuner struct {
	db *dynamodb.Client
}

func towerKey(name string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"tower": &types.AttributeValueMemberS{Value: name}}
}

func (t *Tuner) load(ctx context.Context, name string) (tower Tower, err error) {
	out, err := t.db.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String("towers"), Key: towerKey(name)})
	if err != nil {
		return tower, err
	}
	err = attributevalue.UnmarshalMap(out.Item, &tower)
	return tower, err
}

// Tune leaves the loop by a return, by the next turn and by a break: who was found has broken off.
func (t *Tuner) Tune(ctx context.Context, name, note string, cents int) error {
	tower, err := t.load(ctx, name)
	if err != nil {
		return err
	}
	found := false
	for i := range tower.Bells {
		if tower.Bells[i].Note != note {
			continue
		}
		if tower.Bells[i].Cents == cents {
			return nil
		}
		tower.Bells[i].Cents = cents
		found = true
		break
	}
	if !found {
		return fmt.Errorf("%s of %s: %w", note, name, errNoBell)
	}
	expr, err := expression.NewBuilder().
		WithUpdate(expression.Set(expression.Name("bells"), expression.Value(tower.Bells))).
		Build()
	if err != nil {
		return err
	}
	_, err = t.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: lost-update
		TableName:                 aws.String("towers"),
		Key:                       towerKey(name),
		UpdateExpression:          expr.Update(),
		ExpressionAttributeNames:  expr.Names(),
		ExpressionAttributeValues: expr.Values(),
	})
	return err
}

// Recast does both inside of one test.
func (t *Tuner) Recast(ctx context.Context, name, note string) error {
	tower, err := t.load(ctx, name)
	if err != nil {
		return err
	}
	var at *int
	for i := range tower.Bells {
		if tower.Bells[i].Note == note {
			if tower.Bells[i].Cents == 0 {
				return nil
			}
			tower.Bells[i].Cents = 0
			at = &i
			break
		}
	}
	if at == nil {
		return errNoBell
	}
	expr, err := expression.NewBuilder().
		WithUpdate(expression.Set(expression.Name("bells"), expression.Value(tower.Bells))).
		Build()
	if err != nil {
		return err
	}
	_, err = t.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: lost-update
		TableName:                 aws.String("towers"),
		Key:                       towerKey(name),
		UpdateExpression:          expr.Update(),
		ExpressionAttributeNames:  expr.Names(),
		ExpressionAttributeValues: expr.Values(),
	})
	return err
}

// Retune finds the bell in the same way, and writes what it has made of the version that it has read.
func (t *Tuner) Retune(ctx context.Context, name, note string, cents int) error {
	tower, err := t.load(ctx, name)
	if err != nil {
		return err
	}
	found := false
	for i := range tower.Bells {
		if tower.Bells[i].Note != note {
			continue
		}
		if tower.Bells[i].Cents == cents {
			return nil
		}
		tower.Bells[i].Cents = cents
		found = true
		break
	}
	if !found {
		return errNoBell
	}
	expr, err := expression.NewBuilder().
		WithUpdate(expression.
			Set(expression.Name("bells"), expression.Value(tower.Bells)).
			Set(expression.Name("version"), expression.Value(tower.Version+1))).
		WithCondition(expression.Name("version").Equal(expression.Value(tower.Version))).
		Build()
	if err != nil {
		return err
	}
	_, err = t.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String("towers"),
		Key:                       towerKey(name),
		UpdateExpression:          expr.Update(),
		ConditionExpression:       expr.Condition(),
		ExpressionAttributeNames:  expr.Names(),
		ExpressionAttributeValues: expr.Values(),
	})
	return err
}

// Hang goes on to the next bell or returns: what follows the loop has found none that is in the way.
func (t *Tuner) Hang(ctx context.Context, name, beam string) error {
	out, err := t.db.Query(ctx, &dynamodb.QueryInput{
		TableName:                 aws.String("hangings"),
		KeyConditionExpression:    aws.String("tower = :t"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":t": &types.AttributeValueMemberS{Value: name}},
	})
	if err != nil {
		return err
	}
	var hung []struct {
		Beam  string `dynamodbav:"beam"`
		State string `dynamodbav:"state"`
	}
	if err := attributevalue.UnmarshalListOfMaps(out.Items, &hung); err != nil {
		return err
	}
	for _, h := range hung {
		if h.State == "taken down" {
			continue
		}
		return errNoBell
	}
	_, err = t.db.PutItem(ctx, &dynamodb.PutItemInput{ // expect: check-then-create|check-then-act
		TableName: aws.String("hangings"),
		Item: map[string]types.AttributeValue{
			"tower": &types.AttributeValueMemberS{Value: name},
			"beam":  &types.AttributeValueMemberS{Value: beam},
			"state": &types.AttributeValueMemberS{Value: "hung"},
		},
	})
	return err
}
