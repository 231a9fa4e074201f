package batch

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/uuid"
)

type Invoice struct {
	Customer string `dynamodbav:"customer_id"`
	Number   string `dynamodbav:"number"`
	State    string `dynamodbav:"state"`
	Cents    int64  `dynamodbav:"cents"`
	Reminded int    `dynamodbav:"reminded"`
	DueUnix  int64  `dynamodbav:"due_unix"`
}

type Ledger struct {
	db       *dynamodb.Client
	invoices string
	events   string
}

const chunk = 25

func (l *Ledger) open(ctx context.Context, customer string) ([]Invoice, error) {
	var all []Invoice
	p := dynamodb.NewQueryPaginator(l.db, &dynamodb.QueryInput{
		TableName:              aws.String(l.invoices),
		KeyConditionExpression: aws.String("customer_id = :c"),
		FilterExpression:       aws.String("#st = :open"),
		ExpressionAttributeNames: map[string]string{
			"#st": "state",
		},
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":c":    &types.AttributeValueMemberS{Value: customer},
			":open": &types.AttributeValueMemberS{Value: "open"},
		},
	})
	for p.HasMorePages() {
		page, err := p.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("open invoices of %s: %w", customer, err)
		}
		var some []Invoice
		if err := attributevalue.UnmarshalListOfMaps(page.Items, &some); err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

func invoiceKey(inv Invoice) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{
		"customer_id": &types.AttributeValueMemberS{Value: inv.Customer},
		"number":      &types.AttributeValueMemberS{Value: inv.Number},
	}
}

// case: id=go-ddb-170 label=race rule=lost-update tier=2 note=rows read, late fee added, put back by BatchWriteItem that takes no condition
func (l *Ledger) AddLateFee(ctx context.Context, customer string, fee int64) error {
	due, err := l.open(ctx, customer)
	if err != nil {
		return err
	}
	var reqs []types.WriteRequest
	for _, inv := range due {
		if inv.DueUnix > time.Now().Unix() {
			continue
		}
		inv.Cents += fee
		item, err := attributevalue.MarshalMap(inv)
		if err != nil {
			return err
		}
		reqs = append(reqs, types.WriteRequest{PutRequest: &types.PutRequest{Item: item}})
	}
	for len(reqs) > 0 {
		n := min(len(reqs), chunk)
		_, err := l.db.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{ // expect: lost-update
			RequestItems: map[string][]types.WriteRequest{l.invoices: reqs[:n]},
		})
		if err != nil {
			return fmt.Errorf("write fees: %w", err)
		}
		reqs = reqs[n:]
	}
	return nil
}

// case: id=go-ddb-171 label=safe tier=2 note=the fee is added by the store under a condition on the state, one update each
func (l *Ledger) AddLateFeeInPlace(ctx context.Context, customer string, fee int64) error {
	due, err := l.open(ctx, customer)
	if err != nil {
		return err
	}
	amount, err := attributevalue.Marshal(fee)
	if err != nil {
		return err
	}
	for _, inv := range due {
		_, err := l.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
			TableName:                aws.String(l.invoices),
			Key:                      invoiceKey(inv),
			UpdateExpression:         aws.String("SET cents = cents + :fee"),
			ConditionExpression:      aws.String("#st = :open"),
			ExpressionAttributeNames: map[string]string{"#st": "state"},
			ExpressionAttributeValues: map[string]types.AttributeValue{
				":fee":  amount,
				":open": &types.AttributeValueMemberS{Value: "open"},
			},
		})
		var ccf *types.ConditionalCheckFailedException
		if errors.As(err, &ccf) {
			continue
		}
		if err != nil {
			return fmt.Errorf("fee on %s: %w", inv.Number, err)
		}
	}
	return nil
}

// case: id=go-ddb-172 label=race rule=check-then-act tier=2 note=open invoices found by a filter are written off without repeating the test
func (l *Ledger) WriteOff(ctx context.Context, customer string) (int, error) {
	rows, err := l.open(ctx, customer)
	if err != nil {
		return 0, err
	}
	done := 0
	for i := range rows {
		inv := &rows[i]
		if inv.Cents > 500 {
			continue
		}
		_, err := l.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: check-then-act
			TableName:                 aws.String(l.invoices),
			Key:                       invoiceKey(*inv),
			UpdateExpression:          aws.String("SET #st = :off"),
			ExpressionAttributeNames:  map[string]string{"#st": "state"},
			ExpressionAttributeValues: map[string]types.AttributeValue{":off": &types.AttributeValueMemberS{Value: "written_off"}},
		})
		if err != nil {
			return done, err
		}
		done++
	}
	return done, nil
}

// case: id=go-ddb-173 label=safe tier=1 note=the payment is a conditional state change, nothing read before
func (l *Ledger) MarkPaid(ctx context.Context, customer, number string) error {
	_, err := l.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                aws.String(l.invoices),
		Key:                      invoiceKey(Invoice{Customer: customer, Number: number}),
		UpdateExpression:         aws.String("SET #st = :paid"),
		ConditionExpression:      aws.String("#st = :open"),
		ExpressionAttributeNames: map[string]string{"#st": "state"},
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":paid": &types.AttributeValueMemberS{Value: "paid"},
			":open": &types.AttributeValueMemberS{Value: "open"},
		},
	})
	if err != nil {
		return fmt.Errorf("pay %s: %w", number, err)
	}
	return nil
}

// case: id=go-ddb-174 label=safe tier=2 note=events are appended under fresh ids, a batch without conditions is right for that
func (l *Ledger) Journal(ctx context.Context, customer string, kinds []string) error {
	reqs := make([]types.WriteRequest, 0, len(kinds))
	for _, kind := range kinds {
		reqs = append(reqs, types.WriteRequest{PutRequest: &types.PutRequest{Item: map[string]types.AttributeValue{
			"event_id": &types.AttributeValueMemberS{Value: uuid.NewString()},
			"customer": &types.AttributeValueMemberS{Value: customer},
			"kind":     &types.AttributeValueMemberS{Value: kind},
		}}})
	}
	out, err := l.db.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{
		RequestItems: map[string][]types.WriteRequest{l.events: reqs},
	})
	if err != nil {
		return err
	}
	if left := len(out.UnprocessedItems[l.events]); left > 0 {
		return fmt.Errorf("%d events were not written", left)
	}
	return nil
}

// case: id=go-ddb-175 label=race rule=check-then-act tier=2 note=invoices that were empty when read are deleted by a batch without conditions
func (l *Ledger) PurgeEmpty(ctx context.Context, keys []map[string]types.AttributeValue) error {
	got, err := l.db.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{
		RequestItems: map[string]types.KeysAndAttributes{l.invoices: {Keys: keys, ConsistentRead: aws.Bool(true)}},
	})
	if err != nil {
		return err
	}
	var dels []types.WriteRequest
	for _, item := range got.Responses[l.invoices] {
		var inv Invoice
		if err := attributevalue.UnmarshalMap(item, &inv); err != nil {
			return err
		}
		if inv.State == "open" && inv.Cents == 0 {
			dels = append(dels, types.WriteRequest{DeleteRequest: &types.DeleteRequest{Key: invoiceKey(inv)}})
		}
	}
	if len(dels) == 0 {
		return nil
	}
	_, err = l.db.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{ // expect: check-then-act
		RequestItems: map[string][]types.WriteRequest{l.invoices: dels},
	})
	return err
}
