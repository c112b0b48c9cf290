package servertest

import (
	"fmt"
	"strings"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/internal/enum"
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
	ID       string     `json:"id"` // stable, such as "origin-suffix"
	Severity Severity   `json:"severity"`
	Origin   string     `json:"origin"`  // of the page
	Request  string     `json:"request"` // what was sent: method, path and the headers that matter
	Answer   string     `json:"answer"`  // what came back: the status and the headers that matter
	Wanted   string     `json:"wanted"`
	Why      string     `json:"why"`
	Step     fetch.Step `json:"step,omitempty"` // of the standard, if one decided
	Fix      string     `json:"fix"`
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
	line("sent", f.Request)
	line("got", f.Answer)
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
