package belfries

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

var (
	errFull = errors.New("the belfry has all its ringers")
	errHere = errors.New("rings already")
)

type Tower struct {
	ID    string `dynamodbav:"tower_id"`
	Bells int    `dynamodbav:"bells"`
}

type Ringer struct {
	Tower string `dynamodbav:"tower_id"`
	Name  string `dynamodbav:"ringer"`
	Rope  string `dynamodbav:"rope"`
	Since int64  `dynamodbav:"since"`
}

type Guild struct {
	db      *dynamodb.Client
	towers  string
	ringers string
}

func (g *Guild) tower(ctx context.Context, id string) (*Tower, error) {
	out, err := g.db.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(g.towers),
		Key:       map[string]types.AttributeValue{"tower_id": &types.AttributeValueMemberS{Value: id}},
	})
	if err != nil {
		return nil, err
	}
	t := &Tower{}
	return t, attributevalue.UnmarshalMap(out.Item, t)
}

func (g *Guild) count(ctx context.Context, tower string) (int, error) {
	total := 0
	pages := dynamodb.NewQueryPaginator(g.db, &dynamodb.QueryInput{
		TableName:                 aws.String(g.ringers),
		KeyConditionExpression:    aws.String("tower_id = :t"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":t": &types.AttributeValueMemberS{Value: tower}},
		Select:                    types.SelectCount,
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return 0, fmt.Errorf("ringers of %s: %w", tower, err)
		}
		total += int(page.Count)
	}
	return total, nil
}

func (g *Guild) put(ctx context.Context, r Ringer) error {
	item, err := attributevalue.MarshalMap(r)
	if err != nil {
		return err
	}
	_, err = g.db.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:           aws.String(g.ringers),
		Item:                item,
		ConditionExpression: aws.String("attribute_not_exists(tower_id)"),
	})
	var there *types.ConditionalCheckFailedException
	if errors.As(err, &there) {
		return errHere
	}
	return err
}

// Join: that this ringer is not there yet says nothing of how many others are.
func (g *Guild) Join(ctx context.Context, tower, name string) error {
	t, err := g.tower(ctx, tower)
	if err != nil {
		return err
	}
	n, err := g.count(ctx, tower)
	if err != nil {
		return err
	}
	if n >= t.Bells {
		return errFull
	}
	return g.put(ctx, Ringer{Tower: tower, Name: name, Since: time.Now().Unix()}) // expect: check-then-act
}

// JoinAtRope takes the rope of that number: two that find as many ringers come to the same rope.
func (g *Guild) JoinAtRope(ctx context.Context, tower, name string) error {
	t, err := g.tower(ctx, tower)
	if err != nil {
		return err
	}
	n, err := g.count(ctx, tower)
	if err != nil {
		return err
	}
	if n >= t.Bells {
		return errFull
	}
	return g.put(ctx, Ringer{Tower: tower, Rope: fmt.Sprintf("rope-%d", n+1), Since: time.Now().Unix()})
}

// Found makes the first ringer of a tower, of whom there is one.
func (g *Guild) Found(ctx context.Context, tower string) error {
	n, err := g.count(ctx, tower)
	if err != nil {
		return err
	}
	if n > 0 {
		return errHere
	}
	return g.put(ctx, Ringer{Tower: tower, Rope: "tenor", Since: time.Now().Unix()})
}
