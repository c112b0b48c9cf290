package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/corspec/corspec/fetch"
)

const (
	chunkSize = 100 // scenarios that a page gets at once
	parallel  = 8   // of them at the same time
	attempts  = 3   // of a scenario that is not what was expected
)

// measure has a browser do the scenarios. What goes wrong with the browser is part of the result.
func measure(b *Browser, scenarios []*Scenario, deadline time.Time, log func(format string, args ...any)) *Measured {
	r := &Measured{Name: b.Name, Differences: map[string][]string{}, Exceptions: map[string][]string{}, NotAsked: map[string][]string{}, Unexplained: []Unexplained{}}
	defer r.sort()
	program, err := b.find()
	if err != nil {
		r.Failure = err.Error()
		return r
	}
	profile, _ := fetch.ProfileByName(b.Name)
	servers, err := Listen()
	if err != nil {
		r.Failure = err.Error()
		return r
	}
	defer servers.Close()
	s, err := open(b, program, servers)
	if err != nil {
		r.Failure = err.Error()
		return r
	}
	defer func() { s.close() }()
	if err := s.warmUp(b, deadline); err != nil {
		r.Failure = err.Error()
		return r
	}
	var done []performed
	var printed strings.Builder // by all sessions
	r.Version, r.UserAgent = s.Version, s.UserAgent

	var left []*Scenario
	for _, sc := range scenarios {
		if sc.Port != 0 && servers.Also(sc.Port) != nil || sc.Plain && !inside() {
			r.NotRun = append(r.NotRun, sc.ID)
			continue
		}
		if not := notesFor(notes().NotAsked, b.Name, sc.ID); not != nil {
			r.NotAsked[not[0].Name] = append(r.NotAsked[not[0].Name], sc.ID)
			continue
		}
		left = append(left, sc)
	}
	for attempt := 1; len(left) > 0 && attempt <= attempts; attempt++ {
		var odd []*Scenario
		for _, chunk := range chunks(left) {
			if time.Now().After(deadline) {
				r.Failure = "there was no time left"
				return r
			}
			n := parallel
			if attempt > 1 {
				n = 1
			}
			answers, err := s.run(chunk, n, deadline)
			for _, sc := range chunk {
				p, ok := answers[sc.ID]
				if !ok {
					odd = append(odd, sc)
					continue
				}
				if slices.ContainsFunc(p.observed.Results, func(o Outcome) bool { return o.Outcome == "unsupported" }) {
					r.Unsupported = append(r.Unsupported, sc.ID)
					continue
				}
				j, wrong := judge(p, profile)
				if wrong != nil {
					r.Failure = wrong.Error()
					return r
				}
				if len(j.unexplained) > 0 && attempt < attempts {
					odd = append(odd, sc)
					log("%s: %s: again: %s", b.Name, sc.ID, strings.Join(j.unexplained, "; "))
					continue
				}
				r.add(sc.ID, j)
				r.data = append(r.data, p)
				if j.exceptions == nil && len(j.unexplained) == 0 {
					done = append(done, p)
				}
				for _, d := range j.standard {
					log("%s: %s: %s [%s]", b.Name, sc.ID, d, strings.Join(j.names, ", "))
				}
			}
			if err == nil {
				continue
			}
			// The browser is lost: another one goes on, once or twice.
			log("%s: %v", b.Name, err)
			r.Restarts++
			s.close()
			printed.WriteString(s.printed)
			if r.Restarts > 2 {
				r.Failure = err.Error()
				return r
			}
			again, err := open(b, program, servers)
			if err == nil {
				s = again
				if err = s.warmUp(b, deadline); err == nil {
					err = r.sameVersion(s.Version)
				}
			}
			if err != nil {
				r.Failure = err.Error()
				return r
			}
		}
		r.Repeated += len(odd)
		left = odd
	}
	for _, sc := range left {
		r.NotRun = append(r.NotRun, sc.ID)
	}
	version, err := b.versionOf(program, s.env)
	if err == nil {
		err = r.sameVersion(version)
	}
	if err != nil {
		r.Failure = err.Error()
		return r
	}
	if b.Name == "chromium" {
		s.close() // so that all is printed
		printed.WriteString(s.printed)
		reasons := consoleReasons(printed.String())
		for _, d := range done {
			o, err := predict(d.expanded, profile)
			if err != nil {
				r.Failure = err.Error()
				return r
			}
			r.Reasons.compare(d.expanded.ID, o.Results, reasons[d.folder])
		}
	}
	return r
}

