package main

import (
	"math"
	"os"
	"testing"
)

// TestTables holds EVIDENCE.md against the data, and the data against the budgets. It measures nothing.
func TestTables(t *testing.T) {
	r, err := readResults("results.json")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("../../EVIDENCE.md")
	if err != nil {
		t.Fatal(err)
	}
	want, err := withTables(text, r)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != string(text) {
		t.Error("EVIDENCE.md has not the tables of growth/results.json; run: go run ./growth -tables")
	}
	if len(r.Inputs) == 0 || len(r.Origins) != 7 || r.Origins[6].N != 1_000_000 {
		t.Errorf("%d inputs, %d sets of origins", len(r.Inputs), len(r.Origins))
	}
	for _, w := range rows(r) {
		if w.ratio > 40 || w.memory > 16 {
			t.Errorf("%s is above the budget: %.1f times the time of 64 KiB, want at most 40; %.1f bytes of memory a byte, want at most 16", w.group, w.ratio, w.memory)
		}
	}
	for _, in := range r.Inputs {
		if len(in.Sizes) != 6 || in.Sizes[0].Bytes != 1<<10 || in.Sizes[5].Bytes != 1<<20 || in.Exponent != exponent(in.Sizes) {
			t.Errorf("%s: %s: %+v", in.Group, in.Name, in)
		}
	}
}

func TestExponent(t *testing.T) {
	for want, ns := range map[float64]func(n float64) float64{
		1:   func(n float64) float64 { return 3 * n },
		2:   func(n float64) float64 { return n * n / 7 },
		1.5: func(n float64) float64 { return math.Pow(n, 1.5) },
		0:   func(float64) float64 { return 12 },
	} {
		var sizes []Size
		for bytes := 1 << 10; bytes <= 1<<20; bytes *= 4 {
			sizes = append(sizes, Size{Bytes: bytes, Ns: ns(float64(bytes))})
		}
		if got := exponent(sizes); math.Abs(got-want) > 1e-9 {
			t.Errorf("%v, want %v", got, want)
		}
	}
}

func TestDuration(t *testing.T) {
	for ns, want := range map[float64]string{3: "3 ns", 123.4: "123 ns", 1234: "1.23 µs", 123456: "123 µs", 9_999_000: "10 ms", 1_234_567_890: "1.23 s"} {
		if got := duration(ns); got != want {
			t.Errorf("%v: %s, want %s", ns, got, want)
		}
	}
}
