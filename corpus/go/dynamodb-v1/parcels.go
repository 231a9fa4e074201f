package parcels

import (
	"context"
	"errors"
	"fmt"

	"example.com/depot/api/models"
	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/service/dynamodb"
	"github.com/aws/aws-sdk-go/service/dynamodb/dynamodbattribute"
	"github.com/google/uuid"
)

var errUnknown = errors.New("no such parcel")

type record struct {
	ID      string `json:"id"`
	Barcode string `json:"barcode"`
	Shelf   string `json:"shelf"`
	State   string `json:"state"`
}

func (r *record) model() *models.Parcel {
	return &models.Parcel{ID: r.ID, Barcode: r.Barcode, Shelf: r.Shelf, State: r.State}
}

// MissingError says which barcode nobody has.
type MissingError struct{ Barcode string }

func (e *MissingError) Error() string { return "nothing has the barcode " + e.Barcode }

type vanished struct{}

func (vanished) Error() string { return "vanished" }

// Depot keeps the parcels.
type Depot struct {
	table string
	db    *dynamodb.DynamoDB
}

// ByID gives nothing and no failure for what is not there.
func (d Depot) ByID(ctx context.Context, id string) (*models.Parcel, error) {
	out, err := d.db.QueryWithContext(ctx, &dynamodb.QueryInput{
		TableName:                 aws.String(d.table),
		KeyConditionExpression:    aws.String("id = :id"),
		ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{":id": {S: aws.String(id)}},
	})
	if err != nil {
		return nil, fmt.Errorf("query parcel: %w", err)
	}
	if len(out.Items) == 0 {
		return nil, nil
	}
	var found record
	if err := dynamodbattribute.UnmarshalMap(out.Items[0], &found); err != nil {
		return nil, err
	}
	return found.model(), nil
}

func (d Depot) query(ctx context.Context, index, field, value string) ([]*models.Parcel, error) {
	out, err := d.db.QueryWithContext(ctx, &dynamodb.QueryInput{
		TableName:                 aws.String(d.table),
		IndexName:                 aws.String(index),
		KeyConditionExpression:    aws.String(field + " = :v"),
		ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{":v": {S: aws.String(value)}},
	})
	if err != nil {
		return nil, err
	}
	var found []*record
	if err := dynamodbattribute.UnmarshalListOfMaps(out.Items, &found); err != nil {
		return nil, err
	}
	var parcels []*models.Parcel
	for _, r := range found {
		parcels = append(parcels, r.model())
	}
	return parcels, nil
}

func (d Depot) byBarcode(ctx context.Context, barcode string) (*record, error) {
	out, err := d.db.QueryWithContext(ctx, &dynamodb.QueryInput{
		TableName:                 aws.String(d.table),
		IndexName:                 aws.String("by-barcode"),
		KeyConditionExpression:    aws.String("barcode = :b"),
		ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{":b": {S: aws.String(barcode)}},
	})
	if err != nil {
		return nil, err
	}
	if len(out.Items) == 0 {
		return nil, &MissingError{Barcode: barcode}
	}
	var found record
	if err := dynamodbattribute.UnmarshalMap(out.Items[0], &found); err != nil {
		return nil, err
	}
	return &found, nil
}

func (d Depot) byShelf(ctx context.Context, shelf string) (*record, error) {
	out, err := d.db.QueryWithContext(ctx, &dynamodb.QueryInput{
		TableName:                 aws.String(d.table),
		IndexName:                 aws.String("by-shelf"),
		KeyConditionExpression:    aws.String("shelf = :s"),
		ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{":s": {S: aws.String(shelf)}},
	})
	if err != nil {
		return nil, err
	}
	if len(out.Items) == 0 {
		return nil, vanished{}
	}
	var found record
	if err := dynamodbattribute.UnmarshalMap(out.Items[0], &found); err != nil {
		return nil, err
	}
	return &found, nil
}

func (d Depot) remove(ctx context.Context, id string) error {
	_, err := d.db.DeleteItemWithContext(ctx, &dynamodb.DeleteItemInput{
		TableName: aws.String(d.table),
		Key:       map[string]*dynamodb.AttributeValue{"id": {S: aws.String(id)}},
	})
	return err
}

func (d Depot) enter(ctx context.Context, barcode, shelf string) error {
	r := record{ID: uuid.NewString(), Barcode: barcode, Shelf: shelf, State: "stored"}
	item, err := dynamodbattribute.MarshalMap(r)
	if err != nil {
		return err
	}
	_, err = d.db.PutItemWithContext(ctx, &dynamodb.PutItemInput{TableName: aws.String(d.table), Item: item})
	return err
}

