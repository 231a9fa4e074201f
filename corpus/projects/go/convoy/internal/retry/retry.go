// Package retry runs work again that lost a race.
package retry

import (
	"context"
	"errors"
	"time"
)

// ErrAgain asks for another try.
var ErrAgain = errors.New("retry: again")

// Do runs work until it does not ask for another try.
func Do(ctx context.Context, tries int, work func(context.Context) error) error {
	var err error
	for n := 0; n < tries; n++ {
		if err = work(ctx); !errors.Is(err, ErrAgain) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(n+1) * 20 * time.Millisecond):
		}
	}
	return err
}
