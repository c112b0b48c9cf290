package conformance

import (
	"encoding/json"
	"testing"
)

func TestAccepts(t *testing.T) {
	blocked := Vector{Output: json.RawMessage(`{"ok": false, "code": "c", "step": "s:1"}`)}
	fetched := Vector{Output: json.RawMessage(`{"network": [], "results": [{"type": "error", "code": "c", "step": "s:1", "hop": 1}]}`)}
	config := Vector{Output: json.RawMessage(`{"ok": false, "errors": [{"code": "c", "suggestion": "x"}]}`)}
	choice := Vector{Output: json.RawMessage(`null`), Acceptable: []json.RawMessage{json.RawMessage(`"a"`), json.RawMessage(`2`)}}
	for _, test := range []struct {
		vector              Vector
		output              string
		outcome, code, step bool
	}{
		{blocked, `{"step": "s:1", "code": "c", "ok": false}`, true, true, true},
		{blocked, `{"ok": false, "code": "c", "step": "s:2"}`, true, true, false},
		{blocked, `{"ok": false, "code": "d", "step": "s:1"}`, true, false, false},
		{blocked, `{"ok": false}`, true, false, false},
		{blocked, `{"ok": true, "code": "c", "step": "s:1"}`, false, false, false},
		{blocked, `{"ok": false, "code": "c", "step": "s:1", "more": 1}`, false, false, false},
		{blocked, `false`, false, false, false},
		{blocked, `null`, false, false, false},
		{blocked, `{"ok": false`, false, false, false},
		{blocked, ``, false, false, false},
		{fetched, `{"network": [], "results": [{"type": "error", "hop": 1}]}`, true, false, false},
		{fetched, `{"network": [], "results": [{"type": "error", "code": "c", "hop": 1}]}`, true, true, false},
		{fetched, `{"network": [], "results": [{"type": "error", "code": "c", "step": "s:1", "hop": 0}]}`, false, false, false},
		{fetched, `{"network": [], "results": []}`, false, false, false},
		{config, `{"ok": false}`, true, false, false},
		{config, `{"ok": false, "errors": [{"code": "c", "suggestion": null}]}`, true, true, false},
		{config, `{"ok": false, "errors": [{"code": "d", "suggestion": "x"}]}`, true, false, false},
		{choice, `null`, true, true, true},
		{choice, ` "a"`, true, true, true},
		{choice, `2.0`, true, true, true},
		{choice, `"b"`, false, false, false},
		{choice, ``, false, false, false},
	} {
		for by, want := range map[Comparison]bool{ByOutcome: test.outcome, ByCode: test.code, ByStep: test.step} {
			if got := test.vector.Accepts(json.RawMessage(test.output), by); got != want {
				t.Errorf("%s accepts %s by %s: %t", test.vector.Output, test.output, by, got)
			}
		}
	}
}
