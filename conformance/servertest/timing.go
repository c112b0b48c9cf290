package servertest

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/origin"
)

// askTiming compares the pages that see the timing of responses in detail with those that a policy has in its
// TimingAllowOrigin. A policy that has none leaves it to others. Elements such as img send no Origin: what they get is
// judged, too, except that no header can list what a pattern stands for.
func (r *runner) askTiming() {
	if r.policy == nil || len(r.policy.TimingAllowOrigin) == 0 {
		return
	}
	pages, around := slices.Clone(strangers), []origin.Origin{}
	for _, value := range r.policy.TimingAllowOrigin {
		for _, example := range examplesOf(value) {
			pages = append(pages, neighbour{origin: example})
			if o, err := parseSeed(example); err == nil && value != "*" {
				around = append(around, o)
			}
		}
	}
	for _, seed := range r.seeds {
		pages = append(pages, neighbour{origin: seed.String(), what: "it may read the response, which is something else"})
	}
	elements := slices.Clone(pages)
	for _, o := range around {
		pages = append(pages, neighboursOf(o)...)
	}
	for _, target := range r.targets {
		asked := map[string]bool{}
		for _, n := range pages {
			o, err := origin.Parse(n.origin)
			if err != nil || o.String() != n.origin || n.id == "origin-malformed" || asked[n.origin] || o == r.base.Origin() {
				continue
			}
			asked[n.origin] = true
			meant, _ := r.mayTime(o)
			r.judgeTiming(question{method: target.Method, path: target.Path, origin: n.origin}, o, n.what, meant, meant)
		}
		for _, n := range elements {
			if o, err := origin.Parse(n.origin); err == nil && target.Method == "GET" && o != r.base.Origin() {
				meant, named := r.mayTime(o)
				r.judgeTiming(question{method: "GET", path: target.Path}, o, n.what, meant, named)
			}
		}
	}
}

// mayTime reports whether a policy has pages of an origin see timing in detail, and whether it names the origin, or
// all.
func (r *runner) mayTime(page origin.Origin) (may, named bool) {
	for _, value := range r.policy.TimingAllowOrigin {
		p, err := origin.ParsePattern(value)
		_, exact := p.Exact()
		if value == page.String() || err == nil && p.Matches(page) {
			may, named = true, named || exact || p.IsAny() || err != nil
		}
	}
	return may, named
}

// judgeTiming judges what a page gets: may it see the timing, and must it?
func (r *runner) judgeTiming(q question, page origin.Origin, what string, may, must bool) {
	got, ok := r.ask(q)
	if !ok || got.Status/100 == 3 && got.Status != http.StatusNotModified {
		return
	}
	req := fetch.Request{Origin: page, URLList: []origin.URL{r.base}, Mode: fetch.ModeCORS, ResponseTainting: fetch.TaintingCORS}
	asks := "a page that fetches it"
	if q.origin == "" {
		req.Mode, req.ResponseTainting, asks = fetch.ModeNoCORS, fetch.TaintingOpaque, "an element such as img, which sends no Origin"
	}
	v := fetch.TAOCheck(&req, &fetch.Response{Status: got.Status, Headers: got.Headers})
	f := Finding{Origin: page.String(), Exchanges: r.exchanges(q), Step: v.Step}
	switch {
	case v.OK() && !may:
		f.ID, f.Severity, f.Wanted = "timing-not-meant", SeverityUnsafe, "the page does not see in detail how long the response took, and how large it is"
		if r.mayRead(f.Origin) {
			f.Severity = SeverityNote
		}
		f.Why, f.Fix = "Timing-Allow-Origin is for "+asks+" of "+f.Origin+", too: "+cmp.Or(what, "which is not meant"), "name there what is meant, and nothing else"
	case !v.OK() && must:
		f.ID, f.Severity, f.Wanted = "timing-refused", SeverityBroken, "the page sees in detail how long the response took"
		f.Why, f.Fix = "Timing-Allow-Origin does not name "+f.Origin+", and is asked for by "+asks, "send Timing-Allow-Origin: "+f.Origin+", also where a request has no Origin"
	default:
		return
	}
	r.add(f, q)
}
