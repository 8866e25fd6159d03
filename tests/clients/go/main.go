// Sends lines as Docker's log driver fluentd does, with the library it uses:
//
//	forward-go [-tcp] [-async] [-ack] [-seconds] [-stop NUMBER] ADDRESS
//
// Standard input has one record a line: {"ms": time, "source": stream, "record": {…}}; the record's JSON is the line
// that the container printed. With -async the id of each record is printed that the library says it delivered.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"math"
	"net"
	"os"
	"regexp"
	"strconv"
	"sync"
	"time"

	"github.com/fluent/fluent-logger-golang/fluent"
)

// Docker's copier cuts lines into pieces of so many bytes, wherever characters begin.
const pieceBytes = 16 << 10

const tag = "app-firelens-0123456789abcdef0123456789abcdef"

var id = regexp.MustCompile(`"id":(\d+)`)

type order struct {
	Ms     int64           `json:"ms"`
	Source string          `json:"source"`
	Record json.RawMessage `json:"record"`
}

// A piece of a line, as Docker's logger.Message.
type message struct {
	line    []byte
	source  string
	time    time.Time
	partial map[string]string
}

func main() {
	tcp := flag.Bool("tcp", false, "the address is host:port, not the path of a socket")
	async := flag.Bool("async", false, "fluentd-async")
	ack := flag.Bool("ack", false, "fluentd-request-ack")
	seconds := flag.Bool("seconds", false, "no fluentd-sub-second-precision")
	stop := flag.Int("stop", 0, "close after so many messages, as Docker does when a container ends")
	flag.Parse()

	// One for each message that the library is done with.
	results := make(chan struct{}, 1024*1024)
	// What Docker sets for its options, but for shorter waits.
	config := fluent.Config{
		FluentNetwork:          "unix",
		FluentSocketPath:       flag.Arg(0),
		BufferLimit:            1024 * 1024,
		RetryWait:              20,
		MaxRetryWait:           100,
		MaxRetry:               math.MaxInt32,
		Async:                  *async,
		AsyncReconnectInterval: 200,
		SubSecondPrecision:     !*seconds,
		RequestAck:             *ack,
		ForceStopAsyncSend:     *async,
	}
	if *tcp {
		host, port, err := net.SplitHostPort(flag.Arg(0))
		check(err)
		config.FluentNetwork, config.FluentSocketPath, config.FluentHost = "tcp", "", host
		config.FluentPort, err = strconv.Atoi(port)
		check(err)
	}
	if *async {
		// Docker has no callback, and therefore no way to know.
		config.AsyncResultCallback = func(data []byte, err error) {
			if found := id.FindSubmatch(data); err == nil && found != nil {
				fmt.Printf("%s\n", found[1])
			}
			results <- struct{}{}
		}
	}
	logger, err := fluent.New(config)
	check(err)

	// Docker reads both streams at a time and sends them by one connection.
	streams := map[string]chan message{"stdout": make(chan message), "stderr": make(chan message)}
	var copiers sync.WaitGroup
	for _, messages := range streams {
		copiers.Add(1)
		go func() {
			defer copiers.Done()
			for message := range messages {
				check(post(logger, message))
			}
		}()
	}
	wanted := read(streams)
	copiers.Wait()
	if *stop > 0 {
		wanted = *stop
	}
	for range wanted {
		if *async {
			<-results
		}
	}
	check(logger.Close())
}

// Reads the messages of each stream, to their end. Returns how many there are.
func read(streams map[string]chan message) (count int) {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for number := 0; lines.Scan(); number++ {
		var order order
		check(json.Unmarshal(lines.Bytes(), &order))
		for _, message := range pieces(order, number) {
			count++
			streams[message.source] <- message
		}
	}
	check(lines.Err())
	for _, messages := range streams {
		close(messages)
	}
	return count
}

func pieces(order order, number int) []message {
	whole := message{line: order.Record, source: order.Source, time: time.UnixMilli(order.Ms)}
	if len(whole.line) < pieceBytes {
		return []message{whole}
	}
	var all []message
	for rest := whole.line; ; {
		piece := whole
		piece.line = rest[:min(len(rest), pieceBytes)]
		rest = rest[len(piece.line):]
		last := len(piece.line) < pieceBytes
		piece.partial = map[string]string{
			"partial_message": "true",
			"partial_id":      fmt.Sprintf("%064x", number),
			"partial_ordinal": strconv.Itoa(len(all) + 1),
			"partial_last":    strconv.FormatBool(last),
		}
		all = append(all, piece)
		if last {
			return all
		}
	}
}

func post(logger *fluent.Fluent, message message) error {
	data := map[string]string{
		"container_id":   "4f2a61e3c5d94f0e8a2b7c1d6e9f3a5b4f2a61e3c5d94f0e8a2b7c1d6e9f3a5b",
		"container_name": "/ecs-api-7-app-aa0193c2d5ef",
		"source":         message.source,
		"log":            string(message.line),
	}
	for name, value := range message.partial {
		data[name] = value
	}
	return logger.PostWithTime(tag, message.time, data)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
