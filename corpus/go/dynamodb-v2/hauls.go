package hauls

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/uuid"
)

// Haul is what a truck brings back; the loaders add to it until it is settled.
type Haul struct {
	ID    string   `dynamodbav:"haul_id"`
	Tons  int      `dynamodbav:"tons"`
	Loads []string `dynamodbav:"loads"`
	Rev   int      `dynamodbav:"rev"`
}

// Bill is what the customer gets.
type Bill struct {
	ID    string   `dynamodbav:"bill_id"`
	Tons  int      `dynamodbav:"tons"`
	Loads []string `dynamodbav:"loads"`
}

var errMoved = errors.New("the haul has moved on")

type store struct {
	db *dynamodb.Client
}

func (s *store) haul(ctx context.Context, id string) (*Haul, error) {
	out, err := s.db.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String("hauls"),
		Key:       map[string]types.AttributeValue{"haul_id": &types.AttributeValueMemberS{Value: id}},
	})
	if err != nil {
		return nil, err
	}
	var h Haul
	if err := attributevalue.UnmarshalMap(out.Item, &h); err != nil {
		return nil, err
	}
	return &h, nil
}

func (s *store) tons(ctx context.Context, id string) (int, error) {
	h, err := s.haul(ctx, id)
	if err != nil {
		return 0, err
	}
	return h.Tons, nil
}

// load adds a load.
func (s *store) load(ctx context.Context, id, what string, tons string) error {
	_, err := s.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:        aws.String("hauls"),
		Key:              map[string]types.AttributeValue{"haul_id": &types.AttributeValueMemberS{Value: id}},
		UpdateExpression: aws.String("SET loads = list_append(loads, :l) ADD tons :n, rev :one"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":l":   &types.AttributeValueMemberL{Value: []types.AttributeValue{&types.AttributeValueMemberS{Value: what}}},
			":n":   &types.AttributeValueMemberN{Value: tons},
			":one": &types.AttributeValueMemberN{Value: "1"},
		},
	})
	return err
}

func (s *store) put(ctx context.Context, b Bill) error {
	item, err := attributevalue.MarshalMap(b)
	if err != nil {
		return err
	}
	_, err = s.db.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:           aws.String("bills"),
		Item:                item,
		ConditionExpression: aws.String("attribute_not_exists(bill_id)"),
	})
	return err
}

// bill takes the weight from one read and the loads from another.
func (s *store) bill(ctx context.Context, id string) error {
	tons, err := s.tons(ctx, id)
	if err != nil {
		return err
	}
	h, err := s.haul(ctx, id)
	if err != nil {
		return err
	}
	return s.put(ctx, Bill{ID: uuid.NewString(), Tons: tons, Loads: h.Loads}) // expect: read-skew
}

// billOnce takes both from one.
func (s *store) billOnce(ctx context.Context, id string) error {
	h, err := s.haul(ctx, id)
	if err != nil {
		return err
	}
	return s.put(ctx, Bill{ID: uuid.NewString(), Tons: h.Tons, Loads: h.Loads})
}

// billCompared gives up where the haul has moved on between the reads.
func (s *store) billCompared(ctx context.Context, id string) error {
	first, err := s.haul(ctx, id)
	if err != nil {
		return err
	}
	second, err := s.haul(ctx, id)
	if err != nil {
		return err
	}
	if first.Rev != second.Rev {
		return errMoved
	}
	return s.put(ctx, Bill{ID: uuid.NewString(), Tons: first.Tons, Loads: second.Loads})
}
