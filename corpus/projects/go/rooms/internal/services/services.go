// Package services finds the service of a type in a container of the platform.
package services

import (
	"example.com/platform/container"
	"github.com/aws/aws-sdk-go/aws/session"
	"github.com/aws/aws-sdk-go/service/dynamodb"

	"example.com/rooms/internal/room"
)

type Locator struct {
	Container *container.Container
}

func New(c *container.Container, table string) *Locator {
	db := dynamodb.New(session.Must(session.NewSession()))
	c.Put(room.NewService(&room.Table{DynamoDB: db, TableName: table}))
	return &Locator{Container: c}
}

func (l *Locator) Rooms() room.Servicer {
	var rooms room.Servicer
	if err := l.Container.Get(&rooms); err != nil {
		panic(err)
	}
	return rooms
}