// sameVersion fails if that is not the version that was measured before.
func (r *Measured) sameVersion(version string) error {
	if version == r.Version {
		return nil
	}
	return fmt.Errorf("it was updated while it was measured, from %s to %s; measure again", r.Version, version)
}

// warmth is a scenario whose second step has no preflight once the browser caches them, which Firefox does not in its
// first seconds.
func warmth() *Scenario {
	step := Step{Via: "fetch", URL: "{b/}x", Method: "PUT"}
	return &Scenario{ID: "warm-up", Steps: []Step{step, step}, Serve: map[string]*Served{step.URL: serve(answer(204, acao, "*", acam, "PUT", "Access-Control-Max-Age", "60"), answer(200, acao, "*"))}}
}

// warmUp waits until the browser caches preflights, if it is one that does not at first.
func (s *session) warmUp(b *Browser, deadline time.Time) error {
	end := time.Now().Add(startTimeout)
	for b.cold {
		done, err := s.run([]*Scenario{warmth()}, 1, deadline)
		if err != nil {
			return err
		}
		if preflights := slices.DeleteFunc(done["warm-up"].observed.Network, func(sent Sent) bool { return !sent.Preflight }); len(preflights) == 1 {
			break
		}
		if time.Now().After(end) {
			return fmt.Errorf("it has cached no preflight in its first %v", startTimeout)
		}
		time.Sleep(200 * time.Millisecond)
	}
	return nil
}

// chunks are as many scenarios as a page gets at once, each of one document.
func chunks(all []*Scenario) (chunks [][]*Scenario) {
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b *Scenario) int { return strings.Compare(a.document(), b.document()) })
	for len(all) > 0 {
		n := 1
		for n < min(len(all), chunkSize) && all[n].document() == all[0].document() {
			n++
		}
		chunks, all = append(chunks, all[:n:n]), all[n:]
	}
	return chunks
}

// A judgement is what the comparison of one scenario came to.
type judgement struct {
	standard    []string // how the browser differs from the standard
	names       []string // the differences of the profile that account for that
	exceptions  []string // or the exceptions that do
	unexplained []string // or how it differs from the profile
}

// judge compares what a browser did with the standard and with its profile.
func judge(p performed, profile fetch.Profile) (j judgement, err error) {
	want, err := predict(p.expanded, fetch.ProfileStandard)
	if err != nil {
		return j, err
	}
	j.standard = differences(want, p.observed)
	if left, err := unexcused(p, profile, nil); err != nil || len(left) == 0 {
		if err == nil && len(j.standard) > 0 {
			j.names, err = attribute(p, profile)
		}
		return j, err
	}
	exceptions := notesFor(notes().Exceptions, profile.String(), p.expanded.ID)
	if j.unexplained, err = unexcused(p, profile, exceptions); err != nil || len(j.unexplained) > 0 {
		return j, err
	}
	for i, n := range exceptions {
		left, err := unexcused(p, profile, slices.Delete(slices.Clone(exceptions), i, i+1))
		if err != nil {
			return j, err
		}
		if len(left) > 0 {
			j.exceptions = append(j.exceptions, n.Name)
		}
	}
	if j.exceptions == nil { // one stands in for another
		j.exceptions = []string{exceptions[0].Name}
	}
	return j, nil
}

// unexcused lists how a browser differs from its profile with these exceptions.
func unexcused(p performed, profile fetch.Profile, exceptions []*Note) ([]string, error) {
	want, err := predict(p.expanded, profile, exceptions...)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(differences(want, p.observed), func(text string) bool {
		return slices.ContainsFunc(exceptions, func(n *Note) bool { return n.Differs != "" && matches(n.Differs, text) })
	}), nil
}

