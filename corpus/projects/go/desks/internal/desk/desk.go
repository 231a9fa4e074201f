package desk

import (
	"context"

	"github.com/guregu/dynamo"
)

type Desk struct {
	ID    string `dynamo:"id,hash"`
	Free  int    `dynamo:"free"`
	Moves int    `dynamo:"moves"`
}

type Repo struct {
	table dynamo.Table
}

func NewRepo(db *dynamo.DB) *Repo {
	return &Repo{table: db.Table("desks")}
}

// Book takes one place.
func (r *Repo) Book(ctx context.Context, id string) error {
	var d Desk
	if err := r.table.Get("id", id).OneWithContext(ctx, &d); err != nil {
		return err
	}
	return r.table.Update("id", id).Set("free", d.Free-1).RunWithContext(ctx) // expect: lost-update // reached: POST /api/desks/:id/bookings
}

// Move counts a move.
func (r *Repo) Move(ctx context.Context, id string) error {
	var d Desk
	if err := r.table.Get("id", id).OneWithContext(ctx, &d); err != nil {
		return err
	}
	return r.table.Update("id", id).Set("moves", d.Moves+1).RunWithContext(ctx) // expect: lost-update // reached: PATCH|PUT /v2/desks/{id}, POST /v2/desks/{id}/moves
}

// BookSafely takes one place if there is one.
func (r *Repo) BookSafely(ctx context.Context, id string) error {
	return r.table.Update("id", id).Add("free", -1).If("'free' > ?", 0).RunWithContext(ctx)
}
