package main

import (
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"time"
)

// loopTime is the processor time that a loop takes at least: short against what other processes are given at a time,
// long against what reading the clock costs.
const loopTime = 400 * time.Microsecond

// A contender is something that is measured beside others.
type contender struct {
	name string
	run  func()
}

// Quartiles are the first quartile, the median and the third.
type Quartiles [3]float64

func (q Quartiles) Median() float64 { return q[1] }

// quartiles sorts the list. Four digits are kept: there are no more in a measurement.
func quartiles(list []float64) (q Quartiles) {
	slices.Sort(list)
	for i := range q {
		q[i] = digits(list[(len(list)-1)*(i+1)/4])
	}
	return q
}

// digits keeps four digits, which are more than a measurement has.
func digits(f float64) float64 {
	if f == 0 {
		return 0
	}
	unit := math.Pow(10, math.Floor(math.Log10(math.Abs(f)))-3)
	if unit < 1 {
		return math.Round(f*math.Round(1/unit)) / math.Round(1/unit)
	}
	return math.Round(f/unit) * unit
}

// Times are what an operation of a contender costs. The ratio is of the first contender's processor time to this one's,
// round by round.
type Times struct {
	Name   string    `json:"name"`
	CPU    Quartiles `json:"cpuNs"`
	Wall   Quartiles `json:"wallNs"`
	Ratio  Quartiles `json:"ratio"`
	Allocs float64   `json:"allocs"`
	Bytes  float64   `json:"bytes"`
}

// measure warms the contenders up, and then runs a loop of each in every round, in an order that random makes anew each
// time.
func measure(random *rand.Rand, rounds int, contenders []contender) []Times {
	n := make([]int, len(contenders))
	out := make([]Times, len(contenders))
	for i, c := range contenders {
		out[i].Name = c.name
		n[i] = loops(c.run)
		out[i].Allocs, out[i].Bytes = allocated(min(n[i], 100), c.run)
	}
	cpu, wall := make([][]float64, len(contenders)), make([][]float64, len(contenders))
	for range rounds {
		for _, i := range random.Perm(len(contenders)) {
			run := contenders[i].run
			from, start := processorTime(), time.Now()
			for range n[i] {
				run()
			}
			took, passed := processorTime()-from, time.Since(start)
			cpu[i] = append(cpu[i], max(1, float64(took))/float64(n[i]))
			wall[i] = append(wall[i], float64(passed)/float64(n[i]))
		}
	}
	first := slices.Clone(cpu[0])
	for i := range contenders {
		out[i].Ratio = ratios(first, cpu[i])
		out[i].CPU, out[i].Wall = quartiles(cpu[i]), quartiles(wall[i])
	}
	return out
}

func ratios(a, b []float64) Quartiles {
	list := make([]float64, len(a))
	for i := range list {
		list[i] = a[i] / b[i]
	}
	return quartiles(list)
}

// loops returns how often something has to run to take loopTime. A garbage collection in between makes it seem too
// slow: so the fastest of some tries counts.
func loops(run func()) int {
	run()
	each := time.Duration(math.MaxInt64)
	for n, tries := 1, 0; tries < 5; {
		from := processorTime()
		for range n {
			run()
		}
		took := processorTime() - from
		each = min(each, took/time.Duration(n))
		if took < loopTime && n < 1<<20 {
			n *= 2
			continue
		}
		n = max(1, min(n, int(loopTime/max(each, 1))))
		tries++
	}
	return max(1, int(loopTime/max(each, 1)))
}

// allocated returns how many allocations of how many bytes an operation makes, of all that n make.
func allocated(n int, run func()) (allocs, bytes float64) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range n {
		run()
	}
	runtime.ReadMemStats(&after)
	return math.Floor(float64(after.Mallocs-before.Mallocs) / float64(n)), math.Floor(float64(after.TotalAlloc-before.TotalAlloc) / float64(n))
}

// A mean is a geometric mean.
type mean struct {
	logs float64
	n    int
}

func (m *mean) add(ratio float64) { m.logs += math.Log(ratio); m.n++ }
func (m mean) value() float64     { return math.Exp(m.logs / float64(max(m.n, 1))) }
