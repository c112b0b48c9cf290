package clienttest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/safelist"
)

// A runner asks one client.
type runner struct {
	settings
	client   Client
	hello    Hello
	servers  *servers
	run8     string        // the beginning of all tokens of this run
	slots    chan struct{} // as many as the client takes requests at a time
	noTime   bool          // time cannot be advanced
	mu       sync.Mutex
	done     int
	lost     []int // cases that have to be done again
	outcomes []outcome
}

// An outcome is what became of a case.
type outcome struct {
	Case
	findings []Finding
}

// mostConcurrency bounds what a client may say it takes.
const mostConcurrency = 64

// run does the cases.
func (r *runner) run(ctx context.Context, cases []*testCase) (Report, error) {
	var authority *authority
	if r.tls {
		var err error
		if authority, err = newAuthority(); err != nil {
			return Report{}, fmt.Errorf("clienttest: %w", err)
		}
		if err := r.authority(authority.pem); err != nil {
			return Report{}, err
		}
	}
	if g, ok := r.client.(Greeter); ok {
		hello, cancel := context.WithTimeoutCause(ctx, r.timeout, fmt.Errorf("%w for %v", ErrNoAnswer, r.timeout))
		defer cancel()
		var err error
		if r.hello, err = g.Hello(hello); err != nil {
			return Report{}, fmt.Errorf("clienttest: hello: %w", err)
		}
	}
	var err error
	if r.servers, err = listen(authority.certificate()); err != nil {
		return Report{}, err
	}
	defer r.servers.close()
	random := make([]byte, 4)
	rand.Read(random)
	r.run8 = hex.EncodeToString(random)
	r.slots = make(chan struct{}, min(max(r.hello.Concurrency, 1), mostConcurrency))
	r.outcomes = make([]outcome, len(cases))

	var all sync.WaitGroup
	others := make(chan int)
	// Those that wait begin first and wait side by side. The others take turns.
	for i, c := range cases {
		if c.waits() {
			all.Go(func() { r.do(ctx, i, c, 0) })
		}
	}
	for range cap(r.slots) {
		all.Go(func() {
			for i := range others {
				r.do(ctx, i, cases[i], 0)
			}
		})
	}
	for i, c := range cases {
		if !c.waits() {
			others <- i
		}
	}
	close(others)
	all.Wait()
	// What was lost because of another case is done again, one by one, so that this one is told from it.
	for try := 1; len(r.lost) > 0; try++ {
		lost := r.lost
		r.lost = nil
		for _, i := range lost {
			r.do(ctx, i, cases[i], try)
		}
	}
	return r.report(), nil
}

// report sums up.
func (r *runner) report() Report {
	report := Report{Client: strings.TrimSpace(r.hello.Name + " " + r.hello.Version), Findings: []Finding{}}
	for i := range r.outcomes {
		o := &r.outcomes[i]
		report.Cases = append(report.Cases, o.Case)
		report.Findings = append(report.Findings, o.findings...)
		switch o.Outcome {
		case OutcomePassed:
			report.Passed++
		case OutcomeFailed:
			report.Failed++
		case OutcomeUnsupported:
			report.Unsupported++
		default:
			report.Inconclusive++
		}
	}
	slices.SortStableFunc(report.Findings, func(a, b Finding) int { return int(b.Severity) - int(a.Severity) })
	return report
}

func (r *runner) supports(a Ability) bool {
	return r.hello.Supports == nil || slices.Contains(r.hello.Supports, a)
}

// mostTries is how often a case is tried that is lost each time.
const mostTries = 3

