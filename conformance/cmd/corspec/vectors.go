package main

import (
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/corspec/corspec/conformance"
)

const vectorsAbout = `
Vectors prints the embedded vectors as JSON lines: all of them, those of one algorithm, or those with the given ids.
With -list it prints their ids and descriptions. The exit status is 1 where there is no such vector.

With -run it puts them to a program that speaks the protocol of corspec exec, prints those that it answers otherwise, and
counts the rest; the exit status is then 1 where one failed or none passed, and 2 where the program broke off or did not keep
to the protocol. Of an answer, -compare outcome compares what is decided, code also the codes of refusals, step everything.
`

func runVectors(args []string, _ io.Reader, stdout, stderr io.Writer) int {
	flags := newFlags("vectors", stderr, vectorsAbout)
	algorithm := flags.String("algorithm", "", "only those of the algorithm `NAME`")
	list := flags.Bool("list", false, "print ids and descriptions")
	program := flags.String("run", "", "the `PROGRAM` and its arguments, separated by spaces; no shell reads them")
	compare := flags.String("compare", string(conformance.ByOutcome), "with -run, compare by `outcome`, code or step")
	limit := durationFlag(10 * time.Second)
	flags.Var(&limit, "timeout", "with -run, what the program may take for an answer, a `DURATION`")
	ids, status, ok := parseArguments(flags, args, nil, stdout)
	if !ok {
		return status
	}
	fail := func(format string, args ...any) int {
		fmt.Fprintf(stderr, "corspec vectors: "+format+"\n", args...)
		return exitUsage
	}
	by := conformance.Comparison(*compare)
	command := strings.Fields(*program)
	forRun := "" // a flag that needs -run
	flags.Visit(func(f *flag.Flag) {
		if slices.Contains([]string{"run", "compare", "timeout"}, f.Name) {
			forRun = f.Name
		}
	})
	switch {
	case len(command) == 0 && forRun != "":
		return fail("-%s is given, and -run names no program", forRun)
	case len(command) > 0 && *list:
		return fail("-list prints, -run runs: one of them at a time")
	case by != conformance.ByOutcome && by != conformance.ByCode && by != conformance.ByStep:
		return fail("-compare %q: it has to be outcome, code or step", *compare)
	case limit <= 0:
		return fail("-timeout %v: it has to be more than 0", time.Duration(limit))
	}

	chosen := slices.DeleteFunc(conformance.Vectors(), func(v conformance.Vector) bool {
		return *algorithm != "" && v.Algorithm() != *algorithm || len(ids) > 0 && !slices.Contains(ids, v.ID)
	})
	if len(chosen) == 0 && len(ids) == 0 {
		fmt.Fprintf(stderr, "corspec vectors: there are no vectors of algorithm %q\n", *algorithm)
		return exitBad
	}
	for _, id := range ids {
		if !slices.ContainsFunc(chosen, func(v conformance.Vector) bool { return v.ID == id }) {
			fmt.Fprintf(stderr, "corspec vectors: there is no vector %q\n", id)
			status = exitBad
		}
	}
	if len(command) > 0 && len(chosen) > 0 {
		return max(status, runAgainst(chosen, command, by, time.Duration(limit), stdout, stderr))
	}
	for _, v := range chosen {
		if *list {
			fmt.Fprintf(stdout, "%s: %s\n", v.ID, v.Description)
			continue
		}
		row, err := encode(v)
		if err != nil {
			return fail("%s: %v", v.ID, err)
		}
		fmt.Fprintf(stdout, "%s\n", row)
	}
	return status
}
