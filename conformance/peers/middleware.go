package main

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"

	"github.com/corspec/corspec/policy"
	"github.com/corspec/corspec/policy/policyhttp"
)

// A Case is what one request under one configuration costs with each peer.
type Case struct {
	Name    string   `json:"name"`
	Suite   string   `json:"suite"`
	Times   []Times  `json:"times"` // corspec is the first
	Answers []Answer `json:"answers"`
}

// An Answer is what a peer's answer means beside that of corspec.
type Answer struct {
	Peer    string   `json:"peer"`
	Differs string   `json:"differs,omitempty"` // something else: the peer is not measured there
	LeftOut []string `json:"leftOut,omitempty"` // the same, except for this
}

// Names of contenders that are not peers.
const (
	nameNone     = "no CORS"
	nameEvaluate = "Evaluate"
	floorOf      = "floor of " // and the name of a peer: a handler that has its answer hard-coded
)

// measureCase measures the peers whose answers mean the same.
func measureCase(random *rand.Rand, rounds int, c testCase) (Case, error) {
	contenders, answers, err := c.contenders()
	if err != nil {
		return Case{}, err
	}
	return Case{c.name, c.suite, measure(random, rounds, contenders), answers}, nil
}

// contenders asks every peer and compares what the answers mean. Those that mean the same contend, with their floors.
func (c *testCase) contenders() (contenders []contender, answers []Answer, err error) {
	passed := new(bool)
	app := c.application(passed)
	var floors []contender
	var ours answer
	for i, p := range peers {
		if p.host != nil && c.suite == suiteTheirs {
			continue // a framework's response writer makes of the recorder's work what it likes
		}
		h, err := p.wrap(c.config, app)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %s: %w", c.name, p.name, err)
		}
		a, err := c.ask(h, passed)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %s: %w", c.name, p.name, err)
		}
		if i == 0 {
			ours = a
			if a.replayed != "" {
				return nil, nil, fmt.Errorf("%s: %s", c.name, a.replayed)
			}
		}
		differs, leftOut := compare(ours, a)
		answers = append(answers, Answer{p.name, differs, leftOut})
		if differs != "" {
			continue
		}
		floor := hardCoded(a, app)
		if p.host != nil {
			floor = p.host(floor)
		}
		contenders = append(contenders, contender{p.name, c.serve(h)})
		floors = append(floors, contender{floorOf + p.name, c.serve(floor)})
	}
	contenders = append(append(contenders, floors...), contender{nameNone, c.serve(app)})
	if c.suite != suiteTheirs { // there, the time of a peer is mostly that of the recorder
		evaluate, err := evaluation(c)
		if err != nil {
			return nil, nil, err
		}
		contenders = append(contenders, evaluate)
	}
	return contenders, answers, nil
}

// evaluation is the decision alone.
func evaluation(c *testCase) (contender, error) {
	p, err := policyhttp.NewPolicy(policyConfig(c.config))
	if err != nil {
		return contender{}, err
	}
	h := c.request.Header
	request := policy.Request{
		Method: c.request.Method, Origin: h.Get("Origin"),
		RequestMethod: h.Get("Access-Control-Request-Method"), RequestHeaders: h.Get("Access-Control-Request-Headers"),
	}
	return contender{nameEvaluate, func() {
		if d := p.Evaluate(request); d.Kind() == policy.KindUnevaluated {
			panic("not evaluated")
		}
	}}, nil
}

// hardCoded returns a handler that gives the answer, whatever it is asked: the floor under every middleware that gives
// it.
func hardCoded(a answer, app http.Handler) http.Handler {
	names := slices.DeleteFunc(slices.Sorted(maps.Keys(a.header)), func(name string) bool {
		return name != "Vary" && !strings.HasPrefix(name, "Access-Control-")
	})
	var values []string
	var ends []int
	for _, name := range names {
		values = append(values, a.header[name]...)
		ends = append(ends, len(values))
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(names) > 0 {
			header := w.Header()
			fresh := append([]string(nil), values...) // somebody else may write to them
			from := 0
			for i, name := range names {
				header[name] = fresh[from:ends[i]:ends[i]]
				from = ends[i]
			}
		}
		if a.passed {
			app.ServeHTTP(w, r)
		} else {
			w.WriteHeader(a.status)
		}
	})
}

// times returns what it is of that name; nil where it was not measured.
func (c *Case) times(name string) *Times {
	if i := slices.IndexFunc(c.Times, func(t Times) bool { return t.Name == name }); i >= 0 {
		return &c.Times[i]
	}
	return nil
}

// above returns the time of a peer above that of its own answer hard-coded, at least a nanosecond.
func (c *Case) above(peer string) float64 {
	return max(1, c.times(peer).CPU.Median()-c.times(floorOf+peer).CPU.Median())
}

// others are the answers of peers that were measured beside corspec.
func (c *Case) others() (list []Answer) {
	for _, a := range c.Answers[1:] {
		if a.Differs == "" {
			list = append(list, a)
		}
	}
	return list
}

// best returns the fastest of the others, or of those whose answer leaves nothing out, and corspec's time by its.
func (c *Case) best(whole bool) (a Answer, ratio Quartiles) {
	for _, other := range c.others() {
		if whole && len(other.LeftOut) > 0 {
			continue
		}
		if q := c.times(other.Peer).Ratio; ratio.Median() < q.Median() {
			a, ratio = other, q
		}
	}
	return a, ratio
}
