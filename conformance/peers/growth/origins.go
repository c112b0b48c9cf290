package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/corspec/corspec/origin"
)

// origins measures sets of 1 to 1,000,000 origins.
func origins() (list []Origins) {
	for n := 1; n <= 1_000_000; n *= 10 {
		texts := make([]string, n)
		for i := range texts {
			texts[i] = fmt.Sprintf("https://tenant-%06d.example.com", i)
		}
		o := Origins{N: n}
		var set *origin.Set
		o.BuildNs = fastest(func() { set = origin.MustParseSet(texts...) }, 5)
		// Values of a request are not strings of the set: they are somewhere else in memory.
		asked := make([]string, min(n, 1<<17))
		for i, k := range rand.Perm(n)[:len(asked)] {
			asked[i] = strings.Clone(texts[k])
		}
		o.HotNs, o.RandomNs = lookup(set, asked[:1]), lookup(set, asked)
		list = append(list, o)
	}
	return list
}

// lookup returns the least time of one lookup, of rounds over all that is asked.
func lookup(set *origin.Set, asked []string) float64 {
	const lookups = 1 << 17
	best := time.Hour
	for range 15 {
		start := processorTime()
		for i, at := 0, 0; i < lookups; i++ {
			if _, ok := set.Match(asked[at]); !ok {
				panic(asked[at] + " is not in its set")
			}
			if at++; at == len(asked) {
				at = 0
			}
		}
		best = min(best, processorTime()-start)
	}
	return float64(best.Nanoseconds()*10/lookups) / 10
}
