// Package passes lets guests through the gates of a park: looks that leave a loop, claims, counters for show.
package passes

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net/http"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

var (
	ErrSpent  = errors.New("pass is used up")
	ErrClosed = errors.New("pass is closed")
	ErrGone   = errors.New("no such pass")
)

type Pass struct {
	ID     string `dynamodbav:"pass_id"`
	Rides  int    `dynamodbav:"rides"`
	Status string `dynamodbav:"pass_status"`
	Email  string `dynamodbav:"email"`

	Archived bool `dynamodbav:"archived"`
	Printed  bool `dynamodbav:"printed"`
	Version  int  `dynamodbav:"version"`
}

type Tier struct {
	Name  string
	Rides int
}

type Gate struct {
	db     *dynamodb.Client
	passes string
	scans  string
	posts  string
}

func (g *Gate) key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"pass_id": &types.AttributeValueMemberS{Value: id}}
}

func (g *Gate) one(n int) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.Itoa(n)}
}

func (g *Gate) load(ctx context.Context, id string) (*Pass, error) {
	out, err := g.db.GetItem(ctx, &dynamodb.GetItemInput{TableName: &g.passes, Key: g.key(id)})
	if err != nil {
		return nil, err
	}
	if out.Item == nil {
		return nil, ErrGone
	}
	pass := &Pass{}
	if err := attributevalue.UnmarshalMap(out.Item, pass); err != nil {
		return nil, err
	}
	return pass, nil
}

// case: id=go-ddb-1601 label=race rule=check-then-act tier=2 note=each tier's limit is tested in a loop, the ride is counted after it
func (g *Gate) Ride(ctx context.Context, id string, tiers []Tier) error {
	pass, err := g.load(ctx, id)
	if err != nil {
		return err
	}
	for _, tier := range tiers {
		if pass.Rides >= tier.Rides {
			return ErrSpent
		}
	}
	_, err = g.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: check-then-act
		TableName:                 &g.passes,
		Key:                       g.key(id),
		UpdateExpression:          aws.String("ADD rides :one"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":one": g.one(1)},
	})
	return err
}

// case: id=go-ddb-1602 label=safe tier=2 note=the lowest limit stands in the condition
func (g *Gate) RideOnce(ctx context.Context, id string, tiers []Tier) error {
	pass, err := g.load(ctx, id)
	if err != nil {
		return err
	}
	lowest := 1000
	for _, tier := range tiers {
		if pass.Rides >= tier.Rides {
			return ErrSpent
		}
		lowest = min(lowest, tier.Rides)
	}
	_, err = g.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 &g.passes,
		Key:                       g.key(id),
		UpdateExpression:          aws.String("ADD rides :one"),
		ConditionExpression:       aws.String("rides < :limit"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":one": g.one(1), ":limit": g.one(lowest)},
	})
	return err
}

func (g *Gate) mark(ctx context.Context, scan string) error {
	_, err := g.db.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:           &g.scans,
		Item:                map[string]types.AttributeValue{"scan_id": &types.AttributeValueMemberS{Value: scan}},
		ConditionExpression: aws.String("attribute_not_exists(scan_id)"),
	})
	return err
}

// case: id=go-ddb-1603 label=race rule=unconditional-update tier=2 note=each scan counts once, which says nothing of how much is left
func (g *Gate) Scan(ctx context.Context, scan, id string) error {
	if err := g.mark(ctx, scan); err != nil {
		return err
	}
	_, err := g.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: unconditional-update
		TableName:                 &g.passes,
		Key:                       g.key(id),
		UpdateExpression:          aws.String("SET credits = credits - :one"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":one": g.one(1)},
	})
	return err
}

// case: id=go-ddb-1604 label=safe tier=2 note=the same, and no more than there is
func (g *Gate) ScanLimited(ctx context.Context, scan, id string) error {
	if err := g.mark(ctx, scan); err != nil {
		return err
	}
	_, err := g.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 &g.passes,
		Key:                       g.key(id),
		UpdateExpression:          aws.String("SET credits = credits - :one"),
		ConditionExpression:       aws.String("credits >= :one"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":one": g.one(1)},
	})
	return err
}

