package clienttest

import (
	"fmt"
	"strings"

	"github.com/corspec/corspec/conformance/servertest"
	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/internal/quote"
)

// A Severity says how bad a finding is, as in package servertest. Greater is worse.
type Severity = servertest.Severity

// The severities of findings.
const (
	SeverityNote     = servertest.SeverityNote     // it makes no difference to pages and servers, as a rule
	SeverityWasteful = servertest.SeverityWasteful // it works, and costs somebody time
	SeverityBroken   = servertest.SeverityBroken   // what works in a browser does not
	SeverityUnsafe   = servertest.SeverityUnsafe   // a script reads what it must not, or something is sent that must not be
)

// A Finding is a difference between what a client does and what a browser does.
type Finding struct {
	ID       string     `json:"id"`   // of the case, such as "preflight-method/03-patch"
	Kind     string     `json:"kind"` // what sort of difference it is, such as "missing-preflight"
	Severity Severity   `json:"severity"`
	About    string     `json:"about"`  // the case in a sentence
	Script   string     `json:"script"` // what the page does
	Request  string     `json:"request,omitempty"`
	Answer   string     `json:"answer,omitempty"` // what the server answered
	Wanted   string     `json:"wanted"`           // what a browser does
	Seen     string     `json:"seen"`             // what the client did
	Step     fetch.Step `json:"step,omitempty"`   // of the standard, if one decides

	// Browsers are those that are known to do what the client did.
	Browsers []string `json:"browsers,omitempty"`
}

// String says all of a finding, in lines.
func (f Finding) String() string {
	var b strings.Builder
	line := func(name, text string) {
		if text != "" {
			fmt.Fprintf(&b, "\n  %-8s %s", name+":", quote.Line(text, 2000))
		}
	}
	fmt.Fprintf(&b, "%s %s %s", f.Severity, f.ID, f.Kind)
	line("about", f.About)
	line("script", f.Script)
	line("request", f.Request)
	line("answer", f.Answer)
	line("wanted", f.Wanted)
	line("seen", f.Seen)
	line("step", string(f.Step))
	if len(f.Browsers) > 0 {
		line("as", strings.Join(f.Browsers, ", ")+" do")
	}
	return b.String()
}

// An Outcome is what became of a case.
type Outcome string

// The outcomes.
const (
	OutcomePassed       Outcome = "pass"         // there is no finding worse than a note
	OutcomeFailed       Outcome = "fail"         // there is one
	OutcomeUnsupported  Outcome = "unsupported"  // the client does not have what it needs
	OutcomeInconclusive Outcome = "inconclusive" // the driver failed, or it took too long to say anything
)

// A Case is one of those that are asked.
type Case struct {
	ID      string  `json:"id"`
	About   string  `json:"about"`
	Outcome Outcome `json:"outcome"`
	Reason  string  `json:"reason,omitempty"` // why it is unsupported or inconclusive
}

// A Report is what a client was found to do.
type Report struct {
	Client   string    `json:"client,omitempty"` // its name and version
	Findings []Finding `json:"findings"`         // the worst first
	Cases    []Case    `json:"cases"`

	// How many cases have which outcome.
	Passed       int `json:"passed"`
	Failed       int `json:"failed"`
	Unsupported  int `json:"unsupported"`
	Inconclusive int `json:"inconclusive"`
}

// Worst returns the severity of the worst finding; ok is false if there is none.
func (r *Report) Worst() (worst Severity, ok bool) {
	for _, f := range r.Findings {
		worst, ok = max(worst, f.Severity), true
	}
	return worst, ok
}
