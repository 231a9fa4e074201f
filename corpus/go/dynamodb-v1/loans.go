package loans

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/aws/awserr"
	"github.com/aws/aws-sdk-go/service/dynamodb"
	"github.com/aws/aws-sdk-go/service/dynamodb/dynamodbattribute"
	"github.com/aws/aws-sdk-go/service/dynamodb/dynamodbiface"
	"github.com/google/uuid"
)

type Member struct {
	ID    string `dynamodbav:"member_id"`
	Loans int    `dynamodbav:"loans"`
	Fees  int64  `dynamodbav:"fees_cents"`
}

type Copy struct {
	Barcode string `dynamodbav:"barcode"`
	LentTo  string `dynamodbav:"lent_to"`
	DueUnix int64  `dynamodbav:"due_unix"`
}

const maxLoans = 6

var (
	ErrLent  = errors.New("copy is lent")
	ErrLimit = errors.New("member has too many loans")
)

type Counter struct {
	db      dynamodbiface.DynamoDBAPI
	members string
	copies  string
	history string
}

func sv(v string) *dynamodb.AttributeValue { return &dynamodb.AttributeValue{S: aws.String(v)} }

func nv(v int64) *dynamodb.AttributeValue {
	return &dynamodb.AttributeValue{N: aws.String(strconv.FormatInt(v, 10))}
}

func (c *Counter) fetch(ctx context.Context, table, attr, id string, into interface{}) error {
	out, err := c.db.GetItemWithContext(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(table),
		Key:       map[string]*dynamodb.AttributeValue{attr: sv(id)},
	})
	if err != nil {
		return fmt.Errorf("fetch %s: %w", id, err)
	}
	if out.Item == nil {
		return fmt.Errorf("%s not found", id)
	}
	return dynamodbattribute.UnmarshalMap(out.Item, into)
}

func rejected(err error) bool {
	var ae awserr.Error
	if !errors.As(err, &ae) {
		return false
	}
	return ae.Code() == dynamodb.ErrCodeTransactionCanceledException ||
		ae.Code() == dynamodb.ErrCodeConditionalCheckFailedException
}

// case: id=go-v1-116 label=race rule=check-then-act tier=2 note=the copy was free when read, its update in the transaction has no condition
func (c *Counter) Lend(ctx context.Context, memberID, barcode string) error {
	var copyRow Copy
	if err := c.fetch(ctx, c.copies, "barcode", barcode, &copyRow); err != nil {
		return err
	}
	if copyRow.LentTo != "" {
		return ErrLent
	}
	due := time.Now().AddDate(0, 0, 28).Unix()
	_, err := c.db.TransactWriteItemsWithContext(ctx, &dynamodb.TransactWriteItemsInput{ // expect: check-then-act
		TransactItems: []*dynamodb.TransactWriteItem{
			{Update: &dynamodb.Update{
				TableName:                 aws.String(c.copies),
				Key:                       map[string]*dynamodb.AttributeValue{"barcode": sv(barcode)},
				UpdateExpression:          aws.String("SET lent_to = :m, due_unix = :d"),
				ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{":m": sv(memberID), ":d": nv(due)},
			}},
			{Update: &dynamodb.Update{
				TableName:                 aws.String(c.members),
				Key:                       map[string]*dynamodb.AttributeValue{"member_id": sv(memberID)},
				UpdateExpression:          aws.String("ADD loans :one"),
				ConditionExpression:       aws.String("loans < :max"),
				ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{":one": nv(1), ":max": nv(maxLoans)},
			}},
		},
	})
	return err
}

// case: id=go-v1-117 label=safe tier=2 note=each of the two updates tests what it consumes
func (c *Counter) LendChecked(ctx context.Context, memberID, barcode string) error {
	var copyRow Copy
	if err := c.fetch(ctx, c.copies, "barcode", barcode, &copyRow); err != nil {
		return err
	}
	if copyRow.LentTo != "" {
		return ErrLent
	}
	due := time.Now().AddDate(0, 0, 28).Unix()
	take := &dynamodb.Update{
		TableName:                 aws.String(c.copies),
		Key:                       map[string]*dynamodb.AttributeValue{"barcode": sv(barcode)},
		UpdateExpression:          aws.String("SET lent_to = :m, due_unix = :d"),
		ConditionExpression:       aws.String("attribute_exists(barcode) AND (attribute_not_exists(lent_to) OR lent_to = :none)"),
		ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{":m": sv(memberID), ":d": nv(due), ":none": sv("")},
	}
	count := &dynamodb.Update{
		TableName:                 aws.String(c.members),
		Key:                       map[string]*dynamodb.AttributeValue{"member_id": sv(memberID)},
		UpdateExpression:          aws.String("ADD loans :one"),
		ConditionExpression:       aws.String("loans < :max"),
		ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{":one": nv(1), ":max": nv(maxLoans)},
	}
	in := &dynamodb.TransactWriteItemsInput{}
	in.TransactItems = append(in.TransactItems, &dynamodb.TransactWriteItem{Update: take})
	in.TransactItems = append(in.TransactItems, &dynamodb.TransactWriteItem{Update: count})
	_, err := c.db.TransactWriteItemsWithContext(ctx, in)
	if rejected(err) {
		return ErrLent
	}
	return err
}

