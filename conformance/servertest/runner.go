package servertest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/explain"
	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/policy"
	"github.com/corspec/corspec/safelist"
)

// A runner asks one server.
type runner struct {
	settings
	ctx       context.Context
	base      origin.URL
	inProcess bool // the name in base is made up
	oracle    Oracle
	policy    *policy.Config // of the oracle, if it has one
	seeds     []origin.Origin
	examples  []string // further origins of the policy
	methods   []string
	headers   []string

	answers  map[question]answer // to what was asked before
	baseline question
	asked    int
	last     time.Time
	waited   time.Duration // for answers that did not come
	findings []Finding
	seen     map[string]int // findings of an id and severity
	stopped  string
}

// A question is a request as far as the answer may depend on it. A newline in a header's value parts lines. Credentials
// never go along: they make no difference to whether a page may read.
type question struct {
	method, path                          string
	origin, requestMethod, requestHeaders string
}

func (q question) isPreflight() bool {
	return q.method == "OPTIONS" && q.origin != "" && q.requestMethod != ""
}

// headers returns those of the question, a line each.
func (q question) headers() (l fetch.HeaderList) {
	for _, h := range [][2]string{{"Origin", q.origin}, {"Access-Control-Request-Method", q.requestMethod}, {"Access-Control-Request-Headers", q.requestHeaders}} {
		if h[1] == "" {
			continue
		}
		for line := range strings.SplitSeq(h[1], "\n") {
			l = append(l, [2]string{h[0], line})
		}
	}
	return l
}

// An answer is the head of a response, or why there is none.
type answer struct {
	fetch.ResponseHead
	proto   int  // the major version of HTTP
	reached bool // the server's handler ran
	err     error
}

func isCORS(name string) bool { return header.HasPrefixFold(name, "access-control-") }

// same reports whether two answers tell browsers the same. The order of a list, and how long a preflight may be kept,
// make no difference.
func (a answer) same(b answer) bool {
	return a.Status == b.Status && (a.err == nil) == (b.err == nil) && slices.Equal(a.tells(), b.tells())
}

// tells returns what an answer tells browsers, sorted: a line for each header, and for each element of a list.
func (a answer) tells() (all []string) {
	for _, h := range a.Headers {
		switch name := header.Lower(h[0]); name {
		case "access-control-allow-methods", "access-control-allow-headers", "access-control-expose-headers", "vary":
			for _, element := range header.SplitValue(h[1]) {
				all = append(all, name+": "+element)
			}
		case "access-control-max-age":
		default:
			if isCORS(name) {
				all = append(all, name+": "+h[1])
			}
		}
	}
	slices.Sort(all)
	return all
}

// ask asks a question, unless it was asked before. ok is false if there is no answer.
func (r *runner) ask(q question) (a answer, ok bool) {
	a, known := r.answers[q]
	if !known {
		if a, ok = r.send(q, r.transport); !ok {
			return a, false
		}
		r.answers[q] = a
		// To ask three times may take a while, if the answer never comes.
		if a.err != nil && r.seen["no-answer broken"] < most && r.askAgain(q) {
			r.add(Finding{ID: "no-answer", Severity: SeverityBroken, Origin: q.origin, Exchanges: r.exchanges(q), Wanted: "an answer",
				Why: "a page takes this for a broken network", Fix: "answer whatever is asked"})
		}
		if a.reached && q.isPreflight() {
			r.reachedBy(q)
		}
	}
	return a, a.err == nil
}

// reachedBy adds a finding for a preflight that the server's handler ran on. If it is how the server refuses, it is a
// note.
func (r *runner) reachedBy(q question) {
	f := Finding{ID: "handler-on-preflight", Severity: SeverityNote, Origin: q.origin, Exchanges: r.exchanges(q), Wanted: "an answer without the handler",
		Why: "the server's own handler runs on preflights, which come without credentials and mean nothing to it",
		Fix: "answer preflights before routing, authentication and the handler"}
	if r.mayRead(q.origin) {
		f.Severity = SeverityBroken
	}
	r.add(f, q)
}

