package fetch

import (
	"fmt"
	"slices"
	"time"

	"github.com/corspec/corspec/origin"
)

// This file has what a machine is and how it is talked to. The algorithms of the standard that it runs have their own
// names, each in the file of its name, with its steps in order. Where I/O cuts an algorithm in two, the rest of it is
// …Response; HTTP fetch is cut once more, by the preflight.
//
//	algorithm                      function                          steps
//	Fetch                          Agent.Start                       12 to 14
//	Main fetch                     mainFetch                         3 to 12
//	                               mainFetchResponse                 14 to 22
//	Override fetch                 overrideFetch                     2 and 3
//	Scheme fetch                   schemeFetch                       3 and 4
//	HTTP fetch                     httpFetch                         3 and 4.1
//	                               httpFetchPreflighted              4.2 and 4.3
//	                               httpFetchResponse                 4.4 to 6
//	HTTP-redirect fetch            httpRedirectFetch                 3 to 22
//	CORS-preflight fetch           corsPreflightFetch                1 to 6
//	                               corsPreflightFetchResponse        7 and 8
//	HTTP-network-or-cache fetch    httpNetworkOrCacheFetch           8 to 11
//	                               httpNetworkOrCacheFetchResponse   12 to 17
//	HTTP-network fetch             httpNetworkFetch                  left to the caller
//
// Where engines differ the machine asks its engine, which standard.go describes.

// A ResponseHead is what comes ahead of a response's body: what a [Machine] receives.
type ResponseHead struct {
	Status        int
	StatusMessage string // such as "Not Found"; empty where the protocol has none
	Headers       HeaderList
}

// A Machine is one fetch, without I/O: [Machine.Action] says what to do, and [Machine.Receive], [Machine.Fail] or
// [Machine.Abort] what came of it, until the action is [ActionDone]. [Agent.Start] makes it; the zero Machine is no
// fetch. It must not be used by several goroutines at once.
type Machine struct {
	agent   *Agent
	engine  engine
	variant *variantState // of the engine, if it needs one
	started time.Time
	start   Request    // as it was when the fetch started
	headers HeaderList // of the action: the caller's
	last    *exchange  // that is under way, or was last
	events  []Event
	result  Result

	req         Request
	where       whereabouts // of req
	names       []string    // the CORS-unsafe request-header names of req, while a preflight is under way
	waiting     ActionKind
	preflighted bool // some main fetch of this fetch took the branch with a preflight
	noWorker    bool // service-workers mode is "none"
	bodySent    bool
	timing      [][]string // the navigation timing allow values list
	refusal     *Verdict   // of a request that goes out once its preflight has passed; nil: none
	credentials string     // the Authorization that the hook gave
	internal    Response
	visible     HeaderList // room for the headers of the filtered response

	// What a fetch without redirects needs, so that it allocates little: this, and the header lists of its response.
	room          HeaderList // for the headers of what is sent first
	urlBuffer     [1]origin.URL
	firstExchange exchange
	eventBuffer   [6]Event
	headerBuffer  [16][2]string
}

// Action returns what is to be done. It changes nothing: until the machine is told what came of it, it returns the
// same.
func (m *Machine) Action() Action {
	if m.waiting == 0 || m.waiting == ActionDone {
		return Action{Kind: m.waiting, Hop: m.result.Hop}
	}
	a := m.last.Action
	a.Headers = m.headers
	return a
}

// Request returns the request under way as it is by now: redirects have changed its URL list, method, headers,
// referrer, referrer policy and response tainting. A transport or a hook may have to know them. It is the caller's;
// before the fetch has started it is zero.
func (m *Machine) Request() Request {
	r := m.req
	r.URLList, r.Headers = slices.Clone(r.URLList), slices.Clone(r.Headers)
	return r
}

// now returns the time at which the machine was told something last.
func (m *Machine) now() time.Time {
	if m.last == nil {
		return m.started
	}
	return m.last.Received
}

// Result returns the end of the fetch; before that it returns an error.
func (m *Machine) Result() (Result, error) {
	if err := m.outOfOrder("Result", true); err != nil {
		return Result{}, err
	}
	return m.result, nil
}

// Trace returns the fetch so far. All of it but the agent is the caller's; its result is the one that Result returns.
func (m *Machine) Trace() Trace {
	t := Trace{Agent: m.agent, Started: m.started, Request: m.start, Events: slices.Clone(m.events), Result: m.result}
	t.Request.URLList, t.Request.Headers = slices.Clone(t.Request.URLList), slices.Clone(t.Request.Headers)
	for e := m.last; e != nil; e = e.before {
		t.Exchanges = append(t.Exchanges, e.Exchange)
	}
	slices.Reverse(t.Exchanges)
	for i := range t.Exchanges {
		e := &t.Exchanges[i]
		e.Action.Headers, e.Response.Headers = slices.Clone(e.Action.Headers), slices.Clone(e.Response.Headers)
	}
	return t
}