// case: id=go-v1-118 label=race rule=check-then-act tier=2 note=ConditionCheck on the copy, the limit that was tested is the member's
func (c *Counter) Reserve(ctx context.Context, memberID, barcode string) error {
	var m Member
	if err := c.fetch(ctx, c.members, "member_id", memberID, &m); err != nil {
		return err
	}
	if m.Loans >= maxLoans {
		return ErrLimit
	}
	_, err := c.db.TransactWriteItemsWithContext(ctx, &dynamodb.TransactWriteItemsInput{ // expect: check-then-act
		TransactItems: []*dynamodb.TransactWriteItem{
			{ConditionCheck: &dynamodb.ConditionCheck{
				TableName:           aws.String(c.copies),
				Key:                 map[string]*dynamodb.AttributeValue{"barcode": sv(barcode)},
				ConditionExpression: aws.String("attribute_exists(barcode)"),
			}},
			{Update: &dynamodb.Update{
				TableName:                 aws.String(c.members),
				Key:                       map[string]*dynamodb.AttributeValue{"member_id": sv(memberID)},
				UpdateExpression:          aws.String("SET loans = loans + :one"),
				ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{":one": nv(1)},
			}},
		},
	})
	return err
}

// case: id=go-v1-119 label=race rule=lost-update tier=2 note=fees summed in the program and set, the condition is on the loans
func (c *Counter) AddFee(ctx context.Context, memberID string, cents int64) (int64, error) {
	var m Member
	if err := c.fetch(ctx, c.members, "member_id", memberID, &m); err != nil {
		return 0, err
	}
	total := m.Fees + cents
	_, err := c.db.UpdateItemWithContext(ctx, &dynamodb.UpdateItemInput{ // expect: lost-update
		TableName:                 aws.String(c.members),
		Key:                       map[string]*dynamodb.AttributeValue{"member_id": sv(memberID)},
		UpdateExpression:          aws.String("SET fees_cents = :f"),
		ConditionExpression:       aws.String("loans >= :zero"),
		ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{":f": nv(total), ":zero": nv(0)},
	})
	return total, err
}

// case: id=go-v1-120 label=safe tier=1 note=the store adds, the new total comes back with the update
func (c *Counter) AddFeeInPlace(ctx context.Context, memberID string, cents int64) (int64, error) {
	out, err := c.db.UpdateItemWithContext(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(c.members),
		Key:                       map[string]*dynamodb.AttributeValue{"member_id": sv(memberID)},
		UpdateExpression:          aws.String("SET fees_cents = if_not_exists(fees_cents, :zero) + :f"),
		ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{":f": nv(cents), ":zero": nv(0)},
		ReturnValues:              aws.String(dynamodb.ReturnValueUpdatedNew),
	})
	if err != nil {
		return 0, fmt.Errorf("fee for %s: %w", memberID, err)
	}
	var m Member
	if err := dynamodbattribute.UnmarshalMap(out.Attributes, &m); err != nil {
		return 0, err
	}
	return m.Fees, nil
}

// case: id=go-v1-121 label=safe tier=2 note=the copy is given back under a comparison of its holder, loans fall by what was taken before
func (c *Counter) Return(ctx context.Context, memberID, barcode string) error {
	_, err := c.db.TransactWriteItemsWithContext(ctx, &dynamodb.TransactWriteItemsInput{
		TransactItems: []*dynamodb.TransactWriteItem{
			{Update: &dynamodb.Update{
				TableName:                 aws.String(c.copies),
				Key:                       map[string]*dynamodb.AttributeValue{"barcode": sv(barcode)},
				UpdateExpression:          aws.String("REMOVE lent_to, due_unix"),
				ConditionExpression:       aws.String("lent_to = :m"),
				ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{":m": sv(memberID)},
			}},
			{Update: &dynamodb.Update{
				TableName:                 aws.String(c.members),
				Key:                       map[string]*dynamodb.AttributeValue{"member_id": sv(memberID)},
				UpdateExpression:          aws.String("SET loans = loans - :one"),
				ConditionExpression:       aws.String("loans >= :one"),
				ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{":one": nv(1)},
			}},
			{Put: &dynamodb.Put{
				TableName: aws.String(c.history),
				Item: map[string]*dynamodb.AttributeValue{
					"entry_id": sv(uuid.NewString()),
					"barcode":  sv(barcode),
					"member":   sv(memberID),
				},
			}},
		},
	})
	if rejected(err) {
		return fmt.Errorf("copy %s is not lent to %s", barcode, memberID)
	}
	return err
}
