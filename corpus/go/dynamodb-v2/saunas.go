package saunas

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Pass is what a guest holds; its row has a key that is put together from the number.
type Pass struct {
	Number string
	State  string
	Visits int
}

type passRow struct {
	PK     string `dynamodbav:"pk"`
	SK     string `dynamodbav:"sk"`
	State  string `dynamodbav:"state"`
	Visits int    `dynamodbav:"visits"`
}

const prefix = "PASS#"

func rowOf(p *Pass) passRow {
	return passRow{PK: prefix + p.Number, SK: "META", State: p.State, Visits: p.Visits}
}

func (r passRow) pass() *Pass {
	return &Pass{Number: r.PK[len(prefix):], State: r.State, Visits: r.Visits}
}

type Desk struct {
	db    *dynamodb.Client
	table string
}

func (d *Desk) find(ctx context.Context, number string) (*Pass, error) {
	out, err := d.db.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &d.table,
		Key: map[string]types.AttributeValue{
			"pk": &types.AttributeValueMemberS{Value: prefix + number},
			"sk": &types.AttributeValueMemberS{Value: "META"},
		},
	})
	if err != nil {
		return nil, fmt.Errorf("pass %s: %w", number, err)
	}
	var r passRow
	if err := attributevalue.UnmarshalMap(out.Item, &r); err != nil {
		return nil, err
	}
	return r.pass(), nil
}

// case: id=go-ddb-3101 label=race rule=lost-update tier=3 note=the row becomes a pass and a row again, its key is cut apart and put together
func (d *Desk) Admit(ctx context.Context, number string) error {
	p, err := d.find(ctx, number)
	if err != nil {
		return err
	}
	p.Visits++
	item, err := attributevalue.MarshalMap(rowOf(p))
	if err != nil {
		return err
	}
	_, err = d.db.PutItem(ctx, &dynamodb.PutItemInput{TableName: &d.table, Item: item}) // expect: lost-update
	return err
}

// case: id=go-ddb-3102 label=safe tier=3 note=a row of another kind is put beside the one that was read
func (d *Desk) Receipt(ctx context.Context, number string) error {
	p, err := d.find(ctx, number)
	if err != nil {
		return err
	}
	_, err = d.db.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: &d.table,
		Item: map[string]types.AttributeValue{
			"pk":     &types.AttributeValueMemberS{Value: "RECEIPT#" + p.Number},
			"sk":     &types.AttributeValueMemberS{Value: time.Now().Format(time.RFC3339Nano)},
			"visits": &types.AttributeValueMemberN{Value: strconv.Itoa(p.Visits)},
		},
		ConditionExpression: aws.String("attribute_not_exists(pk)"),
	})
	return err
}

// Towel is lent to a guest.
type Towel struct {
	ID    string `dynamodbav:"towel_id"`
	State string `dynamodbav:"state"`
}

type towelPage struct {
	Towels []Towel
	More   bool
}

type Laundry struct {
	db    *dynamodb.Client
	table string
}

func towelKey(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"towel_id": &types.AttributeValueMemberS{Value: id}}
}

func (l *Laundry) ofRack(ctx context.Context, rack string) (*towelPage, error) {
	res, err := l.db.Query(ctx, &dynamodb.QueryInput{
		TableName:                 &l.table,
		IndexName:                 aws.String("rack-index"),
		KeyConditionExpression:    aws.String("rack = :r"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":r": &types.AttributeValueMemberS{Value: rack}},
	})
	if err != nil {
		return nil, err
	}
	towels := make([]Towel, 0, len(res.Items))
	for _, item := range res.Items {
		var t Towel
		if err := attributevalue.UnmarshalMap(item, &t); err != nil {
			return nil, err
		}
		towels = append(towels, t)
	}
	return &towelPage{Towels: towels, More: res.LastEvaluatedKey != nil}, nil
}

// case: id=go-ddb-3103 label=race rule=check-then-act tier=3 note=rows gathered by a helper in a list that starts empty and is handed over in a struct
func (l *Laundry) Discard(ctx context.Context, rack string) error {
	page, err := l.ofRack(ctx, rack)
	if err != nil {
		return err
	}
	for _, t := range page.Towels {
		if t.State != "worn" {
			continue
		}
		_, err := l.db.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: &l.table, Key: towelKey(t.ID)}) // expect: check-then-act
		if err != nil {
			return err
		}
	}
	return nil
}

// case: id=go-ddb-3104 label=safe tier=3 note=the same, the deletion asks for the state itself
func (l *Laundry) DiscardWorn(ctx context.Context, rack string) error {
	page, err := l.ofRack(ctx, rack)
	if err != nil {
		return err
	}
	for _, t := range page.Towels {
		if t.State != "worn" {
			continue
		}
		_, err := l.db.DeleteItem(ctx, &dynamodb.DeleteItemInput{
			TableName:                 &l.table,
			Key:                       towelKey(t.ID),
			ConditionExpression:       aws.String("#s = :w"),
			ExpressionAttributeNames:  map[string]string{"#s": "state"},
			ExpressionAttributeValues: map[string]types.AttributeValue{":w": &types.AttributeValueMemberS{Value: "worn"}},
		})
		var ccf *types.ConditionalCheckFailedException
		if err != nil && !errors.As(err, &ccf) {
			return err
		}
	}
	return nil
}

