package frameworks

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/corspec/corspec/conformance/frameworks/probes"
)

// BenchmarkBesideOwn serves each request with a policy, with the framework's own middleware and with nothing in front
// of the application, in turn and in random order, and reports the medians in nanoseconds and the ratio of the first
// two:
//
//	go test -run '^$' -bench BesideOwn -benchtime 101x
func BenchmarkBesideOwn(b *testing.B) {
	p := probes.NewPolicy(b, workloadOrigins[:2]...)
	cors := probes.Middleware(b, workloadOrigins[:2]...)
	for _, c := range []struct {
		framework string
		loops     func(w workload) [3]loop // with a policy, with the framework's own, with nothing
	}{
		{"gin", func(w workload) [3]loop {
			return [3]loop{
				ginLoop(b, nil, cors.Wrap, w), ginLoop(b, otherGin(workloadOrigins[:2]...), unwrapped, w), ginLoop(b, nil, unwrapped, w),
			}
		}},
		{"gin in a group", func(w workload) [3]loop {
			return [3]loop{
				ginLoop(b, Gin(cors), unwrapped, w), ginLoop(b, otherGin(workloadOrigins[:2]...), unwrapped, w), ginLoop(b, nil, unwrapped, w),
			}
		}},
		{"echo", func(w workload) [3]loop {
			return [3]loop{
				echoLoop(b, nil, cors.Wrap, w), echoLoop(b, otherEcho(workloadOrigins[:2]...), unwrapped, w), echoLoop(b, nil, unwrapped, w),
			}
		}},
		{"echo in a group", func(w workload) [3]loop {
			return [3]loop{
				echoLoop(b, Echo(cors), unwrapped, w), echoLoop(b, otherEcho(workloadOrigins[:2]...), unwrapped, w), echoLoop(b, nil, unwrapped, w),
			}
		}},
		{"fiber", func(w workload) [3]loop {
			return [3]loop{fiberLoop(Fiber(p), w), fiberLoop(otherFiber(workloadOrigins[:2]...), w), fiberLoop(nil, w)}
		}},
		{"hertz", func(w workload) [3]loop {
			return [3]loop{hertzLoop(b, Hertz(p), w), hertzLoop(b, otherHertz(workloadOrigins[:2]...), w), hertzLoop(b, nil, w)}
		}},
	} {
		var logs float64
		var n int
		for _, w := range workloads {
			if w.name == "a subdomain" {
				continue // not all can have one
			}
			b.Run(c.framework+"/"+w.name, func(b *testing.B) {
				medians := beside(b.N, c.loops(w))
				ratio := medians[0] / medians[1]
				logs, n = logs+math.Log(ratio), n+1
				b.ReportMetric(0, "ns/op")
				b.ReportMetric(medians[0], "corspec-ns")
				b.ReportMetric(medians[1], "own-ns")
				b.ReportMetric(medians[2], "without-ns")
				b.ReportMetric(ratio, "ratio")
			})
		}
		b.Run(c.framework+"/geometric mean", func(b *testing.B) {
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(math.Exp(logs/float64(n)), "ratio")
		})
	}
}

// beside returns the median times of the loops, each measured that often in turn.
func beside(rounds int, loops [3]loop) (medians [3]float64) {
	var times [3][]float64
	order := []int{0, 1, 2}
	for range rounds {
		rand.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, i := range order {
			times[i] = append(times[i], nanoseconds(loops[i].serve))
		}
	}
	for i, list := range times {
		slices.Sort(list)
		medians[i] = list[len(list)/2]
	}
	return medians
}

// nanoseconds returns the time that f takes, from a loop of about 0.2 ms.
func nanoseconds(f func()) float64 {
	for n := 16; ; n *= 2 {
		start := time.Now()
		for range n {
			f()
		}
		if took := time.Since(start); took > 150*time.Microsecond {
			return float64(took.Nanoseconds()) / float64(n)
		}
	}
}
