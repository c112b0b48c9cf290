package main

import (
	"fmt"
	"strconv"

	"github.com/corspec/corspec/conformance/servertest"
	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/internal/quote"
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

	var steps []pageStep
	for i, x := range finding.Exchanges {
		sent := pageStep{from: 2, to: 3, Label: quote.Line(x.Request.Method+" "+x.Request.Path, 200), Headers: pageHeaders(x.Request.Headers)}
		got := pageStep{from: 3, to: 2, Label: strconv.Itoa(x.Answer.Status), Headers: pageHeaders(x.Answer.Headers)}
		if x.Answer.HTTP != 0 {
			got.Note = fmt.Sprintf("HTTP/%d", x.Answer.HTTP)
		}
		if x.Answer.Error != "" {
			got.Label = "no answer: " + clean(x.Answer.Error)
		}
		if i == len(finding.Exchanges)-1 {
			got.Deciding, got.Bad = true, finding.Severity > servertest.SeverityNote
			f.Method, f.URL = quote.Line(x.Request.Method, 40), quote.Line(x.Request.Path, mostOfURL)
		}
		steps = append(steps, sent, got)
	}
	f.setSteps(steps)
	return f
}

func pageHeaders(list fetch.HeaderList) (headers []pageHeader) {
	for _, h := range list[:min(len(list), mostOfList)] {
		headers = append(headers, newPageHeader(h))
	}
	return headers
}
