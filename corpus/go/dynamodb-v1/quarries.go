package quarries

import (
	"errors"
	"strconv"

	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/service/dynamodb"
)

// Rows that are gathered page by page in a callback are as many as were read.
type Quarry struct {
	db *dynamodb.DynamoDB
}

const carts = 12

var errFull = errors.New("no cart is left")

type item = map[string]*dynamodb.AttributeValue

func ofQuarry(quarry string) *dynamodb.QueryInput {
	return &dynamodb.QueryInput{
		TableName:                 aws.String("carts"),
		IndexName:                 aws.String("by-quarry"),
		KeyConditionExpression:    aws.String("quarry = :q"),
		ExpressionAttributeValues: item{":q": {S: aws.String(quarry)}},
	}
}

func (q *Quarry) out(quarry string) ([]item, error) {
	var found []item
	err := q.db.QueryPages(ofQuarry(quarry), func(page *dynamodb.QueryOutput, last bool) bool {
		found = append(found, page.Items...)
		return true
	})
	return found, err
}

// Hitch takes one more cart, if there are any.
func (q *Quarry) Hitch(quarry, cart string) error {
	found, err := q.out(quarry)
	if err != nil {
		return err
	}
	if len(found) >= carts {
		return errFull
	}
	_, err = q.db.PutItem(&dynamodb.PutItemInput{ // expect: check-then-act
		TableName: aws.String("carts"),
		Item:      item{"cart": {S: aws.String(cart)}, "quarry": {S: aws.String(quarry)}},
	})
	return err
}

// HitchPaged goes through the pages itself.
func (q *Quarry) HitchPaged(quarry, cart string) error {
	var found []item
	ask := ofQuarry(quarry)
	for {
		page, err := q.db.Query(ask)
		if err != nil {
			return err
		}
		found = append(found, page.Items...)
		if page.LastEvaluatedKey == nil {
			break
		}
		ask.ExclusiveStartKey = page.LastEvaluatedKey
	}
	if len(found) >= carts {
		return errFull
	}
	_, err := q.db.PutItem(&dynamodb.PutItemInput{ // expect: check-then-act
		TableName: aws.String("carts"),
		Item:      item{"cart": {S: aws.String(cart)}, "quarry": {S: aws.String(quarry)}},
	})
	return err
}

// HitchCounted counts in an item of the quarry's own, in the same transaction.
func (q *Quarry) HitchCounted(quarry, cart string) error {
	found, err := q.out(quarry)
	if err != nil {
		return err
	}
	if len(found) >= carts {
		return errFull
	}
	_, err = q.db.TransactWriteItems(&dynamodb.TransactWriteItemsInput{TransactItems: []*dynamodb.TransactWriteItem{
		{Update: &dynamodb.Update{
			TableName:           aws.String("quarries"),
			Key:                 item{"quarry": {S: aws.String(quarry)}},
			UpdateExpression:    aws.String("ADD hitched :one"),
			ConditionExpression: aws.String("hitched < :all"),
			ExpressionAttributeValues: item{
				":one": {N: aws.String("1")}, ":all": {N: aws.String(strconv.Itoa(carts))},
			},
		}},
		{Put: &dynamodb.Put{
			TableName: aws.String("carts"),
			Item:      item{"cart": {S: aws.String(cart)}, "quarry": {S: aws.String(quarry)}},
		}},
	}})
	return err
}

// HitchUnbounded counts along, and never asks how many there are.
func (q *Quarry) HitchUnbounded(quarry, cart string) error {
	found, err := q.out(quarry)
	if err != nil {
		return err
	}
	if len(found) >= carts {
		return errFull
	}
	_, err = q.db.TransactWriteItems(&dynamodb.TransactWriteItemsInput{TransactItems: []*dynamodb.TransactWriteItem{ // expect: check-then-act
		{Update: &dynamodb.Update{
			TableName:                 aws.String("quarries"),
			Key:                       item{"quarry": {S: aws.String(quarry)}},
			UpdateExpression:          aws.String("ADD hitched :one"),
			ExpressionAttributeValues: item{":one": {N: aws.String("1")}},
		}},
		{Put: &dynamodb.Put{
			TableName: aws.String("carts"),
			Item:      item{"cart": {S: aws.String(cart)}, "quarry": {S: aws.String(quarry)}},
		}},
	}})
	return err
}
