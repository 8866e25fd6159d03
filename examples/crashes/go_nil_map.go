// Orders are counted in a map that nobody made: the panic of a goroutine, while another one waits.
package main

import (
	"fmt"
	"sync"
	"time"
)

type ledger struct {
	totals map[string]int
}

func (l *ledger) add(sku string, cents int) {
	l.totals[sku] += cents
}

func worker(l *ledger, orders <-chan string, done *sync.WaitGroup) {
	defer done.Done()
	for sku := range orders {
		l.add(sku, 1250)
	}
}

func main() {
	fmt.Println("ledger starts")
	orders := make(chan string)
	var done sync.WaitGroup
	done.Add(1)
	go worker(&ledger{}, orders, &done)
	time.Sleep(10 * time.Millisecond) // so that the worker waits in its own frame when the order comes
	orders <- "SKU-0001"
	done.Wait()
}
