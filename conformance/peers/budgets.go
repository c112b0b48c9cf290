package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/corspec/corspec/fetch"
)

// A budget is a promise about speed or memory.
type budget struct {
	what, against, target string
	command               string // what measures it, if it is not this command
	why                   string // the floor, and why it is not met
	judge                 func(*Results) (measured string, met bool)
}

// budgets are all that there are. What is measured elsewhere has no judge; elsewhere.json has it.
var budgets = []budget{
	{what: "`policy.Evaluate`, any request", against: "all of jub0bs/cors' middleware", target: "≤ 0.2 on the geometric mean; 0 allocations", why: "0.19 to 0.21 from run to run; to return a decision by value is most of what is left", judge: judgeEvaluate},
	{what: "`policyhttp`, whole requests", against: "the best peer, case by case", target: "≤ 0.85 on the geometric mean; no row above 1.1, or 1.3 where the peer leaves `Vary` or lists out; ≤ 1 allocation", judge: judgeWhole,
		why: "in cors-benchmarks' cases most of the time is that of the recorder, which is new each time; jub0bs/cors refuses preflights without any header, and the first one makes the map and its value; to look up what a request asks takes as long as to decide; rs/cors gives all responses the same slice for `Vary`, which a handler may write to"},
	{what: "the same above a hard-coded handler", against: "the best peer above its own", target: "≤ 0.6", judge: judgeAbove},
	{what: "building a policy of 1,000 origins", against: "jub0bs/cors", target: "≤ 0.25", judge: func(r *Results) (string, bool) {
		return r.worst(keyBuild, "jub0bs/cors", 0.25)
	}},
	{what: "a decision about one of 100,000 origins, hot", against: "of 10", target: "≤ 1.5", judge: func(r *Results) (string, bool) { return r.worst(keyHot, "10", 1.5) }},
	{what: "the same, random", against: "of 10", target: "≤ 6", judge: func(r *Results) (string, bool) { return r.worst(keyRandom, "10", 6) }},
	{what: "`origin.Parse`", against: "`net/url.Parse`", target: "≤ 0.2", why: "0.17 to 0.22 from build to build, as the loops come to lie; an address is read number by number, which `net/url.Parse` does not look at", judge: func(r *Results) (string, bool) { return r.worst(keyParse, "net/url.Parse", 0.2) }},
	{what: "`origin.Parse`, refused", against: "`net/url.Parse`", target: "≤ 0.4", why: "an error that says what is wrong is an allocation; `net/url.Parse` takes `*` for a path at once", judge: func(r *Results) (string, bool) { return r.worst(keyRefused, "net/url.Parse", 0.4) }},
	{what: "`origin.OfURL`", against: "`net/url.Parse`", target: "≤ 0.3 on each kind of URL", why: "`net/url.Parse` leaves upper case and Unicode as they are; an origin that is not in the URL as it stands is an allocation",
		judge: func(r *Results) (string, bool) { return r.worst(keyOfURL, "net/url.Parse", 0.3) }},
	{what: "`origin.ParseURL`", against: "`net/url.Parse`", target: "≤ 0.7 on each kind of URL", why: "`net/url.Parse` leaves upper case, Unicode and dots in paths as they are, and makes no URL of them anew; those with dots are at 0.65 to 0.76 from build to build",
		judge: func(r *Results) (string, bool) { return r.worst(keyParseURL, "net/url.Parse", 0.7) }},
	{what: "`UnsafeRequestHeaderNames`, four safelisted", against: "one pass of `IndexByte`", target: "≤ 6; 0 allocations", judge: func(r *Results) (string, bool) {
		text, met := r.worst(keyUnsafe, "IndexByte", 6)
		t := r.group(keyUnsafe)[0].Times[0]
		return fmt.Sprintf("%s; %.0f allocations", text, t.Allocs), met && t.Allocs == 0
	}},
	{what: "a simple CORS fetch through the machine", target: "≤ 6 allocations, ≤ 2.5 KiB", judge: func(r *Results) (string, bool) {
		t := r.group(keyFetch)[0].Times[0]
		return fmt.Sprintf("%.0f allocations, %.1f KiB", t.Allocs, t.Bytes/1024), t.Allocs <= 6 && t.Bytes <= 2.5*1024
	}},
	{what: "a hop of a redirect", against: "a first exchange", target: "≤ 1.2", judge: judgeHop},
	{what: "a profile's", against: "Standard's", target: "≤ 1.5", judge: func(r *Results) (string, bool) { return r.worst(keyProfile, "Standard", 1.5) }},
	{what: "a store into a full preflight cache", against: "into an empty one", target: "≤ 1.5", why: "the oldest comes out of the map as well", judge: judgeStore},
	{what: "`fetchhttp` over a handler in process", target: "≤ 65 allocations", judge: func(r *Results) (string, bool) {
		t := r.group(keyFetchHTTP)[0].Times[0]
		return fmt.Sprintf("%.0f allocations", t.Allocs), t.Allocs <= 65
	}},
	{what: "an agent's heap after any hostile server, the cookie jar apart", target: "≤ 16 MiB", command: "`CORSPEC_HOSTILE=10m go test ./fetch -run Hostile -v -timeout 60m`"},
	{what: "any single input of 1 MiB", against: "the same of 64 KiB", target: "≤ 40 times; memory ≤ 16 times the input", command: "`go run ./growth` in [peers](peers)", judge: judgeGrowth},
	{what: "`explain` of a HAR file of 50 MB", against: "`jq '.log.entries\\|length'`", target: "≤ 2 times its time; memory ≤ 5 times the file", command: "`node large.mjs` in [har](har)"},
	{what: "lines of `origin`, `safelist`, `fetch` and `policy` without tests", against: "11,900 at first", target: "≤ 14,000", why: "the requests of elements and the profiles of engines came in", judge: func(r *Results) (string, bool) {
		return thousands(r.Lines), r.Lines <= 14_000
	}},
}

