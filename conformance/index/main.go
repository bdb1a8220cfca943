// Command index times rollcall's indexes of objects and selectors against other indexes, side by side in one
// process, and prints Markdown tables:
//
//	go run .
//
// The contestants are a scan with the selectors of k8s.io/apimachinery, client-go's Indexer with an index of
// labels, the postings of Prometheus, and roaring bitmaps. For the selectors that match an object, and for
// matching pairs, they include the label indexes of Calico's felix. The results of every contestant are
// compared with the scan before they are timed.
package main

import (
	"flag"
	"fmt"
	"runtime"
	"strconv"
	"strings"

	"github.com/sirupsen/logrus"
)

var (
	objectSizes   = flag.String("objects", "100000,1000000", "numbers of objects for the tables of Objects")
	selectorSizes = flag.String("selectors", "10000,100000", "numbers of selectors for the tables of Selectors")
	joinSizes     = flag.String("joins", "10000x2000,100000x10000", "numbers of objects and selectors for the tables of Join")
	flatObjects   = flag.String("flat-objects", "1000,10000,100000,1000000", "numbers of objects in the table of equal answers")
	flatSelectors = flag.String("flat-selectors", "100,1000,10000,100000", "numbers of selectors in the table of equal answers")
	churns        = flag.Int("churns", 1_000_000, "number of changes of 100,000 objects while the heap is measured")
)

func main() {
	flag.Parse()
	manual()
	logrus.SetLevel(logrus.PanicLevel) // Calico's
	fmt.Printf("%s %s/%s, %d rounds of %v\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, *rounds, *length)
	for _, n := range numbers(*objectSizes, ",") {
		timeObjects(n)
	}
	for _, m := range numbers(*selectorSizes, ",") {
		timeSelectors(m)
	}
	for size := range strings.SplitSeq(*joinSizes, ",") {
		if nm := numbers(size, "x"); len(nm) == 2 {
			timeJoin(nm[0], nm[1])
		}
	}
	flat(numbers(*flatObjects, ","), numbers(*flatSelectors, ","))
	if *churns > 0 {
		churn(100_000, *churns)
	}
}

// numbers returns the numbers of a list, or none for an empty list.
func numbers(list, separator string) []int {
	var ns []int
	for text := range strings.SplitSeq(list, separator) {
		if text != "" {
			ns = append(ns, must(strconv.Atoi(text)))
		}
	}
	return ns
}
