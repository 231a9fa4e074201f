// Package memory keeps slots in a map, for tests.
package memory

import (
	"context"
	"sync"
	"time"

	"example.com/dockslots/booking"
)

// Slots is a map of slots.
type Slots struct {
	mu    sync.Mutex
	slots map[string]booking.Slot
}

// New is empty.
func New() *Slots {
	return &Slots{slots: map[string]booking.Slot{}}
}

// Load finds a slot.
func (s *Slots) Load(_ context.Context, id string) (booking.Slot, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	slot, ok := s.slots[id]
	if !ok {
		return booking.Slot{}, booking.ErrNotFound
	}
	return slot, nil
}

// Store keeps a slot.
func (s *Slots) Store(_ context.Context, slot booking.Slot) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.slots[slot.ID] = slot
	return nil
}

// StoreUnchanged keeps a slot that is as it was.
func (s *Slots) StoreUnchanged(_ context.Context, slot booking.Slot) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.slots[slot.ID].Version != slot.Version {
		return booking.ErrChanged
	}
	slot.Version++
	s.slots[slot.ID] = slot
	return nil
}

// Touch does nothing.
func (s *Slots) Touch(context.Context, string, time.Time) error { return nil }