// do does a case, and notes if it has to be done again.
func (r *runner) do(ctx context.Context, i int, c *testCase, try int) {
	o := outcome{Case: Case{ID: c.ID, About: c.About}}
	again := false
	switch missing := slices.DeleteFunc(c.abilities(), r.supports); {
	case len(missing) > 0:
		o.Outcome, o.Reason = OutcomeUnsupported, fmt.Sprintf("it needs %q, which the client does not say it supports", missing)
	case ctx.Err() != nil:
		o.Outcome, o.Reason = OutcomeInconclusive, "not asked: "+context.Cause(ctx).Error()
	default:
		again = r.attempt(ctx, fmt.Sprintf("%s-%d-%d", r.run8, i, try), c, &o) && try+1 < mostTries
	}
	r.outcomes[i] = o
	r.mu.Lock()
	defer r.mu.Unlock()
	if again {
		r.lost = append(r.lost, i)
		return
	}
	r.done++
	if r.progress != nil {
		r.progress(r.done, len(r.outcomes))
	}
}

// grace is how long a client may take to return once its time is over.
const grace = 250 * time.Millisecond

// call calls the client when it takes a request, with a limit for the answer.
func call[A any](ctx context.Context, r *runner, limit time.Duration, f func(ctx context.Context) (A, error)) (a A, err error) {
	select {
	case r.slots <- struct{}{}:
	case <-ctx.Done():
		return a, context.Cause(ctx)
	}
	defer func() { <-r.slots }()
	if ctx.Err() != nil {
		return a, context.Cause(ctx)
	}
	tooLate := fmt.Errorf("%w for %v", ErrNoAnswer, limit)
	limited, cancel := context.WithTimeoutCause(ctx, limit, tooLate)
	defer cancel()
	type returned struct {
		a   A
		err error
	}
	done := make(chan returned, 1) // a client that never returns keeps its goroutine, and nothing else
	go func() {
		a, err := f(limited)
		done <- returned{a, err}
	}()
	select {
	case out := <-done:
		a, err = out.a, out.err
	case <-limited.Done():
		select {
		case out := <-done:
			a, err = out.a, out.err
		case <-time.After(grace):
			err = context.Cause(limited)
		}
	}
	switch {
	case ctx.Err() != nil:
		err = context.Cause(ctx)
	case limited.Err() != nil && !errors.Is(err, ErrLost):
		err = tooLate // whatever it makes of the end of its time
	}
	return a, err
}

// attempt does a case in a session of its own, and reports whether it has to be done again.
func (r *runner) attempt(ctx context.Context, token string, c *testCase, o *outcome) (again bool) {
	o.findings = nil
	inconclusive := func(format string, args ...any) bool {
		o.Outcome, o.Reason = OutcomeInconclusive, fmt.Sprintf(format, args...)
		return false
	}
	origins := r.servers.origins
	e := c.expand(origins, token, r.servers.badPort)
	want, err := predict(e, origins, token, r.profile)
	if err != nil {
		return inconclusive("%v", err)
	}
	run := r.servers.start(token, e.Serve)
	defer r.servers.stop(token)
	if closer, ok := r.client.(SessionCloser); ok {
		defer call(ctx, r, r.timeout, func(ctx context.Context) (struct{}, error) { return struct{}{}, closer.CloseSession(ctx, token) })
	}
	seen := 0
	var last time.Time
	for i := range e.Steps {
		s := &e.Steps[i]
		if err := r.wait(ctx, token, s.After); err != nil {
			return r.stopped(err, o, inconclusive)
		}
		r.servers.step(run, safelist.NormalizeMethod(or(s.Method, "GET")))
		if late := time.Since(last); s.Soon > 0 && late > s.Soon {
			return inconclusive("step %d began %v after the one before, and says something only within %v", i, late.Round(time.Millisecond), s.Soon)
		}
		answer, err := call(ctx, r, r.timeout, func(ctx context.Context) (Answer, error) {
			return r.client.Fetch(ctx, s.wire(token, s.pageURL(origins, token)))
		})
		last = time.Now()
		j := judge{c: c, step: s, want: want[i], got: r.servers.since(run, seen), answer: answer, page: origin.MustParse(origins[s.Page]), referrers: slices.Contains(r.hello.Supports, AbilityReferrer)}
		seen += len(j.got)
		switch {
		case errors.Is(err, ErrNoAnswer):
			j.add(kindNoAnswer, SeverityBroken, "", j.why(), strings.TrimPrefix(err.Error(), "clienttest: "), j.last())
			j.stop = true
		case err != nil:
			return r.stopped(err, o, inconclusive)
		case (answer.Response == nil) == (answer.Rejected == ""):
			return inconclusive("the answer has to have either a response or a rejection")
		default:
			asked := j
			j.judge()
			if j.unresolved(origins) {
				return r.stopped(fmt.Errorf("%w: it does not resolve %s", ErrUnsupported, hosts['e']), o, inconclusive)
			}
			if len(j.findings) > 0 {
				r.compare(&j, asked, e, token, i)
			}
		}
		o.findings = append(o.findings, j.findings...)
		if j.stop {
			break
		}
	}
	o.Outcome, o.Reason = OutcomePassed, ""
	for _, f := range o.findings {
		if f.Severity > SeverityNote {
			o.Outcome = OutcomeFailed
		}
	}
	return false
}

