package conformance

import (
	"encoding/json"
	"reflect"
	"slices"
)

// A Comparison says how much of an output has to be as a vector has it. Codes and steps are this module's vocabulary,
// which another implementation need not know.
type Comparison string

const (
	// ByOutcome compares what is decided: allowed or not, what is sent, what the page sees. Codes, steps, and the
	// findings of policy-config are left out.
	ByOutcome Comparison = "outcome"
	// ByCode also compares codes, and findings except for their suggestions.
	ByCode Comparison = "code"
	// ByStep compares everything.
	ByStep Comparison = "step"
)

// Accepts reports whether an output of the vector's algorithm is the one that the vector demands, or another that is
// acceptable. What is not JSON is not accepted.
func (v Vector) Accepts(output json.RawMessage, by Comparison) bool {
	got, ok := by.relevant(output)
	return ok && slices.ContainsFunc(append([]json.RawMessage{v.Output}, v.Acceptable...), func(accepted json.RawMessage) bool {
		want, ok := by.relevant(accepted)
		return ok && reflect.DeepEqual(got, want)
	})
}

// relevant returns what of an output is compared.
func (by Comparison) relevant(output json.RawMessage) (v any, ok bool) {
	if err := json.Unmarshal(output, &v); err != nil {
		return nil, false
	}
	switch by {
	case ByOutcome:
		remove(v, "step", "code", "errors", "warnings")
	case ByCode:
		remove(v, "step", "suggestion")
	}
	return v, true
}

// remove removes fields from all objects in v.
func remove(v any, fields ...string) {
	switch v := v.(type) {
	case []any:
		for _, element := range v {
			remove(element, fields...)
		}
	case map[string]any:
		for _, field := range fields {
			delete(v, field)
		}
		for _, value := range v {
			remove(value, fields...)
		}
	}
}
