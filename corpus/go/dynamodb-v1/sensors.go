package sensors

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/aws/awserr"
	"github.com/aws/aws-sdk-go/service/dynamodb"
	"github.com/aws/aws-sdk-go/service/dynamodb/dynamodbattribute"
	"github.com/google/uuid"
)

type Sensor struct {
	Serial  string `dynamodbav:"serial"`
	Site    string `dynamodbav:"site"`
	Gateway string `dynamodbav:"gateway"`
	Battery int    `dynamodbav:"battery"`
	Budget  int    `dynamodbav:"msg_budget"`
}

type getter interface {
	GetItem(*dynamodb.GetItemInput) (*dynamodb.GetItemOutput, error)
}

type Fleet struct {
	db     *dynamodb.DynamoDB
	table  string
	alarms string
}

var (
	ErrBudget = errors.New("message budget used up")
	ErrPaired = errors.New("sensor is paired")
	ErrSite   = errors.New("site is full")
)

func serial(v string) map[string]*dynamodb.AttributeValue {
	return map[string]*dynamodb.AttributeValue{"serial": {S: aws.String(v)}}
}

func num(v int) *dynamodb.AttributeValue {
	return &dynamodb.AttributeValue{N: aws.String(strconv.Itoa(v))}
}

func lookup(db getter, table, id string) (Sensor, error) {
	var s Sensor
	out, err := db.GetItem(&dynamodb.GetItemInput{TableName: aws.String(table), Key: serial(id)})
	if err != nil {
		return s, fmt.Errorf("sensor %s: %w", id, err)
	}
	if out.Item == nil {
		return s, fmt.Errorf("sensor %s: unknown", id)
	}
	err = dynamodbattribute.UnmarshalMap(out.Item, &s)
	return s, err
}

// case: id=go-v1-136 label=race rule=lost-update tier=2 note=legacy AttributeUpdates with a computed value and no Expected
func (f *Fleet) Spend(id string, messages int) error {
	s, err := lookup(f.db, f.table, id)
	if err != nil {
		return err
	}
	if s.Budget < messages {
		return ErrBudget
	}
	_, err = f.db.UpdateItem(&dynamodb.UpdateItemInput{ // expect: lost-update
		TableName: aws.String(f.table),
		Key:       serial(id),
		AttributeUpdates: map[string]*dynamodb.AttributeValueUpdate{
			"msg_budget": {Action: aws.String(dynamodb.AttributeActionPut), Value: num(s.Budget - messages)},
		},
	})
	return err
}

// case: id=go-v1-137 label=safe tier=2 note=legacy Expected compares the budget that was read
func (f *Fleet) SpendExpected(id string, messages int) error {
	s, err := lookup(f.db, f.table, id)
	if err != nil {
		return err
	}
	if s.Budget < messages {
		return ErrBudget
	}
	_, err = f.db.UpdateItem(&dynamodb.UpdateItemInput{
		TableName: aws.String(f.table),
		Key:       serial(id),
		AttributeUpdates: map[string]*dynamodb.AttributeValueUpdate{
			"msg_budget": {Action: aws.String(dynamodb.AttributeActionPut), Value: num(s.Budget - messages)},
		},
		Expected: map[string]*dynamodb.ExpectedAttributeValue{
			"msg_budget": {Value: num(s.Budget)},
		},
	})
	return err
}

// case: id=go-v1-138 label=race rule=check-then-act tier=2 note=Expected names the serial only, the pairing was tested
func (f *Fleet) Pair(id, gateway string) error {
	s, err := lookup(f.db, f.table, id)
	if err != nil {
		return err
	}
	if s.Gateway != "" && s.Gateway != gateway {
		return ErrPaired
	}
	_, err = f.db.UpdateItem(&dynamodb.UpdateItemInput{ // expect: check-then-act
		TableName: aws.String(f.table),
		Key:       serial(s.Serial),
		AttributeUpdates: map[string]*dynamodb.AttributeValueUpdate{
			"gateway": {Action: aws.String("PUT"), Value: &dynamodb.AttributeValue{S: aws.String(gateway)}},
		},
		Expected: map[string]*dynamodb.ExpectedAttributeValue{
			"serial": {Exists: aws.Bool(true), Value: &dynamodb.AttributeValue{S: aws.String(s.Serial)}},
		},
	})
	return err
}

