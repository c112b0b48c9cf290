package explain

import (
	"slices"
	"strings"

	"github.com/corspec/corspec/fetch"
)

// An Explanation is a verdict in words.
type Explanation struct {
	Happened string           // what happened
	Why      string           // why the standard says so
	Fix      string           // what to change; empty where nothing is to be changed
	Where    Where            // where the fix is made
	Status   int              // that the fix gives to the response to the preflight, or 0
	Send     fetch.HeaderList // header lines that the fix sends there
	URL      string           // that the client asks for instead, as part of the fix or as another one; empty: the same
	Omit     bool             // the fix makes the request without credentials
	Step     fetch.Step       // the step that decided
	Link     string           // where the step stands
	Engines  string           // which engines do otherwise, and how; empty where none is known to

	Sometimes string  // why it may fail only sometimes
	Causes    []Cause // what makes the request need the preflight that was sent; of more than 20 the first
}

// A Where says where something is to be changed.
type Where uint8

// The places where something can be changed.
const (
	WhereNone                 Where = iota // nothing is to be changed
	WhereResponse                          // on the response that was blocked
	WherePreflight                         // on the response to the preflight
	WherePreflightAndResponse              // on the response to the preflight, and on what comes after it
	WhereClient                            // on the client, whose request cannot succeed
	WhereServer                            // on the server, other than by header lines
)

// String returns the explanation as lines of text, the last without a line break.
func (e Explanation) String() string {
	var b strings.Builder
	b.WriteString(e.Happened)
	line := func(label, text string) {
		if text != "" {
			b.WriteString("\n" + label + text)
		}
	}
	line("Why: ", e.Why)
	if e.Step != "" {
		line("Step: ", string(e.Step)+" "+e.Link)
	}
	line("Fix: ", e.Fix)
	for _, h := range e.Send {
		line("  ", sendLine(h))
	}
	line("Sometimes: ", e.Sometimes)
	for _, c := range e.Causes {
		line("Preflight: ", c.String())
	}
	line("Engines: ", e.Engines)
	return b.String()
}

// Verdict explains the outcome of a check by itself.
func Verdict(v fetch.Verdict) Explanation {
	e := newAdvice(v).explained(v)
	if v.Want == "null" && isOfCORSCheck(v) {
		e.Why += " The origin is \"null\" because it is opaque (a sandboxed frame, a file, a data: URL), or because a redirect led from one foreign origin to another."
	}
	return e
}

// Trace explains a fetch. Its advice is complete as far as the responses that were received tell: with what it sends,
// the request gets through, and not only past the check that failed. What engines do is found by doing the fetch again
// as each of them, with the answers that were received; what a server would answer to a request that was not sent is
// not known, and not told. Neither calls a hook of the agent, nor changes its cache. A fetch with more than 512 KiB of
// headers and URLs, which no browser takes, is not done again.
func Trace(t fetch.Trace) Explanation {
	a := newAdvice(t.Result.Verdict)
	small := isSmall(&t)
	var last *fetch.Exchange
	if n := len(t.Exchanges); n > 0 {
		last = &t.Exchanges[n-1]
		a.complete(&t, last, small)
	}
	e := a.explained(t.Result.Verdict)
	if last != nil && last.Answered {
		e.circumstances(&t, last)
	}
	if slices.ContainsFunc(t.Exchanges, func(x fetch.Exchange) bool { return x.Action.Kind == fetch.ActionSendPreflight }) {
		e.Causes = causes(&t.Request)
	}
	if !small {
		e.Engines = "not asked, since the fetch has more than 512 KiB of headers and URLs."
	} else {
		e.Engines = engines(&t)
	}
	return e
}

// isOfCORSCheck reports whether the CORS check has decided.
func isOfCORSCheck(v fetch.Verdict) bool { return strings.HasPrefix(string(v.Step), "cors-check:") }

// explained returns the verdict in words, with the advice.
func (a advice) explained(v fetch.Verdict) Explanation {
	w, e := wordsOf(v), a.Explanation
	e.Happened, e.Why, e.Fix, e.Engines = fill(w.happened, held(v)), w.why, a.String(), w.engines
	e.Step, e.Link = v.Step, v.Step.URL()
	if v.Step == "cors-check:4" {
		e.Happened += misspelt(v)
	}
	return e
}
