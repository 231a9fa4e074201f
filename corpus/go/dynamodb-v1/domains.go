// Package domains keeps a registrar's names: conditions that hold on one way only, and versions of another read.
package domains

import (
	"context"
	"errors"
	"strconv"

	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/aws/awserr"
	"github.com/aws/aws-sdk-go/service/dynamodb"
	"github.com/aws/aws-sdk-go/service/dynamodb/dynamodbattribute"
)

var (
	ErrTaken = errors.New("domains: taken")
	ErrBusy  = errors.New("domains: changed by somebody else")
)

type Zone struct {
	Name    string            `dynamodbav:"zone"`
	Owner   string            `dynamodbav:"owner"`
	Records map[string]string `dynamodbav:"records"`
	Serial  int64             `dynamodbav:"serial"`
}

type Zones struct {
	svc   *dynamodb.DynamoDB
	table string
}

func lost(err error) bool {
	var ae awserr.Error
	return errors.As(err, &ae) && ae.Code() == dynamodb.ErrCodeConditionalCheckFailedException
}

func (z *Zones) key(name string) map[string]*dynamodb.AttributeValue {
	return map[string]*dynamodb.AttributeValue{"zone": {S: aws.String(name)}}
}

func (z *Zones) find(ctx context.Context, name string) (map[string]*dynamodb.AttributeValue, error) {
	out, err := z.svc.GetItemWithContext(ctx, &dynamodb.GetItemInput{
		TableName:      &z.table,
		Key:            z.key(name),
		ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		return nil, err
	}
	return out.Item, nil
}

// case: id=go-v1-7850 label=race rule=check-then-create tier=2 note=only new zones are put on condition, imported ones rely on the look
func (z *Zones) Register(ctx context.Context, zone Zone, imported bool) error {
	there, err := z.find(ctx, zone.Name)
	if err != nil {
		return err
	}
	if len(there) != 0 {
		return ErrTaken
	}
	item, err := dynamodbattribute.MarshalMap(zone)
	if err != nil {
		return err
	}
	put := &dynamodb.PutItemInput{TableName: &z.table, Item: item}
	if !imported {
		put.ConditionExpression = aws.String("attribute_not_exists(#z)")
		put.ExpressionAttributeNames = map[string]*string{"#z": aws.String("zone")}
	}
	_, err = z.svc.PutItemWithContext(ctx, put) // expect: check-then-create
	if lost(err) {
		return ErrTaken
	}
	return err
}

// case: id=go-v1-7851 label=safe tier=2 note=put on condition in any case, imported ones are only marked
func (z *Zones) RegisterOnce(ctx context.Context, zone Zone, imported bool) error {
	there, err := z.find(ctx, zone.Name)
	if err != nil {
		return err
	}
	if len(there) != 0 {
		return ErrTaken
	}
	item, err := dynamodbattribute.MarshalMap(zone)
	if err != nil {
		return err
	}
	if imported {
		item["imported"] = &dynamodb.AttributeValue{BOOL: aws.Bool(true)}
	}
	_, err = z.svc.PutItemWithContext(ctx, &dynamodb.PutItemInput{
		TableName:                &z.table,
		Item:                     item,
		ConditionExpression:      aws.String("attribute_not_exists(#z)"),
		ExpressionAttributeNames: map[string]*string{"#z": aws.String("zone")},
	})
	if lost(err) {
		return ErrTaken
	}
	return err
}

// case: id=go-v1-7852 label=safe tier=2 note=who asks for it replaces what is there on purpose, everybody else is refused
func (z *Zones) Import(ctx context.Context, zone Zone, replace bool) error {
	there, err := z.find(ctx, zone.Name)
	if err != nil {
		return err
	}
	if len(there) != 0 && !replace {
		return ErrTaken
	}
	item, err := dynamodbattribute.MarshalMap(zone)
	if err != nil {
		return err
	}
	put := &dynamodb.PutItemInput{TableName: &z.table, Item: item}
	if !replace {
		put.ConditionExpression = aws.String("attribute_not_exists(#z)")
		put.ExpressionAttributeNames = map[string]*string{"#z": aws.String("zone")}
	}
	_, err = z.svc.PutItemWithContext(ctx, put)
	if lost(err) {
		return ErrTaken
	}
	return err
}

// case: id=go-v1-7853 label=race rule=lost-update tier=2 note=after a conflict only the serial is read anew, the records of the first read go over what came between
func (z *Zones) SetRecord(ctx context.Context, name, label, value string) error {
	item, err := z.find(ctx, name)
	if err != nil {
		return err
	}
	var zone Zone
	if err := dynamodbattribute.UnmarshalMap(item, &zone); err != nil {
		return err
	}
	zone.Records[label] = value
	records, err := dynamodbattribute.Marshal(zone.Records)
	if err != nil {
		return err
	}
	serial := zone.Serial
	for try := 0; try < 3; try++ {
		_, err = z.svc.UpdateItemWithContext(ctx, &dynamodb.UpdateItemInput{ // expect: lost-update
			TableName:           &z.table,
			Key:                 z.key(name),
			UpdateExpression:    aws.String("SET records = :r, serial = :next"),
			ConditionExpression: aws.String("serial = :seen"),
			ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{
				":r":    records,
				":next": {N: aws.String(strconv.FormatInt(serial+1, 10))},
				":seen": {N: aws.String(strconv.FormatInt(serial, 10))},
			},
		})
		if !lost(err) {
			return err
		}
		fresh, err := z.find(ctx, name)
		if err != nil {
			return err
		}
		if err := dynamodbattribute.Unmarshal(fresh["serial"], &serial); err != nil {
			return err
		}
	}
	return ErrBusy
}

// case: id=go-v1-7854 label=safe tier=2 note=records and serial are read again for each try
func (z *Zones) DropRecord(ctx context.Context, name, label string) error {
	for try := 0; try < 3; try++ {
		item, err := z.find(ctx, name)
		if err != nil {
			return err
		}
		var zone Zone
		if err := dynamodbattribute.UnmarshalMap(item, &zone); err != nil {
			return err
		}
		delete(zone.Records, label)
		records, err := dynamodbattribute.Marshal(zone.Records)
		if err != nil {
			return err
		}
		var serial int64
		if err := dynamodbattribute.Unmarshal(item["serial"], &serial); err != nil {
			return err
		}
		_, err = z.svc.UpdateItemWithContext(ctx, &dynamodb.UpdateItemInput{
			TableName:           &z.table,
			Key:                 z.key(name),
			UpdateExpression:    aws.String("SET records = :r, serial = :next"),
			ConditionExpression: aws.String("serial = :seen"),
			ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{
				":r":    records,
				":next": {N: aws.String(strconv.FormatInt(serial+1, 10))},
				":seen": {N: aws.String(strconv.FormatInt(serial, 10))},
			},
		})
		if !lost(err) {
			return err
		}
	}
	return ErrBusy
}
