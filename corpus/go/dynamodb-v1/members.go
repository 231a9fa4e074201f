// Package members keeps the members of a choir under ids of their own, one for each e-mail address.
package members

import (
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/service/dynamodb"
	"github.com/aws/aws-sdk-go/service/dynamodb/dynamodbattribute"
	"github.com/google/uuid"
)

const (
	membersTable = "choir-members"
	emailIndex   = "by-email"
)

type Member struct {
	PK    string `dynamodbav:"pk"`
	Email string `dynamodbav:"email"`
	Voice string `dynamodbav:"voice"`
}

var ErrInUse = errors.New("e-mail address is in use")

type Office struct {
	db *dynamodb.DynamoDB
}

func text(v string) *dynamodb.AttributeValue { return &dynamodb.AttributeValue{S: aws.String(v)} }

func marker(email string) string { return "EMAIL#" + strings.ToLower(strings.TrimSpace(email)) }

func (o *Office) inUse(email string) (bool, error) {
	out, err := o.db.Query(&dynamodb.QueryInput{
		TableName:                 aws.String(membersTable),
		IndexName:                 aws.String(emailIndex),
		KeyConditionExpression:    aws.String("email = :e"),
		ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{":e": text(email)},
	})
	if err != nil {
		return false, fmt.Errorf("look for %s: %w", email, err)
	}
	return len(out.Items) > 0, nil
}

// case: the look-up only spares the trip; the marker in the same transaction is what guards
func (o *Office) Join(email, voice string) (string, error) {
	used, err := o.inUse(email)
	if err != nil {
		return "", err
	}
	if used {
		return "", ErrInUse
	}
	m := Member{PK: "MEMBER#" + uuid.NewString(), Email: email, Voice: voice}
	item, err := dynamodbattribute.MarshalMap(m)
	if err != nil {
		return "", err
	}
	_, err = o.db.TransactWriteItems(&dynamodb.TransactWriteItemsInput{
		TransactItems: []*dynamodb.TransactWriteItem{
			{Put: &dynamodb.Put{
				TableName:           aws.String(membersTable),
				Item:                item,
				ConditionExpression: aws.String("attribute_not_exists(pk)"),
			}},
			{Put: &dynamodb.Put{
				TableName: aws.String(membersTable),
				Item: map[string]*dynamodb.AttributeValue{
					"pk":     text(marker(email)),
					"member": text(m.PK),
				},
				ConditionExpression: aws.String("attribute_not_exists(pk)"),
			}},
		},
	})
	if err != nil {
		return "", fmt.Errorf("join: %w", err)
	}
	return m.PK, nil
}

// case: the marker is looked up itself, and put only where there is none; the row goes along
func (o *Office) JoinByMarker(email, voice string) (string, error) {
	held, err := o.db.GetItem(&dynamodb.GetItemInput{
		TableName: aws.String(membersTable),
		Key:       map[string]*dynamodb.AttributeValue{"pk": text(marker(email))},
	})
	if err != nil {
		return "", err
	}
	if held.Item != nil {
		return "", ErrInUse
	}
	id := uuid.NewString()
	_, err = o.db.TransactWriteItems(&dynamodb.TransactWriteItemsInput{
		TransactItems: []*dynamodb.TransactWriteItem{
			{Put: &dynamodb.Put{
				TableName:           aws.String(membersTable),
				Item:                map[string]*dynamodb.AttributeValue{"pk": text(marker(email)), "member": text(id)},
				ConditionExpression: aws.String("attribute_not_exists(pk)"),
			}},
			{Put: &dynamodb.Put{
				TableName: aws.String(membersTable),
				Item:      map[string]*dynamodb.AttributeValue{"pk": text(id), "email": text(email), "voice": text(voice)},
			}},
		},
	})
	return id, err
}

// case: one part of the key is the same for all markers, the address is the other
func (o *Office) JoinBySort(email, voice string) (string, error) {
	used, err := o.inUse(email)
	if err != nil {
		return "", err
	}
	if used {
		return "", ErrInUse
	}
	id := uuid.NewString()
	_, err = o.db.TransactWriteItems(&dynamodb.TransactWriteItemsInput{
		TransactItems: []*dynamodb.TransactWriteItem{
			{Put: &dynamodb.Put{
				TableName:           aws.String(membersTable),
				Item:                map[string]*dynamodb.AttributeValue{"pk": text("EMAILS"), "sk": text(email), "member": text(id)},
				ConditionExpression: aws.String("attribute_not_exists(pk)"),
			}},
			{Put: &dynamodb.Put{
				TableName: aws.String(membersTable),
				Item:      map[string]*dynamodb.AttributeValue{"pk": text(id), "sk": text("MEMBER"), "email": text(email), "voice": text(voice)},
			}},
		},
	})
	return id, err
}

