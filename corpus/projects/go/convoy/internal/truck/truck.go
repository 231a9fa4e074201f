// Package truck keeps trucks and what they carry.
package truck

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"example.com/convoy/internal/retry"
)

// Litres of fuel.
type Litres int

// Truck is one truck.
type Truck struct {
	Plate  string
	Fuel   Litres
	Load   int
	Stops  []string
	Trails []string
}

// Fleet is all trucks.
type Fleet struct {
	*store
}

// NewFleet keeps trucks in a table.
func NewFleet(db *dynamodb.Client) *Fleet {
	return &Fleet{store: &store{db: db}}
}

// Burn takes fuel out of a truck.
func (f *Fleet) Burn(ctx context.Context, plate string, litres int) error {
	t, err := f.load(ctx, plate)
	if err != nil {
		return err
	}
	return f.setFuel(ctx, plate, t.Fuel-Litres(litres))
}

// BurnChecked takes fuel out, and tries again if somebody else did.
func (f *Fleet) BurnChecked(ctx context.Context, plate string, litres int) error {
	return retry.Do(ctx, 5, func(ctx context.Context) error {
		t, err := f.load(ctx, plate)
		if err != nil {
			return err
		}
		return f.setFuelFrom(ctx, plate, t.Fuel-Litres(litres), t.Fuel)
	})
}

// Refuel sets what the pump says: nothing was read.
func (f *Fleet) Refuel(ctx context.Context, plate string, litres int) error {
	return f.setFuel(ctx, plate, Litres(litres))
}

// TopUp gives every truck a little, through a map of all.
func (f *Fleet) TopUp(ctx context.Context, litres int) error {
	trucks, err := f.all(ctx)
	if err != nil {
		return err
	}
	wanted := make(map[string]Litres, len(trucks))
	for _, t := range trucks {
		wanted[t.Plate] = t.Fuel + Litres(litres)
	}
	for plate, fuel := range wanted {
		if err := f.setFuel(ctx, plate, fuel); err != nil {
			return err
		}
	}
	return nil
}

// Pass sends a truck through a stop, and whatever it pulls.
func (f *Fleet) Pass(ctx context.Context, plate, stop string) error {
	t, err := f.load(ctx, plate)
	if err != nil {
		return err
	}
	t.Stops = append(t.Stops, stop)
	if err := f.put(ctx, t); err != nil {
		return err
	}
	for _, trailer := range t.Trails {
		if err := f.Pass(ctx, trailer, stop); err != nil {
			return err
		}
	}
	return nil
}

// Load puts something on a truck and whatever it pulls.
func (f *Fleet) Load(ctx context.Context, plate string, n int) error {
	if err := f.addLoad(ctx, plate, n); err != nil {
		return err
	}
	t, err := f.load(ctx, plate)
	if err != nil {
		return err
	}
	for _, trailer := range t.Trails {
		if err := f.Load(ctx, trailer, n); err != nil {
			return err
		}
	}
	return nil
}
