package conformance

import (
	_ "embed"
	"strings"
)

// protocol is the text of the executor's protocol, whose table says what each algorithm takes and gives.
//
//go:embed PROTOCOL.md
var protocol string

// Shape returns what an algorithm takes and gives, in the words of PROTOCOL.md; ok is false for an algorithm that it does not
// have.
func Shape(algorithm string) (input, output string, ok bool) {
	for line := range strings.Lines(protocol) {
		cells := strings.Split(strings.TrimSpace(line), " | ")
		if len(cells) == 3 && cells[0] == "| `"+algorithm+"`" {
			return cells[1], strings.TrimSuffix(cells[2], " |"), true
		}
	}
	return "", "", false
}
