// A missing order is dereferenced: panic with a signal line; a deferred function panics again.
package main

import (
	"errors"
	"fmt"
)

type order struct{ cents int }

func find(id int) *order { return nil }

func total(id int) (cents int) {
	defer func() {
		if cause := recover(); cause != nil {
			panic(fmt.Errorf("order %d: %w", id, errors.Join(cause.(error), errors.New("total unknown"))))
		}
	}()
	return find(id).cents
}

func main() {
	fmt.Println("total", total(17))
}