// Elsewhere is what another command measured of a budget.
type Elsewhere struct {
	What     string `json:"what"`
	Date     string `json:"date"`
	Measured string `json:"measured"`
	Met      bool   `json:"met"`
	Why      string `json:"why,omitempty"`
}

func readElsewhere() (list []Elsewhere, err error) {
	text, err := os.ReadFile("elsewhere.json")
	if err == nil {
		err = json.Unmarshal(text, &list)
	}
	return list, err
}

func (r *Results) group(key string) (list []Group) {
	for _, g := range r.Groups {
		if g.Budget == key {
			list = append(list, g)
		}
	}
	return list
}

// worst says what the first contenders of that budget take of the time of the second one: at most, and on the mean.
func (r *Results) worst(key, against string, limit float64) (string, bool) {
	var m mean
	var most float64
	var name string
	var above []string
	for _, g := range r.group(key) {
		for _, t := range g.Times {
			if t.Name != against {
				continue
			}
			m.add(t.Ratio.Median())
			if t.Ratio.Median() > most {
				most, name = t.Ratio.Median(), g.Name
			}
			if t.Ratio.Median() > limit {
				above = append(above, fmt.Sprintf("`%s` %.2f", g.Name, t.Ratio.Median()))
			}
		}
	}
	switch {
	case m.n == 0:
		return "–", false
	case m.n == 1:
		return fmt.Sprintf("%.2f", most), most <= limit
	case len(above) == 0:
		return fmt.Sprintf("%.2f on the geometric mean of %d, at most %.2f (`%s`)", m.value(), m.n, most, name), true
	}
	return fmt.Sprintf("%.2f on the geometric mean of %d; above: %s", m.value(), m.n, strings.Join(above, ", ")), false
}

func judgeEvaluate(r *Results) (string, bool) {
	var m mean
	var allocs float64
	for i := range r.Cases {
		c := &r.Cases[i]
		if e, other := c.times(nameEvaluate), c.times("jub0bs/cors"); e != nil && other != nil && c.Suite != suiteGrowth {
			m.add(e.CPU.Median() / other.CPU.Median())
			allocs = max(allocs, e.Allocs)
		}
	}
	return fmt.Sprintf("%.2f on the geometric mean of %d requests; %.0f allocations", m.value(), m.n, allocs), m.n > 0 && m.value() <= 0.2 && allocs == 0
}

// whole is the geometric mean of corspec's time by that of a peer, or of the best one if none is named, over all cases
// of the suites, and how many those are.
func (r *Results) whole(peer string, suites ...string) (m mean) {
	for i := range r.Cases {
		if c := &r.Cases[i]; c.in(suites) {
			if peer == "" {
				_, ratio := c.best(false)
				m.add(ratio.Median())
			} else if t := c.times(peer); t != nil {
				m.add(t.Ratio.Median())
			}
		}
	}
	return m
}

