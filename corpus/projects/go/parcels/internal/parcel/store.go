package parcel

import (
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

type Parcel struct {
	Code  string `dynamodbav:"code"`
	Stops int    `dynamodbav:"stops"`
}

type Store struct {
	Client *dynamodb.Client
	Table  string
}

func (s *Store) Get(ctx context.Context, code string) (Parcel, error) {
	var p Parcel
	out, err := s.Client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(s.Table),
		Key:       map[string]types.AttributeValue{"code": &types.AttributeValueMemberS{Value: code}},
	})
	if err != nil {
		return p, err
	}
	err = attributevalue.UnmarshalMap(out.Item, &p)
	return p, err
}

func (s *Store) SetStops(ctx context.Context, code string, stops int) error {
	_, err := s.Client.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: lost-update // reached: /admin/double/{code}, DELETE /parcels/{code}/stops, POST /parcels/{code}/stops, script cmd/backfill/main.go
		TableName:        aws.String(s.Table),
		Key:              map[string]types.AttributeValue{"code": &types.AttributeValueMemberS{Value: code}},
		UpdateExpression: aws.String("SET stops = :s"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":s": &types.AttributeValueMemberN{Value: strconv.Itoa(stops)},
		},
	})
	return err
}
