// Package sluices opens and shuts the gates of a canal; some of it under a lock that is kept in a table.
package sluices

import (
	"context"
	"strconv"

	"cirello.io/dynamolock/v2"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

type Gate struct {
	Name  string `dynamodbav:"name"`
	Turns int    `dynamodbav:"turns"`
}

type Keeper struct {
	db    *dynamodb.Client
	locks *dynamolock.Client
}

func key(name string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"name": &types.AttributeValueMemberS{Value: name}}
}

func (k *Keeper) gate(ctx context.Context, name string) (Gate, error) {
	var g Gate
	out, err := k.db.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String("gates"), Key: key(name)})
	if err != nil {
		return g, err
	}
	return g, attributevalue.UnmarshalMap(out.Item, &g)
}

func (k *Keeper) turn(ctx context.Context, name string, turns int) error {
	_, err := k.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: read-before-lock
		TableName:        aws.String("gates"),
		Key:              key(name),
		UpdateExpression: aws.String("SET turns = :turns"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":turns": &types.AttributeValueMemberN{Value: strconv.Itoa(turns)},
		},
	})
	return err
}

// case: id=go-ddb-7631 label=safe tier=3 note=the gate is read under its lock, which is held until after the write
func (k *Keeper) Raise(ctx context.Context, name string, by int) error {
	lock, err := k.locks.AcquireLockWithContext(ctx, "gate/"+name)
	if err != nil {
		return err
	}
	defer lock.Close()
	g, err := k.gate(ctx, name)
	if err != nil {
		return err
	}
	return k.turn(ctx, name, g.Turns+by)
}

// case: id=go-ddb-7632 label=race rule=read-before-lock|lost-update tier=3 note=the gate is read before its lock is taken (in turn)
func (k *Keeper) Lower(ctx context.Context, name string, by int) error {
	g, err := k.gate(ctx, name)
	if err != nil {
		return err
	}
	lock, err := k.locks.AcquireLock("gate/" + name)
	if err != nil {
		return err
	}
	defer lock.Close()
	return k.turn(ctx, name, g.Turns-by)
}

// case: id=go-ddb-7633 label=race rule=lost-update tier=3 note=the lock is given back before the write
func (k *Keeper) Settle(ctx context.Context, name string, by int) error {
	lock, err := k.locks.AcquireLockWithContext(ctx, "gate/"+name)
	if err != nil {
		return err
	}
	g, err := k.gate(ctx, name)
	if err != nil {
		return err
	}
	if _, err := k.locks.ReleaseLockWithContext(ctx, lock); err != nil {
		return err
	}
	_, err = k.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: lost-update
		TableName:        aws.String("gates"),
		Key:              key(name),
		UpdateExpression: aws.String("SET turns = :turns"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":turns": &types.AttributeValueMemberN{Value: strconv.Itoa(g.Turns + by)},
		},
	})
	return err
}

// NewKeeper makes the locks' client itself.
func NewKeeper(db *dynamodb.Client, table string) (*Keeper, error) {
	locks, err := dynamolock.New(db, table)
	if err != nil {
		return nil, err
	}
	return &Keeper{db: db, locks: locks}, nil
}

// case: id=go-ddb-7635 label=safe tier=3 note=the client of the locks is made on the way
func RaiseOnce(ctx context.Context, db *dynamodb.Client, name string) error {
	k, err := NewKeeper(db, "canal-locks")
	if err != nil {
		return err
	}
	lock, err := k.locks.AcquireLockWithContext(ctx, "weir/"+name)
	if err != nil {
		return err
	}
	defer lock.Close()
	out, err := db.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String("weirs"), Key: key(name)})
	if err != nil {
		return err
	}
	var g Gate
	if err := attributevalue.UnmarshalMap(out.Item, &g); err != nil {
		return err
	}
	g.Turns++
	item, err := attributevalue.MarshalMap(g)
	if err != nil {
		return err
	}
	_, err = db.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String("weirs"), Item: item})
	return err
}
