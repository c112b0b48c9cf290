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

// add adds a case to the suite of that name, which is the last one, or a new one behind it.
func (r *junitReport) add(suite string, c junitCase) {
	if n := len(r.Suites); n == 0 || r.Suites[n-1].Name != suite {
		r.Suites = append(r.Suites, junitSuite{Name: suite})
	}
	s := &r.Suites[len(r.Suites)-1]
	s.Tests++
	switch {
	case c.Failure != nil:
		s.Failures++
	case c.Skipped != nil:
		s.Skipped++
	}
	s.Cases = append(s.Cases, c)
}

// write writes the report as XML that tools for continuous integration read.
func (r *junitReport) write(file string) error {
	out, err := xml.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append([]byte(xml.Header), append(out, '\n')...), 0o666)
}
