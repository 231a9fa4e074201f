// Package moorings keeps boats at their moorings.
package moorings

import (
	"context"
	"errors"
	"log"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

var errNone = errors.New("no such mooring")
var errBusy = errors.New("the crane is taken")
var errLate = errors.New("somebody else was first")

const prefix = "MOORING#"

type mooring struct {
	name  string
	boats []string
	paid  bool
	swept int
}

type row struct {
	PK    string   `dynamodbav:"pk"`
	Boats []string `dynamodbav:"boats"`
	Paid  bool     `dynamodbav:"paid"`
	Swept int      `dynamodbav:"swept"`
}

func (r row) mooring() *mooring {
	return &mooring{name: r.PK[len(prefix):], boats: r.Boats, paid: r.Paid, swept: r.Swept}
}

func rowOf(m *mooring) row {
	return row{PK: prefix + m.name, Boats: m.boats, Paid: m.paid, Swept: m.swept}
}

type tower interface {
	Announce(ctx context.Context, boat string) error
}

type harbour struct {
	db    *dynamodb.Client
	table string
	tower tower
	now   func() time.Time
}

func (h *harbour) find(ctx context.Context, name string) (*mooring, error) {
	out, err := h.db.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &h.table,
		Key:       map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: prefix + name}},
	})
	if err != nil {
		return nil, err
	}
	if out.Item == nil {
		return nil, errNone
	}
	var r row
	if err := attributevalue.UnmarshalMap(out.Item, &r); err != nil {
		return nil, err
	}
	return r.mooring(), nil
}

// case: id=go-ddb-1761 label=race rule=lost-update tier=3 note=the key without its prefix, and with it again, is the key of the item that was read (caller Moor)
func (h *harbour) store(ctx context.Context, m *mooring) error {
	item, err := attributevalue.MarshalMap(rowOf(m))
	if err != nil {
		return err
	}
	_, err = h.db.PutItem(ctx, &dynamodb.PutItemInput{TableName: &h.table, Item: item}) // expect: lost-update
	return err
}

func (h *harbour) Moor(ctx context.Context, name, boat string) error {
	m, err := h.find(ctx, name)
	if err != nil {
		return err
	}
	m.boats = append(m.boats, boat)
	return h.store(ctx, m)
}

// case: id=go-ddb-1762 label=safe tier=3 note=an account of the mooring is another item, and nobody's who comes second
func (h *harbour) Close(ctx context.Context, name, year string) error {
	m, err := h.find(ctx, name)
	if err != nil {
		return err
	}
	r := rowOf(m)
	r.PK = "ACCOUNT#" + year + "#" + m.name
	item, err := attributevalue.MarshalMap(r)
	if err != nil {
		return err
	}
	_, err = h.db.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:           &h.table,
		Item:                item,
		ConditionExpression: aws.String("attribute_not_exists(pk)"),
	})
	return err
}

// case: id=go-ddb-1763 label=race rule=non-atomic-lock tier=2 note=a function that takes nothing and gives a time is a clock
func (h *harbour) TakeCrane(ctx context.Context, crane, crew string) error {
	at := h.now()
	key := &types.AttributeValueMemberS{Value: "CRANE#" + crane}
	held, err := h.db.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String("locks"),
		Key:       map[string]types.AttributeValue{"lock_key": key},
	})
	if err != nil {
		return err
	}
	if held.Item != nil {
		if until, ok := held.Item["expires_at"].(*types.AttributeValueMemberN); ok {
			unix, err := strconv.ParseInt(until.Value, 10, 64)
			if err != nil {
				return err
			}
			if at.Unix() < unix {
				return errBusy
			}
		}
	}
	_, err = h.db.PutItem(ctx, &dynamodb.PutItemInput{ // expect: non-atomic-lock
		TableName: aws.String("locks"),
		Item: map[string]types.AttributeValue{
			"lock_key":   key,
			"lock_owner": &types.AttributeValueMemberS{Value: crew},
			"expires_at": &types.AttributeValueMemberN{Value: strconv.FormatInt(at.Add(time.Minute).Unix(), 10)},
		},
	})
	return err
}

// case: id=go-ddb-1764 label=safe tier=2 note=the store takes the lock where there is none, or where it has run out
func (h *harbour) TakeCraneOnce(ctx context.Context, crane, crew string) error {
	at := h.now()
	_, err := h.db.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: aws.String("locks"),
		Item: map[string]types.AttributeValue{
			"lock_key":   &types.AttributeValueMemberS{Value: "CRANE#" + crane},
			"lock_owner": &types.AttributeValueMemberS{Value: crew},
			"expires_at": &types.AttributeValueMemberN{Value: strconv.FormatInt(at.Add(time.Minute).Unix(), 10)},
		},
		ConditionExpression: aws.String("attribute_not_exists(lock_key) OR expires_at < :now"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":now": &types.AttributeValueMemberN{Value: strconv.FormatInt(at.Unix(), 10)},
		},
	})
	return err
}

func lost(err error) bool {
	var failed *types.ConditionalCheckFailedException
	return errors.As(err, &failed)
}

// harmless leaves out the failures that nobody needs to hear of.
func harmless(err error) error {
	if lost(err) {
		log.Printf("left out: %v", err)
		return nil
	}
	return err
}

// told names the failure of who comes second.
func told(err error) error {
	if lost(err) {
		return errLate
	}
	return err
}

func (h *harbour) claim(ctx context.Context, berth, boat string) error {
	_, err := h.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: swallowed-conflict
		TableName:           aws.String("berths"),
		Key:                 map[string]types.AttributeValue{"berth": &types.AttributeValueMemberS{Value: berth}},
		UpdateExpression:    aws.String("SET boat = :boat"),
		ConditionExpression: aws.String("attribute_not_exists(boat)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":boat": &types.AttributeValueMemberS{Value: boat},
		},
	})
	return err
}

// Berth: a helper makes nothing of the failure, and who has lost is announced as well.
func (h *harbour) Berth(ctx context.Context, berth, boat string) error {
	err := h.claim(ctx, berth, boat)
	if err = harmless(err); err != nil {
		return err
	}
	return h.tower.Announce(ctx, boat)
}

// case: id=go-ddb-1765 label=safe tier=3 note=a helper gives the failure another name, and who has lost goes home
func (h *harbour) BerthOnce(ctx context.Context, berth, boat string) error {
	_, err := h.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:           aws.String("berths"),
		Key:                 map[string]types.AttributeValue{"berth": &types.AttributeValueMemberS{Value: berth}},
		UpdateExpression:    aws.String("SET boat = :boat"),
		ConditionExpression: aws.String("attribute_not_exists(boat)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":boat": &types.AttributeValueMemberS{Value: boat},
		},
	})
	if err = told(err); err != nil {
		return err
	}
	return h.tower.Announce(ctx, boat)
}
