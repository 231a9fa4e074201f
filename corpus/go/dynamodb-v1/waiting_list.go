// Package waitinglist enrols people for berths; its queries are put together by their setters.
package waitinglist

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/service/dynamodb"
	"github.com/aws/aws-sdk-go/service/dynamodb/dynamodbattribute"
	"github.com/aws/aws-sdk-go/service/dynamodb/dynamodbiface"
	"github.com/google/uuid"
)

var errListed = errors.New("already on the list")

type Person struct {
	ID    string `dynamodbav:"person_id"`
	Email string `dynamodbav:"email"`
}

type List struct {
	svc   dynamodbiface.DynamoDBAPI
	table string
}

func (l *List) byEmail(ctx context.Context, email string) (*Person, error) {
	in := new(dynamodb.QueryInput).
		SetTableName(l.table).
		SetIndexName("email-index").
		SetLimit(1).
		SetKeyConditionExpression("email = :e").
		SetExpressionAttributeValues(map[string]*dynamodb.AttributeValue{":e": {S: aws.String(email)}})
	out, err := l.svc.QueryWithContext(ctx, in)
	if err != nil {
		return nil, err
	}
	if len(out.Items) == 0 {
		return nil, nil
	}
	p := &Person{}
	return p, dynamodbattribute.UnmarshalMap(out.Items[0], p)
}

// case: id=go-v1-7641 label=race rule=check-then-create tier=3 note=looked up in an index, put under an identifier of its own
func (l *List) Join(ctx context.Context, email string) error {
	found, err := l.byEmail(ctx, email)
	if err != nil {
		return err
	}
	if found != nil {
		return errListed
	}
	item, err := dynamodbattribute.MarshalMap(Person{ID: uuid.NewString(), Email: email})
	if err != nil {
		return err
	}
	_, err = l.svc.PutItemWithContext(ctx, &dynamodb.PutItemInput{ // expect: check-then-create
		TableName:           aws.String(l.table),
		Item:                item,
		ConditionExpression: aws.String("attribute_not_exists(person_id)"),
	})
	return err
}

// case: id=go-v1-7642 label=safe tier=3 note=the address is the key, and may not be there yet
func (l *List) JoinByEmail(ctx context.Context, email string) error {
	found, err := l.byEmail(ctx, email)
	if err != nil {
		return err
	}
	if found != nil {
		return errListed
	}
	item, err := dynamodbattribute.MarshalMap(Person{ID: email, Email: email})
	if err != nil {
		return err
	}
	_, err = l.svc.PutItemWithContext(ctx, &dynamodb.PutItemInput{
		TableName:           aws.String(l.table),
		Item:                item,
		ConditionExpression: aws.String("attribute_not_exists(person_id)"),
	})
	return err
}
