package leaderboard

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"

	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/aws/awserr"
	"github.com/aws/aws-sdk-go/aws/session"
	"github.com/aws/aws-sdk-go/service/dynamodb"
	"github.com/aws/aws-sdk-go/service/dynamodb/dynamodbattribute"
)

type Score struct {
	Player string         `dynamodbav:"player"`
	Best   int            `dynamodbav:"best"`
	Lives  int            `dynamodbav:"lives"`
	Badges map[string]int `dynamodbav:"badges"`
	Etag   int64          `dynamodbav:"etag"`
	Nick   string         `dynamodbav:"nick"`
}

const tableName = "arcade-scores"

var ErrNoLives = errors.New("no lives left")

type Board struct {
	svc *dynamodb.DynamoDB
	mu  sync.Mutex
}

func Open() *Board {
	sess := session.Must(session.NewSession())
	return &Board{svc: dynamodb.New(sess)}
}

func player(id string) map[string]*dynamodb.AttributeValue {
	return map[string]*dynamodb.AttributeValue{"player": {S: aws.String(id)}}
}

func (b *Board) score(ctx context.Context, id string) (Score, error) {
	req, out := b.svc.GetItemRequest(&dynamodb.GetItemInput{
		TableName:      aws.String(tableName),
		Key:            player(id),
		ConsistentRead: aws.Bool(true),
	})
	req.SetContext(ctx)
	var s Score
	if err := req.Send(); err != nil {
		return s, fmt.Errorf("score of %s: %w", id, err)
	}
	if out.Item == nil {
		return Score{Player: id}, nil
	}
	err := dynamodbattribute.UnmarshalMap(out.Item, &s)
	return s, err
}

// case: id=go-v1-109 label=race rule=lost-update tier=2 note=request objects with Send on both sides, lives computed in the program
func (b *Board) LoseLife(id string) error {
	get, out := b.svc.GetItemRequest(&dynamodb.GetItemInput{TableName: aws.String(tableName), Key: player(id)})
	if err := get.Send(); err != nil {
		return err
	}
	var s Score
	if err := dynamodbattribute.UnmarshalMap(out.Item, &s); err != nil {
		return err
	}
	if s.Lives == 0 {
		return ErrNoLives
	}
	upd, _ := b.svc.UpdateItemRequest(&dynamodb.UpdateItemInput{ // expect: lost-update
		TableName:        aws.String(tableName),
		Key:              player(id),
		UpdateExpression: aws.String("SET lives = :l"),
		ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{
			":l": {N: aws.String(strconv.Itoa(s.Lives - 1))},
		},
	})
	return upd.Send()
}

// case: id=go-v1-110 label=safe tier=2 note=request object whose input carries the test of lives
func (b *Board) LoseLifeGuarded(id string) error {
	upd, _ := b.svc.UpdateItemRequest(&dynamodb.UpdateItemInput{
		TableName:           aws.String(tableName),
		Key:                 player(id),
		UpdateExpression:    aws.String("SET lives = lives - :one"),
		ConditionExpression: aws.String("lives > :zero"),
		ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{
			":one":  {N: aws.String("1")},
			":zero": {N: aws.String("0")},
		},
	})
	err := upd.Send()
	if ae, ok := err.(awserr.Error); ok && ae.Code() == dynamodb.ErrCodeConditionalCheckFailedException {
		return ErrNoLives
	}
	return err
}

// case: id=go-v1-111 label=race rule=check-then-act tier=3 note=best score compared in the program under a mutex of this process
func (b *Board) Submit(ctx context.Context, id string, points int) (bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	s, err := b.score(ctx, id)
	if err != nil {
		return false, err
	}
	if points <= s.Best {
		return false, nil
	}
	_, err = b.svc.UpdateItemWithContext(ctx, &dynamodb.UpdateItemInput{ // expect: check-then-act
		TableName:        aws.String(tableName),
		Key:              player(id),
		UpdateExpression: aws.String("SET best = :p"),
		ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{
			":p": {N: aws.String(strconv.Itoa(points))},
		},
	})
	return err == nil, err
}

// case: id=go-v1-112 label=safe tier=3 note=best only rises under the update's own condition
func (b *Board) SubmitBest(ctx context.Context, id string, points int) (bool, error) {
	s, err := b.score(ctx, id)
	if err != nil || points <= s.Best {
		return false, err
	}
	_, err = b.svc.UpdateItemWithContext(ctx, &dynamodb.UpdateItemInput{
		TableName:           aws.String(tableName),
		Key:                 player(id),
		UpdateExpression:    aws.String("SET best = :p"),
		ConditionExpression: aws.String("attribute_not_exists(best) OR best < :p"),
		ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{
			":p": {N: aws.String(strconv.Itoa(points))},
		},
	})
	var ae awserr.Error
	if errors.As(err, &ae) && ae.Code() == dynamodb.ErrCodeConditionalCheckFailedException {
		return false, nil
	}
	return err == nil, err
}

// case: id=go-v1-113 label=race rule=lost-update tier=3 note=badge map changed in place and the whole score put back (caller Award)
func (b *Board) keep(ctx context.Context, s Score) error {
	item, err := dynamodbattribute.MarshalMap(s)
	if err != nil {
		return err
	}
	req, _ := b.svc.PutItemRequest(&dynamodb.PutItemInput{TableName: aws.String(tableName), Item: item}) // expect: lost-update
	req.SetContext(ctx)
	return req.Send()
}

func (b *Board) Award(ctx context.Context, id, badge string) error {
	s, err := b.score(ctx, id)
	if err != nil {
		return err
	}
	if s.Badges == nil {
		s.Badges = map[string]int{}
	}
	s.Badges[badge]++
	return b.keep(ctx, s)
}

// case: id=go-v1-114 label=safe tier=3 note=put under the etag that was read, advanced by the same put (caller AwardOnce)
func (b *Board) keepMatching(ctx context.Context, s Score, etag int64) error {
	s.Etag = etag + 1
	item, err := dynamodbattribute.MarshalMap(s)
	if err != nil {
		return err
	}
	in := &dynamodb.PutItemInput{TableName: aws.String(tableName), Item: item}
	if etag == 0 {
		in.ConditionExpression = aws.String("attribute_not_exists(etag)")
	} else {
		in.ConditionExpression = aws.String("etag = :e")
		in.ExpressionAttributeValues = map[string]*dynamodb.AttributeValue{":e": {N: aws.String(strconv.FormatInt(etag, 10))}}
	}
	_, err = b.svc.PutItemWithContext(ctx, in)
	return err
}

func (b *Board) AwardOnce(ctx context.Context, id, badge string) error {
	s, err := b.score(ctx, id)
	if err != nil {
		return err
	}
	if _, has := s.Badges[badge]; has {
		return nil
	}
	badges := map[string]int{badge: 1}
	for k, v := range s.Badges {
		badges[k] = v
	}
	s.Badges = badges
	return b.keepMatching(ctx, s, s.Etag)
}

// case: id=go-v1-115 label=safe tier=1 note=plays are counted by ADD
func (b *Board) Played(ctx context.Context, id string) error {
	_, err := b.svc.UpdateItemWithContext(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(tableName),
		Key:                       player(id),
		UpdateExpression:          aws.String("ADD plays :one"),
		ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{":one": {N: aws.String("1")}},
	})
	return err
}
