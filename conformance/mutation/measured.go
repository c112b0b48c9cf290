package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
)

// A measurement is what became of one package's mutants.
type measurement struct {
	Package    string  `json:"package"`
	Date       string  `json:"date"`
	Percent    float64 `json:"percent"` // of functions
	Seed       string  `json:"seed"`
	Mutants    int     `json:"mutants"`
	Killed     int     `json:"killed"`
	Hang       int     `json:"hang"`
	Equivalent int     `json:"equivalent"`
	Survive    int     `json:"survive"`
}

// measure counts verdicts by package, in the order of their names.
func measure(verdicts []verdict, known map[Mutant]string) (all []measurement) {
	for _, v := range verdicts {
		i := slices.IndexFunc(all, func(m measurement) bool { return m.Package == v.Mutant.pkg })
		if i < 0 {
			i = len(all)
			all = append(all, measurement{Package: v.Mutant.pkg})
		}
		m := &all[i]
		m.Mutants++
		switch {
		case v.Hang:
			m.Hang++
		case v.By != "":
			m.Killed++
		case known[v.Mutant.key()] != "":
			m.Equivalent++
		default:
			m.Survive++
		}
	}
	slices.SortFunc(all, func(a, b measurement) int { return strings.Compare(a.Package, b.Package) })
	return all
}

// table shows measurements in Markdown.
func table(all []measurement) string {
	var b strings.Builder
	b.WriteString("| package | functions | mutants | killed | hang | equivalent | survive | noticed |\n|---|---|---:|---:|---:|---:|---:|---:|\n")
	total := measurement{Package: "all"}
	row := func(m measurement, functions string) {
		noticed := 100 * float64(m.Killed+m.Hang) / float64(max(m.Mutants-m.Equivalent, 1))
		fmt.Fprintf(&b, "| %s | %s | %d | %d | %d | %d | %d | %.1f %% |\n", m.Package, functions, m.Mutants, m.Killed, m.Hang, m.Equivalent, m.Survive, noticed)
	}
	for _, m := range all {
		functions := "all"
		if m.Percent < 100 {
			functions = fmt.Sprintf("%g %% (seed %s)", m.Percent, m.Seed)
		}
		row(m, functions)
		total.Mutants, total.Killed, total.Hang = total.Mutants+m.Mutants, total.Killed+m.Killed, total.Hang+m.Hang
		total.Equivalent, total.Survive = total.Equivalent+m.Equivalent, total.Survive+m.Survive
	}
	row(total, "")
	return b.String()
}

// readMeasured reads a file of measurements, a line for each package and sample.
func readMeasured(name string) (all []measurement, err error) {
	data, err := os.ReadFile(name)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(data)) {
		var m measurement
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		all = append(all, m)
	}
	return all, nil
}

// record puts measurements into a file, each in the place of the one of the same sample that is there.
func record(name string, measured []measurement) error {
	all, err := readMeasured(name)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(old measurement) bool {
		return slices.ContainsFunc(measured, func(m measurement) bool {
			return m.Package == old.Package && m.Seed == old.Seed && m.Percent == old.Percent
		})
	})
	all = append(all, measured...)
	slices.SortFunc(all, func(a, b measurement) int {
		return cmp.Or(strings.Compare(a.Package, b.Package), cmp.Compare(a.Percent, b.Percent), strings.Compare(a.Seed, b.Seed))
	})
	var b strings.Builder
	for _, m := range all {
		if err := json.NewEncoder(&b).Encode(m); err != nil {
			return err
		}
	}
	return os.WriteFile(name, []byte(b.String()), 0o666)
}