// Lend hands a towel out.
func (l *Laundry) Lend(ctx context.Context, id string) error {
	_, err := l.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                &l.table,
		Key:                      towelKey(id),
		UpdateExpression:         aws.String("SET #s = :l"),
		ConditionExpression:      aws.String("#s = :f"),
		ExpressionAttributeNames: map[string]string{"#s": "state"},
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":l": &types.AttributeValueMemberS{Value: "lent"},
			":f": &types.AttributeValueMemberS{Value: "fresh"},
		},
	})
	return err
}

// Roster says who heats when.
type Roster struct {
	ID    string   `dynamodbav:"roster_id"`
	Names []string `dynamodbav:"names"`
	Rev   int      `dynamodbav:"rev"`
}

type Heating struct {
	db    *dynamodb.Client
	table string
}

var errBusy = errors.New("roster changed meanwhile")

func (h *Heating) roster(ctx context.Context, id string) (*Roster, error) {
	out, err := h.db.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &h.table,
		Key:       map[string]types.AttributeValue{"roster_id": &types.AttributeValueMemberS{Value: id}},
	})
	if err != nil {
		return nil, err
	}
	r := &Roster{}
	return r, attributevalue.UnmarshalMap(out.Item, r)
}

func (h *Heating) request(r *Roster) (*dynamodb.PutItemInput, error) {
	was := r.Rev
	r.Rev++
	item, err := attributevalue.MarshalMap(r)
	if err != nil {
		return nil, err
	}
	return &dynamodb.PutItemInput{
		TableName:                 &h.table,
		Item:                      item,
		ConditionExpression:       aws.String("rev = :was"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":was": &types.AttributeValueMemberN{Value: strconv.Itoa(was)}},
	}, nil
}

// case: id=go-ddb-3105 label=race rule=lost-update tier=3 note=who loses takes the condition away and puts the same roster again
func (h *Heating) Join(ctx context.Context, id, name string) error {
	r, err := h.roster(ctx, id)
	if err != nil {
		return err
	}
	r.Names = append(r.Names, name)
	in, err := h.request(r)
	if err != nil {
		return err
	}
	for try := 0; try < 3; try++ {
		if _, err = h.db.PutItem(ctx, in); err == nil { // expect: lost-update
			return nil
		}
		var ccf *types.ConditionalCheckFailedException
		if errors.As(err, &ccf) {
			in.ConditionExpression = nil
			in.ExpressionAttributeValues = nil
		}
	}
	return err
}

// case: id=go-ddb-3106 label=safe tier=3 note=the same request again, with its condition, for what failed otherwise
func (h *Heating) Leave(ctx context.Context, id string) error {
	r, err := h.roster(ctx, id)
	if err != nil {
		return err
	}
	r.Names = r.Names[1:]
	in, err := h.request(r)
	if err != nil {
		return err
	}
	for try := 0; try < 3; try++ {
		if _, err = h.db.PutItem(ctx, in); err == nil {
			return nil
		}
		var ccf *types.ConditionalCheckFailedException
		if errors.As(err, &ccf) {
			return errBusy
		}
		in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	}
	return err
}

func (h *Heating) store(ctx context.Context, r *Roster) error {
	in, err := h.request(r)
	if err != nil {
		return err
	}
	_, err = h.db.PutItem(ctx, in) // expect: swallowed-conflict
	var ccf *types.ConditionalCheckFailedException
	if errors.As(err, &ccf) {
		return errBusy
	}
	return err
}

// case: id=go-ddb-3107 label=race rule=swallowed-conflict tier=3 note=the change is lost and the caller told that all is well
func (h *Heating) Append(ctx context.Context, id, name string) error {
	r, err := h.roster(ctx, id)
	if err != nil {
		return err
	}
	r.Names = append(r.Names, name)
	if err := h.store(ctx, r); err != nil {
		if errors.Is(err, errBusy) {
			return nil
		}
		return err
	}
	return nil
}

// case: id=go-ddb-3108 label=safe tier=3 note=who loses the turn to another one has nothing to tell
func (h *Heating) Close(ctx context.Context, id string) error {
	r, err := h.roster(ctx, id)
	if err != nil {
		return err
	}
	_, err = h.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:           &h.table,
		Key:                 map[string]types.AttributeValue{"roster_id": &types.AttributeValueMemberS{Value: id}},
		UpdateExpression:    aws.String("SET closed = :yes, rev = :next"),
		ConditionExpression: aws.String("rev = :was"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":yes":  &types.AttributeValueMemberBOOL{Value: true},
			":next": &types.AttributeValueMemberN{Value: strconv.Itoa(r.Rev + 1)},
			":was":  &types.AttributeValueMemberN{Value: strconv.Itoa(r.Rev)},
		},
	})
	var ccf *types.ConditionalCheckFailedException
	if errors.As(err, &ccf) {
		return nil
	}
	return err
}