// attribute returns the differences without which the profile would not agree with what was observed, each by itself;
// or all that matter, where one stands in for another.
func attribute(p performed, profile fetch.Profile) (names []string, err error) {
	for _, d := range profile.Differences() {
		o, err := predict(p.expanded, profile.Without(d))
		if err != nil {
			return nil, err
		}
		if len(differences(o, p.observed)) > 0 {
			names = append(names, string(d))
		}
	}
	if names != nil {
		return names, nil
	}
	standard, err := predict(p.expanded, fetch.ProfileStandard)
	if err != nil {
		return nil, err
	}
	for _, d := range profile.Differences() {
		others := slices.DeleteFunc(profile.Differences(), func(o string) bool { return o == d })
		o, err := predict(p.expanded, profile.Without(others...))
		if err != nil {
			return nil, err
		}
		if len(differences(standard, o)) > 0 {
			names = append(names, string(d))
		}
	}
	return names, nil
}

// add counts a judged scenario.
func (r *Measured) add(id string, j judgement) {
	r.Scenarios++
	if len(j.standard) == 0 {
		r.Standard++
	}
	switch {
	case j.exceptions != nil:
		for _, name := range j.exceptions {
			r.Exceptions[name] = append(r.Exceptions[name], id)
		}
	case len(j.unexplained) > 0:
		r.Unexplained = append(r.Unexplained, Unexplained{id, j.unexplained})
	default:
		r.Profile++
		for _, name := range j.names {
			r.Differences[name] = append(r.Differences[name], id)
		}
		if len(j.standard) > 0 && len(j.names) == 0 {
			r.Unexplained = append(r.Unexplained, Unexplained{id, j.standard})
		}
	}
}

// sort sorts all lists: what was done again came last.
func (r *Measured) sort() {
	for _, lists := range []map[string][]string{r.Differences, r.Exceptions, r.NotAsked, {"": r.Unsupported, " ": r.NotRun}} {
		for _, ids := range lists {
			slices.Sort(ids)
		}
	}
	slices.SortFunc(r.Unexplained, func(a, b Unexplained) int { return strings.Compare(a.Scenario, b.Scenario) })
}

func (r *Measured) ok() bool {
	return r.Failure == "" && len(r.Unexplained) == 0 && len(r.NotRun) == 0 && r.Reasons.Different == 0
}

// excepted counts the scenarios that exceptions explain.
func (r *Measured) excepted() int { return len(union(r.Exceptions)) }

// union is the set of all ids that lists have.
func union(lists map[string][]string) map[string]bool {
	ids := map[string]bool{}
	for _, list := range lists {
		for _, id := range list {
			ids[id] = true
		}
	}
	return ids
}

// line says in a line how a measurement went.
func (r *Measured) line() string {
	if r.Failure != "" {
		return fmt.Sprintf("%-10s NOT MEASURED: %s (%d scenarios were done)", r.Name, r.Failure, r.Scenarios)
	}
	s := fmt.Sprintf("%-10s %-26s %d scenarios, %d as in the standard, %d as in its profile, %d exceptions, %d unexplained", r.Name, r.Version, r.Scenarios, r.Standard, r.Profile, r.excepted(), len(r.Unexplained))
	if n := len(union(r.NotAsked)); n > 0 {
		s += fmt.Sprintf(", %d not asked", n)
	}
	if len(r.Unsupported) > 0 {
		s += fmt.Sprintf(", %d of what it has not", len(r.Unsupported))
	}
	if len(r.NotRun) > 0 {
		s += fmt.Sprintf(", %d not run", len(r.NotRun))
	}
	if r.Reasons.Compared > 0 {
		s += fmt.Sprintf("; %d reasons on its console, %d as ours", r.Reasons.Compared, r.Reasons.Compared-r.Reasons.Different)
	}
	if r.Repeated > 0 {
		s += fmt.Sprintf("; %d done again", r.Repeated)
	}
	return s
}
