package explain

import (
	"slices"
	"strings"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/safelist"
)

// A course is how a fetch goes.
type course struct {
	sent   []fetch.Action
	result fetch.Result // not evaluated if the answer to the last of those is not known
}

// courseOf is how the fetch of a trace went.
func courseOf(t *fetch.Trace) course {
	c := course{result: t.Result}
	for _, e := range t.Exchanges {
		c.sent = append(c.sent, e.Action)
	}
	return c
}

// isSmall reports whether a trace is one that a browser could have made: with no more than 512 KiB of headers and URLs.
func isSmall(t *fetch.Trace) bool {
	left := 512 << 10
	headers := func(l fetch.HeaderList) {
		for _, h := range l {
			left -= len(h[0]) + len(h[1]) + 32
		}
	}
	headers(t.Request.Headers)
	for _, e := range t.Exchanges {
		left -= len(e.Action.URL.String())
		headers(e.Action.Headers)
		headers(e.Response.Headers)
	}
	return left >= 0
}

// replay does the fetch of a trace again for that profile, in an agent of its own: with the answers that were received,
// and with what the hooks and the preflight cache said. A request that the trace does not answer ends it.
func replay(t *fetch.Trace, p fetch.Profile) course {
	a := &fetch.Agent{SuffixList: t.Agent.SuffixList, AcceptLanguage: t.Agent.AcceptLanguage, Profile: p, Hooks: hooksAsTraced(t)}
	a.Cache.MaxAgeLimit = t.Agent.Cache.MaxAgeLimit
	var c course
	m, err := a.Start(t.Started, t.Request)
	if err != nil {
		return course{} // a Trace that no machine has made
	}
	for action := m.Action(); action.Kind != fetch.ActionDone; action = m.Action() {
		if grant, ok := cacheAsTraced(t, action); ok {
			m.Receive(t.Started, grant)
			continue
		}
		i := len(c.sent)
		c.sent = append(c.sent, action)
		if i == len(t.Exchanges) {
			return c
		}
		switch e := &t.Exchanges[i]; {
		case e.Action.Kind != action.Kind || e.Action.URL != action.URL || e.Action.Method != action.Method:
			return c
		case e.Answered:
			m.Receive(e.Received, e.Response)
		default:
			m.Fail(nil)
		}
	}
	c.result, _ = m.Result()
	return c
}

// cacheAsTraced returns a response that grants what a preflight asks for, if the cache has made it unnecessary in the
// trace.
func cacheAsTraced(t *fetch.Trace, preflight fetch.Action) (fetch.ResponseHead, bool) {
	if preflight.Kind != fetch.ActionSendPreflight || !happened(t, preflight.Hop, "http-fetch:4.1") {
		return fetch.ResponseHead{}, false
	}
	get := func(name string) string { value, _ := preflight.Headers.Get(name); return value }
	cached := safelist.UnsafeRequestHeaderNames(t.Request.Headers)
	for name := range strings.SplitSeq(get("Access-Control-Request-Headers"), ",") {
		if _, found := slices.BinarySearch(cached, name); !found && name != "" {
			return fetch.ResponseHead{}, false // who knows whether the cache has that
		}
	}
	return fetch.ResponseHead{Status: 200, Headers: fetch.HeaderList{{allowOrigin, get("Origin")}, {allowCredentials, "true"},
		{"Access-Control-Allow-Methods", get("Access-Control-Request-Method")}, {allowHeaders, get("Access-Control-Request-Headers")}}}, true
}

// happened reports whether that step did at that hop what it is there for, of which alone there are events.
func happened(t *fetch.Trace, hop int, step fetch.Step) bool {
	return slices.ContainsFunc(t.Events, func(e fetch.Event) bool { return e.Hop == hop && e.Step == step })
}

// hooksAsTraced answers as the agent's hooks did, hop by hop, without asking them: one may have changed its mind since,
// or count how often it is asked. Hooks that answer in place of the network are left out, as their responses are not
// known.
func hooksAsTraced(t *fetch.Trace) fetch.Hooks {
	agent, v := &t.Agent.Hooks, t.Result.Verdict
	hop := func(r *fetch.Request) int { return r.RedirectCount - t.Request.RedirectCount }
	atTheEnd := func(r *fetch.Request) bool { return hop(r) == t.Result.Hop }
	hooks := fetch.Hooks{
		UpgradeInsecure: func(r *fetch.Request) bool { return happened(t, hop(r), "main-fetch:5") },
		KnownHSTSHost: func(host string) bool {
			for i, u := range urls(t) {
				if u.Hostname() == host && happened(t, i, "main-fetch:10") {
					return true
				}
			}
			return false
		},
		Misdirected: func(r *fetch.Request) bool { return happened(t, hop(r), "http-network-or-cache-fetch:17.2") },
	}
	if agent.AllowMixedContent != nil {
		hooks.AllowMixedContent = func(r *fetch.Request) bool {
			return !happened(t, hop(r), "main-fetch:6") && !(v.Code == fetch.CodeMixedContent && atTheEnd(r))
		}
	}
	if agent.Authenticate != nil {
		asked := authenticated(t)
		hooks.Authenticate = func(*fetch.Request, fetch.ResponseHead) (string, bool) {
			asked--
			return "as traced", asked >= 0 // what it was is not compared
		}
	}
	if blockedBeforeTainting(t) {
		hooks.BlockRequest = func(r *fetch.Request) fetch.Verdict {
			if atTheEnd(r) {
				return v
			}
			return fetch.Verdict{}
		}
	}
	if blockedAfterFilter(t) {
		hooks.BlockResponse = func(*fetch.Request, *fetch.Response) fetch.Verdict {
			return v
		}
	}
	return hooks
}

// urls returns the URLs that a fetch came to, hop by hop, as they were before they were upgraded.
func urls(t *fetch.Trace) []origin.URL {
	list := []origin.URL{t.Request.CurrentURL()}
	for _, e := range t.Events {
		if e.Outcome != fetch.OutcomeRedirected {
			continue
		}
		if u, err := origin.ParseURL(e.Subject, nil); err == nil { // else no machine has made the Trace
			list = append(list, u)
		}
	}
	return list
}

// authenticated returns how often a hook gave a name and a password: where a request was sent again with one, and they
// were not the URL's own.
func authenticated(t *fetch.Trace) (n int) {
	before := fetch.Action{}
	for _, e := range t.Exchanges {
		if e.Action.Authentication && !(t.Request.UseURLCredentials && !before.Authentication && e.Action.URL.IncludesCredentials()) {
			n++
		}
		before = e.Action
	}
	return n
}

// blockedBeforeTainting reports whether a hook has blocked the last request.
func blockedBeforeTainting(t *fetch.Trace) bool {
	switch t.Result.Verdict.Code {
	case fetch.CodeOK, fetch.CodeLocalURLsOnly, fetch.CodeBadPort, fetch.CodeMixedContent:
		return false
	}
	return !slices.ContainsFunc(t.Events, func(e fetch.Event) bool { return e.Hop == t.Result.Hop && e.Step == "main-fetch:12" })
}

// blockedAfterFilter reports whether a hook has blocked the last response.
func blockedAfterFilter(t *fetch.Trace) bool {
	switch t.Result.Verdict.Code {
	case fetch.CodeOK, fetch.CodeMIMETypeBlocked, fetch.CodeNosniff, fetch.CodeUnexpectedRangeResponse:
		return false
	}
	return slices.ContainsFunc(t.Events, func(e fetch.Event) bool { return e.Step == "main-fetch:14" })
}
