// Command selector times rollcall's label selectors against those of k8s.io/apimachinery, side by side, and
// prints a Markdown table:
//
//	go run ./bench/selector
package main

import "github.com/rollcall-go/rollcall/conformance/internal/bench"

func main() { bench.Print(rows()) }
