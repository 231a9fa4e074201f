package meters

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"golang.org/x/sync/errgroup"
)

const meterTable = "energy-meters"

type Bank struct {
	ddb *dynamodb.Client
	mu  sync.Mutex
}

var (
	ErrUnknown  = errors.New("unknown meter")
	ErrPrepaid  = errors.New("prepaid units used up")
	ErrRejected = errors.New("reading rejected")
)

func id(meter string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"meter_id": &types.AttributeValueMemberS{Value: meter}}
}

func (b *Bank) raw(ctx context.Context, meter string) (map[string]types.AttributeValue, error) {
	out, err := b.ddb.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(meterTable), Key: id(meter)})
	if err != nil {
		return nil, fmt.Errorf("meter %s: %w", meter, err)
	}
	if out.Item == nil {
		return nil, ErrUnknown
	}
	return out.Item, nil
}

func intOf(item map[string]types.AttributeValue, name string) (int, error) {
	n, ok := item[name].(*types.AttributeValueMemberN)
	if !ok {
		return 0, fmt.Errorf("attribute %s is no number", name)
	}
	return strconv.Atoi(n.Value)
}

// case: id=go-ddb-162 label=race rule=lost-update tier=2 note=units through a type assertion and strconv, set to the difference
func (b *Bank) Burn(ctx context.Context, meter string, used int) error {
	out, err := b.ddb.GetItem(ctx, &dynamodb.GetItemInput{
		TableName:            aws.String(meterTable),
		Key:                  id(meter),
		ProjectionExpression: aws.String("units"),
	})
	if err != nil {
		return err
	}
	attr, ok := out.Item["units"].(*types.AttributeValueMemberN)
	if !ok {
		return ErrUnknown
	}
	units, err := strconv.ParseInt(attr.Value, 10, 64)
	if err != nil {
		return fmt.Errorf("parse units: %w", err)
	}
	units -= int64(used)
	if units < 0 {
		return ErrPrepaid
	}
	_, err = b.ddb.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: lost-update
		TableName:        aws.String(meterTable),
		Key:              id(meter),
		UpdateExpression: aws.String("SET units = :u"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":u": &types.AttributeValueMemberN{Value: fmt.Sprint(units)},
		},
	})
	return err
}

// case: id=go-ddb-163 label=safe tier=2 note=the attribute that was read is sent back as the expected value
func (b *Bank) BurnCompared(ctx context.Context, meter string, used int) error {
	item, err := b.raw(ctx, meter)
	if err != nil {
		return err
	}
	units, err := intOf(item, "units")
	if err != nil {
		return err
	}
	if units < used {
		return ErrPrepaid
	}
	_, err = b.ddb.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:           aws.String(meterTable),
		Key:                 id(meter),
		UpdateExpression:    aws.String("SET units = :next"),
		ConditionExpression: aws.String("units = :was"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":next": &types.AttributeValueMemberN{Value: strconv.Itoa(units - used)},
			":was":  item["units"],
		},
	})
	var ccf *types.ConditionalCheckFailedException
	if errors.As(err, &ccf) {
		return fmt.Errorf("meter %s is busy: %w", meter, err)
	}
	return err
}

// case: id=go-ddb-164 label=race rule=check-then-act tier=2 note=a locked mutex and a check by type assertion, then an in-place decrement
func (b *Bank) Drain(ctx context.Context, meter string, used int) error {
	b.mu.Lock()
	defer b.mu.Unlock()

	item, err := b.raw(ctx, meter)
	if err != nil {
		return err
	}
	if left, err := intOf(item, "units"); err != nil || left < used {
		return ErrPrepaid
	}
	_, err = b.ddb.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: check-then-act
		TableName:        aws.String(meterTable),
		Key:              id(meter),
		UpdateExpression: aws.String("SET units = units - :u"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":u": &types.AttributeValueMemberN{Value: strconv.Itoa(used)},
		},
	})
	return err
}

// case: id=go-ddb-165 label=race rule=lost-update tier=2 note=the raw item map is changed in place and put back
func (b *Bank) RecordPeak(ctx context.Context, meter string, watts int) error {
	item, err := b.raw(ctx, meter)
	if err != nil {
		return err
	}
	peak, _ := intOf(item, "peak")
	item["peak"] = &types.AttributeValueMemberN{Value: strconv.Itoa(max(peak, watts))}
	if alarms, ok := item["alarms"].(*types.AttributeValueMemberL); ok && watts > peak {
		alarms.Value = append(alarms.Value, &types.AttributeValueMemberN{Value: strconv.Itoa(watts)})
	}
	_, err = b.ddb.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(meterTable), Item: item}) // expect: lost-update
	return err
}

// case: id=go-ddb-166 label=safe tier=2 note=the peak only rises by a condition of the update itself, nothing is read
func (b *Bank) RaisePeak(ctx context.Context, meter string, watts int) error {
	_, err := b.ddb.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:           aws.String(meterTable),
		Key:                 id(meter),
		UpdateExpression:    aws.String("SET peak = :w"),
		ConditionExpression: aws.String("attribute_not_exists(peak) OR peak < :w"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":w": &types.AttributeValueMemberN{Value: strconv.Itoa(watts)},
		},
	})
	var ccf *types.ConditionalCheckFailedException
	if errors.As(err, &ccf) {
		return nil
	}
	return err
}

// case: id=go-ddb-167 label=race rule=unconditional-update tier=1 note=a prepaid voucher is taken off with no read and no condition
func (b *Bank) DebitFee(ctx context.Context, meter string, fee int) error {
	const debit = "SET units = units - :fee"
	_, err := b.ddb.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: unconditional-update
		TableName:        aws.String(meterTable),
		Key:              id(meter),
		UpdateExpression: aws.String(debit),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":fee": &types.AttributeValueMemberN{Value: strconv.Itoa(fee)},
		},
	})
	return err
}

// case: id=go-ddb-168 label=safe tier=1 note=top-ups and readings are ADDs
func (b *Bank) TopUp(ctx context.Context, meter string, units int) error {
	_, err := b.ddb.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:        aws.String(meterTable),
		Key:              id(meter),
		UpdateExpression: aws.String("ADD units :u, topups :one"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":u":   &types.AttributeValueMemberN{Value: strconv.Itoa(units)},
			":one": &types.AttributeValueMemberN{Value: "1"},
		},
	})
	return err
}

// case: id=go-ddb-169 label=race rule=lost-update tier=2 note=each goroutine reads one meter and sets its reading to a computed sum
func (b *Bank) Settle(ctx context.Context, usage map[string]int) error {
	g, ctx := errgroup.WithContext(ctx)
	for meter, kwh := range usage {
		g.Go(func() error {
			item, err := b.raw(ctx, meter)
			if err != nil {
				return err
			}
			total, err := intOf(item, "total_kwh")
			if err != nil {
				return fmt.Errorf("%s: %w", meter, ErrRejected)
			}
			_, err = b.ddb.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: lost-update
				TableName:        aws.String(meterTable),
				Key:              id(meter),
				UpdateExpression: aws.String("SET total_kwh = :t"),
				ExpressionAttributeValues: map[string]types.AttributeValue{
					":t": &types.AttributeValueMemberN{Value: strconv.Itoa(total + kwh)},
				},
			})
			return err
		})
	}
	return g.Wait()
}
