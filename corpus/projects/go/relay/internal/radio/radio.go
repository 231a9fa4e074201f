// Package radio keeps the channels of a relay station.
package radio

import (
	"context"
	"errors"

	"example.com/relay/internal/store"
)

// ErrFull says that no listener may join.
var ErrFull = errors.New("radio: full")

// Channel is one channel.
type Channel struct {
	store.Base
	Listeners int `dynamo:"listeners"`
	Limit     int `dynamo:"limit"`
}

// Channels is what a station needs.
type Channels interface {
	Find(ctx context.Context, id string) (*Channel, error)
	Save(ctx context.Context, channel *Channel) error
	SaveIf(ctx context.Context, channel *Channel, revision int) error
	Add(ctx context.Context, id, field string, n int) error
}

// Logger is embedded by whatever logs.
type Logger struct {
	prefix string
}

// Logf logs.
func (l *Logger) Logf(format string, args ...any) {}

// Station has channels.
type Station struct {
	*Logger
	channels Channels
}

// NewStation has the channels given.
func NewStation(channels Channels) *Station {
	return &Station{Logger: &Logger{prefix: "station"}, channels: channels}
}

// Join lets a listener in.
func (s *Station) Join(ctx context.Context, id string) error {
	channel, err := s.channels.Find(ctx, id)
	if err != nil {
		return err
	}
	if channel.Listeners >= channel.Limit {
		return ErrFull
	}
	channel.Listeners++
	s.Logf("%s has %d listeners", id, channel.Listeners)
	return s.channels.Save(ctx, channel) // expect: lost-update
}

// JoinUnchanged lets a listener in, unless the channel was written meanwhile.
func (s *Station) JoinUnchanged(ctx context.Context, id string) error {
	for i := 0; i < 5; i++ {
		channel, err := s.channels.Find(ctx, id)
		if err != nil {
			return err
		}
		if channel.Listeners >= channel.Limit {
			return ErrFull
		}
		seen := channel.Revision
		channel.Listeners++
		channel.Revision++
		if err := s.channels.SaveIf(ctx, channel, seen); !errors.Is(err, store.ErrChanged) {
			return err
		}
	}
	return store.ErrChanged
}

// Heard counts a minute of a channel.
func (s *Station) Heard(ctx context.Context, id string) error {
	return s.channels.Add(ctx, id, "minutes", 1)
}