// case: id=go-v1-139 label=safe tier=2 note=Expected demands that no gateway is set
func (f *Fleet) PairFree(id, gateway string) error {
	s, err := lookup(f.db, f.table, id)
	if err != nil {
		return err
	}
	if s.Gateway != "" {
		return ErrPaired
	}
	_, err = f.db.UpdateItem(&dynamodb.UpdateItemInput{
		TableName: aws.String(f.table),
		Key:       serial(s.Serial),
		AttributeUpdates: map[string]*dynamodb.AttributeValueUpdate{
			"gateway": {Action: aws.String("PUT"), Value: &dynamodb.AttributeValue{S: aws.String(gateway)}},
		},
		Expected: map[string]*dynamodb.ExpectedAttributeValue{
			"gateway": {Exists: aws.Bool(false)},
		},
	})
	var ae awserr.Error
	if errors.As(err, &ae) && ae.Code() == dynamodb.ErrCodeConditionalCheckFailedException {
		return ErrPaired
	}
	return err
}

// case: id=go-v1-140 label=race rule=check-then-act tier=2 note=sensors of a site are counted over pages, then one more is put
func (f *Fleet) Enroll(site string, limit int) (string, error) {
	var have int
	err := f.db.QueryPages(&dynamodb.QueryInput{
		TableName:                 aws.String(f.table),
		IndexName:                 aws.String("site-index"),
		KeyConditionExpression:    aws.String("site = :s"),
		ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{":s": {S: aws.String(site)}},
	}, func(page *dynamodb.QueryOutput, last bool) bool {
		have += len(page.Items)
		return !last
	})
	if err != nil {
		return "", err
	}
	if have >= limit {
		return "", ErrSite
	}
	s := Sensor{Serial: uuid.NewString(), Site: site, Battery: 100, Budget: 5000}
	item, err := dynamodbattribute.MarshalMap(s)
	if err != nil {
		return "", err
	}
	_, err = f.db.PutItem(&dynamodb.PutItemInput{TableName: aws.String(f.table), Item: item}) // expect: check-then-act
	return s.Serial, err
}

// case: id=go-v1-141 label=safe tier=1 note=a fresh id for every alarm, nothing is tested before
func (f *Fleet) Alarm(id, text string) error {
	_, err := f.db.PutItem(&dynamodb.PutItemInput{
		TableName: aws.String(f.alarms),
		Item: map[string]*dynamodb.AttributeValue{
			"alarm_id": {S: aws.String(uuid.New().String())},
			"serial":   {S: aws.String(id)},
			"text":     {S: aws.String(text)},
			"at":       num(int(time.Now().Unix())),
		},
	})
	return err
}

// case: id=go-v1-142 label=race rule=unconditional-update tier=2 note=legacy ADD of a negative number takes from the budget with no condition
func (f *Fleet) Deduct(id string, messages int) error {
	if messages < 1 {
		return nil
	}
	_, err := f.db.UpdateItem(&dynamodb.UpdateItemInput{ // expect: unconditional-update
		TableName: aws.String(f.table),
		Key:       serial(id),
		AttributeUpdates: map[string]*dynamodb.AttributeValueUpdate{
			"msg_budget": {Action: aws.String(dynamodb.AttributeActionAdd), Value: num(-messages)},
		},
	})
	return err
}

// case: id=go-v1-143 label=safe tier=2 note=a reported battery level does not depend on what is stored, the read is for the message only
func (f *Fleet) ReportBattery(id string, level int) (string, error) {
	s, err := lookup(f.db, f.table, id)
	if err != nil {
		return "", err
	}
	_, err = f.db.UpdateItem(&dynamodb.UpdateItemInput{
		TableName:                 aws.String(f.table),
		Key:                       serial(id),
		UpdateExpression:          aws.String("SET battery = :b"),
		ConditionExpression:       aws.String("attribute_exists(serial)"),
		ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{":b": num(level)},
	})
	return fmt.Sprintf("battery of %s at %s went from %d to %d", id, s.Site, s.Battery, level), err
}
