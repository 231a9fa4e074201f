// Package room keeps meeting rooms and what is done with them.
package room

import (
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/service/dynamodb"
	"github.com/aws/aws-sdk-go/service/dynamodb/dynamodbattribute"
	"github.com/aws/aws-sdk-go/service/dynamodb/dynamodbiface"
)

var ErrBusy = errors.New("room is in use")

type Room struct {
	ID     *string `dynamodbav:"Id"`
	Status *string `dynamodbav:"RoomStatus"`
	Floor  *int64  `dynamodbav:"Floor"`
}

// Data is what the service asks of its store.
type Data interface {
	Get(id string) (*Room, error)
	Delete(r *Room) error
	DeleteFree(r *Room) error
	Occupy(id string) error
}

type Table struct {
	DynamoDB  dynamodbiface.DynamoDBAPI
	TableName string
}

func (t *Table) Get(id string) (*Room, error) {
	out, err := t.DynamoDB.GetItem(&dynamodb.GetItemInput{
		TableName: aws.String(t.TableName),
		Key:       map[string]*dynamodb.AttributeValue{"Id": {S: aws.String(id)}},
	})
	if err != nil {
		return nil, err
	}
	r := &Room{}
	return r, dynamodbattribute.UnmarshalMap(out.Item, r)
}

func (t *Table) Delete(r *Room) error {
	_, err := t.DynamoDB.DeleteItem(&dynamodb.DeleteItemInput{ // expect: check-then-act
		TableName: aws.String(t.TableName),
		Key:       map[string]*dynamodb.AttributeValue{"Id": {S: r.ID}},
	})
	return err
}

func (t *Table) DeleteFree(r *Room) error {
	_, err := t.DynamoDB.DeleteItem(&dynamodb.DeleteItemInput{
		TableName:                 aws.String(t.TableName),
		Key:                       map[string]*dynamodb.AttributeValue{"Id": {S: r.ID}},
		ConditionExpression:       aws.String("RoomStatus = :free"),
		ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{":free": {S: aws.String("free")}},
	})
	return err
}

func (t *Table) Occupy(id string) error {
	_, err := t.DynamoDB.UpdateItem(&dynamodb.UpdateItemInput{
		TableName:           aws.String(t.TableName),
		Key:                 map[string]*dynamodb.AttributeValue{"Id": {S: aws.String(id)}},
		UpdateExpression:    aws.String("SET RoomStatus = :busy"),
		ConditionExpression: aws.String("RoomStatus = :free"),
		ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{
			":busy": {S: aws.String("busy")},
			":free": {S: aws.String("free")},
		},
	})
	return err
}

// Servicer is what handlers ask for.
type Servicer interface {
	Get(id string) (*Room, error)
	Remove(r *Room) error
	RemoveFree(r *Room) error
	Occupy(id string) error
}

type Service struct {
	data Data
}

func NewService(data Data) *Service {
	return &Service{data: data}
}

func (s *Service) Get(id string) (*Room, error) {
	return s.data.Get(id)
}

func (s *Service) Remove(r *Room) error {
	if r.Status != nil && *r.Status == "busy" {
		return fmt.Errorf("room %s: %w", *r.ID, ErrBusy)
	}
	return s.data.Delete(r)
}

func (s *Service) RemoveFree(r *Room) error {
	if r.Status != nil && *r.Status == "busy" {
		return fmt.Errorf("room %s: %w", *r.ID, ErrBusy)
	}
	return s.data.DeleteFree(r)
}

func (s *Service) Occupy(id string) error {
	return s.data.Occupy(id)
}
