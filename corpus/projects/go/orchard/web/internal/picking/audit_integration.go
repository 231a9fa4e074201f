//go:build integration

package picking

import "fmt"

func audit(id string, kilos int) {
	fmt.Println(id, kilos)
}
