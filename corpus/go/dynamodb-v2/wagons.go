package wagons

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

type Wagon struct {
	Number string `dynamodbav:"number"`
	Keeper string `dynamodbav:"keeper"`
	Metres int    `dynamodbav:"metres"`
}

type Yard struct {
	db *dynamodb.Client
}

func (y *Yard) wagon(ctx context.Context, number string) (*Wagon, error) {
	out, err := y.db.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String("wagons"),
		Key:       map[string]types.AttributeValue{"number": &types.AttributeValueMemberS{Value: number}},
	})
	if err != nil {
		return nil, err
	}
	w := new(Wagon)
	return w, attributevalue.UnmarshalMap(out.Item, w)
}

// case: id=go-ddb-1439 label=race rule=lost-update tier=3 note=one put of all callers: metres are added up for the one, the keeper is chosen by a look for the other
func (y *Yard) put(ctx context.Context, w *Wagon) error {
	item, err := attributevalue.MarshalMap(w)
	if err != nil {
		return err
	}
	_, err = y.db.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String("wagons"), Item: item}) // expect: lost-update // expect: check-then-act
	return err
}

func (y *Yard) Roll(ctx context.Context, number string, metres int) error {
	w, err := y.wagon(ctx, number)
	if err != nil {
		return err
	}
	w.Metres += metres
	return y.put(ctx, w)
}

func (y *Yard) Hand(ctx context.Context, number, to string) error {
	w, err := y.wagon(ctx, number)
	if err != nil {
		return err
	}
	if w.Keeper != "" {
		return errors.New("wagon has a keeper")
	}
	w.Keeper = to
	return y.put(ctx, w)
}

// case: id=go-ddb-1440 label=safe tier=3 note=the store adds, whoever keeps it
func (y *Yard) RollInPlace(ctx context.Context, number string, metres types.AttributeValue) error {
	_, err := y.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String("wagons"),
		Key:                       map[string]types.AttributeValue{"number": &types.AttributeValueMemberS{Value: number}},
		UpdateExpression:          aws.String("ADD metres :m"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":m": metres},
	})
	return err
}
