package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
)

// A slowdown is where corspec takes more of others' time than before, beyond the spread of both measurements.
type slowdown struct {
	name, against string
	before, now   Quartiles
}

// slowdowns compares the ratios of what was measured under that name. A single other one that became faster is not
// enough: it has to be so against most of them.
func slowdowns(name string, before, now []Times) (list []slowdown) {
	compared, least := 0, 1.1
	if len(now) == 2 {
		least = 1.25 // nobody else confirms it
	}
	for _, t := range now[1:] {
		i := slices.IndexFunc(before, func(b Times) bool { return b.Name == t.Name })
		if i < 0 || !confirms(t.Name) {
			continue
		}
		compared++
		if old := before[i].Ratio; t.Ratio[0] > old[2] && t.Ratio.Median() > least*old.Median() {
			list = append(list, slowdown{name, t.Name, old, t.Ratio})
		}
	}
	if 2*len(list) <= compared {
		return nil
	}
	return list
}

// confirms reports whether a contender does work like corspec's, so that a busy machine takes the same share of both:
// what does next to nothing uses neither the caches nor the garbage collector, which wait for others then.
func confirms(name string) bool {
	return name != nameEvaluate && name != nameNone && (!strings.HasPrefix(name, floorOf) || name == floorOf+peers[0].name)
}

// change is how many times what it was the time of the first contender is beside others', in the middle of them.
func change(before, now []Times) float64 {
	var list []float64
	for _, t := range now[1:] {
		if i := slices.IndexFunc(before, func(b Times) bool { return b.Name == t.Name }); i >= 0 && confirms(t.Name) {
			list = append(list, t.Ratio.Median()/before[i].Ratio.Median())
		}
	}
	if len(list) == 0 {
		return 1
	}
	return quartiles(list).Median()
}

// suiteSlower is how much slower a whole suite has to be: the noise of single cases is not in the mean.
const suiteSlower = 1.05

// again is how often what seems slower is measured anew, with three times the rounds: it has to seem so each time.
const again = 2

// A checked is something that results.json has, to be measured anew.
type checked struct {
	suite, name string
	before      []Times
	measure     func(rounds int) ([]Times, error)
}

// toCheck lists what results.json has whose name matches.
func toCheck(r Results, random *rand.Rand, only *regexp.Regexp) (list []checked) {
	for _, c := range cases() {
		if i := slices.IndexFunc(r.Cases, func(old Case) bool { return old.Suite == c.suite && old.Name == c.name }); i >= 0 && only.MatchString(c.name) {
			list = append(list, checked{suiteNames[c.suite], c.name, r.Cases[i].Times, func(rounds int) ([]Times, error) {
				m, err := measureCase(random, rounds, c)
				return m.Times, err
			}})
		}
	}
	for _, g := range groups() {
		name := g.budget + ", " + g.name
		if i := slices.IndexFunc(r.Groups, func(old Group) bool { return old.Budget == g.budget && old.Name == g.name }); i >= 0 && only.MatchString(name) {
			list = append(list, checked{"besides requests", name, r.Groups[i].Times, func(rounds int) ([]Times, error) {
				return measure(random, rounds, g.contenders), nil
			}})
		}
	}
	return list
}

// slower measures, and says what became slower; change is that of the first measurement.
func (c *checked) slower(w io.Writer, rounds int) (slower bool, changed float64, err error) {
	now, err := c.measure(rounds)
	if err != nil {
		return false, 0, err
	}
	changed = change(c.before, now)
	list := slowdowns(c.name, c.before, now)
	for i := 0; i < again && len(list) > 0; i++ {
		if now, err = c.measure(3 * rounds); err != nil {
			return false, 0, err
		}
		list = slowdowns(c.name, c.before, now)
	}
	for _, s := range list {
		fmt.Fprintf(w, "%s: %.2f (%.2f to %.2f) of %s, was %.2f (%.2f to %.2f)\n", s.name, s.now.Median(), s.now[0], s.now[2], s.against, s.before.Median(), s.before[0], s.before[2])
	}
	more := now[0].Allocs > 1.05*c.before[0].Allocs // goroutines make one more or less
	if more {
		fmt.Fprintf(w, "%s: %.0f allocations, were %.0f\n", c.name, now[0].Allocs, c.before[0].Allocs)
	}
	return more || len(list) > 0, changed, nil
}

// checkAll measures what results.json has a ratio of and whose name matches. A whole suite that seems slower is
// measured again, as well.
func checkAll(w io.Writer, only *regexp.Regexp, rounds int, seed uint64) error {
	fmt.Fprintln(w, "seed", seed)
	r, err := readResults()
	if err != nil {
		return err
	}
	list := toCheck(r, rand.New(rand.NewPCG(seed, 0)), only)
	if len(list) == 0 {
		return errors.New(resultsFile + " has nothing to compare with")
	}
	slower := 0
	means := map[string]*mean{}
	for _, c := range list {
		is, changed, err := c.slower(w, rounds)
		if err != nil {
			return err
		}
		if is {
			slower++
		}
		if means[c.suite] == nil {
			means[c.suite] = new(mean)
		}
		means[c.suite].add(changed)
	}
	for _, suite := range slices.Sorted(maps.Keys(means)) {
		m := *means[suite]
		if m.value() > suiteSlower {
			m = mean{}
			for _, c := range list {
				if c.suite == suite {
					now, err := c.measure(3 * rounds)
					if err != nil {
						return err
					}
					m.add(change(c.before, now))
				}
			}
		}
		fmt.Fprintf(w, "%s: %.2f times what it was, on the geometric mean of %d\n", suite, m.value(), m.n)
		if m.value() > suiteSlower {
			slower++
		}
	}
	if slower > 0 {
		return fmt.Errorf("of %d cases and %d means of them, %d became slower", len(list), len(means), slower)
	}
	fmt.Fprintf(w, "none of %d became slower\n", len(list))
	return nil
}
