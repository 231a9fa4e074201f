package weirs

import "context"

type Keepers struct {
	weirs *Table
}

// case: the table's methods stand in another file than the table
func (k *Keepers) Take(ctx context.Context, name, keeper string) error {
	weir, err := k.weirs.Seek(ctx, name)
	if err != nil {
		return err
	}
	if weir.Keeper != "" {
		return errKept
	}
	return k.weirs.SetKeeper(ctx, name, keeper, nil) // expect: check-then-act
}

// case: the same, only where nobody keeps it
func (k *Keepers) TakeSafely(ctx context.Context, name, keeper string) error {
	weir, err := k.weirs.Seek(ctx, name)
	if err != nil {
		return err
	}
	if weir.Keeper != "" {
		return errKept
	}
	free := "attribute_not_exists(keeper)"
	return k.weirs.SetKeeper(ctx, name, keeper, &free)
}
