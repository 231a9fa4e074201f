package swaps

import (
	"context"
	"errors"
	"log"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

const table = "bike-docks"

type Dock struct {
	ID    string `dynamodbav:"dock_id"`
	Bikes int    `dynamodbav:"bikes"`
	Tick  int    `dynamodbav:"tick"`
}

type Fleet struct {
	db *dynamodb.Client
}

func dockKey(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"dock_id": &types.AttributeValueMemberS{Value: id}}
}

func count(n int) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.Itoa(n)}
}

func (f *Fleet) pair(ctx context.Context, a, b string) (x, y Dock, err error) {
	out, err := f.db.TransactGetItems(ctx, &dynamodb.TransactGetItemsInput{
		TransactItems: []types.TransactGetItem{
			{Get: &types.Get{TableName: aws.String(table), Key: dockKey(a)}},
			{Get: &types.Get{TableName: aws.String(table), Key: dockKey(b)}},
		},
	})
	if err != nil {
		return x, y, err
	}
	if err = attributevalue.UnmarshalMap(out.Responses[0].Item, &x); err != nil {
		return x, y, err
	}
	err = attributevalue.UnmarshalMap(out.Responses[1].Item, &y)
	return x, y, err
}

// case: id=go-ddb-1422 label=race rule=lost-update tier=2 note=a transaction of reads holds nothing for the write that follows
func (f *Fleet) Fetch(ctx context.Context, a, b string) error {
	x, _, err := f.pair(ctx, a, b)
	if err != nil {
		return err
	}
	_, err = f.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: lost-update
		TableName:                 aws.String(table),
		Key:                       dockKey(a),
		UpdateExpression:          aws.String("SET bikes = :n"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":n": count(x.Bikes - 1)},
	})
	return err
}

// case: id=go-ddb-1423 label=safe tier=2 note=each write repeats what the transaction read
func (f *Fleet) Swap(ctx context.Context, a, b string) error {
	x, y, err := f.pair(ctx, a, b)
	if err != nil {
		return err
	}
	set := func(id string, n, tick int) types.TransactWriteItem {
		return types.TransactWriteItem{Update: &types.Update{
			TableName:           aws.String(table),
			Key:                 dockKey(id),
			UpdateExpression:    aws.String("SET bikes = :n, tick = :next"),
			ConditionExpression: aws.String("tick = :seen"),
			ExpressionAttributeValues: map[string]types.AttributeValue{
				":n": count(n), ":seen": count(tick), ":next": count(tick + 1),
			},
		}}
	}
	_, err = f.db.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{
		TransactItems: []types.TransactWriteItem{set(a, x.Bikes-1, x.Tick), set(b, y.Bikes+1, y.Tick)},
	})
	return err
}

func (f *Fleet) holdInput(id, who string) *dynamodb.UpdateItemInput {
	return &dynamodb.UpdateItemInput{
		TableName:                 aws.String(table),
		Key:                       dockKey(id),
		UpdateExpression:          aws.String("SET held_by = :w"),
		ConditionExpression:       aws.String("attribute_not_exists(held_by)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":w": &types.AttributeValueMemberS{Value: who}},
	}
}

// case: id=go-ddb-1424 label=race rule=swallowed-conflict tier=2 note=the failure is logged, and the lock opens for the loser as well
func (f *Fleet) HoldLogged(ctx context.Context, id, who string, unlock func(string) error) error {
	_, err := f.db.UpdateItem(ctx, f.holdInput(id, who)) // expect: swallowed-conflict
	if err != nil {
		log.Printf("hold %s: %v", id, err)
	}
	return unlock(id)
}

// case: id=go-ddb-1425 label=race rule=swallowed-conflict tier=2 note=the failure is dropped
func (f *Fleet) HoldDropped(ctx context.Context, id, who string, unlock func(string) error) error {
	_, _ = f.db.UpdateItem(ctx, f.holdInput(id, who)) // expect: swallowed-conflict
	return unlock(id)
}

// case: id=go-ddb-1426 label=safe tier=2 note=the loser leaves
func (f *Fleet) Hold(ctx context.Context, id, who string, unlock func(string) error) error {
	_, err := f.db.UpdateItem(ctx, f.holdInput(id, who))
	if err != nil {
		log.Printf("hold %s: %v", id, err)
		return err
	}
	return unlock(id)
}

// case: id=go-ddb-1427 label=race rule=swallowed-conflict tier=2 note=the loser gives back the number that was not written
func (f *Fleet) Park(ctx context.Context, id string) (int, error) {
	x, _, err := f.pair(ctx, id, id)
	if err != nil {
		return 0, err
	}
	bikes := x.Bikes + 1
	_, err = f.db.UpdateItem(ctx, f.parked(id, bikes, x.Tick)) // expect: swallowed-conflict
	var lost *types.ConditionalCheckFailedException
	if errors.As(err, &lost) {
		return bikes, nil
	}
	return bikes, err
}

// case: id=go-ddb-1428 label=safe tier=2 note=the loser is told
func (f *Fleet) ParkOrFail(ctx context.Context, id string) (int, error) {
	x, _, err := f.pair(ctx, id, id)
	if err != nil {
		return 0, err
	}
	bikes := x.Bikes + 1
	_, err = f.db.UpdateItem(ctx, f.parked(id, bikes, x.Tick))
	var lost *types.ConditionalCheckFailedException
	if errors.As(err, &lost) {
		return 0, errors.New("dock changed meanwhile")
	}
	return bikes, err
}

func (f *Fleet) parked(id string, bikes, tick int) *dynamodb.UpdateItemInput {
	return &dynamodb.UpdateItemInput{
		TableName:           aws.String(table),
		Key:                 dockKey(id),
		UpdateExpression:    aws.String("SET bikes = :n, tick = :next"),
		ConditionExpression: aws.String("tick = :seen"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":n": count(bikes), ":seen": count(tick), ":next": count(tick + 1),
		},
	}
}

// case: id=go-ddb-1429 label=race rule=lost-update tier=3 note=read into a map by dock, written from it in a second loop
func (f *Fleet) Level(ctx context.Context, docks []string, by int) error {
	bikes := make(map[string]int, len(docks))
	for _, id := range docks {
		out, err := f.db.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(table), Key: dockKey(id)})
		if err != nil {
			return err
		}
		var d Dock
		if err := attributevalue.UnmarshalMap(out.Item, &d); err != nil {
			return err
		}
		bikes[id] = d.Bikes
	}
	for id, n := range bikes {
		_, err := f.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: lost-update
			TableName:                 aws.String(table),
			Key:                       dockKey(id),
			UpdateExpression:          aws.String("SET bikes = :n"),
			ExpressionAttributeValues: map[string]types.AttributeValue{":n": count(n + by)},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// case: id=go-ddb-1430 label=safe tier=2 note=the store adds
func (f *Fleet) LevelInPlace(ctx context.Context, docks []string, by int) error {
	for _, id := range docks {
		_, err := f.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
			TableName:                 aws.String(table),
			Key:                       dockKey(id),
			UpdateExpression:          aws.String("SET bikes = bikes + :n"),
			ExpressionAttributeValues: map[string]types.AttributeValue{":n": count(by)},
		})
		if err != nil {
			return err
		}
	}
	return nil
}
