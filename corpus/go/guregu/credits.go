package credits

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/guregu/dynamo/v2"
)

type Purse struct {
	UserID  string   `dynamo:"UserID,hash"`
	Credits int      `dynamo:"Credits"`
	Perks   []string `dynamo:"Perks,set"`
	Version int64    `dynamo:"Version"`
	Label   string   `dynamo:"Label"`
}

var (
	ErrTooFew = errors.New("too few credits")
	ErrRaced  = errors.New("purse changed meanwhile")
)

type Purses struct {
	table dynamo.Table
}

func New(cfg aws.Config) *Purses {
	return &Purses{table: dynamo.New(cfg).Table("Purses")}
}

// case: id=go-gur-101 label=race rule=lost-update tier=1 note=One, credits changed on the struct, Put without If
func (p *Purses) Spend(ctx context.Context, user string, n int) error {
	var purse Purse
	if err := p.table.Get("UserID", user).One(ctx, &purse); err != nil {
		return fmt.Errorf("purse of %s: %w", user, err)
	}
	if purse.Credits < n {
		return ErrTooFew
	}
	purse.Credits -= n
	return p.table.Put(purse).Run(ctx) // expect: lost-update
}

// case: id=go-gur-102 label=safe tier=1 note=Put under the version that was read, which it advances
func (p *Purses) SpendVersioned(ctx context.Context, user string, n int) error {
	var purse Purse
	if err := p.table.Get("UserID", user).Consistent(true).One(ctx, &purse); err != nil {
		return fmt.Errorf("purse of %s: %w", user, err)
	}
	if purse.Credits < n {
		return ErrTooFew
	}
	seen := purse.Version
	purse.Credits -= n
	purse.Version = seen + 1
	err := p.table.Put(purse).If("Version = ?", seen).Run(ctx)
	if dynamo.IsCondCheckFailed(err) {
		return ErrRaced
	}
	return err
}

// case: id=go-gur-103 label=race rule=check-then-act tier=1 note=credits tested, then Add of a negative number without If
func (p *Purses) Take(ctx context.Context, user string, n int) error {
	var purse Purse
	if err := p.table.Get("UserID", user).One(ctx, &purse); err != nil {
		return err
	}
	if purse.Credits < n {
		return ErrTooFew
	}
	return p.table.Update("UserID", user).Add("Credits", -n).Run(ctx) // expect: check-then-act
}

// case: id=go-gur-104 label=safe tier=2 note=If repeats the test in the same update
func (p *Purses) TakeGuarded(ctx context.Context, user string, n int) (int, error) {
	var purse Purse
	if err := p.table.Get("UserID", user).One(ctx, &purse); err != nil {
		return 0, err
	}
	if purse.Credits < n {
		return purse.Credits, ErrTooFew
	}
	var after Purse
	err := p.table.Update("UserID", user).
		Add("Credits", -n).
		If("Credits >= ?", n).
		Value(ctx, &after)
	if dynamo.IsCondCheckFailed(err) {
		return 0, ErrTooFew
	}
	return after.Credits, err
}

// case: id=go-gur-105 label=race rule=unconditional-update tier=1 note=SetExpr subtracts with no read and no If
func (p *Purses) Fee(ctx context.Context, user string, n int) error {
	return p.table.Update("UserID", user).SetExpr("Credits = Credits - ?", n).Run(ctx) // expect: unconditional-update
}

// case: id=go-gur-106 label=safe tier=1 note=a gift is a positive Add
func (p *Purses) Gift(ctx context.Context, user string, n uint) error {
	return p.table.Update("UserID", user).
		Add("Credits", n).
		AddStringsToSet("Perks", "gifted").
		Run(ctx)
}

// case: id=go-gur-107 label=race rule=check-then-create tier=1 note=ErrNotFound is taken for absence, Put has no condition
func (p *Purses) Open(ctx context.Context, user string) error {
	var have Purse
	err := p.table.Get("UserID", user).One(ctx, &have)
	if err == nil {
		return fmt.Errorf("purse of %s exists", user)
	}
	if !errors.Is(err, dynamo.ErrNotFound) {
		return err
	}
	return p.table.Put(Purse{UserID: user, Credits: 10, Version: 1}).Run(ctx) // expect: check-then-create
}

// case: id=go-gur-108 label=safe tier=2 note=get or create, the Put requires absence and a conflict reads again
func (p *Purses) OpenOrGet(ctx context.Context, user string) (Purse, error) {
	var purse Purse
	err := p.table.Get("UserID", user).One(ctx, &purse)
	if !errors.Is(err, dynamo.ErrNotFound) {
		return purse, err
	}
	purse = Purse{UserID: user, Credits: 10, Version: 1}
	err = p.table.Put(purse).If("attribute_not_exists(UserID)").Run(ctx)
	if dynamo.IsCondCheckFailed(err) {
		err = p.table.Get("UserID", user).One(ctx, &purse)
	}
	return purse, err
}

// case: id=go-gur-109 label=race rule=stale-overwrite tier=1 note=a label from the request, but the whole purse is put back
func (p *Purses) Relabel(ctx context.Context, user, label string) error {
	var purse Purse
	if err := p.table.Get("UserID", user).One(ctx, &purse); err != nil {
		return err
	}
	purse.Label = label
	return p.table.Put(&purse).Run(ctx) // expect: stale-overwrite
}

// case: id=go-gur-110 label=safe tier=1 note=only the label is set, after a look whether the purse exists
func (p *Purses) SetLabel(ctx context.Context, user, label string) error {
	var purse Purse
	if err := p.table.Get("UserID", user).One(ctx, &purse); err != nil {
		return err
	}
	return p.table.Update("UserID", user).
		Set("Label", label).
		If("attribute_exists(UserID)").
		Run(ctx)
}
