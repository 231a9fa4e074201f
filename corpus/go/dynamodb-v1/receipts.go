// Package receipts numbers the receipts of a tannery by the highest one that is there.
package receipts

import (
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/aws/awserr"
	"github.com/aws/aws-sdk-go/service/dynamodb"
	"github.com/aws/aws-sdk-go/service/dynamodb/dynamodbattribute"
	"github.com/google/uuid"
)

const receiptsTable = "receipts"

type Receipt struct {
	ID      string `json:"id"`
	BuyerID string `json:"buyer_id"`
	Number  int    `json:"receipt_no"`
	Hides   int    `json:"hides"`
}

var errTaken = errors.New("receipt number is taken")

type Till struct {
	db *dynamodb.DynamoDB
}

func (t *Till) query(buyer string) *dynamodb.QueryInput {
	return &dynamodb.QueryInput{
		TableName:              aws.String(receiptsTable),
		IndexName:              aws.String("by-buyer"),
		KeyConditionExpression: aws.String("buyer_id = :b"),
		ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{
			":b": {S: aws.String(buyer)},
		},
	}
}

// case: the highest number of all pages, and the next one under an identifier of its own
func (t *Till) Issue(buyer string, hides int) (*Receipt, error) {
	highest := 0
	var bad error
	err := t.db.QueryPages(t.query(buyer), func(page *dynamodb.QueryOutput, last bool) bool {
		var found []Receipt
		if bad = dynamodbattribute.UnmarshalListOfMaps(page.Items, &found); bad != nil {
			return false
		}
		for _, r := range found {
			if r.Number > highest {
				highest = r.Number
			}
		}
		return !last
	})
	if err != nil {
		return nil, err
	}
	if bad != nil {
		return nil, bad
	}
	next := &Receipt{ID: uuid.New().String(), BuyerID: buyer, Number: highest + 1, Hides: hides}
	item, err := dynamodbattribute.MarshalMap(next)
	if err != nil {
		return nil, err
	}
	put := &dynamodb.PutItemInput{TableName: aws.String(receiptsTable), Item: item}
	if _, err := t.db.PutItem(put); err != nil { // expect: check-then-create
		return nil, fmt.Errorf("issue receipt: %w", err)
	}
	return next, nil
}

// case: the number is the key, and is put only where there is none
func (t *Till) IssueOnce(buyer string, hides int) (*Receipt, error) {
	highest := 0
	err := t.db.QueryPages(t.query(buyer), func(page *dynamodb.QueryOutput, last bool) bool {
		var found []Receipt
		if err := dynamodbattribute.UnmarshalListOfMaps(page.Items, &found); err != nil {
			return false
		}
		for _, r := range found {
			if r.Number > highest {
				highest = r.Number
			}
		}
		return !last
	})
	if err != nil {
		return nil, err
	}
	next := &Receipt{BuyerID: buyer, Number: highest + 1, Hides: hides}
	next.ID = fmt.Sprintf("%s-%d", buyer, next.Number)
	item, err := dynamodbattribute.MarshalMap(next)
	if err != nil {
		return nil, err
	}
	_, err = t.db.PutItem(&dynamodb.PutItemInput{
		TableName:           aws.String(receiptsTable),
		Item:                item,
		ConditionExpression: aws.String("attribute_not_exists(id)"),
	})
	var failed awserr.Error
	if errors.As(err, &failed) && failed.Code() == dynamodb.ErrCodeConditionalCheckFailedException {
		return nil, errTaken
	}
	return next, err
}
