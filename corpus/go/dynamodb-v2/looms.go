// Package looms keeps the weavers' records in one generic table.
package looms

import (
	"context"
	"errors"
	"os"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

var ErrTaken = errors.New("taken")

type Head struct {
	ID       string `dynamodbav:"id"`
	Revision int    `dynamodbav:"revision"`
}

func (h *Head) Header() *Head { return h }

type Kept[T any] interface {
	*T
	Header() *Head
}

type Shelf[T any, P Kept[T]] struct {
	db    *dynamodb.Client
	table string
}

func (s *Shelf[T, P]) Get(ctx context.Context, id string) (P, error) {
	out, err := s.db.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(s.table),
		Key:       map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}},
	})
	if err != nil {
		return nil, err
	}
	rec := P(new(T))
	return rec, attributevalue.UnmarshalMap(out.Item, rec)
}

// case: id=go-ddb-1900 label=race rule=lost-update tier=4 note=the revision is advanced and never compared (caller Weave)
func (s *Shelf[T, P]) Put(ctx context.Context, rec P) error {
	rec.Header().Revision++
	item, err := attributevalue.MarshalMap(rec)
	if err != nil {
		return err
	}
	_, err = s.db.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(s.table), Item: item})
	return err
}

// case: id=go-ddb-1901 label=safe tier=4 note=the revision that was read is compared (caller Mend)
func (s *Shelf[T, P]) Replace(ctx context.Context, rec P) error {
	head := rec.Header()
	read := head.Revision
	head.Revision++
	item, err := attributevalue.MarshalMap(rec)
	if err != nil {
		return err
	}
	_, err = s.db.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:           aws.String(s.table),
		Item:                item,
		ConditionExpression: aws.String("revision = :read"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":read": &types.AttributeValueMemberN{Value: strconv.Itoa(read)},
		},
	})
	return err
}

type Loom struct {
	Head
	Metres int    `dynamodbav:"metres"`
	State  string `dynamodbav:"state"`
}

// Looms is the shelf of the looms.
type Looms = Shelf[Loom, *Loom]

type Service struct {
	looms *Looms
}

func (s *Service) Weave(ctx context.Context, id string, metres int) error {
	loom, err := s.looms.Get(ctx, id)
	if err != nil {
		return err
	}
	loom.Metres += metres
	return s.looms.Put(ctx, loom) // expect: lost-update
}

func (s *Service) Mend(ctx context.Context, id string, metres int) error {
	loom, err := s.looms.Get(ctx, id)
	if err != nil {
		return err
	}
	loom.Metres -= metres
	return s.looms.Replace(ctx, loom)
}

// Spool stands in a table whose name is a setting.
type Spool struct {
	ID      string `dynamodbav:"spool_id"`
	Grams   int    `dynamodbav:"grams"`
	State   string `dynamodbav:"state"`
	Version int    `dynamodbav:"version"`
}

type Spools struct {
	db *dynamodb.Client
}

func spoolKey(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"spool_id": &types.AttributeValueMemberS{Value: id}}
}

func (s *Spools) find(ctx context.Context, id string) (*Spool, error) {
	out, err := s.db.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(os.Getenv("SPOOLS")), Key: spoolKey(id)})
	if err != nil {
		return nil, err
	}
	if len(out.Item) == 0 {
		return nil, ErrTaken
	}
	spool := &Spool{}
	if err := attributevalue.UnmarshalMap(out.Item, spool); err != nil {
		return nil, err
	}
	return spool, nil
}

// case: id=go-ddb-1902 label=race rule=lost-update tier=3 note=after a conflict only the version is fetched anew
func (s *Spools) Wind(ctx context.Context, id string, grams int) error {
	spool, err := s.find(ctx, id)
	if err != nil {
		return err
	}
	spool.Grams += grams
	for {
		item, err := attributevalue.MarshalMap(Spool{ID: id, Grams: spool.Grams, Version: spool.Version + 1})
		if err != nil {
			return err
		}
		_, err = s.db.PutItem(ctx, &dynamodb.PutItemInput{ // expect: lost-update
			TableName:           aws.String(os.Getenv("SPOOLS")),
			Item:                item,
			ConditionExpression: aws.String("version = :v"),
			ExpressionAttributeValues: map[string]types.AttributeValue{
				":v": &types.AttributeValueMemberN{Value: strconv.Itoa(spool.Version)},
			},
		})
		var failed *types.ConditionalCheckFailedException
		if !errors.As(err, &failed) {
			return err
		}
		now, err := s.find(ctx, id)
		if err != nil {
			return err
		}
		spool.Version = now.Version
	}
}

// case: id=go-ddb-1903 label=safe tier=3 note=after a conflict the whole spool is fetched anew
func (s *Spools) WindAnew(ctx context.Context, id string, grams int) error {
	spool, err := s.find(ctx, id)
	if err != nil {
		return err
	}
	for {
		item, err := attributevalue.MarshalMap(Spool{ID: id, Grams: spool.Grams + grams, Version: spool.Version + 1})
		if err != nil {
			return err
		}
		_, err = s.db.PutItem(ctx, &dynamodb.PutItemInput{
			TableName:           aws.String(os.Getenv("SPOOLS")),
			Item:                item,
			ConditionExpression: aws.String("version = :v"),
			ExpressionAttributeValues: map[string]types.AttributeValue{
				":v": &types.AttributeValueMemberN{Value: strconv.Itoa(spool.Version)},
			},
		})
		var failed *types.ConditionalCheckFailedException
		if !errors.As(err, &failed) {
			return err
		}
		if spool, err = s.find(ctx, id); err != nil {
			return err
		}
	}
}

func (s *Spools) update(ctx context.Context, id string, expr expression.Expression) error {
	_, err := s.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(os.Getenv("SPOOLS")),
		Key:                       spoolKey(id),
		UpdateExpression:          expr.Update(),
		ConditionExpression:       expr.Condition(),
		ExpressionAttributeNames:  expr.Names(),
		ExpressionAttributeValues: expr.Values(),
	})
	return err
}

// case: id=go-ddb-1904 label=race rule=check-then-act tier=4 note=the state tested in Take is not in the condition; what only has the spool's key is no place to tell it
func (s *Spools) hand(ctx context.Context, spool *Spool, to string) error {
	expr, err := expression.NewBuilder().
		WithUpdate(expression.Set(expression.Name("state"), expression.Value(to))).
		WithCondition(expression.AttributeExists(expression.Name("spool_id"))).
		Build()
	if err != nil {
		return err
	}
	return s.update(ctx, spool.ID, expr) // expect: check-then-act
}

func (s *Spools) Take(ctx context.Context, id, weaver string) error {
	spool, err := s.find(ctx, id)
	if err != nil {
		return err
	}
	if spool.State != "free" {
		return ErrTaken
	}
	return s.hand(ctx, spool, weaver)
}
