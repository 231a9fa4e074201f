package menus

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/aws/awserr"
	"github.com/aws/aws-sdk-go/service/dynamodb"
	"github.com/aws/aws-sdk-go/service/dynamodb/dynamodbattribute"
	"github.com/aws/aws-sdk-go/service/dynamodb/dynamodbiface"
)

var ErrTaken = errors.New("somebody else published this edition")

type Menu struct {
	Place   string    `json:"place"`
	Edition int64     `json:"edition"`
	Dishes  []string  `json:"dishes"`
	Printed time.Time `json:"printed"`
}

type menuKey struct {
	Place   string `dynamodbav:"place"`
	Edition int64  `dynamodbav:"edition"`
}

type menuItem struct {
	menuKey
	Menu Menu `dynamodbav:"menu"`
}

type MenuStore struct {
	db dynamodbiface.DynamoDBAPI
}

func menuAttributes(m Menu) (map[string]*dynamodb.AttributeValue, error) {
	return dynamodbattribute.MarshalMap(menuItem{
		menuKey: menuKey{Place: m.Place, Edition: m.Edition},
		Menu:    m,
	})
}

func menuFrom(item map[string]*dynamodb.AttributeValue, out *Menu) error {
	var stored menuItem
	if err := dynamodbattribute.UnmarshalMap(item, &stored); err != nil {
		return err
	}
	*out = stored.Menu
	return nil
}

func (s *MenuStore) Latest(ctx context.Context, place string) (Menu, error) {
	out, err := s.db.QueryWithContext(ctx, &dynamodb.QueryInput{
		TableName:                 aws.String("latest-menus"),
		KeyConditionExpression:    aws.String("#P = :place"),
		ExpressionAttributeNames:  map[string]*string{"#P": aws.String("place")},
		ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{":place": {S: aws.String(place)}},
	})
	if err != nil {
		return Menu{}, err
	}
	if len(out.Items) != 1 {
		return Menu{}, errors.New("no menu")
	}
	var menu Menu
	if err := menuFrom(out.Items[0], &menu); err != nil {
		return Menu{}, err
	}
	return menu, nil
}

func (s *MenuStore) save(ctx context.Context, m Menu) error {
	m.Printed = time.Now()
	data, err := menuAttributes(m)
	if err != nil {
		return err
	}
	_, err = s.db.PutItemWithContext(ctx, &dynamodb.PutItemInput{
		TableName:                aws.String("menus"),
		Item:                     data,
		ExpressionAttributeNames: map[string]*string{"#P": aws.String("place"), "#E": aws.String("edition")},
		ConditionExpression:      aws.String("attribute_not_exists(#P) AND attribute_not_exists(#E)"),
	})
	if err != nil {
		var failure awserr.Error
		if errors.As(err, &failure) && failure.Code() == dynamodb.ErrCodeConditionalCheckFailedException {
			return ErrTaken
		}
		return err
	}
	_, err = s.db.PutItemWithContext(ctx, &dynamodb.PutItemInput{
		TableName: aws.String("latest-menus"),
		Item:      data,
	})
	return err
}

func (s *MenuStore) savePlain(ctx context.Context, m Menu) error {
	data, err := menuAttributes(m)
	if err != nil {
		return err
	}
	_, err = s.db.PutItemWithContext(ctx, &dynamodb.PutItemInput{ // expect: lost-update
		TableName: aws.String("latest-menus"),
		Item:      data,
	})
	return err
}

func nextEdition(m *Menu, edition int) *Menu {
	return &Menu{Place: m.Place, Edition: int64(edition), Dishes: m.Dishes}
}

// case: id=go-v1-2106 label=safe tier=3 note=of all who read one edition, one only gets past the creation of the next
func (s *MenuStore) Publish(ctx context.Context, m Menu) error {
	latest, err := s.Latest(ctx, m.Place)
	if err != nil {
		return err
	}
	return s.save(ctx, *nextEdition(&m, int(latest.Edition+1)))
}

// case: id=go-v1-2107 label=race rule=lost-update tier=3 note=the next number is put with nothing that lets one only pass
func (s *MenuStore) PublishPlain(ctx context.Context, m Menu) error {
	latest, err := s.Latest(ctx, m.Place)
	if err != nil {
		return err
	}
	return s.savePlain(ctx, *nextEdition(&m, int(latest.Edition+1)))
}
