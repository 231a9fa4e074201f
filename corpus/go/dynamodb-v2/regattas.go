package regattas

import (
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

type Boat struct {
	Sail  string `dynamodbav:"sail"`
	Races int    `dynamodbav:"races"`
}

type Regatta struct {
	ID    string `dynamodbav:"regatta_id"`
	Boats []Boat `dynamodbav:"boats"`
	Sheet int    `dynamodbav:"sheet"`
}

type Office struct {
	db *dynamodb.Client
}

func (o *Office) load(ctx context.Context, id string, into *Regatta) error {
	out, err := o.db.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String("regattas"),
		Key:       map[string]types.AttributeValue{"regatta_id": &types.AttributeValueMemberS{Value: id}},
	})
	if err != nil {
		return err
	}
	return attributevalue.UnmarshalMap(out.Item, into)
}

// case: id=go-ddb-1445 label=race rule=lost-update tier=3 note=a boat's races counted in place on a row that a helper has put there
func (o *Office) Finish(ctx context.Context, id string, place int) error {
	var r Regatta
	if err := o.load(ctx, id, &r); err != nil {
		return err
	}
	r.Boats[place].Races++
	item, err := attributevalue.MarshalMap(r)
	if err != nil {
		return err
	}
	_, err = o.db.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String("regattas"), Item: item}) // expect: lost-update
	return err
}

// case: id=go-ddb-1446 label=safe tier=3 note=the same under the sheet that was read
func (o *Office) FinishOnSheet(ctx context.Context, id string, place int) error {
	var r Regatta
	if err := o.load(ctx, id, &r); err != nil {
		return err
	}
	sheet := r.Sheet
	r.Boats[place].Races++
	r.Sheet++
	item, err := attributevalue.MarshalMap(r)
	if err != nil {
		return err
	}
	_, err = o.db.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:           aws.String("regattas"),
		Item:                item,
		ConditionExpression: aws.String("sheet = :sheet"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":sheet": &types.AttributeValueMemberN{Value: strconv.Itoa(sheet)},
		},
	})
	return err
}
