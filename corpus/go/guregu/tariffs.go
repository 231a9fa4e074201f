package tariffs

import (
	"context"
	"errors"

	"github.com/guregu/dynamo/v2"
)

var errStale = errors.New("tariff was changed meanwhile")

type Tariff struct {
	Zone  string `dynamo:"zone,hash"`
	Cents int    `dynamo:"cents"`
	Issue int    `dynamo:"issue"`
}

// case: id=go-ddb-1441 label=race rule=lost-update tier=2 note=the issue is compared in the program, and the next one written with no condition
func Publish(ctx context.Context, table dynamo.Table, t Tariff) error {
	var current Tariff
	if err := table.Get("zone", t.Zone).One(ctx, &current); err != nil {
		return err
	}
	if current.Issue != t.Issue {
		return errStale
	}
	t.Issue = current.Issue + 1
	return table.Put(t).Run(ctx) // expect: lost-update
}

// case: id=go-ddb-1442 label=safe tier=2 note=the same issue as a condition of the put
func PublishInOrder(ctx context.Context, table dynamo.Table, t Tariff) error {
	var current Tariff
	if err := table.Get("zone", t.Zone).One(ctx, &current); err != nil {
		return err
	}
	if current.Issue != t.Issue {
		return errStale
	}
	t.Issue = current.Issue + 1
	return table.Put(t).If("issue = ?", current.Issue).Run(ctx)
}
