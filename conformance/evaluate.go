package conformance

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/corspec/corspec/conformance/internal/input"
	"github.com/corspec/corspec/internal/quote"
)

// ErrUnsupported is the error of Evaluate for an algorithm that it does not know. A newer protocol may.
var ErrUnsupported = errors.New("unknown algorithm")

// Evaluate evaluates one of [Algorithms] on a JSON object and returns its output, a value for encoding/json. It is what
// corspec exec answers with, and what the vectors are held against.
//
// The error is an [*InputError] where the input cannot be read, and wraps [ErrUnsupported] if there is no such
// algorithm. An algorithm's own failure is an output.
func Evaluate(algorithm string, in json.RawMessage) (output any, err error) {
	evaluate, ok := evaluators[algorithm]
	if !ok {
		return nil, fmt.Errorf("%w: %s", ErrUnsupported, quote.Quote(algorithm))
	}
	output, err = evaluate(input.Read(in))
	return output, readable(err)
}

// readable makes an [*InputError] of an error that says what cannot be read.
func readable(err error) error {
	if unread, ok := errors.AsType[*input.Error](err); ok {
		return &InputError{Field: unread.Field, Reason: unread.Reason}
	}
	return err
}

// An InputError says why an input cannot be evaluated: what is wrong, and where.
type InputError struct {
	// Field is the path of the field at fault, such as "requests[0].headers[2][1]"; empty for the input as a whole.
	Field string
	// Reason says what is wrong with it, and where it can what would be right.
	Reason string
}

// Error returns the field and the reason.
func (e *InputError) Error() string {
	if e.Field == "" {
		return "input: " + e.Reason
	}
	return "input." + (&input.Error{Field: e.Field, Reason: e.Reason}).Error()
}

// Algorithms returns the names of the algorithms that Evaluate knows, sorted.
func Algorithms() []string { return slices.Sorted(maps.Keys(evaluators)) }

// An evaluator takes the fields of its input and ends it before it computes anything.
type evaluator func(*input.Object) (any, error)

var evaluators = func() map[string]evaluator {
	all := map[string]evaluator{}
	for _, group := range []map[string]evaluator{originEvaluators, safelistEvaluators, fetchEvaluators, elementEvaluators, borderEvaluators, webapiEvaluators, policyEvaluators} {
		maps.Copy(all, group)
	}
	return all
}()

// failure is the output of an algorithm that returns failure.
var failure = map[string]bool{"failure": true}
