package tides

import (
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"golang.org/x/xerrors"
)

// The high-water mark of a gauge may be lowered, and is never raised by hand. A failure of whatever package is there
// where one is given: what comes without one has found the gauge.
type Gauge struct {
	ID   string `dynamodbav:"gauge_id"`
	Mark int64  `dynamodbav:"mark"`
}

type Gauges struct {
	db *dynamodb.Client
}

var errNoGauge = xerrors.New("no such gauge")

const unset = -1

func (g *Gauges) gauge(ctx context.Context, table, id string) (*Gauge, error) {
	out, err := g.db.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(table),
		Key:       map[string]types.AttributeValue{"gauge_id": &types.AttributeValueMemberS{Value: id}},
	})
	if err != nil {
		return nil, xerrors.Errorf("reading the gauge: %w", err)
	}
	if out.Item == nil {
		return nil, errNoGauge
	}
	found := &Gauge{}
	if err := attributevalue.UnmarshalMap(out.Item, found); err != nil {
		return nil, err
	}
	return found, nil
}

func (g *Gauges) mark(ctx context.Context, id string, old bool) (int64, error) {
	table := "gauges"
	if old {
		table = "gauges-old"
	}
	found, err := g.gauge(ctx, table, id)
	if err != nil {
		if xerrors.Is(err, errNoGauge) {
			return 0, errNoGauge
		}
		return 0, err
	}
	if found.Mark == unset {
		return 0, errNoGauge
	}
	return found.Mark, nil
}

func (g *Gauges) Lower(ctx context.Context, id string, mark int64) error {
	now, err := g.mark(ctx, id, false)
	if err != nil {
		return xerrors.Errorf("asking for the mark: %w", err)
	}
	if mark > now {
		return xerrors.Errorf("%d is above %d", mark, now)
	}
	item, err := attributevalue.MarshalMap(Gauge{ID: id, Mark: mark})
	if err != nil {
		return err
	}
	_, err = g.db.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String("gauges"), Item: item}) // expect: check-then-act
	return err
}

func (g *Gauges) LowerOnly(ctx context.Context, id string, mark int64) error {
	now, err := g.mark(ctx, id, false)
	if err != nil {
		return err
	}
	if mark > now {
		return xerrors.Errorf("%d is above %d", mark, now)
	}
	item, err := attributevalue.MarshalMap(Gauge{ID: id, Mark: mark})
	if err != nil {
		return err
	}
	_, err = g.db.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:           aws.String("gauges"),
		Item:                item,
		ConditionExpression: aws.String("mark = :now"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":now": &types.AttributeValueMemberN{Value: strconv.FormatInt(now, 10)},
		},
	})
	return err
}
