package kilns

import (
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

type Firing struct {
	ID      string `dynamodbav:"firing_id"`
	Degrees int    `dynamodbav:"degrees"`
	Round   int    `dynamodbav:"round"`
}

func firingKey(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"firing_id": &types.AttributeValueMemberS{Value: id}}
}

func load(ctx context.Context, db *dynamodb.Client, id string) (Firing, error) {
	var f Firing
	out, err := db.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String("firings"), Key: firingKey(id)})
	if err != nil {
		return f, err
	}
	return f, attributevalue.UnmarshalMap(out.Item, &f)
}

// case: id=go-ddb-1437 label=safe tier=2 note=files that no build takes in say nothing of the type
func Heat(ctx context.Context, db *dynamodb.Client, id string, by int) error {
	f, err := load(ctx, db, id)
	if err != nil {
		return err
	}
	round := f.Round
	f.Degrees += by
	f.Round++
	item, err := attributevalue.MarshalMap(f)
	if err != nil {
		return err
	}
	_, err = db.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:           aws.String("firings"),
		Item:                item,
		ConditionExpression: aws.String("round = :round"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":round": &types.AttributeValueMemberN{Value: strconv.Itoa(round)},
		},
	})
	return err
}

// case: id=go-ddb-1438 label=race rule=lost-update tier=2 note=the same row, written with no condition
func Cool(ctx context.Context, db *dynamodb.Client, id string, by int) error {
	f, err := load(ctx, db, id)
	if err != nil {
		return err
	}
	_, err = db.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: lost-update
		TableName:        aws.String("firings"),
		Key:              firingKey(f.ID),
		UpdateExpression: aws.String("SET degrees = :d"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":d": &types.AttributeValueMemberN{Value: strconv.Itoa(f.Degrees - by)},
		},
	})
	return err
}
