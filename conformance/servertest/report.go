package servertest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/internal/enum"
	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/internal/quote"
)

// A Severity says how bad a finding is. Greater is worse.
type Severity uint8

// The severities of findings.
const (
	SeverityNote     Severity = iota // no browser can meet it, or a cache only that guesses
	SeverityWasteful                 // it works, and costs somebody time
	SeverityBroken                   // a page does not get what is meant
	SeverityUnsafe                   // a page gets what it must not
)

var severities = enum.New[Severity]("servertest: severity", "note", "wasteful", "broken", "unsafe")

// String returns "note", "wasteful", "broken" or "unsafe".
func (s Severity) String() string { return severities.String(s) }

// MarshalText returns the name of s.
func (s Severity) MarshalText() ([]byte, error) { return severities.MarshalText(s) }

// UnmarshalText takes the name, and nothing else.
func (s *Severity) UnmarshalText(text []byte) error { return severities.UnmarshalText(s, text) }

// A Finding is a difference between what a server does and what is meant.
type Finding struct {
	ID        string     `json:"id"` // stable, such as "origin-suffix"
	Severity  Severity   `json:"severity"`
	Origin    string     `json:"origin"`    // of the page
	Exchanges []Exchange `json:"exchanges"` // what shows it, in their order
	Wanted    string     `json:"wanted"`
	Why       string     `json:"why"`
	Step      fetch.Step `json:"step,omitempty"` // of the standard, if one decided
	Fix       string     `json:"fix"`
}

// An Exchange is a request that was sent, and what came back. Values of headers are printable, and cut where they are
// long.
type Exchange struct {
	Request Request `json:"request"`
	Answer  Answer  `json:"answer"`
}

// A Request is one that was sent, with the headers that matter.
type Request struct {
	Method  string           `json:"method"`
	Path    string           `json:"path"` // with the query
	Headers fetch.HeaderList `json:"headers"`
}

// An Answer is the status of a response, and the headers that matter.
type Answer struct {
	HTTP    int              `json:"http,omitempty"` // its major version, where it matters
	Status  int              `json:"status"`         // 0 if there is no answer
	Headers fetch.HeaderList `json:"headers"`
	Error   string           `json:"error,omitempty"` // why there is none
}

// String says a request in a line.
func (q Request) String() string { return inLine(q.Method+" "+q.Path, q.Headers) }

// String says an answer in a line.
func (a Answer) String() string {
	text := strconv.Itoa(a.Status)
	switch {
	case a.Error != "":
		return "no answer: " + a.Error
	case a.HTTP != 0:
		text = "HTTP/" + strconv.Itoa(a.HTTP) + " " + text
	}
	return inLine(text, a.Headers)
}

func inLine(text string, headers fetch.HeaderList) string {
	for _, h := range headers {
		text += "; " + h[0] + ": " + h[1]
	}
	return text
}

// mostOfValue is how many bytes of a header's value a finding shows.
const mostOfValue = 1000

// shown is what a finding says of a question and its answer.
func (r *runner) shown(q question, a answer) (x Exchange) {
	x.Request = Request{Method: quote.Line(q.method, mostOfValue), Path: strings.TrimPrefix(r.url(q.path), r.base.Origin().String()), Headers: fetch.HeaderList{}}
	x.Answer = Answer{Status: a.Status, Headers: fetch.HeaderList{}}
	if a.err != nil {
		x.Answer.Error = quote.Line(a.err.Error(), mostOfValue)
	}
	for _, h := range q.headers() {
		x.Request.Headers.Append(h[0], quote.Line(h[1], mostOfValue))
	}
	for _, h := range a.Headers {
		switch name := header.Lower(h[0]); {
		case name == "content-encoding":
			x.Request.Headers.Append(acceptEncoding[0], acceptEncoding[1])
		case isCORS(name) || slices.Contains([]string{"vary", "location", "allow", "timing-allow-origin", "cache-control", "expires", "last-modified"}, name):
			x.Answer.Headers.Append(h[0], quote.Line(h[1], mostOfValue))
		}
	}
	return x
}

// exchanges is what findings say of questions that were asked.
func (r *runner) exchanges(questions ...question) (all []Exchange) {
	for _, q := range questions {
		all = append(all, r.shown(q, r.answers[q]))
	}
	return all
}

// String says all of a finding, in lines.
func (f Finding) String() string {
	var b strings.Builder
	line := func(name, text string) {
		if text != "" {
			fmt.Fprintf(&b, "\n  %-8s%s", name+":", quote.Line(text, 2000))
		}
	}
	fmt.Fprintf(&b, "%s %s", f.Severity, f.ID)
	line("page", f.Origin)
	for _, x := range f.Exchanges {
		line("sent", x.Request.String())
		line("got", x.Answer.String())
	}
	line("wanted", f.Wanted)
	line("why", f.Why)
	line("step", string(f.Step))
	line("fix", f.Fix)
	return b.String()
}

// A Report is what a server was found to do.
type Report struct {
	Findings []Finding `json:"findings"` // the worst first
	Asked    int       `json:"asked"`    // requests that were sent

	// Inconclusive says why the rest could not be asked, or why it says nothing; empty if everything was asked.
	Inconclusive string `json:"inconclusive,omitempty"`
}

// Worst returns the severity of the worst finding; ok is false if there is none.
func (r *Report) Worst() (worst Severity, ok bool) {
	for _, f := range r.Findings {
		worst, ok = max(worst, f.Severity), true
	}
	return worst, ok
}
