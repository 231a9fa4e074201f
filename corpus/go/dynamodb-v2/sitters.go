package sitters

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Sittings of models for a drawing school: whoever sat lately sits no more, but for what was called off.

var ErrSatLately = errors.New("sat lately")

type Sitting struct {
	Model string `dynamodbav:"model"`
	Day   string `dynamodbav:"day"`
	State string `dynamodbav:"state"`
}

type School struct{ db *dynamodb.Client }


func (s *School) Book(ctx context.Context, model string, day time.Time) error {
	pages := dynamodb.NewQueryPaginator(s.db, &dynamodb.QueryInput{
		TableName:                 aws.String("sittings"),
		KeyConditionExpression:    aws.String("model = :m"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":m": &types.AttributeValueMemberS{Value: model}},
	})
	var near []Sitting
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		var part []Sitting
		if err := attributevalue.UnmarshalListOfMaps(page.Items, &part); err != nil {
			return err
		}
		near = append(near, part...)
	}
	for _, n := range near {
		if n.State == "called off" {
			continue
		}
		return ErrSatLately
	}
	item, err := attributevalue.MarshalMap(Sitting{Model: model, Day: day.Format(time.DateOnly), State: "booked"})
	if err != nil {
		return err
	}
	_, err = s.db.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String("sittings"), Item: item}) // expect: check-then-create|check-then-act
	return err
}
