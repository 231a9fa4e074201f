package hives

import (
	"strconv"

	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/service/dynamodb"
	"github.com/aws/aws-sdk-go/service/dynamodb/dynamodbattribute"
)

const table = "hives"

type Hive struct {
	ID    string `dynamodbav:"hive_id"`
	Honey int    `dynamodbav:"honey_g"`
	Visit int    `dynamodbav:"visit"`
}

type Keeper struct {
	db *dynamodb.DynamoDB
}

func amount(n int) *dynamodb.AttributeValue {
	return &dynamodb.AttributeValue{N: aws.String(strconv.Itoa(n))}
}

func hiveKey(id string) map[string]*dynamodb.AttributeValue {
	return map[string]*dynamodb.AttributeValue{"hive_id": {S: aws.String(id)}}
}

// case: id=go-ddb-1435 label=race rule=lost-update tier=2 note=a decoded list, each amount worked out from what was read
func (k *Keeper) Harvest(share int) error {
	out, err := k.db.Scan(&dynamodb.ScanInput{TableName: aws.String(table)})
	if err != nil {
		return err
	}
	hives := []Hive{}
	if err := dynamodbattribute.UnmarshalListOfMaps(out.Items, &hives); err != nil {
		return err
	}
	for _, h := range hives {
		_, err := k.db.UpdateItem(&dynamodb.UpdateItemInput{ // expect: lost-update
			TableName:                 aws.String(table),
			Key:                       hiveKey(h.ID),
			UpdateExpression:          aws.String("SET honey_g = :h"),
			ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{":h": amount(h.Honey - h.Honey/share)},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// case: id=go-ddb-1436 label=safe tier=2 note=a transaction of reads, then a write that compares the visit it read
func (k *Keeper) Feed(id string, grams int) error {
	out, err := k.db.TransactGetItems(&dynamodb.TransactGetItemsInput{
		TransactItems: []*dynamodb.TransactGetItem{
			{Get: &dynamodb.Get{TableName: aws.String(table), Key: hiveKey(id)}},
		},
	})
	if err != nil {
		return err
	}
	var h Hive
	if err := dynamodbattribute.UnmarshalMap(out.Responses[0].Item, &h); err != nil {
		return err
	}
	seen := h.Visit
	h.Honey += grams
	h.Visit++
	item, err := dynamodbattribute.MarshalMap(h)
	if err != nil {
		return err
	}
	_, err = k.db.PutItem(&dynamodb.PutItemInput{
		TableName:                 aws.String(table),
		Item:                      item,
		ConditionExpression:       aws.String("visit = :seen"),
		ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{":seen": amount(seen)},
	})
	return err
}