// case: the marker is put without a condition, the second one replaces it
func (o *Office) JoinUnguarded(email, voice string) (string, error) {
	used, err := o.inUse(email)
	if err != nil {
		return "", err
	}
	if used {
		return "", ErrInUse
	}
	id := uuid.NewString()
	_, err = o.db.TransactWriteItems(&dynamodb.TransactWriteItemsInput{ // expect: check-then-create
		TransactItems: []*dynamodb.TransactWriteItem{
			{Put: &dynamodb.Put{
				TableName: aws.String(membersTable),
				Item:      map[string]*dynamodb.AttributeValue{"pk": text(marker(email)), "member": text(id)},
			}},
			{Put: &dynamodb.Put{
				TableName:           aws.String(membersTable),
				Item:                map[string]*dynamodb.AttributeValue{"pk": text(id), "email": text(email), "voice": text(voice)},
				ConditionExpression: aws.String("attribute_not_exists(pk)"),
			}},
		},
	})
	return id, err
}

// case: what is put beside the row is named after the request, not after the address
func (o *Office) JoinOncePerRequest(email, voice, request string) (string, error) {
	used, err := o.inUse(email)
	if err != nil {
		return "", err
	}
	if used {
		return "", ErrInUse
	}
	id := uuid.NewString()
	_, err = o.db.TransactWriteItems(&dynamodb.TransactWriteItemsInput{ // expect: check-then-create
		TransactItems: []*dynamodb.TransactWriteItem{
			{Put: &dynamodb.Put{
				TableName:           aws.String(membersTable),
				Item:                map[string]*dynamodb.AttributeValue{"pk": text("REQUEST#" + request), "member": text(id)},
				ConditionExpression: aws.String("attribute_not_exists(pk)"),
			}},
			{Put: &dynamodb.Put{
				TableName: aws.String(membersTable),
				Item:      map[string]*dynamodb.AttributeValue{"pk": text(id), "email": text(email), "voice": text(voice)},
			}},
		},
	})
	return id, err
}

// case: the marker comes in a request of its own, after the row
func (o *Office) JoinThenMark(email, voice string) (string, error) {
	used, err := o.inUse(email)
	if err != nil {
		return "", err
	}
	if used {
		return "", ErrInUse
	}
	id := uuid.NewString()
	_, err = o.db.PutItem(&dynamodb.PutItemInput{ // expect: check-then-create
		TableName: aws.String(membersTable),
		Item:      map[string]*dynamodb.AttributeValue{"pk": text(id), "email": text(email), "voice": text(voice)},
	})
	if err != nil {
		return "", err
	}
	_, err = o.db.PutItem(&dynamodb.PutItemInput{
		TableName:           aws.String(membersTable),
		Item:                map[string]*dynamodb.AttributeValue{"pk": text(marker(email)), "member": text(id)},
		ConditionExpression: aws.String("attribute_not_exists(pk)"),
	})
	return id, err
}

// case: the marker is won before the row is put
func (o *Office) MarkThenJoin(email, voice string) (string, error) {
	used, err := o.inUse(email)
	if err != nil {
		return "", err
	}
	if used {
		return "", ErrInUse
	}
	id := uuid.NewString()
	_, err = o.db.PutItem(&dynamodb.PutItemInput{
		TableName:           aws.String(membersTable),
		Item:                map[string]*dynamodb.AttributeValue{"pk": text(marker(email)), "member": text(id)},
		ConditionExpression: aws.String("attribute_not_exists(pk)"),
	})
	if err != nil {
		return "", err
	}
	_, err = o.db.PutItem(&dynamodb.PutItemInput{
		TableName: aws.String(membersTable),
		Item:      map[string]*dynamodb.AttributeValue{"pk": text(id), "email": text(email), "voice": text(voice)},
	})
	return id, err
}
