package conformance

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

// TestShape holds the table of PROTOCOL.md to the algorithms that there are, and to the fields that they must have.
func TestShape(t *testing.T) {
	for _, algorithm := range Algorithms() {
		in, out, notes, ok := Shape(algorithm)
		if !ok || in == "" || out == "" {
			t.Errorf("PROTOCOL.md has no row for %s", algorithm)
			continue
		}
		if want := strings.Contains(out, "verdict") || strings.Contains(in, "below"); want && len(notes) == 0 {
			t.Errorf("%s: nothing says what %s and %s mean", algorithm, in, out)
		}
		var missing *InputError
		if _, err := Evaluate(algorithm, json.RawMessage(`{}`)); !errors.As(err, &missing) {
			t.Errorf("%s: %v", algorithm, err)
		} else if field := missing.Field; !strings.Contains(in, "`"+field+"`") && !strings.Contains(in, "a request") && in != "see below" {
			t.Errorf("%s needs %s, of which its row says nothing: %s", algorithm, field, in)
		}
	}
	rows := strings.Count(protocol, "\n| `")
	if rows != len(Algorithms()) {
		t.Errorf("PROTOCOL.md has %d rows for %d algorithms", rows, len(Algorithms()))
	}
	if _, _, notes, ok := Shape("nonesuch"); ok || notes != nil {
		t.Error("a shape for an algorithm that there is not")
	}
}
