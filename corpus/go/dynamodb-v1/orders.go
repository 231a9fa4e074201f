package orders

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/aws/awserr"
	"github.com/aws/aws-sdk-go/aws/session"
	"github.com/aws/aws-sdk-go/service/dynamodb"
	"github.com/aws/aws-sdk-go/service/dynamodb/dynamodbattribute"
)

type Order struct {
	ID     string `json:"order_id" dynamodbav:"order_id"`
	State  string `json:"state" dynamodbav:"order_state"`
	Amount int64  `json:"amount" dynamodbav:"amount"`
	Note   string `json:"note" dynamodbav:"note"`
}

type Payments interface {
	Capture(ctx context.Context, orderID string, amount int64) error
}

type App struct {
	db       *dynamodb.DynamoDB
	table    *string
	payments Payments
}

var (
	errWrongState = errors.New("order is not pending")
	errNotFound   = errors.New("order not found")
)

func NewApp(p Payments) *App {
	return &App{
		db:       dynamodb.New(session.Must(session.NewSession())),
		table:    aws.String(os.Getenv("ORDERS_TABLE")),
		payments: p,
	}
}

func (a *App) load(ctx context.Context, id string) (*Order, error) {
	res, err := a.db.GetItemWithContext(ctx, &dynamodb.GetItemInput{
		TableName: a.table,
		Key:       map[string]*dynamodb.AttributeValue{"order_id": {S: &id}},
	})
	if err != nil {
		return nil, fmt.Errorf("load order %s: %w", id, err)
	}
	if res.Item == nil {
		return nil, errNotFound
	}
	o := new(Order)
	return o, dynamodbattribute.UnmarshalMap(res.Item, o)
}

// case: id=go-v1-130 label=race rule=check-then-act tier=3 note=moves the state with no condition, the check stands in the handler (caller HandlePay)
func (a *App) setState(ctx context.Context, id, to string) error {
	_, err := a.db.UpdateItemWithContext(ctx, &dynamodb.UpdateItemInput{
		TableName:                 a.table,
		Key:                       map[string]*dynamodb.AttributeValue{"order_id": {S: aws.String(id)}},
		UpdateExpression:          aws.String("SET order_state = :to"),
		ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{":to": {S: aws.String(to)}},
	})
	return err
}

// case: id=go-v1-131 label=safe tier=3 note=moves the state only from the state that the handler saw (caller HandlePayOnce)
func (a *App) moveState(ctx context.Context, id, from, to string) error {
	_, err := a.db.UpdateItemWithContext(ctx, &dynamodb.UpdateItemInput{
		TableName:           a.table,
		Key:                 map[string]*dynamodb.AttributeValue{"order_id": {S: aws.String(id)}},
		UpdateExpression:    aws.String("SET order_state = :to"),
		ConditionExpression: aws.String("order_state = :from"),
		ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{
			":from": {S: aws.String(from)},
			":to":   {S: aws.String(to)},
		},
	})
	if isConditional(err) {
		return errWrongState
	}
	return err
}

func isConditional(err error) bool {
	var ae awserr.Error
	return errors.As(err, &ae) && ae.Code() == dynamodb.ErrCodeConditionalCheckFailedException
}

func reply(status int, v interface{}) (events.APIGatewayProxyResponse, error) {
	body, err := json.Marshal(v)
	return events.APIGatewayProxyResponse{StatusCode: status, Body: string(body)}, err
}

func (a *App) HandlePay(ctx context.Context, req events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error) {
	o, err := a.load(ctx, req.PathParameters["id"])
	if err != nil {
		return reply(404, err.Error())
	}
	if o.State != "pending" {
		return reply(409, errWrongState.Error())
	}
	if err := a.setState(ctx, o.ID, "paid"); err != nil { // expect: check-then-act // todo-silent: check-then-act
		return reply(500, "could not update order")
	}
	if err := a.payments.Capture(ctx, o.ID, o.Amount); err != nil {
		return reply(502, "payment failed")
	}
	return reply(200, o)
}

