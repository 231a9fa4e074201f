package foundries

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

var errRefused = errors.New("not in that state")

type Foundry struct {
	db    *dynamodb.Client
	casts string
	yards string
}

type values = map[string]types.AttributeValue

func s(v string) types.AttributeValue { return &types.AttributeValueMemberS{Value: v} }
func n(v int) types.AttributeValue    { return &types.AttributeValueMemberN{Value: strconv.Itoa(v)} }

func (f *Foundry) update(ctx context.Context, table, key, id, set, when string, with values) error {
	in := &dynamodb.UpdateItemInput{
		TableName:                 aws.String(table),
		Key:                       values{key: s(id)},
		UpdateExpression:          aws.String(set),
		ExpressionAttributeValues: with,
	}
	if when != "" {
		in.ConditionExpression = aws.String(when)
	}
	_, err := f.db.UpdateItem(ctx, in)
	var lost *types.ConditionalCheckFailedException
	if errors.As(err, &lost) {
		return errRefused
	}
	return err
}

// label sets a mark on a cast of that yard: the next run may do so as well, whoever was first.
func (f *Foundry) label(ctx context.Context, cast, yard, mark string) error {
	return f.update(ctx, f.casts, "cast_id", cast, "SET mark = :m", "yard_id = :y", values{":m": s(mark), ":y": s(yard)})
}

// heat takes one of the furnaces that are free; there may be more.
func (f *Foundry) heat(ctx context.Context, yard string) error {
	return f.update(ctx, f.yards, "yard_id", yard, "SET furnaces = furnaces - :one", "furnaces >= :one", values{":one": n(1)})
}

// cancel is for the one run that finds the cast as it was ordered.
func (f *Foundry) cancel(ctx context.Context, cast string) error {
	return f.update(ctx, f.casts, "cast_id", cast, "SET stage = :c", "stage = :o", values{":c": s("cancelled"), ":o": s("ordered")})
}

// Pour takes iron from the yard after two writes that were won and that are no leave to take it once only.
func (f *Foundry) Pour(ctx context.Context, cast, yard string, tons int) error {
	if err := f.label(ctx, cast, yard, "poured"); err != nil {
		return err
	}
	if err := f.heat(ctx, yard); err != nil {
		return err
	}
	return f.iron(ctx, yard, tons)
}

func (f *Foundry) iron(ctx context.Context, yard string, tons int) error {
	_, err := f.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: unconditional-update
		TableName:                 aws.String(f.yards),
		Key:                       values{"yard_id": s(yard)},
		UpdateExpression:          aws.String("SET iron_left = iron_left - :t"),
		ExpressionAttributeValues: values{":t": n(tons)},
	})
	return err
}

// Cancel gives back, once, what the order had been counted for.
func (f *Foundry) Cancel(ctx context.Context, cast, yard string) error {
	if err := f.cancel(ctx, cast); err != nil {
		return err
	}
	_, err := f.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(f.yards),
		Key:                       values{"yard_id": s(yard)},
		UpdateExpression:          aws.String("SET orders = orders - :one"),
		ExpressionAttributeValues: values{":one": n(1)},
	})
	return err
}

// PourWithin asks for the iron in the same step.
func (f *Foundry) PourWithin(ctx context.Context, cast, yard string, tons int) error {
	if err := f.label(ctx, cast, yard, "poured"); err != nil {
		return err
	}
	return f.update(ctx, f.yards, "yard_id", yard, "SET iron_left = iron_left - :t", "iron_left >= :t", values{":t": n(tons)})
}

func routes(f *Foundry) {
	http.HandleFunc("/pour", func(w http.ResponseWriter, r *http.Request) {
		_ = f.Pour(r.Context(), r.FormValue("cast"), r.FormValue("yard"), 2)
	})
	http.HandleFunc("/pour-within", func(w http.ResponseWriter, r *http.Request) {
		_ = f.PourWithin(r.Context(), r.FormValue("cast"), r.FormValue("yard"), 2)
	})
	http.HandleFunc("/cancel", func(w http.ResponseWriter, r *http.Request) {
		_ = f.Cancel(r.Context(), r.FormValue("cast"), r.FormValue("yard"))
	})
}
