package main

import (
	"math"
	"runtime"
	"time"
)

// cost is what one run costs.
type cost struct{ ns, allocated float64 }

// costOf runs work often enough to know. The time is the processor's, as others on the machine take some; what else
// they do only ever makes it slower: so the least of some rounds counts.
func costOf(work func()) cost {
	work() // what is done once is not of the input
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	work()
	runtime.ReadMemStats(&after)
	return cost{ns: fastest(work, 11), allocated: float64(after.TotalAlloc - before.TotalAlloc)}
}

// fastest returns the least time of one run, of rounds of at least a millisecond.
func fastest(work func(), rounds int) float64 {
	n, best := 1, math.Inf(1)
	for round := 0; round < rounds; round++ {
		start := processorTime()
		for range n {
			work()
		}
		d := processorTime() - start
		if d < time.Millisecond && n < 1<<20 {
			n *= 2
			round--
			continue
		}
		best = min(best, float64(d.Nanoseconds())/float64(n))
	}
	return math.Round(best*10) / 10
}

// exponent fits ns = c * bytes^exponent by least squares of the logarithms, from 16 KiB on, where what costs the same
// for any input does not hide the growth: 1 is linear, 2 quadratic.
func exponent(sizes []Size) float64 {
	var n, x, y, xx, xy float64
	for _, s := range sizes {
		if s.Bytes < 16<<10 || s.Ns <= 0 {
			continue
		}
		a, b := math.Log(float64(s.Bytes)), math.Log(s.Ns)
		n, x, y, xx, xy = n+1, x+a, y+b, xx+a*a, xy+a*b
	}
	return math.Round(100*(n*xy-x*y)/(n*xx-x*x)) / 100
}
