//go:build ignore

package kilns

// Firing is what the generator prints, not what is stored.
type Firing struct {
	ID      string
	Degrees int
	Round   int
}

func main() {}
