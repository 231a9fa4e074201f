package main

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
)

const refunds = "refunds"

var errNotOpen = errors.New("refund is not open")

type Refund struct {
	ID    string `dynamodbav:"refund_id"`
	State string `dynamodbav:"state"`
}

type Desk struct {
	db    *dynamodb.Client
	topic *sns.Client
}

func refundKey(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"refund_id": &types.AttributeValueMemberS{Value: id}}
}

func (d *Desk) find(ctx context.Context, id string) (Refund, error) {
	var r Refund
	out, err := d.db.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(refunds), Key: refundKey(id)})
	if err != nil {
		return r, err
	}
	return r, attributevalue.UnmarshalMap(out.Item, &r)
}

func paid(id string) *dynamodb.UpdateItemInput {
	return &dynamodb.UpdateItemInput{
		TableName:                 aws.String(refunds),
		Key:                       refundKey(id),
		UpdateExpression:          aws.String("SET #s = :paid"),
		ExpressionAttributeNames:  map[string]string{"#s": "state"},
		ExpressionAttributeValues: map[string]types.AttributeValue{":paid": &types.AttributeValueMemberS{Value: "paid"}},
	}
}

// case: id=go-ddb-1431 label=race rule=check-then-act tier=3 note=the money goes out before the state is set, for whoever saw it open
func (d *Desk) PayOut(ctx context.Context, id string) error {
	r, err := d.find(ctx, id)
	if err != nil {
		return err
	}
	if r.State != "open" {
		return errNotOpen
	}
	if _, err := http.Post("https://bank.example/transfers", "text/plain", strings.NewReader(r.ID)); err != nil {
		return err
	}
	_, err = d.db.UpdateItem(ctx, paid(id)) // expect: check-then-act
	return err
}

// case: id=go-ddb-1432 label=race rule=check-then-act tier=3 note=the message follows the write
func (d *Desk) Announce(ctx context.Context, id string) error {
	r, err := d.find(ctx, id)
	if err != nil {
		return err
	}
	if r.State != "open" {
		return errNotOpen
	}
	if _, err = d.db.UpdateItem(ctx, paid(id)); err != nil { // expect: check-then-act
		return err
	}
	_, err = d.topic.Publish(ctx, &sns.PublishInput{Message: aws.String(r.ID)})
	return err
}

// case: id=go-ddb-1433 label=safe tier=3 note=the state is claimed by its condition, then the money goes out
func (d *Desk) Claim(ctx context.Context, id string) error {
	in := paid(id)
	in.ConditionExpression = aws.String("#s = :open")
	in.ExpressionAttributeValues[":open"] = &types.AttributeValueMemberS{Value: "open"}
	if _, err := d.db.UpdateItem(ctx, in); err != nil {
		return err
	}
	_, err := http.Post("https://bank.example/transfers", "text/plain", strings.NewReader(id))
	return err
}

// case: id=go-ddb-1434 label=safe tier=3 note=nothing but the state hangs on it, which is the same whoever sets it
func (d *Desk) Settle(ctx context.Context, id string) {
	r, err := d.find(ctx, id)
	if err != nil || r.State == "paid" {
		return
	}
	_, _ = d.db.UpdateItem(ctx, paid(id))
}

func main() {
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		panic(err)
	}
	d := &Desk{db: dynamodb.NewFromConfig(cfg), topic: sns.NewFromConfig(cfg)}
	http.HandleFunc("/pay", func(w http.ResponseWriter, r *http.Request) {
		_ = d.PayOut(r.Context(), r.FormValue("id"))
	})
	http.HandleFunc("/announce", func(w http.ResponseWriter, r *http.Request) {
		_ = d.Announce(r.Context(), r.FormValue("id"))
	})
	http.HandleFunc("/claim", func(w http.ResponseWriter, r *http.Request) {
		_ = d.Claim(r.Context(), r.FormValue("id"))
	})
	http.HandleFunc("/settle", func(w http.ResponseWriter, r *http.Request) {
		d.Settle(r.Context(), r.FormValue("id"))
	})
	_ = http.ListenAndServe(":8080", nil)
}