func (g *Gate) remove(ctx context.Context, scan string) error {
	_, err := g.db.DeleteItem(ctx, &dynamodb.DeleteItemInput{
		TableName:           &g.scans,
		Key:                 map[string]types.AttributeValue{"scan_id": &types.AttributeValueMemberS{Value: scan}},
		ConditionExpression: aws.String("attribute_exists(scan_id)"),
	})
	return err
}

// case: id=go-ddb-1605 label=safe tier=2 note=a scan that was counted is taken back, by who has removed it
func (g *Gate) Undo(ctx context.Context, scan, id string) error {
	if err := g.remove(ctx, scan); err != nil {
		return err
	}
	_, err := g.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 &g.passes,
		Key:                       g.key(id),
		UpdateExpression:          aws.String("SET scanned = scanned - :one"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":one": g.one(1)},
	})
	return err
}

func (g *Gate) seen(ctx context.Context, id string) error {
	_, err := g.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 &g.passes,
		Key:                       g.key(id),
		UpdateExpression:          aws.String("ADD looks :one"),
		ConditionExpression:       aws.String("attribute_exists(pass_id)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":one": g.one(1)},
	})
	return err
}

// case: id=go-ddb-1606 label=safe tier=2 note=a pass that is gone has nothing left to count
func (g *Gate) Page(ctx context.Context, id string) (string, error) {
	if err := g.seen(ctx, id); err != nil {
		log.Printf("count look at %s: %v", id, err)
	}
	return "https://passes.example.org/" + id, nil
}

func (g *Gate) activate(ctx context.Context, id string) error {
	_, err := g.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: swallowed-conflict
		TableName:           &g.passes,
		Key:                 g.key(id),
		UpdateExpression:    aws.String("SET pass_status = :on"),
		ConditionExpression: aws.String("pass_status = :off"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":on":  &types.AttributeValueMemberS{Value: "active"},
			":off": &types.AttributeValueMemberS{Value: "new"},
		},
	})
	return err
}

// case: id=go-ddb-1607 label=race rule=swallowed-conflict tier=2 note=a pass that somebody else has activated is told as ours (write in activate)
func (g *Gate) Activate(ctx context.Context, id string) (string, error) {
	if err := g.activate(ctx, id); err != nil {
		log.Printf("activate %s: %v", id, err)
	}
	return "activated " + id, nil
}

func (g *Gate) post(ctx context.Context, pass *Pass) error {
	body, err := json.Marshal(pass)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, g.posts, bytes.NewReader(body))
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode >= 300 {
		return fmt.Errorf("printer answers %s", res.Status)
	}
	return nil
}

// case: id=go-ddb-1608 label=race rule=check-then-act tier=2 note=who finds it not printed orders the print, before that is noted
func (g *Gate) Print(ctx context.Context, id string) error {
	pass, err := g.load(ctx, id)
	if err != nil {
		return err
	}
	if pass.Printed {
		return nil
	}
	if err := g.post(ctx, pass); err != nil {
		return err
	}
	_, err = g.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: check-then-act
		TableName:                 &g.passes,
		Key:                       g.key(id),
		UpdateExpression:          aws.String("SET printed = :yes"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":yes": &types.AttributeValueMemberBOOL{Value: true}},
	})
	return err
}

// case: id=go-ddb-1609 label=safe tier=2 note=the print is claimed by a condition, then ordered
func (g *Gate) PrintOnce(ctx context.Context, id string) error {
	pass, err := g.load(ctx, id)
	if err != nil {
		return err
	}
	_, err = g.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 &g.passes,
		Key:                       g.key(id),
		UpdateExpression:          aws.String("SET printed = :yes"),
		ConditionExpression:       aws.String("attribute_not_exists(printed)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":yes": &types.AttributeValueMemberBOOL{Value: true}},
	})
	if err != nil {
		return err
	}
	return g.post(ctx, pass)
}

func (g *Gate) lookUp(ctx context.Context, pass *Pass) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, g.posts+"/"+pass.ID, nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	return res.Body.Close()
}