// outOfOrder returns an error where a call does not fit: it is for a fetch that is done, or for one that is not.
func (m *Machine) outOfOrder(call string, done bool) error {
	switch {
	case m.waiting == 0:
		return fmt.Errorf("fetch: Machine.%s: the fetch has not been started; get the Machine from Agent.Start", call)
	case done == (m.waiting == ActionDone):
		return nil
	case done:
		return fmt.Errorf("fetch: Machine.%s: the fetch is not done; do what Action says (%s) and call Receive, Fail or Abort", call, m.waiting)
	}
	return fmt.Errorf("fetch: Machine.%s: the fetch is done; call Result", call)
}

// Receive tells the machine that the request that Action asked for was answered at that time, with that status and
// those headers, interim responses left out. No part of it is kept. The error says that the machine does not wait for
// an answer; whatever the server answered is not an error.
func (m *Machine) Receive(now time.Time, head ResponseHead) error {
	if err := m.outOfOrder("Receive", false); err != nil {
		return err
	}
	head.Headers = m.keep(head.Headers)
	e := m.last
	e.Answered, e.Received, e.Response = true, now, head
	m.internal = Response{Status: head.Status, StatusMessage: head.StatusMessage, Headers: head.Headers}
	if m.waiting == ActionFetchLocal {
		m.schemeFetchResponse()
	} else {
		m.httpNetworkOrCacheFetchResponse()
	}
	return nil
}

// keep copies the headers of a response. A request's response may be filtered, for which the same array has room.
func (m *Machine) keep(l HeaderList) HeaderList {
	n := len(l)
	room := n
	if m.waiting == ActionSendPreflight {
		room = 0
	}
	own := append(make(HeaderList, 0, n+room), l...)
	m.visible = own[n:n:cap(own)]
	return own[:n:n]
}

// Fail tells the machine that the request that Action asked for got no answer. The error is as that of Receive.
func (m *Machine) Fail(cause error) error {
	v := Verdict{Code: CodeTransportError}
	if cause != nil {
		v.Value = cause.Error()
	}
	return m.end("Fail", v)
}

// Abort ends the fetch: the page gave it up. The error is as that of Receive.
func (m *Machine) Abort() error { return m.end("Abort", Verdict{Code: CodeAborted}) }

// end ends the fetch because of what the caller says.
func (m *Machine) end(call string, v Verdict) error {
	if err := m.outOfOrder(call, false); err != nil {
		return err
	}
	v.Want = m.last.Action.URL.String()
	m.fail(v)
	return nil
}

// event adds a decision to the trace.
func (m *Machine) event(e Event) {
	e.Hop = m.result.Hop
	m.events = append(m.events, e)
}

// fail ends the fetch with a network error.
func (m *Machine) fail(v Verdict) {
	// Main fetch, step 12.
	if key, ok := m.engine.clearedKey(m, v); ok {
		m.agent.Cache.clearCacheEntries(key)
	}
	m.event(Event{Step: v.Step, Outcome: Outcome(v.Code), Subject: v.Want})
	m.result.Response, m.result.Verdict, m.waiting = Response{Type: ResponseTypeError}, v, ActionDone
}

// evaluated turns the verdict of a hook that has no opinion into one that lets pass.
func evaluated(v Verdict) Verdict {
	if !v.Evaluated() {
		return allowed
	}
	return v
}

// shown is the machine's request's origin, serialized.
func (m *Machine) shown() string {
	if m.where.tainted {
		return "null"
	}
	return m.req.Origin.String()
}

// The whereabouts of a request follow from its origin and its URL list. A machine has them at hand, since all that is
// checked and sent depends on them, and the list grows with each redirect.
type whereabouts struct {
	current origin.Origin // of the current URL
	tainted bool          // the redirect-taint is not "same-origin"
	site    site          // the farthest that it has been
}

// whereaboutsOf computes them for a request.
func whereaboutsOf(r *Request, suffixes origin.SuffixList) whereabouts {
	w := whereabouts{tainted: tainted(r)}
	for _, u := range r.URLList {
		w.current = u.Origin()
		w.site = w.site.and(r.Origin, w.current, suffixes)
	}
	return w
}

// follow appends a URL, of that origin, to the list of the request whose whereabouts these are.
func (w *whereabouts) follow(r *Request, u origin.URL, o origin.Origin, suffixes origin.SuffixList) {
	w.tainted = w.tainted || r.Origin != w.current && o != w.current
	r.URLList, w.current, w.site = append(r.URLList, u), o, w.site.and(r.Origin, o, suffixes)
}
