package main

import (
	"strings"

	"github.com/corspec/corspec/conformance/servertest"
	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/internal/quote"
	"github.com/corspec/corspec/safelist"
)

// writePage shows the findings on the page, and finishes it.
func (r *probeReport) writePage(p *htmlPage) error {
	p.of = "findings"
	head := pageHead{Title: "corspec: " + clean(r.URL), Heading: quote.Line(r.URL, mostOfURL)}
	if observed := r.observed(); observed != "" {
		head.Remarks = append(head.Remarks, "Observed, of what was tried: "+clean(observed))
	}
	if len(r.Findings) == 0 {
		head.Remarks = append(head.Remarks, "Nothing found, in "+count(r.Asked, "request")+".")
	}
	if r.Inconclusive != "" {
		head.Remarks = append(head.Remarks, "Inconclusive: "+clean(r.Inconclusive))
	}
	for i := range r.Findings {
		p.show(newPageFinding(&r.Findings[i], r.URL))
	}
	return p.write(head)
}

// newPageFinding is what the page shows of a finding: the exchanges that show it, and what is said of it.
func newPageFinding(finding *servertest.Finding, url string) pageFetch {
	f := pageFetch{Outcome: finding.Severity.String(), Word: finding.Severity.String(), Code: clean(finding.ID), Origin: clean(finding.Origin)}
	if f.Origin == "" {
		f.Origin = "any page"
	}
	f.Verdict = sentence(f.Outcome + ": " + finding.ID)
	f.Wanted, f.Why, f.Fix = sentence(finding.Wanted), sentence(finding.Why), sentence(finding.Fix)
	f.Step, f.Link = string(finding.Step), finding.Step.URL()
	f.Lanes = []pageLane{{"page", f.Origin}, {"browser", fetch.ProfileStandard.String()}, {"server", quote.Line(url, 80)}}

	// Several requests stand in one text, and as many answers in the other. If they are not as many, the texts are shown whole.
	requests, answers := strings.Split(finding.Request, " | "), strings.Split(finding.Answer, " | ")
	if len(requests) != len(answers) {
		requests, answers = []string{finding.Request}, []string{finding.Answer}
	}
	var steps []pageStep
	for i := range requests {
		sent, got := pageStep{from: 2, to: 3}, pageStep{from: 3, to: 2}
		sent.Label, sent.Headers = textOfHead(requests[i])
		got.Label, got.Headers = textOfHead(answers[i])
		if i == len(requests)-1 {
			got.Deciding, got.Bad = true, finding.Severity > servertest.SeverityNote
			f.Method, f.URL, _ = strings.Cut(sent.Label, " ")
		}
		steps = append(steps, sent, got)
	}
	f.setSteps(steps)
	return f
}

// textOfHead takes apart what a finding says of a request or a response: what it begins with, and the headers behind.
func textOfHead(text string) (label string, headers []pageHeader) {
	parts := strings.Split(text, "; ")
	var list [][2]string
	for i, part := range parts {
		name, value, ok := strings.Cut(part, ": ")
		switch last := len(list) - 1; {
		case i == 0:
			label = part
		case ok && safelist.IsHeaderName(name) && len(list) < mostOfList:
			list = append(list, [2]string{name, value})
		case last < 0:
			label += "; " + part
		default: // it belongs to the value
			list[last][1] += "; " + part
		}
	}
	for _, h := range list {
		headers = append(headers, newPageHeader(h))
	}
	return quote.Line(label, 200), headers
}
