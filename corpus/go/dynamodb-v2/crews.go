// Package crews keeps who is in the crew of a ship: searches in the program decide who may be written.
package crews

import (
	"context"
	"errors"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

var ErrTaken = errors.New("there is a captain already")

type Sailor struct {
	Ship  string `dynamodbav:"ship"`
	Name  string `dynamodbav:"name"`
	Grade string `dynamodbav:"grade"`
}

type Roster struct {
	db    *dynamodb.Client
	table string
}

func text(v string) types.AttributeValue { return &types.AttributeValueMemberS{Value: v} }

func (r *Roster) crew(ctx context.Context, ship string) ([]Sailor, error) {
	out, err := r.db.Query(ctx, &dynamodb.QueryInput{
		TableName:                 &r.table,
		KeyConditionExpression:    aws.String("ship = :s"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":s": text(ship)},
	})
	if err != nil {
		return nil, err
	}
	var crew []Sailor
	err = attributevalue.UnmarshalListOfMaps(out.Items, &crew)
	return crew, err
}

func (r *Roster) key(ship, name string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"ship": text(ship), "name": text(name)}
}

// case: id=go-ddb-1641 label=race rule=check-then-act tier=2 note=a function searches the crew for a captain
func (r *Roster) Promote(ctx context.Context, ship, name, grade string) error {
	crew, err := r.crew(ctx, ship)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(crew, func(s Sailor) bool { return s.Grade == grade }) {
		return ErrTaken
	}
	_, err = r.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: check-then-act
		TableName:                 &r.table,
		Key:                       r.key(ship, name),
		UpdateExpression:          aws.String("SET grade = :g"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":g": text(grade)},
	})
	return err
}

// case: id=go-ddb-1642 label=race rule=check-then-act tier=2 note=grades that are held stand in a map
func (r *Roster) PromoteFree(ctx context.Context, ship, name, grade string) error {
	crew, err := r.crew(ctx, ship)
	if err != nil {
		return err
	}
	held := map[string]bool{}
	for _, s := range crew {
		held[s.Grade] = true
	}
	if held[grade] {
		return ErrTaken
	}
	_, err = r.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: check-then-act
		TableName:                 &r.table,
		Key:                       r.key(ship, name),
		UpdateExpression:          aws.String("SET grade = :g"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":g": text(grade)},
	})
	return err
}

// case: id=go-ddb-1643 label=race rule=check-then-act tier=3 note=the inner loop ends the outer one's turn
func (r *Roster) PromoteEverywhere(ctx context.Context, ships []string, name, grade string) error {
ships:
	for _, ship := range ships {
		crew, err := r.crew(ctx, ship)
		if err != nil {
			return err
		}
		for _, s := range crew {
			if s.Grade == "captain" {
				continue ships
			}
		}
		_, err = r.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: check-then-act
			TableName:                 &r.table,
			Key:                       r.key(ship, name),
			UpdateExpression:          aws.String("SET grade = :g"),
			ExpressionAttributeValues: map[string]types.AttributeValue{":g": text(grade)},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// case: id=go-ddb-1644 label=safe tier=3 note=who is promoted is still what they were, and the grade is not sought elsewhere
func (r *Roster) Raise(ctx context.Context, ship, from, to string) error {
	crew, err := r.crew(ctx, ship)
	if err != nil {
		return err
	}
	for _, s := range crew {
		switch s.Grade {
		case from:
		default:
			continue
		}
		_, err = r.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
			TableName:           &r.table,
			Key:                 r.key(ship, s.Name),
			UpdateExpression:    aws.String("SET grade = :g"),
			ConditionExpression: aws.String("grade = :was"),
			ExpressionAttributeValues: map[string]types.AttributeValue{
				":g":   text(to),
				":was": text(from),
			},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// case: id=go-ddb-1645 label=race rule=check-then-act tier=2 note=the crew stands in a map by grade
func (r *Roster) PromoteUnlessHeld(ctx context.Context, ship, name, grade string) error {
	crew, err := r.crew(ctx, ship)
	if err != nil {
		return err
	}
	byGrade := make(map[string]Sailor, len(crew))
	for _, s := range crew {
		byGrade[s.Grade] = s
	}
	if _, held := byGrade[grade]; held {
		return ErrTaken
	}
	_, err = r.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: check-then-act
		TableName:                 &r.table,
		Key:                       r.key(ship, name),
		UpdateExpression:          aws.String("SET grade = :g"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":g": text(grade)},
	})
	return err
}
