package stock

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

type api interface {
	GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error)
	UpdateItem(context.Context, *dynamodb.UpdateItemInput, ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error)
}

type Line struct {
	SKU       string   `dynamodbav:"sku"`
	Available int      `dynamodbav:"available"`
	Watchers  []string `dynamodbav:"watchers"`
	Frozen    bool     `dynamodbav:"frozen"`
}

var (
	ErrShort  = errors.New("not enough stock")
	ErrNoLine = errors.New("no such stock line")
	ErrFull   = errors.New("watch list is full")
)

const maxWatchers = 50

type Shelf struct {
	api   api
	table string
}

func NewShelf(client api, table string) *Shelf {
	return &Shelf{api: client, table: table}
}

func (s *Shelf) key(sku string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"sku": &types.AttributeValueMemberS{Value: sku}}
}

func (s *Shelf) line(ctx context.Context, sku string) (Line, error) {
	var l Line
	out, err := s.api.GetItem(ctx, &dynamodb.GetItemInput{
		TableName:      aws.String(s.table),
		Key:            s.key(sku),
		ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		return l, fmt.Errorf("stock line %s: %w", sku, err)
	}
	if len(out.Item) == 0 {
		return l, ErrNoLine
	}
	return l, attributevalue.UnmarshalMap(out.Item, &l)
}

func short(err error) error {
	var ccf *types.ConditionalCheckFailedException
	if errors.As(err, &ccf) {
		return ErrShort
	}
	return err
}

// case: id=go-ddb-110 label=race rule=check-then-act tier=2 note=consistent read, check, then Name.Minus(Value) by a builder without condition
func (s *Shelf) Reserve(ctx context.Context, sku string, qty int) error {
	l, err := s.line(ctx, sku)
	if err != nil {
		return err
	}
	if l.Available < qty {
		return ErrShort
	}
	upd := expression.Set(expression.Name("available"), expression.Name("available").Minus(expression.Value(qty)))
	expr, err := expression.NewBuilder().WithUpdate(upd).Build()
	if err != nil {
		return fmt.Errorf("build update: %w", err)
	}
	_, err = s.api.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: check-then-act
		TableName:                 aws.String(s.table),
		Key:                       s.key(sku),
		UpdateExpression:          expr.Update(),
		ExpressionAttributeNames:  expr.Names(),
		ExpressionAttributeValues: expr.Values(),
	})
	return err
}

// case: id=go-ddb-111 label=safe tier=2 note=WithCondition repeats the test on the attribute that is consumed
func (s *Shelf) ReserveGuarded(ctx context.Context, sku string, qty int) error {
	l, err := s.line(ctx, sku)
	if err != nil {
		return err
	}
	if l.Available < qty {
		return ErrShort
	}
	avail := expression.Name("available")
	expr, err := expression.NewBuilder().
		WithUpdate(expression.Set(avail, avail.Minus(expression.Value(qty)))).
		WithCondition(expression.And(
			expression.AttributeExists(expression.Name("sku")),
			avail.GreaterThanEqual(expression.Value(qty)),
		)).
		Build()
	if err != nil {
		return fmt.Errorf("build update: %w", err)
	}
	_, err = s.api.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(s.table),
		Key:                       s.key(sku),
		UpdateExpression:          expr.Update(),
		ConditionExpression:       expr.Condition(),
		ExpressionAttributeNames:  expr.Names(),
		ExpressionAttributeValues: expr.Values(),
	})
	return short(err)
}

// case: id=go-ddb-112 label=race rule=unconditional-update tier=2 note=builder decrements with no read and no condition
func (s *Shelf) Consume(ctx context.Context, sku string, qty int) error {
	if qty <= 0 {
		return fmt.Errorf("bad quantity %d", qty)
	}
	expr, err := expression.NewBuilder().
		WithUpdate(expression.Set(
			expression.Name("available"),
			expression.Minus(expression.Name("available"), expression.Value(qty)),
		)).
		Build()
	if err != nil {
		return err
	}
	_, err = s.api.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: unconditional-update
		TableName:                 aws.String(s.table),
		Key:                       s.key(sku),
		UpdateExpression:          expr.Update(),
		ExpressionAttributeNames:  expr.Names(),
		ExpressionAttributeValues: expr.Values(),
	})
	return err
}

// case: id=go-ddb-113 label=safe tier=2 note=a goods receipt is a positive increment computed by the store
func (s *Shelf) Receive(ctx context.Context, sku string, qty uint) error {
	upd := expression.Add(expression.Name("available"), expression.Value(qty)).
		Set(expression.Name("receipts"), expression.Plus(
			expression.IfNotExists(expression.Name("receipts"), expression.Value(0)), expression.Value(1)))
	expr, err := expression.NewBuilder().WithUpdate(upd).Build()
	if err != nil {
		return err
	}
	_, err = s.api.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(s.table),
		Key:                       s.key(sku),
		UpdateExpression:          expr.Update(),
		ExpressionAttributeNames:  expr.Names(),
		ExpressionAttributeValues: expr.Values(),
	})
	return err
}

