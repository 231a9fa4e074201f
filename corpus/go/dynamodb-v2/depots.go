package depots

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

var ErrUnknown = errors.New("unknown depot")

type Depot struct {
	Code string `dynamodbav:"code"`
	City string `dynamodbav:"city"`
}

// Table is one table, with the name of its key.
type Table struct {
	db    *dynamodb.Client
	name  string
	keyed string
}

func (t *Table) Find(ctx context.Context, code string) (Depot, error) {
	var d Depot
	out, err := t.db.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(t.name),
		Key:       map[string]types.AttributeValue{t.keyed: &types.AttributeValueMemberS{Value: code}},
	})
	if err != nil {
		return d, err
	}
	if out.Item == nil {
		return d, ErrUnknown
	}
	return d, attributevalue.UnmarshalMap(out.Item, &d)
}

// case: id=go-ddb-1443 label=race rule=check-then-create tier=2 note=the table alone knows what its key is called
func (t *Table) Open(ctx context.Context, code, city string) error {
	_, err := t.Find(ctx, code)
	if err == nil {
		return errors.New("depot exists")
	}
	if !errors.Is(err, ErrUnknown) {
		return err
	}
	item, err := attributevalue.MarshalMap(Depot{Code: code, City: city})
	if err != nil {
		return err
	}
	_, err = t.db.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(t.name), Item: item}) // expect: check-then-create
	return err
}

// case: id=go-ddb-1444 label=safe tier=2 note=the store refuses a second one
func (t *Table) OpenOnce(ctx context.Context, code, city string) error {
	if _, err := t.Find(ctx, code); !errors.Is(err, ErrUnknown) {
		return errors.New("depot exists")
	}
	item, err := attributevalue.MarshalMap(Depot{Code: code, City: city})
	if err != nil {
		return err
	}
	_, err = t.db.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:                aws.String(t.name),
		Item:                     item,
		ConditionExpression:      aws.String("attribute_not_exists(#k)"),
		ExpressionAttributeNames: map[string]string{"#k": t.keyed},
	})
	return err
}