func (a *App) HandlePayOnce(ctx context.Context, req events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error) {
	o, err := a.load(ctx, req.PathParameters["id"])
	if err != nil {
		return reply(404, err.Error())
	}
	if o.State != "pending" {
		return reply(409, errWrongState.Error())
	}
	if err := a.moveState(ctx, o.ID, o.State, "paid"); err != nil {
		if errors.Is(err, errWrongState) {
			return reply(409, err.Error())
		}
		return reply(500, "could not update order")
	}
	if err := a.payments.Capture(ctx, o.ID, o.Amount); err != nil {
		return reply(502, "payment failed")
	}
	return reply(200, o)
}

// case: id=go-v1-132 label=race rule=swallowed-conflict tier=2 note=the conflict of the claim is passed over and the payment captured again
func (a *App) HandleMessages(ctx context.Context, ev events.SQSEvent) error {
	for _, rec := range ev.Records {
		var o Order
		if err := json.Unmarshal([]byte(rec.Body), &o); err != nil {
			log.Printf("message %s: %v", rec.MessageId, err)
			continue
		}
		_, err := a.db.UpdateItemWithContext(ctx, &dynamodb.UpdateItemInput{ // expect: swallowed-conflict
			TableName:           a.table,
			Key:                 map[string]*dynamodb.AttributeValue{"order_id": {S: aws.String(o.ID)}},
			UpdateExpression:    aws.String("SET order_state = :capturing"),
			ConditionExpression: aws.String("order_state = :pending"),
			ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{
				":capturing": {S: aws.String("capturing")},
				":pending":   {S: aws.String("pending")},
			},
		})
		if ae, ok := err.(awserr.Error); ok {
			switch ae.Code() {
			case dynamodb.ErrCodeConditionalCheckFailedException:
				log.Printf("order %s was not pending", o.ID)
			default:
				return fmt.Errorf("claim order %s: %w", o.ID, err)
			}
		} else if err != nil {
			return err
		}
		if err := a.payments.Capture(ctx, o.ID, o.Amount); err != nil {
			return err
		}
	}
	return nil
}

// case: id=go-v1-133 label=safe tier=2 note=whoever loses the claim leaves the message alone
func (a *App) HandleMessagesOnce(ctx context.Context, ev events.SQSEvent) error {
	for _, rec := range ev.Records {
		var o Order
		if err := json.Unmarshal([]byte(rec.Body), &o); err != nil {
			log.Printf("message %s: %v", rec.MessageId, err)
			continue
		}
		_, err := a.db.UpdateItemWithContext(ctx, &dynamodb.UpdateItemInput{
			TableName:           a.table,
			Key:                 map[string]*dynamodb.AttributeValue{"order_id": {S: aws.String(o.ID)}},
			UpdateExpression:    aws.String("SET order_state = :capturing"),
			ConditionExpression: aws.String("order_state = :pending"),
			ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{
				":capturing": {S: aws.String("capturing")},
				":pending":   {S: aws.String("pending")},
			},
		})
		if isConditional(err) {
			log.Printf("order %s was not pending", o.ID)
			continue
		}
		if err != nil {
			return fmt.Errorf("claim order %s: %w", o.ID, err)
		}
		if err := a.payments.Capture(ctx, o.ID, o.Amount); err != nil {
			return err
		}
	}
	return nil
}

// case: id=go-v1-134 label=race rule=check-then-act tier=2 note=pending when read, deleted unconditionally
func (a *App) Discard(ctx context.Context, id string) error {
	o, err := a.load(ctx, id)
	if errors.Is(err, errNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if o.State == "paid" || o.State == "capturing" {
		return fmt.Errorf("order %s can't be discarded any more", id)
	}
	_, err = a.db.DeleteItemWithContext(ctx, &dynamodb.DeleteItemInput{ // expect: check-then-act
		TableName: a.table,
		Key:       map[string]*dynamodb.AttributeValue{"order_id": {S: aws.String(o.ID)}},
	})
	return err
}

// case: id=go-v1-135 label=safe tier=1 note=the delete requires the pending state
func (a *App) DiscardPending(ctx context.Context, id string) error {
	_, err := a.db.DeleteItemWithContext(ctx, &dynamodb.DeleteItemInput{
		TableName:                 a.table,
		Key:                       map[string]*dynamodb.AttributeValue{"order_id": {S: aws.String(id)}},
		ConditionExpression:       aws.String("order_state = :pending"),
		ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{":pending": {S: aws.String("pending")}},
	})
	if isConditional(err) {
		return errWrongState
	}
	return err
}
