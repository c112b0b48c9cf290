package main

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
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
		if i < 0 || t.Name == nameEvaluate {
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

// change is how many times what it was the time of the first contender is beside others', in the middle of them.
func change(before, now []Times) float64 {
	var list []float64
	for _, t := range now[1:] {
		if i := slices.IndexFunc(before, func(b Times) bool { return b.Name == t.Name }); i >= 0 && t.Name != nameEvaluate {
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

// checkAll measures everything that results.json has a ratio of, and what seems slower once more, with three times the
// rounds.
func checkAll(rounds int, seed uint64) error {
	fmt.Println("seed", seed)
	r, err := readResults()
	if err != nil {
		return err
	}
	random := rand.New(rand.NewPCG(seed, 0))
	slower, compared := 0, 0
	suites := map[string]*mean{}
	check := func(suite, name string, before []Times, measure func(rounds int) ([]Times, error)) error {
		now, err := measure(rounds)
		if err == nil && len(slowdowns(name, before, now)) > 0 {
			now, err = measure(3 * rounds)
		}
		if err != nil {
			return err
		}
		compared++
		if suites[suite] == nil {
			suites[suite] = new(mean)
		}
		suites[suite].add(change(before, now))
		list := slowdowns(name, before, now)
		if now[0].Allocs > 1.05*before[0].Allocs { // goroutines make one more or less
			fmt.Printf("%s: %.0f allocations, were %.0f\n", name, now[0].Allocs, before[0].Allocs)
			slower++
		}
		if len(list) > 0 {
			slower++
		}
		for _, s := range list {
			fmt.Printf("%s: %.2f (%.2f to %.2f) of %s, was %.2f (%.2f to %.2f)\n", s.name, s.now.Median(), s.now[0], s.now[2], s.against, s.before.Median(), s.before[0], s.before[2])
		}
		return nil
	}
	for _, c := range cases() {
		i := slices.IndexFunc(r.Cases, func(old Case) bool { return old.Suite == c.suite && old.Name == c.name })
		if i < 0 {
			continue
		}
		if err := check(suiteNames[c.suite], c.name, r.Cases[i].Times, func(rounds int) ([]Times, error) {
			m, err := measureCase(random, rounds, c)
			return m.Times, err
		}); err != nil {
			return err
		}
	}
	for _, g := range groups() {
		i := slices.IndexFunc(r.Groups, func(old Group) bool { return old.Budget == g.budget && old.Name == g.name })
		if i < 0 {
			continue
		}
		if err := check("besides requests", g.budget+", "+g.name, r.Groups[i].Times, func(rounds int) ([]Times, error) {
			return measure(random, rounds, g.contenders), nil
		}); err != nil {
			return err
		}
	}
	if compared == 0 {
		return errors.New(resultsFile + " has nothing to compare with")
	}
	for _, name := range slices.Sorted(maps.Keys(suites)) {
		m := suites[name]
		fmt.Printf("%s: %.2f times what it was, on the geometric mean of %d\n", name, m.value(), m.n)
		if m.value() > suiteSlower {
			slower++
		}
	}
	if slower > 0 {
		return fmt.Errorf("of %d cases and %d means of them, %d became slower", compared, len(suites), slower)
	}
	fmt.Printf("none of %d became slower\n", compared)
	return nil
}