// aboveFloor is the same of the times above hard-coded handlers.
func (r *Results) aboveFloor(peer string, suites ...string) (m mean) {
	for i := range r.Cases {
		c := &r.Cases[i]
		if !c.in(suites) {
			continue
		}
		least := 0.0
		for _, other := range c.others() {
			if peer != "" && other.Peer != peer {
				continue
			}
			if t := c.above(other.Peer); least == 0 || t < least {
				least = t
			}
		}
		if least > 0 {
			m.add(c.above(peers[0].name) / least)
		}
	}
	return m
}

// An excess is a case in which corspec takes more of a peer's time than the budget allows.
type excess struct {
	c     *Case
	other Answer
	ratio Quartiles
}

func (r *Results) excesses() (list []excess) {
	for i := range r.Cases {
		c := &r.Cases[i]
		if !c.in(allSuites) {
			continue
		}
		for _, other := range c.others() {
			limit := 1.1
			if len(other.LeftOut) > 0 {
				limit = 1.3
			}
			if ratio := c.times(other.Peer).Ratio; ratio.Median() > limit {
				list = append(list, excess{c, other, ratio})
			}
		}
	}
	return list
}

func judgeWhole(r *Results) (string, bool) {
	m := r.whole("", allSuites...)
	rows := len(r.excesses())
	var allocs float64
	var as mean
	for i := range r.Cases {
		c := &r.Cases[i]
		if c.in(allSuites) {
			if _, ratio := c.best(true); ratio.Median() > 0 {
				as.add(ratio.Median())
			}
		}
		if c.Suite != suiteTheirs {
			allocs = max(allocs, c.Times[0].Allocs)
		}
	}
	text := fmt.Sprintf("%.2f on the geometric mean of %d cases (", m.value(), m.n)
	for i, suite := range allSuites {
		if i > 0 {
			text += ", "
		}
		text += fmt.Sprintf("%s %.2f", suiteNames[suite], r.whole("", suite).value())
	}
	return text + fmt.Sprintf("); %.2f of the best whose answer leaves nothing out, in the %d that have one; %d rows above, listed below; %.0f allocation", as.value(), as.n, rows, allocs), m.value() <= 0.85 && rows == 0 && allocs <= 1
}

func judgeAbove(r *Results) (string, bool) {
	all, ours := r.aboveFloor("", allSuites...), r.aboveFloor("", suiteSmall, suiteLarge)
	return fmt.Sprintf("%.2f on the geometric mean of %d cases; %.2f without cors-benchmarks', where the recorder hides it", all.value(), all.n, ours.value()), all.n > 0 && all.value() <= 0.6
}

func judgeHop(r *Results) (string, bool) {
	for _, g := range r.group(keyHop) {
		after, atOnce := g.Times[0].CPU.Median(), g.Times[1].CPU.Median()
		hop := (after - atOnce) / fetch.MaxRedirects
		return fmt.Sprintf("%.2f: a fetch takes %.2f µs, and each of %d redirects %.2f more", hop/atOnce, atOnce/1000, fetch.MaxRedirects, hop/1000), hop <= 1.2*atOnce
	}
	return "–", false
}

func judgeStore(r *Results) (string, bool) {
	for _, g := range r.group(keyStore) {
		full, empty, none := g.Times[0].CPU.Median(), g.Times[1].CPU.Median(), g.Times[2].CPU.Median()
		// Of a whole fetch, what is more than where nothing is kept.
		ratio := (full - none) / max(1, empty-none)
		return fmt.Sprintf("%.2f: a fetch with a preflight takes %.2f µs with a full cache, %.2f with an empty one, %.2f where nothing is kept", ratio, full/1000, empty/1000, none/1000), ratio <= 1.5
	}
	return "–", false
}

// judgeGrowth reads what growth has measured.
func judgeGrowth(*Results) (string, bool) {
	var data struct {
		Inputs []struct {
			Sizes []struct {
				Bytes, Ns, AllocBytes float64
			}
		}
	}
	text, err := os.ReadFile("growth/results.json")
	if errors.Is(err, fs.ErrNotExist) {
		return "–", false
	}
	if err == nil {
		err = json.Unmarshal(text, &data)
	}
	if err != nil {
		return err.Error(), false
	}
	var times, memory float64
	for _, in := range data.Inputs {
		mib := in.Sizes[len(in.Sizes)-1]
		for _, s := range in.Sizes {
			if s.Bytes == 1<<16 {
				times = max(times, mib.Ns/s.Ns)
			}
		}
		memory = max(memory, mib.AllocBytes/mib.Bytes)
	}
	return fmt.Sprintf("at most %.1f times, and %.1f times the input, of %d inputs", times, memory, len(data.Inputs)), times > 0 && times <= 40 && memory <= 16
}