// case: id=go-ddb-114 label=race rule=lost-update tier=2 note=expression.Value of the difference, not a delta
func (s *Shelf) Pick(ctx context.Context, sku string, qty int) (int, error) {
	l, err := s.line(ctx, sku)
	if err != nil {
		return 0, err
	}
	rest := l.Available - qty
	if rest < 0 {
		return l.Available, ErrShort
	}
	expr, err := expression.NewBuilder().
		WithUpdate(expression.Set(expression.Name("available"), expression.Value(rest))).
		WithCondition(expression.AttributeExists(expression.Name("sku"))).
		Build()
	if err != nil {
		return 0, err
	}
	_, err = s.api.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: lost-update
		TableName:                 aws.String(s.table),
		Key:                       s.key(sku),
		UpdateExpression:          expr.Update(),
		ConditionExpression:       expr.Condition(),
		ExpressionAttributeNames:  expr.Names(),
		ExpressionAttributeValues: expr.Values(),
	})
	return rest, err
}

// case: id=go-ddb-115 label=safe tier=2 note=the old value is compared in the condition
func (s *Shelf) PickCompared(ctx context.Context, sku string, qty int) (int, error) {
	l, err := s.line(ctx, sku)
	if err != nil {
		return 0, err
	}
	rest := l.Available - qty
	if rest < 0 {
		return l.Available, ErrShort
	}
	unchanged := expression.Equal(expression.Name("available"), expression.Value(l.Available))
	expr, err := expression.NewBuilder().
		WithUpdate(expression.Set(expression.Name("available"), expression.Value(rest))).
		WithCondition(unchanged).
		Build()
	if err != nil {
		return 0, err
	}
	_, err = s.api.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(s.table),
		Key:                       s.key(sku),
		UpdateExpression:          expr.Update(),
		ConditionExpression:       expr.Condition(),
		ExpressionAttributeNames:  expr.Names(),
		ExpressionAttributeValues: expr.Values(),
	})
	if err != nil {
		return 0, short(err)
	}
	return rest, nil
}

// case: id=go-ddb-116 label=race rule=check-then-act tier=2 note=list_append is atomic but the limit on its length is only tested in the program
func (s *Shelf) Watch(ctx context.Context, sku, email string) error {
	l, err := s.line(ctx, sku)
	if err != nil {
		return err
	}
	if len(l.Watchers) >= maxWatchers {
		return ErrFull
	}
	list := expression.Name("watchers")
	expr, err := expression.NewBuilder().
		WithUpdate(expression.Set(list, expression.ListAppend(
			expression.IfNotExists(list, expression.Value([]string{})),
			expression.Value([]string{email}),
		))).
		WithCondition(expression.Not(expression.AttributeNotExists(expression.Name("sku")))).
		Build()
	if err != nil {
		return err
	}
	_, err = s.api.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: check-then-act
		TableName:                 aws.String(s.table),
		Key:                       s.key(sku),
		UpdateExpression:          expr.Update(),
		ConditionExpression:       expr.Condition(),
		ExpressionAttributeNames:  expr.Names(),
		ExpressionAttributeValues: expr.Values(),
	})
	return err
}

// case: id=go-ddb-117 label=safe tier=2 note=the length limit is a size() condition of the same update
func (s *Shelf) WatchLimited(ctx context.Context, sku, email string) error {
	l, err := s.line(ctx, sku)
	if err != nil {
		return err
	}
	if len(l.Watchers) >= maxWatchers {
		return ErrFull
	}
	list := expression.Name("watchers")
	room := expression.Or(
		expression.AttributeNotExists(list),
		list.Size().LessThan(expression.Value(maxWatchers)),
	)
	expr, err := expression.NewBuilder().
		WithUpdate(expression.Set(list, expression.ListAppend(
			expression.IfNotExists(list, expression.Value([]string{})),
			expression.Value([]string{email}),
		))).
		WithCondition(room).
		Build()
	if err != nil {
		return err
	}
	_, err = s.api.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(s.table),
		Key:                       s.key(sku),
		UpdateExpression:          expr.Update(),
		ConditionExpression:       expr.Condition(),
		ExpressionAttributeNames:  expr.Names(),
		ExpressionAttributeValues: expr.Values(),
	})
	var ccf *types.ConditionalCheckFailedException
	if errors.As(err, &ccf) {
		return ErrFull
	}
	return err
}
