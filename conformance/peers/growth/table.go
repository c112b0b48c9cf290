package main

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
)

const (
	begin = "<!-- growth: begin; go run ./growth -tables in conformance/peers makes this of growth/results.json -->\n"
	end   = "<!-- growth: end -->\n"
)

// withTables returns text with the tables of r between the markers.
func withTables(text []byte, r Results) ([]byte, error) {
	before, rest, ok := bytes.Cut(text, []byte(begin))
	_, after, ok2 := bytes.Cut(rest, []byte(end))
	if !ok || !ok2 {
		return nil, fmt.Errorf("the markers %q and %q are absent", begin, end)
	}
	return []byte(string(before) + begin + tables(r) + end + string(after)), nil
}

// A row is what a group of inputs comes to: the worst of each.
type row struct {
	group                   string
	inputs                  int
	exponent, ratio, memory float64
	ns                      [3]float64 // of 1 KiB, 64 KiB and 1 MiB
}

func rows(r Results) (list []row) {
	for _, in := range r.Inputs {
		if len(list) == 0 || list[len(list)-1].group != in.Group {
			list = append(list, row{group: in.Group})
		}
		w := &list[len(list)-1]
		w.inputs++
		w.exponent = max(w.exponent, in.Exponent)
		kib, middle, mib := in.Sizes[0], in.Sizes[3], in.Sizes[len(in.Sizes)-1]
		w.ratio = max(w.ratio, mib.Ns/middle.Ns)
		w.memory = max(w.memory, mib.AllocBytes/float64(mib.Bytes))
		if mib.Ns > w.ns[2] {
			w.ns = [3]float64{kib.Ns, middle.Ns, mib.Ns}
		}
	}
	return list
}

func tables(r Results) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Measured on %s with %s; %d inputs, and in each line the worst of its own.\n\n", r.Date, r.Go, len(r.Inputs))
	b.WriteString("| what is long | inputs | 1 KiB | 64 KiB | 1 MiB | exponent | 1 MiB by 64 KiB | memory by input |\n|---|---:|---:|---:|---:|---:|---:|---:|\n")
	for _, w := range rows(r) {
		fmt.Fprintf(&b, "| %s | %d | %s | %s | %s | %.2f | %.1f | %.1f |\n", w.group, w.inputs, duration(w.ns[0]), duration(w.ns[1]), duration(w.ns[2]), w.exponent, w.ratio, w.memory)
	}
	b.WriteString("\n| origins | making the set | an origin | lookup, hot | lookup, random |\n|---:|---:|---:|---:|---:|\n")
	for _, o := range r.Origins {
		fmt.Fprintf(&b, "| %s | %s | %s | %.1f ns | %.1f ns |\n", thousands(o.N), duration(o.BuildNs), duration(o.BuildNs/float64(o.N)), o.HotNs, o.RandomNs)
	}
	return b.String()
}

// duration prints three digits.
func duration(ns float64) string {
	d, unit := time.Duration(ns), time.Duration(1)
	for unit*1000 <= d {
		unit *= 10
	}
	s := d.Round(unit).String()
	i := strings.IndexFunc(s, unicode.IsLetter)
	return s[:i] + " " + s[i:]
}

func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
