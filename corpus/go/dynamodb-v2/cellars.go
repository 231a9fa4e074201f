// Package cellars keeps casks, all in one table under keys of several parts.
package cellars

import (
	"context"
	"errors"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

var errState = errors.New("the cask is not full")

type Cask struct {
	PK     string `dynamodbav:"PK"`
	SK     string `dynamodbav:"SK"`
	House  string `dynamodbav:"house"`
	Mark   string `dynamodbav:"mark"`
	Parent string `dynamodbav:"parent_mark"`
	Stage  string `dynamodbav:"stage"`
	Litres int    `dynamodbav:"litres"`
}

type values = map[string]types.AttributeValue

type Cellar struct {
	db    *dynamodb.Client
	table string
}

func s(v string) types.AttributeValue { return &types.AttributeValueMemberS{Value: v} }

func caskKey(house, mark string) values {
	return values{"PK": s("HOUSE#" + house), "SK": s("CASK#" + mark)}
}

func (c *Cellar) cask(ctx context.Context, house, mark string) (*Cask, error) {
	out, err := c.db.GetItem(ctx, &dynamodb.GetItemInput{TableName: &c.table, Key: caskKey(house, mark)})
	if err != nil {
		return nil, err
	}
	cask := &Cask{}
	return cask, attributevalue.UnmarshalMap(out.Item, cask)
}

// tap goes to the very cask that was found: its key is put together again of what the cask says of itself.
func (c *Cellar) tap(ctx context.Context, cask *Cask, tavern string) error {
	_, err := c.db.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{ // expect: check-then-act
		TransactItems: []types.TransactWriteItem{
			{Update: &types.Update{
				TableName:                 &c.table,
				Key:                       caskKey(cask.House, cask.Mark),
				UpdateExpression:          aws.String("SET stage = :t, tavern = :v"),
				ConditionExpression:       aws.String("attribute_exists(PK)"),
				ExpressionAttributeValues: values{":t": s("tapped"), ":v": s(tavern)},
			}},
			{Update: &types.Update{
				TableName:                 &c.table,
				Key:                       values{"PK": s("TAVERN#" + tavern), "SK": s("TAP")},
				UpdateExpression:          aws.String("SET tap = :m"),
				ConditionExpression:       aws.String("attribute_not_exists(tap)"),
				ExpressionAttributeValues: values{":m": s(cask.Mark)},
			}},
		},
	})
	return err
}

// Tap looks at the stage of a cask that may have been emptied by now.
func (c *Cellar) Tap(ctx context.Context, house, mark, tavern string) error {
	cask, err := c.cask(ctx, house, mark)
	if err != nil {
		return err
	}
	if cask.Stage != "full" {
		return errState
	}
	return c.tap(ctx, cask, tavern)
}

// Empty asks for the stage again.
func (c *Cellar) Empty(ctx context.Context, house, mark string) error {
	cask, err := c.cask(ctx, house, mark)
	if err != nil {
		return err
	}
	if cask.Stage != "full" {
		return errState
	}
	_, err = c.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 &c.table,
		Key:                       caskKey(cask.House, cask.Mark),
		UpdateExpression:          aws.String("SET stage = :e"),
		ConditionExpression:       aws.String("stage = :f"),
		ExpressionAttributeValues: values{":e": s("empty"), ":f": s("full")},
	})
	return err
}

// Return marks the cask from which this one was filled: that is another one.
func (c *Cellar) Return(ctx context.Context, house, mark string) error {
	cask, err := c.cask(ctx, house, mark)
	if err != nil {
		return err
	}
	if cask.Stage != "full" {
		return errState
	}
	_, err = c.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 &c.table,
		Key:                       caskKey(cask.House, cask.Parent),
		UpdateExpression:          aws.String("SET stage = :r"),
		ConditionExpression:       aws.String("attribute_exists(PK)"),
		ExpressionAttributeValues: values{":r": s("returned")},
	})
	return err
}

// Routes registers the cellar.
func (c *Cellar) Routes(mux *http.ServeMux) {
	mux.HandleFunc("POST /tap", func(w http.ResponseWriter, r *http.Request) {
		answer(w, c.Tap(r.Context(), r.FormValue("house"), r.FormValue("mark"), r.FormValue("tavern")))
	})
	mux.HandleFunc("POST /empty", func(w http.ResponseWriter, r *http.Request) {
		answer(w, c.Empty(r.Context(), r.FormValue("house"), r.FormValue("mark")))
	})
	mux.HandleFunc("POST /return", func(w http.ResponseWriter, r *http.Request) {
		answer(w, c.Return(r.Context(), r.FormValue("house"), r.FormValue("mark")))
	})
}

func answer(w http.ResponseWriter, err error) {
	if err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
