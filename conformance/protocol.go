package conformance

import (
	_ "embed"
	"strings"
)

// protocol is the text of the executor's protocol, whose table says what each algorithm takes and gives.
//
//go:embed PROTOCOL.md
var protocol string

// Shape returns what an algorithm takes and gives, in the words of PROTOCOL.md, and the paragraphs of it that say what
// those mean; ok is false for an algorithm that it does not have.
func Shape(algorithm string) (input, output string, notes []string, ok bool) {
	for line := range strings.Lines(protocol) {
		cells := strings.Split(strings.TrimSpace(line), " | ")
		if len(cells) == 3 && cells[0] == "| `"+algorithm+"`" {
			input, output, ok = cells[1], strings.TrimSuffix(cells[2], " |"), true
		}
	}
	words := strings.ToLower(input + " " + output)
	if _, section, found := strings.Cut(protocol, "\n### `"+algorithm+"`\n\n"); found {
		section, _, _ = strings.Cut(section, "\n##")
		notes = append(notes, strings.TrimSpace(section))
		words += strings.ToLower(section)
	}
	for _, n := range []struct{ word, start string }{
		{"request", "\n**Request**"}, {"response", "\n**Response**"}, {"verdict", "\n**Verdict**"},
		{"headers", "\n* **Header list**"}, {"headers", "\n* **Bytes**"}, {"origin", "\n* **Origin**"},
	} {
		_, rest, found := strings.Cut(protocol, n.start)
		if ok && found && strings.Contains(words, n.word) {
			text := strings.TrimPrefix(n.start, "\n") + rest
			for _, end := range []string{"\n\n", "\n* "} {
				text, _, _ = strings.Cut(text, end)
			}
			notes = append(notes, text)
		}
	}
	return input, output, notes, ok
}