// case: id=go-ddb-1610 label=safe tier=2 note=a request that only asks is no effect: whoever comes second writes the same
func (g *Gate) Archive(ctx context.Context, id string) error {
	pass, err := g.load(ctx, id)
	if err != nil {
		return err
	}
	if pass.Archived {
		return nil
	}
	if err := g.lookUp(ctx, pass); err != nil {
		return err
	}
	_, err = g.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 &g.passes,
		Key:                       g.key(id),
		UpdateExpression:          aws.String("SET archived = :yes"),
		ConditionExpression:       aws.String("attribute_exists(pass_id)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":yes": &types.AttributeValueMemberBOOL{Value: true}},
	})
	return err
}

func (g *Gate) counted(pass *Pass) *dynamodb.UpdateItemInput {
	return &dynamodb.UpdateItemInput{
		TableName:           &g.passes,
		Key:                 g.key(pass.ID),
		UpdateExpression:    aws.String("SET rides = :r"),
		ConditionExpression: aws.String("rides = :seen"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":r":    g.one(pass.Rides + 1),
			":seen": g.one(pass.Rides),
		},
	}
}

// case: id=go-ddb-1611 label=race rule=lost-update tier=3 note=the last of three attempts goes out without the condition
func (g *Gate) CountRide(ctx context.Context, id string) error {
	for attempt := 0; attempt < 3; attempt++ {
		pass, err := g.load(ctx, id)
		if err != nil {
			return err
		}
		in := g.counted(pass)
		if attempt == 2 {
			in.ConditionExpression = nil
		}
		_, err = g.db.UpdateItem(ctx, in) // expect: lost-update
		var moved *types.ConditionalCheckFailedException
		if !errors.As(err, &moved) {
			return err
		}
	}
	return ErrSpent
}

// case: id=go-ddb-1612 label=safe tier=3 note=every attempt reads again and carries the condition
func (g *Gate) CountRideOnce(ctx context.Context, id string) error {
	for attempt := 0; attempt < 3; attempt++ {
		pass, err := g.load(ctx, id)
		if err != nil {
			return err
		}
		_, err = g.db.UpdateItem(ctx, g.counted(pass))
		var moved *types.ConditionalCheckFailedException
		if !errors.As(err, &moved) {
			return err
		}
	}
	return ErrSpent
}

// case: id=go-ddb-1613 label=race rule=lost-update tier=3 note=read once, and after each conflict the next number is guessed
func (g *Gate) TopUp(ctx context.Context, id string, rides int) error {
	pass, err := g.load(ctx, id)
	if err != nil {
		return err
	}
	left, expected := pass.Rides-rides, pass.Version
	for tries := 0; tries < 5; tries++ {
		_, err = g.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: lost-update
			TableName:           &g.passes,
			Key:                 g.key(id),
			UpdateExpression:    aws.String("SET rides = :r, version = :next"),
			ConditionExpression: aws.String("version = :seen"),
			ExpressionAttributeValues: map[string]types.AttributeValue{
				":r":    g.one(left),
				":seen": g.one(expected),
				":next": g.one(expected + 1),
			},
		})
		var moved *types.ConditionalCheckFailedException
		if !errors.As(err, &moved) {
			return err
		}
		expected++
	}
	return ErrSpent
}

// case: id=go-ddb-1614 label=safe tier=3 note=each attempt reads what it compares with
func (g *Gate) TopUpOnce(ctx context.Context, id string, rides int) error {
	for tries := 0; tries < 5; tries++ {
		pass, err := g.load(ctx, id)
		if err != nil {
			return err
		}
		_, err = g.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
			TableName:           &g.passes,
			Key:                 g.key(id),
			UpdateExpression:    aws.String("SET rides = :r, version = :next"),
			ConditionExpression: aws.String("version = :seen"),
			ExpressionAttributeValues: map[string]types.AttributeValue{
				":r":    g.one(pass.Rides - rides),
				":seen": g.one(pass.Version),
				":next": g.one(pass.Version + 1),
			},
		})
		var moved *types.ConditionalCheckFailedException
		if !errors.As(err, &moved) {
			return err
		}
	}
	return ErrSpent
}
