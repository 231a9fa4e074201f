// Package booking decides who gets a slot at a dock.
package booking

import (
	"context"
	"errors"
	"time"
)

// Errors that a planner answers with.
var (
	ErrClosed   = errors.New("booking: slot is closed")
	ErrNotFound = errors.New("booking: no such slot")
	ErrChanged  = errors.New("booking: slot was changed by another")
)

// Slot is a time at a dock.
type Slot struct {
	ID      string
	Carrier string
	State   string
	Pallets int
	Notes   []string
	Version int
	Updated time.Time
}

// Slots keeps slots.
type Slots interface {
	Load(ctx context.Context, id string) (Slot, error)
	Store(ctx context.Context, slot Slot) error
	StoreUnchanged(ctx context.Context, slot Slot) error
	Touch(ctx context.Context, id string, at time.Time) error
}

// Planner decides.
type Planner struct {
	slots Slots
}

// NewPlanner plans over the slots given.
func NewPlanner(slots Slots) *Planner {
	return &Planner{slots: slots}
}

// Assign gives an open slot to a carrier.
func (p *Planner) Assign(ctx context.Context, id, carrier string) error {
	slot, err := p.slots.Load(ctx, id)
	if err != nil {
		return err
	}
	if slot.State != "open" {
		return ErrClosed
	}
	slot.State = "assigned"
	slot.Carrier = carrier
	return p.slots.Store(ctx, slot)
}

// AssignUnchanged gives an open slot to a carrier, unless somebody has changed it meanwhile.
func (p *Planner) AssignUnchanged(ctx context.Context, id, carrier string) error {
	for attempt := 0; attempt < 3; attempt++ {
		slot, err := p.slots.Load(ctx, id)
		if err != nil {
			return err
		}
		if slot.State != "open" {
			return ErrClosed
		}
		slot.State = "assigned"
		slot.Carrier = carrier
		err = p.slots.StoreUnchanged(ctx, slot)
		if !errors.Is(err, ErrChanged) {
			return err
		}
	}
	return ErrChanged
}

// Arrived says that a truck is at the dock.
func (p *Planner) Arrived(ctx context.Context, id string) error {
	return p.slots.Touch(ctx, id, time.Now())
}
