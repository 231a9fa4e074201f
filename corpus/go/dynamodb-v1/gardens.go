package gardens

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/aws/awserr"
	"github.com/aws/aws-sdk-go/service/dynamodb"
	"github.com/aws/aws-sdk-go/service/dynamodb/dynamodbiface"
	"gopkg.in/yaml.v3"
)

const gardens = "gardens"

var errChanged = errors.New("somebody else has changed the beds")

type Beds struct {
	Total int               `json:"total"`
	Grows map[string]string `json:"grows"`
}

type Keeper struct {
	db dynamodbiface.DynamoDBAPI
}

type item = map[string]*dynamodb.AttributeValue

func key(id string) item { return item{"garden_id": {S: aws.String(id)}} }

func (k *Keeper) load(id string) (item, error) {
	out, err := k.db.GetItem(&dynamodb.GetItemInput{TableName: aws.String(gardens), Key: key(id)})
	if err != nil {
		return nil, fmt.Errorf("load garden %s: %w", id, err)
	}
	return out.Item, nil
}

// Plant changes the text of a map that was read.
func (k *Keeper) Plant(id, bed, what string) error {
	found, err := k.load(id)
	if err != nil {
		return err
	}
	grows := map[string]string{}
	if raw := found["grows"]; raw != nil && raw.S != nil {
		if err := json.Unmarshal([]byte(*raw.S), &grows); err != nil {
			return err
		}
	}
	grows[bed] = what
	text, err := json.Marshal(grows)
	if err != nil {
		return err
	}
	_, err = k.db.UpdateItem(&dynamodb.UpdateItemInput{ // expect: lost-update
		TableName:                 aws.String(gardens),
		Key:                       key(id),
		UpdateExpression:          aws.String("SET grows = :g"),
		ConditionExpression:       aws.String("attribute_exists(garden_id)"),
		ExpressionAttributeValues: item{":g": {S: aws.String(string(text))}},
	})
	return err
}

// Widen does the same with a document of a known form.
func (k *Keeper) Widen(id string, by int) error {
	found, err := k.load(id)
	if err != nil {
		return err
	}
	beds := &Beds{}
	if err := json.Unmarshal([]byte(aws.StringValue(found["beds"].S)), beds); err != nil {
		return err
	}
	beds.Total += by
	text, err := json.Marshal(beds)
	if err != nil {
		return err
	}
	_, err = k.db.UpdateItem(&dynamodb.UpdateItemInput{ // expect: lost-update
		TableName:                 aws.String(gardens),
		Key:                       key(id),
		UpdateExpression:          aws.String("SET beds = :b"),
		ConditionExpression:       aws.String("attribute_exists(garden_id)"),
		ExpressionAttributeValues: item{":b": {S: aws.String(string(text))}},
	})
	return err
}

// WidenOnce writes only where the document's revision still is the one that was read with it.
func (k *Keeper) WidenOnce(id string, by int) error {
	found, err := k.load(id)
	if err != nil {
		return err
	}
	var beds Beds
	if err := yaml.Unmarshal([]byte(aws.StringValue(found["beds"].S)), &beds); err != nil {
		return err
	}
	rev, err := strconv.Atoi(aws.StringValue(found["rev"].N))
	if err != nil {
		return err
	}
	beds.Total += by
	text, err := yaml.Marshal(beds)
	if err != nil {
		return err
	}
	_, err = k.db.UpdateItem(&dynamodb.UpdateItemInput{
		TableName:           aws.String(gardens),
		Key:                 key(id),
		UpdateExpression:    aws.String("SET beds = :b, rev = :next"),
		ConditionExpression: aws.String("rev = :rev"),
		ExpressionAttributeValues: item{
			":b":    {S: aws.String(string(text))},
			":rev":  {N: aws.String(strconv.Itoa(rev))},
			":next": {N: aws.String(strconv.Itoa(rev + 1))},
		},
	})
	var ae awserr.Error
	if errors.As(err, &ae) && ae.Code() == dynamodb.ErrCodeConditionalCheckFailedException {
		return errChanged
	}
	return err
}

// Lay writes what was sent, whatever was read for a look at the garden.
func (k *Keeper) Lay(id string, body []byte) error {
	found, err := k.load(id)
	if err != nil {
		return err
	}
	if found == nil {
		return errors.New("no such garden")
	}
	var beds Beds
	if err := json.Unmarshal(body, &beds); err != nil {
		return err
	}
	text, err := json.Marshal(Beds{Total: beds.Total, Grows: beds.Grows})
	if err != nil {
		return err
	}
	_, err = k.db.UpdateItem(&dynamodb.UpdateItemInput{
		TableName:                 aws.String(gardens),
		Key:                       key(id),
		UpdateExpression:          aws.String("SET beds = :b"),
		ConditionExpression:       aws.String("attribute_exists(garden_id)"),
		ExpressionAttributeValues: item{":b": {S: aws.String(string(text))}},
	})
	return err
}