// compare notes with the findings of a step which browsers do the same as the client: those in whose place it would
// have none of that kind. asked is the judge before it has judged.
func (r *runner) compare(j *judge, asked judge, e *testCase, token string, i int) {
	for _, p := range fetch.Profiles() {
		if p == fetch.ProfileStandard || p.String() == r.profile.String() {
			continue
		}
		want, err := predict(e, r.servers.origins, token, p)
		if err != nil || len(want) <= i {
			continue
		}
		as := asked
		as.want = want[i]
		as.judge()
		for k := range j.findings {
			f := &j.findings[k]
			if !slices.ContainsFunc(as.findings, func(g Finding) bool { return g.Kind == f.Kind }) {
				f.Browsers = append(f.Browsers, p.String())
			}
		}
	}
}

// stopped is what an error makes of a case.
func (r *runner) stopped(err error, o *outcome, inconclusive func(string, ...any) bool) (again bool) {
	switch {
	case errors.Is(err, ErrUnsupported):
		o.findings, o.Outcome, o.Reason = nil, OutcomeUnsupported, "the client says that it does not support it"
		if err != ErrUnsupported {
			o.Reason = strings.TrimPrefix(err.Error(), "clienttest: ")
		}
	case errors.Is(err, ErrLost):
		inconclusive("%v, each of %d times", err, mostTries)
		return true
	default:
		inconclusive("the driver failed: %v", err)
	}
	return false
}

// wait lets time go by in a session.
func (r *runner) wait(ctx context.Context, session string, d time.Duration) error {
	if d == 0 {
		return nil
	}
	r.mu.Lock()
	noTime := r.noTime
	r.mu.Unlock()
	if a, ok := r.client.(Advancer); ok && !noTime && r.supports(AbilityAdvance) {
		_, err := call(ctx, r, r.timeout, func(ctx context.Context) (struct{}, error) { return struct{}{}, a.Advance(ctx, session, d) })
		if !errors.Is(err, ErrUnsupported) {
			return err
		}
		r.mu.Lock()
		r.noTime = true
		r.mu.Unlock()
	}
	if d > longestWait {
		return ErrUnsupported
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// wire is a step as a client is asked to do it.
func (s *step) wire(session, pageURL string) *Request {
	q := &Request{Session: session, PageURL: pageURL, URL: s.URL, Via: or(s.Via, "fetch"), CrossOrigin: s.CrossOrigin, AbortAfter: s.Abort, Init: Init{Method: or(s.Method, "GET"), Headers: slices.Clone(s.Headers),
		Mode: or(s.Mode, "cors"), Credentials: or(s.Credentials, "same-origin"), Redirect: or(s.Redirect, "follow"), Referrer: "about:client", ReferrerPolicy: s.Policy, Cache: or(s.Cache, "default"), Keepalive: s.Keepalive}}
	if s.Referrer != nil {
		q.Init.Referrer = *s.Referrer
	}
	switch {
	case s.Stream:
		half := len(s.Body) / 2
		q.Init.Body = &Body{Stream: [][]byte{[]byte(s.Body[:half]), []byte(s.Body[half:])}}
	case s.HasBody:
		q.Init.Body = &Body{Bytes: []byte(s.Body)}
	}
	return q
}
