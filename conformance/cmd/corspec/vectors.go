package main

import (
	"bufio"
	"fmt"
	"io"
	"slices"

	"github.com/corspec/corspec/conformance"
)

const vectorsAbout = `
Vectors prints the embedded vectors as JSON lines: all of them, those of one algorithm, or those with the given ids.
With -list it prints their ids and descriptions. The exit status is 1 where there is no such vector.
`

func runVectors(args []string, _ io.Reader, stdout, stderr io.Writer) int {
	flags := newFlags("vectors", stderr, vectorsAbout)
	algorithm := flags.String("algorithm", "", "only those of the algorithm `NAME`")
	list := flags.Bool("list", false, "print ids and descriptions")
	ids, status, ok := parseInterspersed(flags, args, stdout)
	if !ok {
		return status
	}
	w := bufio.NewWriter(stdout)
	printed := map[string]bool{}
	for _, v := range conformance.Vectors() {
		if *algorithm != "" && v.Algorithm() != *algorithm || len(ids) > 0 && !slices.Contains(ids, v.ID) {
			continue
		}
		printed[v.ID] = true
		if *list {
			fmt.Fprintf(w, "%s: %s\n", v.ID, v.Description)
			continue
		}
		row, err := encode(v)
		if err != nil {
			fmt.Fprintf(stderr, "corspec vectors: %s: %v\n", v.ID, err)
			return exitBad
		}
		fmt.Fprintf(w, "%s\n", row)
	}
	if err := w.Flush(); err != nil {
		fmt.Fprintf(stderr, "corspec vectors: standard output: %v\n", err)
		return exitUsage
	}
	if len(printed) == 0 && len(ids) == 0 {
		fmt.Fprintf(stderr, "corspec vectors: there are no vectors of algorithm %q\n", *algorithm)
		status = exitBad
	}
	for _, id := range ids {
		if !printed[id] {
			fmt.Fprintf(stderr, "corspec vectors: there is no vector %q\n", id)
			status = exitBad
		}
	}
	return status
}
