package conformance

import (
	"maps"
	"regexp"
	"slices"
	"testing"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/internal/testshared"
)

var (
	reportDifference = regexp.MustCompile("(?m)^\\* \\*\\*Difference\\*\\*: `([^`]+)`\\.$")
	reportVectors    = regexp.MustCompile(`(?m)^\* \*\*Vectors?\*\*: .+$`)
	reportVector     = regexp.MustCompile("`([a-z-]+/[a-z0-9-]+)`")
)

// TestReports holds the reports in UPSTREAM.md to the profiles: each difference that all engines share has one, and no
// other.
func TestReports(t *testing.T) {
	count := map[string]int{}
	engines := fetch.Profiles()[1:]
	for _, p := range engines {
		for _, d := range p.Differences() {
			count[d]++
		}
	}
	maps.DeleteFunc(count, func(_ string, n int) bool { return n < len(engines) })
	text := string(testshared.RootFile(t, "conformance/UPSTREAM.md"))
	for _, match := range reportDifference.FindAllStringSubmatch(text, -1) {
		if count[match[1]] == 0 {
			t.Errorf("a report says that all engines have %s, which they do not, or another report says so too", match[1])
		}
		delete(count, match[1])
	}
	for name := range count {
		t.Errorf("all engines have %s, and conformance/UPSTREAM.md has no report", name)
	}
}

// TestReportsNameVectors sees that the vectors that reports name are there.
func TestReportsNameVectors(t *testing.T) {
	var ids []string
	for _, v := range Vectors() {
		ids = append(ids, v.ID)
	}
	seen := 0
	for _, line := range reportVectors.FindAllString(string(testshared.RootFile(t, "conformance/UPSTREAM.md")), -1) {
		for _, match := range reportVector.FindAllStringSubmatch(line, -1) {
			if seen++; !slices.Contains(ids, match[1]) {
				t.Errorf("a report names the vector %s, which is not there", match[1])
			}
		}
	}
	if seen < 10 {
		t.Errorf("only %d vectors were found in the reports", seen)
	}
}
