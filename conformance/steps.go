package conformance

import (
	_ "embed"
	"strings"
)

// stepsText is what TestStepCoverage measures, a line for a step.
//
//go:embed steps.txt
var stepsText string

// A MarkedStep is a step of a standard's algorithm that this module carries out.
type MarkedStep struct {
	Step      string // "cors-check:4"
	Algorithm string // "CORS check"

	// Reached says whether vectors execute it. Those that are not reached are for hooks, for what only Go's callers can
	// do, or cannot be.
	Reached bool
}

// Steps returns the steps that this module carries out, in order of their anchors and numbers.
func Steps() (steps []MarkedStep) {
	for line := range strings.Lines(stepsText) {
		columns := strings.Split(strings.TrimSpace(line), " | ")
		if len(columns) >= 2 {
			steps = append(steps, MarkedStep{columns[0], columns[1], len(columns) == 2})
		}
	}
	return steps
}
