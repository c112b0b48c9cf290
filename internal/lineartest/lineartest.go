// Package lineartest checks, in tests, that work grows no faster than its input.
package lineartest

import (
	"fmt"
	"runtime"
	"testing"
	"time"
)

const (
	small = 64 << 10
	large = 1 << 20 // 16 times as much

	// Linear work takes 16 times as long on the large input, sorting about 20
	// times, quadratic work 256 times. The limit leaves room for noise.
	maxTimeRatio = 40
	// Work that is done in this time does no harm, and its time is all noise.
	// Quadratic work on 1 MiB takes many seconds.
	noTime = 100 * time.Millisecond

	maxMemoryRatio = 16
)

// Check makes inputs of 64 KiB and 1 MiB with prepare, which returns what is to be measured, and fails where the
// processor time of that grows faster than in proportion, with much room for noise, or where it allocates more than 16
// times its input. It skips under the race detector.
func Check(t *testing.T, prepare func(size int) (work func())) {
	t.Helper()
	workLarge := check(t, prepare)
	for _, fault := range memoryFaults(workLarge) {
		t.Error(fault)
	}
}

// CheckTime is Check without the memory, for work that keeps something of each part of its input, however small.
func CheckTime(t *testing.T, prepare func(size int) (work func())) {
	t.Helper()
	check(t, prepare)
}

// check checks the time, and returns the work on the large input.
func check(t *testing.T, prepare func(size int) (work func())) (workLarge func()) {
	t.Helper()
	if race {
		t.Skip("time and memory mean nothing under the race detector")
	}
	workSmall, workLarge := prepare(small), prepare(large)
	for _, fault := range timeFaults(workSmall, workLarge) {
		t.Error(fault)
	}
	return workLarge
}

// Within does work whose input has one size alone, and fails where it takes more of the processor than limit, which has
// to be far above what it needs: three times before it fails, and not under the race detector.
func Within(t testing.TB, limit time.Duration, work func()) {
	t.Helper()
	var took time.Duration
	for range 3 {
		start := used()
		work()
		if took = used() - start; took <= limit || race {
			return
		}
	}
	t.Errorf("it takes %v, and %v are allowed", took, limit)
}

// timeFaults says what Check fails for, of the time.
func timeFaults(workSmall, workLarge func()) (found []string) {
	var timeSmall, timeLarge time.Duration
	for attempt := 0; ; attempt++ { // caches and the collector make noise
		timeSmall, timeLarge = fastest(workSmall), fastest(workLarge)
		if timeLarge <= maxTimeRatio*timeSmall+noTime {
			break
		}
		if attempt == 4 {
			found = append(found, fmt.Sprintf("64 KiB take %v and 1 MiB %v: more than in proportion", timeSmall, timeLarge))
			break
		}
	}
	return found
}

// memoryFaults says what Check fails for, of the memory.
func memoryFaults(workLarge func()) (found []string) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	workLarge()
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > maxMemoryRatio*large {
		found = append(found, fmt.Sprintf("1 MiB allocates %d bytes: more than %d times as much", n, maxMemoryRatio))
	}
	return found
}

// fastest returns the best processor time of a few, or of fewer if they take long, where noise matters less.
func fastest(work func()) time.Duration {
	best, begin := time.Duration(1<<63-1), used()
	for i := 0; i < 5 && used()-begin < 100*time.Millisecond; i++ {
		start := used()
		work()
		best = min(best, used()-start)
	}
	return best
}
