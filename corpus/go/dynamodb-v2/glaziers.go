package glaziers

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

var (
	table    = os.Getenv("CALLOUTS_TABLE")
	errQuiet = errors.New("nobody waits for a glazier")
)

// Callout is a broken window somebody has reported.
type Callout struct {
	ID      string `dynamodbav:"callout_id"`
	State   string `dynamodbav:"state"`
	Glazier string `dynamodbav:"glazier"`
	Panes   int    `dynamodbav:"panes"`
}

type Desk struct {
	db *dynamodb.Client
}

func text(v string) types.AttributeValue { return &types.AttributeValueMemberS{Value: v} }

func byID(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"callout_id": text(id)}
}

// open hands back what is decoded in the same statement.
func (d *Desk) open(ctx context.Context, district string) ([]Callout, error) {
	out, err := d.db.Query(ctx, &dynamodb.QueryInput{
		TableName:              aws.String(table),
		IndexName:              aws.String("by-district"),
		KeyConditionExpression: aws.String("district = :d"),
		FilterExpression:       aws.String("#s = :open"),
		ExpressionAttributeNames: map[string]string{
			"#s": "state",
		},
		ExpressionAttributeValues: map[string]types.AttributeValue{":d": text(district), ":open": text("open")},
	})
	if err != nil {
		return nil, fmt.Errorf("callouts of %s: %w", district, err)
	}
	var found []Callout
	return found, attributevalue.UnmarshalListOfMaps(out.Items, &found)
}

// find hands back a part of what is decoded.
func (d *Desk) find(ctx context.Context, id string) (int, error) {
	out, err := d.db.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(table), Key: byID(id)})
	if err != nil {
		return 0, err
	}
	var c Callout
	return c.Panes, attributevalue.UnmarshalMap(out.Item, &c)
}

func (d *Desk) send(ctx context.Context, id, glazier string) error {
	_, err := d.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: check-then-act
		TableName:                aws.String(table),
		Key:                      byID(id),
		UpdateExpression:         aws.String("SET #s = :sent, glazier = :g"),
		ExpressionAttributeNames: map[string]string{"#s": "state"},
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":sent": text("sent"), ":g": text(glazier),
		},
	})
	return err
}

func (d *Desk) sendIfOpen(ctx context.Context, id, glazier string) error {
	_, err := d.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                aws.String(table),
		Key:                      byID(id),
		UpdateExpression:         aws.String("SET #s = :sent, glazier = :g"),
		ConditionExpression:      aws.String("#s = :open"),
		ExpressionAttributeNames: map[string]string{"#s": "state"},
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":sent": text("sent"), ":g": text(glazier), ":open": text("open"),
		},
	})
	return err
}

func (d *Desk) Assign(ctx context.Context, district, glazier string) (string, error) {
	waiting, err := d.open(ctx, district)
	if err != nil {
		return "", err
	}
	for _, c := range waiting {
		if c.Panes == 0 {
			continue
		}
		return c.ID, d.send(ctx, c.ID, glazier)
	}
	return "", errQuiet
}

func (d *Desk) AssignOnce(ctx context.Context, district, glazier string) (string, error) {
	waiting, err := d.open(ctx, district)
	if err != nil {
		return "", err
	}
	for _, c := range waiting {
		return c.ID, d.sendIfOpen(ctx, c.ID, glazier)
	}
	return "", errQuiet
}

func (d *Desk) Recount(ctx context.Context, id string, more int) error {
	panes, err := d.find(ctx, id)
	if err != nil {
		return err
	}
	_, err = d.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: lost-update
		TableName:        aws.String(table),
		Key:              byID(id),
		UpdateExpression: aws.String("SET panes = :n"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":n": &types.AttributeValueMemberN{Value: fmt.Sprint(panes + more)},
		},
	})
	return err
}
