// Package fares keeps the passengers' cards.
package fares

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"

	"example.com/tramway/internal/ddbx"
)

var (
	ErrEmpty = errors.New("fares: not enough on the card")
	ErrState = errors.New("fares: not that way")
)

// Card is a passenger's card.
type Card struct {
	ID    string `dynamodbav:"card_id"`
	Cents int64  `dynamodbav:"cents"`
	State string `dynamodbav:"card_state"`
	Trips int64  `dynamodbav:"trips"`
}

// Cards has all of them.
type Cards struct {
	Table *ddbx.Table
}

// case: id=go-ddb-7860 label=race rule=lost-update|check-then-act tier=4 note=what is left is worked out here, the table sets whatever it is given
func (c *Cards) Charge(ctx context.Context, id string, fare int64) error {
	var card Card
	if err := c.Table.Fetch(ctx, id, &card); err != nil {
		return err
	}
	left := card.Cents - fare
	if left < 0 {
		return ErrEmpty
	}
	return c.Table.SetNumber(ctx, id, "cents", left) // expect: lost-update
}

// case: id=go-ddb-7861 label=race rule=lost-update tier=4 note=another column by the same way
func (c *Cards) CountTrip(ctx context.Context, id string) error {
	var card Card
	if err := c.Table.Fetch(ctx, id, &card); err != nil {
		return err
	}
	return c.Table.SetNumber(ctx, id, "trips", card.Trips+1) // expect: lost-update
}

// case: id=go-ddb-7862 label=race rule=check-then-act tier=4 note=the state is tested here, the condition asks only whether there is a card
func (c *Cards) Block(ctx context.Context, id string) error {
	var card Card
	if err := c.Table.Fetch(ctx, id, &card); err != nil {
		return err
	}
	if card.State != "active" {
		return ErrState
	}
	return c.close(ctx, card.ID, "blocked")
}

func (c *Cards) close(ctx context.Context, id, state string) error {
	b := expression.NewBuilder().
		WithUpdate(expression.Set(expression.Name("card_state"), expression.Value(state))).
		WithCondition(expression.AttributeExists(expression.Name("card_id")))
	return c.Table.Apply(ctx, id, b) // expect: check-then-act
}

// case: id=go-ddb-7863 label=safe tier=4 note=the state that was tested stands in the condition
func (c *Cards) Unblock(ctx context.Context, id string) error {
	var card Card
	if err := c.Table.Fetch(ctx, id, &card); err != nil {
		return err
	}
	if card.State != "blocked" {
		return ErrState
	}
	b := expression.NewBuilder().
		WithUpdate(expression.Set(expression.Name("card_state"), expression.Value("active"))).
		WithCondition(expression.Name("card_state").Equal(expression.Value("blocked")))
	return c.Table.Apply(ctx, id, b)
}

// case: id=go-ddb-7864 label=safe tier=4 note=the store subtracts, the floor stands in the condition
func (c *Cards) ChargeInPlace(ctx context.Context, id string, fare int64) error {
	cents := expression.Name("cents")
	b := expression.NewBuilder().
		WithUpdate(expression.Set(cents, cents.Minus(expression.Value(fare)))).
		WithCondition(cents.GreaterThanEqual(expression.Value(fare)))
	return c.Table.Apply(ctx, id, b)
}
