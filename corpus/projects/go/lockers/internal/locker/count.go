package locker

// CountOpening counts an opening; the table stands in another file of the package.
func CountOpening(id string) error {
	var l Locker
	if err := table.Get("id", id).One(&l); err != nil {
		return err
	}
	return table.Update("id", l.ID).Set("opens", l.Opens+1).Run() // expect: lost-update // reached: POST /lockers/:id/openings
}

// CountSafely lets the store count.
func CountSafely(id string) error {
	return table.Update("id", id).Add("opens", 1).Run()
}
