// Package db opens the tables of the quarry.
package db

import (
	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/aws/session"
	"github.com/aws/aws-sdk-go/service/dynamodb"
	"github.com/aws/aws-sdk-go/service/dynamodb/dynamodbiface"
)

// Client is DynamoDB with the names of our tables.
type Client struct {
	dynamodbiface.DynamoDBAPI
	stage string
}

func Open(stage string) *Client {
	sess := session.Must(session.NewSession(&aws.Config{Region: aws.String("eu-north-1")}))
	return &Client{DynamoDBAPI: dynamodb.New(sess), stage: stage}
}

func (c *Client) Table(name string) *string {
	return aws.String(c.stage + "-" + name)
}