// send sends a request, once. ok is false if the server must not, or need not, be asked anything more.
func (r *runner) send(q question, transport http.RoundTripper) (a answer, ok bool) {
	if r.stopped == "" && r.asked >= r.limit {
		r.stopped = fmt.Sprintf("the limit of %d requests is reached", r.limit)
	}
	if wait := r.interval - time.Since(r.last); r.stopped == "" && r.asked > 0 && wait > 0 {
		select {
		case <-time.After(wait):
		case <-r.ctx.Done():
		}
	}
	if r.stopped == "" && r.ctx.Err() != nil {
		r.stopped = context.Cause(r.ctx).Error()
	}
	if r.stopped != "" {
		return a, false
	}
	if r.progress != nil {
		r.progress(r.asked)
	}
	r.asked, r.last = r.asked+1, time.Now()
	before := 0
	if r.reached != nil {
		before = r.reached()
	}
	a = r.exchange(q, transport)
	a.reached = r.reached != nil && r.reached() > before
	if a.err != nil {
		if r.waited += time.Since(r.last); r.waited > patience {
			r.stopped = fmt.Sprintf("%v were spent waiting for answers that did not come", patience)
		}
	}
	_, later := a.Headers.Get("Retry-After")
	switch _, aged := a.Headers.Get("Age"); {
	case r.ctx.Err() != nil:
		r.stopped = context.Cause(r.ctx).Error()
		return a, false
	case a.Status == http.StatusTooManyRequests || a.Status == http.StatusServiceUnavailable && later:
		r.stopped = fmt.Sprintf("the server answers %d: it takes this for too many requests; ask more slowly", a.Status)
		return a, false
	case aged:
		r.stopped = "a response has Age: it comes from a cache, and says nothing of the server"
		return a, false
	}
	return a, true
}

// acceptEncoding is what browsers send. What compresses may set Vary then, and what is there already gets lost.
var acceptEncoding = [2]string{"Accept-Encoding", "gzip, deflate, br, zstd"}

func (r *runner) exchange(q question, transport http.RoundTripper) answer {
	ctx, cancel := context.WithTimeout(r.ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, q.method, r.url(q.path), nil)
	if err != nil {
		return answer{err: err}
	}
	for _, h := range append(q.headers(), acceptEncoding) {
		req.Header.Add(h[0], h[1])
	}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return answer{err: err}
	}
	io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<16)) // in process, this waits until the handler has returned
	resp.Body.Close()
	a := answer{ResponseHead: fetch.ResponseHead{Status: resp.StatusCode}, proto: resp.ProtoMajor}
	for _, name := range slices.Sorted(maps.Keys(resp.Header)) {
		for _, value := range resp.Header[name] {
			a.Headers = append(a.Headers, [2]string{name, header.TrimTabOrSpace(value)})
		}
	}
	return a
}

// A script is what a page does: it fetches a target, perhaps with another method or other headers than the target's.
type script struct {
	target      Target
	method      string
	headers     []string
	page        string // its origin, serialized
	credentials bool
}

// scriptOf is what a page does that uses a target as it is meant.
func scriptOf(t Target, page string, credentials bool) script {
	return script{t, t.Method, t.Headers, page, credentials}
}

// An outcome is what a page gets.
type outcome struct {
	verdict   fetch.Verdict
	response  fetch.Response // as the page sees it
	sent      bool           // the request went out, not only its preflight
	questions []question
	last      answer // to the last of them
}

func (o *outcome) reads() bool { return o.verdict.OK() }

// fetch lets a page fetch, by the machine. ok is false if the server does not say what would become of it.
func (r *runner) fetch(s script) (o outcome, ok bool) {
	page, err := origin.Parse(s.page)
	if err != nil || page == r.base.Origin() {
		return o, false
	}
	req, err := fetch.NewRequest(s.method, r.url(s.target.Path), page)
	if err != nil {
		return o, false // no page sends it
	}
	req.MixedContent = fetch.MixedContentUnrestricted // it is the server that is asked
	for _, name := range s.headers {
		req.Headers.Append(name, valueOf(name))
	}
	req.Credentials = credentialsMode(s.credentials)
	agent := &fetch.Agent{SuffixList: publicsuffix.List}
	m, err := agent.Start(time.Unix(0, 0), req)
	if err != nil {
		return o, false
	}
	for a := m.Action(); a.Kind != fetch.ActionDone; a = m.Action() {
		if a.URL.Origin() != r.base.Origin() {
			return o, false // nobody asked to go there
		}
		q := r.questionOf(a, s)
		got, ok := r.ask(q)
		if !ok {
			return o, false
		}
		o.questions, o.last = append(o.questions, q), got
		if err := m.Receive(time.Unix(0, 0), got.ResponseHead); err != nil {
			return o, false
		}
	}
	result, err := m.Result()
	o.verdict, o.response, o.sent = result.Verdict, result.Response, result.Reached
	return o, err == nil
}

