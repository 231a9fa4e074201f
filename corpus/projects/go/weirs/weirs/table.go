// Package weirs lets keepers have weirs. What the table is, and what it does, stand in files of their own.
package weirs

import (
	"errors"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

var errKept = errors.New("somebody keeps it")

type Weir struct {
	Name   string `dynamodbav:"weir"`
	Keeper string `dynamodbav:"keeper,omitempty"`
}

type Table struct {
	db   *dynamodb.Client
	name string
}
