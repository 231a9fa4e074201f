package weirs

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

func text(v string) types.AttributeValue { return &types.AttributeValueMemberS{Value: v} }

func (t *Table) Seek(ctx context.Context, name string) (w Weir, err error) {
	out, err := t.db.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(t.name),
		Key:       map[string]types.AttributeValue{"weir": text(name)},
	})
	if err != nil {
		return w, err
	}
	err = attributevalue.UnmarshalMap(out.Item, &w)
	return w, err
}

func (t *Table) SetKeeper(ctx context.Context, name, keeper string, cond *string) error {
	_, err := t.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(t.name),
		Key:                       map[string]types.AttributeValue{"weir": text(name)},
		UpdateExpression:          aws.String("SET keeper = :k"),
		ConditionExpression:       cond,
		ExpressionAttributeValues: map[string]types.AttributeValue{":k": text(keeper)},
	})
	return err
}
