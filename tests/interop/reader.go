// Prints the SHA-256 of the text of a gzip file: go run reader.go FILE
package main

import (
	"bufio"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"io"
	"log"
	"os"
)

func main() {
	file, err := os.Open(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	text, err := gzip.NewReader(bufio.NewReader(file))
	if err != nil {
		log.Fatal(err)
	}
	digest := sha256.New()
	if _, err := io.Copy(digest, text); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%x\n", digest.Sum(nil))
}