// Relabel is why states and shelves change.
func (d Depot) Relabel(ctx context.Context, id, shelf, state string) error {
	_, err := d.db.UpdateItemWithContext(ctx, &dynamodb.UpdateItemInput{
		TableName:           aws.String(d.table),
		Key:                 map[string]*dynamodb.AttributeValue{"id": {S: aws.String(id)}},
		UpdateExpression:    aws.String("SET shelf = :s, #st = :st"),
		ConditionExpression: aws.String("attribute_exists(id)"),
		ExpressionAttributeNames: map[string]*string{
			"#st": aws.String("state"),
		},
		ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{
			":s": {S: aws.String(shelf)}, ":st": {S: aws.String(state)},
		},
	})
	return err
}

// case: id=go-ddb-1601 label=safe tier=2 note=whether a record that was made of the item is nil says that the item is there, nothing of what is in it
func (d Depot) Remove(ctx context.Context, id string) error {
	parcel, err := d.ByID(ctx, id)
	if err != nil {
		return err
	}
	if parcel == nil {
		return errUnknown
	}
	return d.remove(ctx, parcel.ID)
}

// case: id=go-ddb-1602 label=race rule=check-then-act tier=2 note=what is in the item is asked as well
func (d Depot) RemoveStored(ctx context.Context, id string) error {
	parcel, err := d.ByID(ctx, id)
	if err != nil {
		return err
	}
	if parcel == nil || parcel.State != "stored" {
		return errUnknown
	}
	return d.remove(ctx, id) // expect: check-then-act
}

// case: id=go-ddb-1603 label=safe tier=2 note=how many records were made of items says how many items there are
func (d Depot) Clear(ctx context.Context, shelf string) error {
	parcels, err := d.query(ctx, "by-shelf", "shelf", shelf)
	if err != nil {
		return err
	}
	if len(parcels) == 0 {
		return errUnknown
	}
	for _, p := range parcels {
		if err := d.remove(ctx, p.ID); err != nil {
			return err
		}
	}
	return nil
}

// case: id=go-ddb-1604 label=race rule=check-then-create tier=2 note=nil with no failure is for what was not found, whatever nil with a failure is for
func (d Depot) Reserve(ctx context.Context, id, barcode string) error {
	parcel, err := d.ByID(ctx, id)
	if err != nil {
		return err
	}
	if parcel != nil {
		return nil
	}
	_, err = d.db.PutItemWithContext(ctx, &dynamodb.PutItemInput{ // expect: check-then-create
		TableName: aws.String(d.table),
		Item: map[string]*dynamodb.AttributeValue{
			"id": {S: aws.String(id)}, "barcode": {S: aws.String(barcode)},
		},
	})
	return err
}

// case: id=go-ddb-1605 label=safe tier=2 note=the same with a condition on the key
func (d Depot) ReserveOnce(ctx context.Context, id, barcode string) error {
	parcel, err := d.ByID(ctx, id)
	if err != nil {
		return err
	}
	if parcel != nil {
		return nil
	}
	_, err = d.db.PutItemWithContext(ctx, &dynamodb.PutItemInput{
		TableName: aws.String(d.table),
		Item: map[string]*dynamodb.AttributeValue{
			"id": {S: aws.String(id)}, "barcode": {S: aws.String(barcode)},
		},
		ConditionExpression: aws.String("attribute_not_exists(id)"),
	})
	return err
}

// case: id=go-ddb-1606 label=race rule=check-then-create tier=2 note=the type of the failure says that there is none
func (d Depot) Register(ctx context.Context, barcode, shelf string) error {
	_, err := d.byBarcode(ctx, barcode)
	if err == nil {
		return errors.New("registered already")
	}
	if _, missing := err.(*MissingError); !missing {
		return err
	}
	return d.enter(ctx, barcode, shelf) // expect: check-then-create
}

// case: id=go-ddb-1607 label=race rule=check-then-create tier=2 note=the same asked with errors.As
func (d Depot) RegisterAs(ctx context.Context, barcode, shelf string) error {
	_, err := d.byBarcode(ctx, barcode)
	var missing *MissingError
	if errors.As(err, &missing) {
		return d.enter(ctx, missing.Barcode, shelf) // expect: check-then-create
	}
	return err
}

// case: id=go-ddb-1608 label=race rule=check-then-create tier=2 note=the same asked with errors.Is, of a failure that is a value of its type
func (d Depot) Occupy(ctx context.Context, barcode, shelf string) error {
	if _, err := d.byShelf(ctx, shelf); !errors.Is(err, vanished{}) {
		return err
	}
	return d.enter(ctx, barcode, shelf) // expect: check-then-create
}