// questionOf is what goes over the wire for an action of the machine. The author's own headers do not, and what is not
// a target's method is asked with that.
func (r *runner) questionOf(a fetch.Action, s script) question {
	path := a.URL.Pathname()
	if query, ok := a.URL.Query(); ok {
		path += "?" + query
	}
	// The base URL may have a path, which url puts in front.
	path = strings.TrimPrefix(path, strings.TrimSuffix(r.base.Pathname(), "/"))
	q := question{method: a.Method, path: path}
	for _, h := range explain.Shown(a) {
		switch h[0] {
		case "Origin":
			q.origin = h[1]
		case "Access-Control-Request-Method":
			q.requestMethod = h[1]
		case "Access-Control-Request-Headers":
			q.requestHeaders = h[1]
		}
	}
	if a.Kind == fetch.ActionSendRequest && a.Method != "GET" && a.Method != "HEAD" {
		q.method = safelist.NormalizeMethod(s.target.Method)
	}
	return q
}

func credentialsMode(credentials bool) fetch.CredentialsMode {
	if credentials {
		return fetch.CredentialsInclude
	}
	return fetch.CredentialsOmit
}

// valueOf is a value of a header that is not safelisted.
func valueOf(name string) string {
	switch header.Lower(name) {
	case "content-type":
		return "application/json"
	case "range":
		return "bytes=0-1,3-4"
	}
	return `x"y`
}

// mayRead reports whether pages of an origin may read anything.
func (r *runner) mayRead(page string) bool {
	return r.oracle.MayRead(page, "GET", nil, false) || r.oracle.MayRead(page, "GET", nil, true)
}

// most is how many findings of an id and severity are told.
const most = 3

// patience is how long all answers together may be waited for that do not come.
const patience = 30 * time.Second

// add adds a finding, unless enough of its kind are there or the questions that led to it are answered otherwise by
// now, each of three times.
func (r *runner) add(f Finding, questions ...question) {
	key := f.ID + " " + f.Severity.String()
	if r.seen[key] >= most || r.stopped != "" {
		return
	}
	if f.Severity != SeverityNote {
		again := append(questions, r.baseline)
		for _, q := range slices.Concat(again, again, questions) {
			if !r.askAgain(q) {
				return
			}
		}
	}
	r.seen[key]++
	r.findings = append(r.findings, f)
}

// askAgain reports whether a question gets the same answer as before. If it does not, nothing more is asked.
func (r *runner) askAgain(q question) bool {
	before, known := r.answers[q]
	if !known {
		return true
	}
	again, ok := r.send(q, r.transport)
	if ok && !again.same(before) {
		r.stopped = fmt.Sprintf("the same request gets another answer now: %s: %s, before %s", r.shown(q, again).Request, r.shown(q, again).Answer, r.shown(q, before).Answer)
	}
	return r.stopped == ""
}

var errNoAnswer = errors.New("servertest: the server does not answer")

// start asks the first question of all, which is asked again later to see whether the server is still the same.
func (r *runner) start(q question) error {
	a, ok := r.send(q, r.transport)
	if a.err != nil && r.ctx.Err() == nil {
		return fmt.Errorf("%w: %w", errNoAnswer, a.err)
	}
	if ok {
		r.baseline, r.answers[q] = q, a
	}
	return nil
}

// report ends the asking.
func (r *runner) report() Report {
	r.askAgain(r.baseline)
	slices.SortStableFunc(r.findings, func(a, b Finding) int { return int(b.Severity) - int(a.Severity) })
	return Report{Findings: r.findings, Asked: r.asked, Inconclusive: r.stopped}
}
