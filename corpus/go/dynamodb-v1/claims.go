package claims

import (
	"context"

	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/aws/awserr"
	"github.com/aws/aws-sdk-go/service/dynamodb"
	"github.com/aws/aws-sdk-go/service/sns"
)

// TransitionError says that a claim is in another state than it should be.
type TransitionError struct{ Claim string }

func (e *TransitionError) Error() string { return "claim has moved on: " + e.Claim }

// Office settles claims.
type Office struct {
	table string
	topic string
	db    *dynamodb.DynamoDB
	bus   *sns.SNS
}

func (o Office) settle(ctx context.Context, id string) error {
	_, err := o.db.UpdateItemWithContext(ctx, &dynamodb.UpdateItemInput{
		TableName:                aws.String(o.table),
		Key:                      map[string]*dynamodb.AttributeValue{"id": {S: aws.String(id)}},
		UpdateExpression:         aws.String("SET #s = :settled"),
		ConditionExpression:      aws.String("#s = :open"),
		ExpressionAttributeNames: map[string]*string{"#s": aws.String("status")},
		ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{
			":open": {S: aws.String("open")}, ":settled": {S: aws.String("settled")},
		},
	})
	if failure, ok := err.(awserr.Error); ok && failure.Code() == dynamodb.ErrCodeConditionalCheckFailedException {
		return &TransitionError{Claim: id}
	}
	return err
}

func (o Office) state(ctx context.Context, id string) (string, error) {
	out, err := o.db.GetItemWithContext(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(o.table),
		Key:       map[string]*dynamodb.AttributeValue{"id": {S: aws.String(id)}},
	})
	if err != nil {
		return "", err
	}
	return aws.StringValue(out.Item["status"].S), nil
}

func (o Office) announce(ctx context.Context, text string) error {
	_, err := o.bus.PublishWithContext(ctx, &sns.PublishInput{TopicArn: aws.String(o.topic), Message: aws.String(text)})
	return err
}

// case: id=go-ddb-1611 label=safe tier=2 note=whoever loses reads again and goes on with what is found
func (o Office) Settle(ctx context.Context, id string) error {
	status := "settled"
	if err := o.settle(ctx, id); err != nil {
		if _, moved := err.(*TransitionError); !moved {
			return err
		}
		now, err := o.state(ctx, id)
		if err != nil {
			return err
		}
		status = now
	}
	return o.announce(ctx, id+" is "+status)
}

func (o Office) waive(ctx context.Context, id string) error {
	_, err := o.db.UpdateItemWithContext(ctx, &dynamodb.UpdateItemInput{ // expect: swallowed-conflict
		TableName:                aws.String(o.table),
		Key:                      map[string]*dynamodb.AttributeValue{"id": {S: aws.String(id)}},
		UpdateExpression:         aws.String("SET #s = :waived"),
		ConditionExpression:      aws.String("#s = :open"),
		ExpressionAttributeNames: map[string]*string{"#s": aws.String("status")},
		ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{
			":open": {S: aws.String("open")}, ":waived": {S: aws.String("waived")},
		},
	})
	if failure, ok := err.(awserr.Error); ok && failure.Code() == dynamodb.ErrCodeConditionalCheckFailedException {
		return &TransitionError{Claim: id}
	}
	return err
}

// case: id=go-ddb-1612 label=race rule=swallowed-conflict tier=2 note=whoever loses announces it as well
func (o Office) Waive(ctx context.Context, id string) error {
	if err := o.waive(ctx, id); err != nil {
		if _, moved := err.(*TransitionError); !moved {
			return err
		}
	}
	return o.announce(ctx, id+" is waived")
}
