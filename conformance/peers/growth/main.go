// Command growth measures what inputs of 1 KiB to 1 MiB cost that an attacker chooses, and what sets of 1 to 1,000,000
// origins do. It writes results.json, and the tables between the markers in conformance/EVIDENCE.md. Run it in
// conformance/peers:
//
//	go run ./growth
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"time"
)

// Results are what was measured.
type Results struct {
	Date    string    `json:"date"`
	Go      string    `json:"go"`
	Origins []Origins `json:"origins"`
	Inputs  []Input   `json:"inputs"`
}

// Origins is a set of N origins: the time to make it of their texts, and to look up one that is in it, the same each
// time or another each time.
type Origins struct {
	N        int     `json:"n"`
	BuildNs  float64 `json:"buildNs"`
	HotNs    float64 `json:"hotNs"`
	RandomNs float64 `json:"randomNs"`
}

// Input is something of which an attacker chooses how long it is, and what it cost. Inputs of a group are one row of
// the table.
type Input struct {
	Group    string  `json:"group"`
	Name     string  `json:"name"`
	Sizes    []Size  `json:"sizes"`
	Exponent float64 `json:"exponent"`
}

// Size is an input of Bytes bytes: the least time of a few runs, and what one run allocates.
type Size struct {
	Bytes      int     `json:"bytes"`
	Ns         float64 `json:"ns"`
	AllocBytes float64 `json:"allocBytes"`
}

const (
	resultsFile  = "growth/results.json"
	evidenceFile = "../EVIDENCE.md"
)

func main() {
	only := flag.String("only", "", "measure the inputs whose group or name this regular expression matches, and print them as JSON; write nothing")
	tables := flag.Bool("tables", false, "write the tables of the results that there are; measure nothing")
	flag.Parse()
	if err := run(*only, *tables); err != nil {
		fmt.Fprintln(os.Stderr, "growth:", err)
		os.Exit(1)
	}
}

func run(only string, tables bool) error {
	filter, err := regexp.Compile(only)
	if err != nil {
		return err
	}
	if !tables {
		r, err := measure(filter)
		if err != nil {
			return err
		}
		text, err := json.Marshal(r)
		if err != nil {
			return err
		}
		for _, begins := range []string{`{"group"`, `{"n"`} { // a line for each
			text = bytes.ReplaceAll(text, []byte(begins), []byte("\n"+begins))
		}
		if only != "" {
			_, err := fmt.Printf("%s\n", text)
			return err
		}
		if err := os.WriteFile(resultsFile, append(text, '\n'), 0o644); err != nil {
			return err
		}
	}
	r, err := readResults(resultsFile)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(evidenceFile)
	if err != nil {
		return err
	}
	text, err = withTables(text, r)
	if err != nil {
		return fmt.Errorf("%s: %w", evidenceFile, err)
	}
	return os.WriteFile(evidenceFile, text, 0o644)
}

func readResults(name string) (r Results, err error) {
	text, err := os.ReadFile(name)
	if err == nil {
		err = json.Unmarshal(text, &r)
	}
	return r, err
}

func measure(filter *regexp.Regexp) (Results, error) {
	r := Results{Date: time.Now().UTC().Format(time.DateOnly), Go: runtime.Version()}
	dir, err := os.MkdirTemp("", "growth")
	if err != nil {
		return r, err
	}
	defer os.RemoveAll(dir)
	command := filepath.Join(dir, "corspec")
	if err := build(command); err != nil {
		return r, err
	}
	// The files come first: a process counts what this one had when it was started.
	for _, in := range append(harFiles(command, dir), inProcess()...) {
		if !filter.MatchString(in.group) && !filter.MatchString(in.name) {
			continue
		}
		m := Input{Group: in.group, Name: in.name}
		for bytes := 1 << 10; bytes <= 1<<20; bytes *= 4 {
			cost, err := in.cost(bytes)
			if err != nil {
				return r, fmt.Errorf("%s: %s: %w", in.group, in.name, err)
			}
			m.Sizes = append(m.Sizes, Size{bytes, cost.ns, cost.allocated})
		}
		m.Exponent = exponent(m.Sizes)
		r.Inputs = append(r.Inputs, m)
		fmt.Fprintf(os.Stderr, "%s: %s: %.2f\n", m.Group, m.Name, m.Exponent)
	}
	if filter.MatchString("origins") {
		r.Origins = origins()
	}
	return r, nil
}
