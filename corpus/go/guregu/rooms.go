package rooms

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/guregu/dynamo/v2"
)

type Room struct {
	ID       string `dynamo:"room_id,hash"`
	Capacity int    `dynamo:"capacity"`
	Taken    int    `dynamo:"taken"`
	Closed   bool   `dynamo:"closed"`
}

type Slot struct {
	RoomID string    `dynamo:"room_id,hash"`
	Start  string    `dynamo:"start,range"`
	State  string    `dynamo:"state"`
	Guest  string    `dynamo:"guest"`
	At     time.Time `dynamo:"at,unixtime"`
}

type Guest struct {
	RoomID string `dynamo:"room_id,hash"`
	ID     string `dynamo:"guest_id,range"`
	Name   string `dynamo:"name"`
}

var (
	ErrTaken  = errors.New("slot is taken")
	ErrFull   = errors.New("room is full")
	ErrClosed = errors.New("room is closed")
)

type Planner struct {
	db *dynamo.DB
}

func (p *Planner) rooms() dynamo.Table  { return p.db.Table("planner-rooms") }
func (p *Planner) slots() dynamo.Table  { return p.db.Table("planner-slots") }
func (p *Planner) guests() dynamo.Table { return p.db.Table("planner-guests") }

func (p *Planner) slot(ctx context.Context, room, start string) (*Slot, error) {
	s := new(Slot)
	err := p.slots().Get("room_id", room).Range("start", dynamo.Equal, start).One(ctx, s)
	if err != nil {
		return nil, fmt.Errorf("slot %s/%s: %w", room, start, err)
	}
	return s, nil
}

// case: id=go-gur-111 label=race rule=check-then-act tier=2 note=WriteTx without conditions after the state was tested
func (p *Planner) Book(ctx context.Context, room, start, guest string) error {
	s, err := p.slot(ctx, room, start)
	if err != nil {
		return err
	}
	if s.State != "free" {
		return ErrTaken
	}
	tx := p.db.WriteTx()
	tx.Update(p.slots().Update("room_id", room).Range("start", start).Set("state", "booked").Set("guest", guest))
	tx.Put(p.guests().Put(Guest{RoomID: room, ID: uuid.NewString(), Name: guest}))
	return tx.Run(ctx) // expect: check-then-act
}

// case: id=go-gur-112 label=safe tier=2 note=the update in the transaction requires the free state
func (p *Planner) BookFree(ctx context.Context, room, start, guest string) error {
	s, err := p.slot(ctx, room, start)
	if err != nil {
		return err
	}
	if s.State != "free" {
		return ErrTaken
	}
	err = p.db.WriteTx().
		Check(p.rooms().Check("room_id", room).If("closed = ?", false)).
		Update(p.slots().Update("room_id", room).Range("start", start).
			Set("state", "booked").
			Set("guest", guest).
			If("'state' = ?", "free")).
		Run(ctx)
	if dynamo.IsCondCheckFailed(err) {
		return ErrTaken
	}
	return err
}

// case: id=go-gur-113 label=race rule=check-then-act tier=2 note=guests counted against the capacity, then put under a fresh id
func (p *Planner) Admit(ctx context.Context, room Room, name string) (string, error) {
	n, err := p.guests().Get("room_id", room.ID).Consistent(true).Count(ctx)
	if err != nil {
		return "", err
	}
	if n >= room.Capacity {
		return "", ErrFull
	}
	g := Guest{RoomID: room.ID, ID: uuid.NewString(), Name: name}
	if err := p.guests().Put(g).If("attribute_not_exists(guest_id)").Run(ctx); err != nil { // expect: check-then-act
		return "", fmt.Errorf("admit %s: %w", name, err)
	}
	return g.ID, nil
}

// case: id=go-gur-114 label=safe tier=2 note=a bounded counter and the guest in one transaction
func (p *Planner) AdmitCounted(ctx context.Context, room, name string) (string, error) {
	g := Guest{RoomID: room, ID: uuid.NewString(), Name: name}
	err := p.db.WriteTx().
		Update(p.rooms().Update("room_id", room).Add("taken", 1).If("taken < capacity AND closed = ?", false)).
		Put(p.guests().Put(g)).
		Run(ctx)
	if dynamo.IsCondCheckFailed(err) {
		return "", ErrFull
	}
	return g.ID, err
}

// case: id=go-gur-115 label=race rule=check-then-act tier=1 note=a slot that was not booked when read is deleted without If
func (p *Planner) DropSlot(ctx context.Context, room, start string) error {
	s, err := p.slot(ctx, room, start)
	if err != nil {
		return err
	}
	if s.State == "booked" {
		return ErrTaken
	}
	return p.slots().Delete("room_id", s.RoomID).Range("start", s.Start).Run(ctx) // expect: check-then-act
}

// case: id=go-gur-116 label=safe tier=1 note=the delete compares the state
func (p *Planner) DropFreeSlot(ctx context.Context, room, start string) error {
	err := p.slots().Delete("room_id", room).
		Range("start", start).
		If("'state' <> ?", "booked").
		Run(ctx)
	if dynamo.IsCondCheckFailed(err) {
		return ErrTaken
	}
	return err
}

// case: id=go-gur-117 label=race rule=swallowed-conflict tier=2 note=a lost booking is answered as if it had been made
func (p *Planner) Rebook(ctx context.Context, room, start, guest string) (*Slot, error) {
	s := &Slot{RoomID: room, Start: start, State: "booked", Guest: guest, At: time.Now()}
	err := p.slots().Put(s).If("attribute_not_exists(room_id) OR 'state' = ?", "free").Run(ctx) // expect: swallowed-conflict
	if err != nil && !dynamo.IsCondCheckFailed(err) {
		return nil, fmt.Errorf("rebook: %w", err)
	}
	return s, nil
}

// case: id=go-gur-118 label=safe tier=2 note=slots are made once each, those that exist are left as they are
func (p *Planner) Generate(ctx context.Context, room string, starts []string) (int, error) {
	made := 0
	for _, start := range starts {
		err := p.slots().Put(Slot{RoomID: room, Start: start, State: "free"}).
			If("attribute_not_exists(room_id)").
			Run(ctx)
		switch {
		case err == nil:
			made++
		case dynamo.IsCondCheckFailed(err):
			continue
		default:
			return made, err
		}
	}
	return made, nil
}
