package main

import (
	"context"
	"log"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"example.com/intake/internal/intake"
)

var counter *intake.Counter

func init() {
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	counter = &intake.Counter{Client: dynamodb.NewFromConfig(cfg), Table: "counts"}
}

func handle(ctx context.Context, batch events.SQSEvent) error {
	for _, message := range batch.Records {
		if err := counter.Received(ctx, message.Body); err != nil {
			return err
		}
	}
	return nil
}

func main() {
	lambda.Start(handle)
}
