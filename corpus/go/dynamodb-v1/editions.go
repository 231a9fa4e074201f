// The newest edition is kept beside all editions: who created the next one, where there was none, alone puts it there.
package editions

import (
	"context"
	"errors"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/aws/awserr"
	"github.com/aws/aws-sdk-go/aws/session"
	"github.com/aws/aws-sdk-go/service/dynamodb"
	"github.com/aws/aws-sdk-go/service/dynamodb/dynamodbattribute"
)

const (
	allEditions    = "editions"
	newestEditions = "newest-editions"
)

var (
	errNoHandbook = errors.New("no such handbook")
	errTaken      = errors.New("somebody else has published this edition")
)

type edition struct {
	Handbook string `json:"handbook"`
	Number   int64  `json:"number"`
	Text     string `json:"text"`
}

type shelf struct {
	db *dynamodb.DynamoDB
}

func (s shelf) newest(ctx context.Context, handbook string) (edition, error) {
	found, err := s.db.QueryWithContext(ctx, &dynamodb.QueryInput{
		TableName:                aws.String(newestEditions),
		KeyConditionExpression:   aws.String("#h = :h"),
		ExpressionAttributeNames: map[string]*string{"#h": aws.String("handbook")},
		ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{
			":h": {S: aws.String(handbook)},
		},
	})
	if err != nil {
		return edition{}, err
	}
	if len(found.Items) != 1 {
		return edition{}, errNoHandbook
	}
	var e edition
	err = dynamodbattribute.UnmarshalMap(found.Items[0], &e)
	return e, err
}

func (s shelf) publish(ctx context.Context, e edition) error {
	item, err := dynamodbattribute.MarshalMap(e)
	if err != nil {
		return err
	}
	_, err = s.db.PutItemWithContext(ctx, &dynamodb.PutItemInput{
		TableName:           aws.String(allEditions),
		Item:                item,
		ConditionExpression: aws.String("attribute_not_exists(#h) AND attribute_not_exists(#n)"),
		ExpressionAttributeNames: map[string]*string{
			"#h": aws.String("handbook"),
			"#n": aws.String("number"),
		},
	})
	if err != nil {
		if failed, ok := err.(awserr.Error); ok && failed.Code() == dynamodb.ErrCodeConditionalCheckFailedException {
			return errTaken
		}
		return err
	}
	_, err = s.db.PutItemWithContext(ctx, &dynamodb.PutItemInput{
		TableName: aws.String(newestEditions),
		Item:      item,
	})
	return err
}

func (s shelf) overwrite(ctx context.Context, e edition) error {
	item, err := dynamodbattribute.MarshalMap(e)
	if err != nil {
		return err
	}
	_, err = s.db.PutItemWithContext(ctx, &dynamodb.PutItemInput{ // expect: check-then-create
		TableName: aws.String(newestEditions),
		Item:      item,
	})
	return err
}

type draft struct {
	Handbook string
	Text     string
}

func handlePublish(ctx context.Context, d draft) error {
	s := shelf{db: dynamodb.New(session.Must(session.NewSession()))}
	last, err := s.newest(ctx, d.Handbook)
	if err != nil {
		return err
	}
	return s.publish(ctx, edition{Handbook: d.Handbook, Number: last.Number + 1, Text: d.Text})
}

func handleOverwrite(ctx context.Context, d draft) error {
	s := shelf{db: dynamodb.New(session.Must(session.NewSession()))}
	last, err := s.newest(ctx, d.Handbook)
	if err != nil {
		return err
	}
	return s.overwrite(ctx, edition{Handbook: d.Handbook, Number: last.Number + 1, Text: d.Text})
}

func main() {
	lambda.Start(handlePublish)
	lambda.Start(handleOverwrite)
}
