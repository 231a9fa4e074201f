package truck

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"example.com/convoy/internal/retry"
)

const table = "trucks"

type record struct {
	Plate  string   `dynamodbav:"plate"`
	Fuel   int      `dynamodbav:"fuel"`
	Load   int      `dynamodbav:"load"`
	Stops  []string `dynamodbav:"stops"`
	Trails []string `dynamodbav:"trails"`
}

func (r record) toTruck() Truck {
	return Truck{Plate: r.Plate, Fuel: Litres(r.Fuel), Load: r.Load, Stops: r.Stops, Trails: r.Trails}
}

func fromTruck(t Truck) record {
	return record{Plate: t.Plate, Fuel: int(t.Fuel), Load: t.Load, Stops: t.Stops, Trails: t.Trails}
}

type store struct {
	db *dynamodb.Client
}

func key(plate string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"plate": &types.AttributeValueMemberS{Value: plate}}
}

func (s *store) load(ctx context.Context, plate string) (Truck, error) {
	out, err := s.db.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(table), Key: key(plate)})
	if err != nil {
		return Truck{}, err
	}
	var r record
	if err := attributevalue.UnmarshalMap(out.Item, &r); err != nil {
		return Truck{}, err
	}
	return r.toTruck(), nil
}

func (s *store) all(ctx context.Context) ([]Truck, error) {
	out, err := s.db.Scan(ctx, &dynamodb.ScanInput{TableName: aws.String(table)})
	if err != nil {
		return nil, err
	}
	var records []record
	if err := attributevalue.UnmarshalListOfMaps(out.Items, &records); err != nil {
		return nil, err
	}
	trucks := make([]Truck, 0, len(records))
	for _, r := range records {
		trucks = append(trucks, r.toTruck())
	}
	return trucks, nil
}

func (s *store) put(ctx context.Context, t Truck) error {
	item, err := attributevalue.MarshalMap(fromTruck(t))
	if err != nil {
		return err
	}
	_, err = s.db.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(table), Item: item}) // expect: lost-update
	return err
}

// setFuel writes what it is handed: whoever calls it knows where that is from.
func (s *store) setFuel(ctx context.Context, plate string, fuel Litres) error {
	expr, err := expression.NewBuilder().
		WithUpdate(expression.Set(expression.Name("fuel"), expression.Value(int(fuel)))).
		Build()
	if err != nil {
		return err
	}
	_, err = s.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: lost-update
		TableName:                 aws.String(table),
		Key:                       key(plate),
		UpdateExpression:          expr.Update(),
		ExpressionAttributeNames:  expr.Names(),
		ExpressionAttributeValues: expr.Values(),
	})
	return err
}

func (s *store) setFuelFrom(ctx context.Context, plate string, fuel, seen Litres) error {
	expr, err := expression.NewBuilder().
		WithUpdate(expression.Set(expression.Name("fuel"), expression.Value(int(fuel)))).
		WithCondition(expression.Name("fuel").Equal(expression.Value(int(seen)))).
		Build()
	if err != nil {
		return err
	}
	_, err = s.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(table),
		Key:                       key(plate),
		UpdateExpression:          expr.Update(),
		ConditionExpression:       expr.Condition(),
		ExpressionAttributeNames:  expr.Names(),
		ExpressionAttributeValues: expr.Values(),
	})
	var failed *types.ConditionalCheckFailedException
	if errors.As(err, &failed) {
		return retry.ErrAgain
	}
	return err
}

func (s *store) addLoad(ctx context.Context, plate string, n int) error {
	expr, err := expression.NewBuilder().
		WithUpdate(expression.Add(expression.Name("load"), expression.Value(n))).
		Build()
	if err != nil {
		return err
	}
	_, err = s.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(table),
		Key:                       key(plate),
		UpdateExpression:          expr.Update(),
		ExpressionAttributeNames:  expr.Names(),
		ExpressionAttributeValues: expr.Values(),
	})
	return err
}
