package beds

import (
	"context"
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

const table = "greenhouse-beds"

// Bed is one row of plants under a sprinkler.
type Bed struct {
	ID    string `dynamodbav:"bed_id"`
	Water int    `dynamodbav:"water_ml"`
	Turn  int    `dynamodbav:"turn"`
}

type Gardener struct {
	db *dynamodb.Client
}

func (g *Gardener) key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"bed_id": &types.AttributeValueMemberS{Value: id}}
}

func number(n int) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.Itoa(n)}
}

// case: id=go-ddb-1401 label=race rule=lost-update tier=2 note=rows of a scan, decoded as a list: each amount is worked out from what the scan read
func (g *Gardener) Ration(ctx context.Context, percent int) error {
	out, err := g.db.Scan(ctx, &dynamodb.ScanInput{TableName: aws.String(table)})
	if err != nil {
		return err
	}
	var beds []Bed
	if err := attributevalue.UnmarshalListOfMaps(out.Items, &beds); err != nil {
		return fmt.Errorf("decode beds: %w", err)
	}
	for _, bed := range beds {
		_, err := g.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: lost-update
			TableName:                 aws.String(table),
			Key:                       g.key(bed.ID),
			UpdateExpression:          aws.String("SET water_ml = :w"),
			ExpressionAttributeValues: map[string]types.AttributeValue{":w": number(bed.Water * percent / 100)},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// case: id=go-ddb-1402 label=safe tier=2 note=the same, each written only where its turn is still the one that was read
func (g *Gardener) RationInTurn(ctx context.Context, percent int) error {
	out, err := g.db.Scan(ctx, &dynamodb.ScanInput{TableName: aws.String(table)})
	if err != nil {
		return err
	}
	var beds []*Bed
	if err := attributevalue.UnmarshalListOfMaps(out.Items, &beds); err != nil {
		return fmt.Errorf("decode beds: %w", err)
	}
	for _, bed := range beds {
		seen := bed.Turn
		bed.Water = bed.Water * percent / 100
		bed.Turn++
		item, err := attributevalue.MarshalMap(bed)
		if err != nil {
			return err
		}
		_, err = g.db.PutItem(ctx, &dynamodb.PutItemInput{
			TableName:                 aws.String(table),
			Item:                      item,
			ConditionExpression:       aws.String("turn = :seen"),
			ExpressionAttributeValues: map[string]types.AttributeValue{":seen": number(seen)},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// case: id=go-ddb-1403 label=race rule=lost-update tier=2 note=each row decoded into its place in a slice, then all are put back
func (g *Gardener) Soak(ctx context.Context) error {
	out, err := g.db.Scan(ctx, &dynamodb.ScanInput{TableName: aws.String(table)})
	if err != nil {
		return err
	}
	beds := make([]Bed, len(out.Items))
	for i, raw := range out.Items {
		if err := attributevalue.UnmarshalMap(raw, &beds[i]); err != nil {
			return err
		}
	}
	for _, bed := range beds {
		bed.Water += 250
		item, err := attributevalue.MarshalMap(bed)
		if err != nil {
			return err
		}
		if _, err = g.db.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(table), Item: item}); err != nil { // expect: lost-update
			return err
		}
	}
	return nil
}

// case: id=go-ddb-1404 label=safe tier=2 note=the same, with the turn as a condition
func (g *Gardener) SoakInTurn(ctx context.Context) error {
	out, err := g.db.Scan(ctx, &dynamodb.ScanInput{TableName: aws.String(table)})
	if err != nil {
		return err
	}
	beds := make([]Bed, len(out.Items))
	for i, raw := range out.Items {
		if err := attributevalue.UnmarshalMap(raw, &beds[i]); err != nil {
			return err
		}
	}
	for _, bed := range beds {
		_, err := g.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
			TableName:           aws.String(table),
			Key:                 g.key(bed.ID),
			UpdateExpression:    aws.String("SET water_ml = :w, turn = :next"),
			ConditionExpression: aws.String("turn = :seen"),
			ExpressionAttributeValues: map[string]types.AttributeValue{
				":w": number(bed.Water + 250), ":seen": number(bed.Turn), ":next": number(bed.Turn + 1),
			},
		})
		if err != nil {
			return err
		}
	}
	return nil
}
