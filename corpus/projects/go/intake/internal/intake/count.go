package intake

import (
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

type Counter struct {
	Client *dynamodb.Client
	Table  string
}

type row struct {
	Count int `dynamodbav:"count"`
}

func (c *Counter) load(ctx context.Context, name string) (row, error) {
	var r row
	out, err := c.Client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(c.Table),
		Key:       map[string]types.AttributeValue{"name": &types.AttributeValueMemberS{Value: name}},
	})
	if err != nil {
		return r, err
	}
	err = attributevalue.UnmarshalMap(out.Item, &r)
	return r, err
}

func (c *Counter) store(ctx context.Context, name string, count int) error {
	_, err := c.Client.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: lost-update // reached: function cmd/api.App.Report, consumer cmd/consumer.handle
		TableName:        aws.String(c.Table),
		Key:              map[string]types.AttributeValue{"name": &types.AttributeValueMemberS{Value: name}},
		UpdateExpression: aws.String("SET #c = :c"),
		ExpressionAttributeNames: map[string]string{"#c": "count"},
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":c": &types.AttributeValueMemberN{Value: strconv.Itoa(count)},
		},
	})
	return err
}

// Received counts one message.
func (c *Counter) Received(ctx context.Context, name string) error {
	r, err := c.load(ctx, name)
	if err != nil {
		return err
	}
	return c.store(ctx, name, r.Count+1)
}

// Reported counts one report.
func (c *Counter) Reported(ctx context.Context, name string) error {
	r, err := c.load(ctx, name)
	if err != nil {
		return err
	}
	return c.store(ctx, name, r.Count+2)
}
