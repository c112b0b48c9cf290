package main

import (
	"encoding/xml"
	"os"
)

// The elements of JUnit's XML that a report has.
type (
	junitReport struct {
		XMLName xml.Name     `xml:"testsuites"`
		Name    string       `xml:"name,attr"`
		Suites  []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Class   string       `xml:"classname,attr"`
		Name    string       `xml:"name,attr"`
		Failure *junitReason `xml:"failure"`
		Skipped *junitReason `xml:"skipped"`
	}
	junitReason struct {
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

// writeJUnit writes what became of the rows as XML that tools for continuous integration read: a suite for each algorithm.
func (r *vectorRun) writeJUnit(outcomes []rowOutcome) error {
	report := junitReport{Name: "corspec vectors"}
	for i, o := range outcomes {
		v := &r.vectors[i]
		if n := len(report.Suites); n == 0 || report.Suites[n-1].Name != v.Algorithm() {
			report.Suites = append(report.Suites, junitSuite{Name: v.Algorithm()})
		}
		suite := &report.Suites[len(report.Suites)-1]
		c := junitCase{Class: v.Algorithm(), Name: v.ID}
		switch o.kind {
		case rowFailed:
			label, text := o.got()
			c.Failure = &junitReason{v.Description, "input: " + string(v.Input) + "\nwant:  " + string(v.Output) + "\n" + label + ": " + text}
			suite.Failures++
		case rowUnsupported, rowSkipped, rowKnown:
			c.Skipped = &junitReason{Message: o.kind}
			if r.strict && o.kind == rowUnsupported {
				c.Skipped, c.Failure = nil, &junitReason{Message: "unsupported, and -skip does not name it"}
				suite.Failures++
			} else {
				suite.Skipped++
			}
		}
		suite.Tests++
		suite.Cases = append(suite.Cases, c)
	}
	out, err := xml.MarshalIndent(report, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(r.junit, append([]byte(xml.Header), append(out, '\n')...), 0o666)
}
