package webapi

import (
	"fmt"

	"github.com/corspec/corspec/internal/quote"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/safelist"
)

// An Exception is what an API throws.
type Exception struct {
	Name   string // "TypeError", or of a DOMException: "SyntaxError", "SecurityError" or "InvalidStateError"
	Part   string // what is at fault: "method", "URL", "header name" and so on
	Value  string // what was there
	Offset int    // the byte of Value at fault, or -1 where it is the whole
	Reason string // what is wrong and what to do
	Err    error  // the cause, for a URL
}

// Error returns the name, the part at fault, what it is, the byte, and the reason.
func (e *Exception) Error() string {
	s := fmt.Sprintf("webapi: %s: %s %s", e.Name, e.Part, quote.Quote(e.Value))
	if e.Offset >= 0 {
		s = fmt.Sprintf("%s, byte %d", s, e.Offset)
	}
	return s + ": " + e.Reason
}

// Unwrap returns the cause.
func (e *Exception) Unwrap() error { return e.Err }

func typeError(part, value, reason string) *Exception {
	return &Exception{Name: "TypeError", Part: part, Value: value, Offset: -1, Reason: reason}
}

// checkURL parses a URL; the exception of that name tells where it does not parse.
func checkURL(name, part, s string, base *origin.URL) (origin.URL, error) {
	u, err := origin.ParseURL(s, base)
	if err == nil {
		return u, nil
	}
	cause := err.(*origin.ParseError)
	return origin.URL{}, &Exception{Name: name, Part: part, Value: s, Offset: cause.Offset, Reason: cause.Reason + " (" + cause.Hint() + ")", Err: err}
}

// checkMethod returns the method normalized. The names are those of the exceptions for what is not a method and for a
// method that is forbidden.
func checkMethod(malformed, forbidden, method string) (string, error) {
	if reason := safelist.CheckMethod(method); !reason.OK() {
		return "", &Exception{Name: malformed, Part: "method", Value: method, Offset: reason.Byte, Reason: reason.Rule.Explain()}
	}
	if safelist.IsForbiddenMethod(method) {
		return "", &Exception{Name: forbidden, Part: "method", Value: method, Offset: -1, Reason: "is forbidden; pages cannot send it"}
	}
	return safelist.NormalizeMethod(method), nil
}

func checkHeaderName(exception, name string) error {
	if reason := safelist.CheckHeaderName(name); !reason.OK() {
		return &Exception{Name: exception, Part: "header name", Value: name, Offset: reason.Byte, Reason: reason.Rule.Explain()}
	}
	return nil
}

func checkHeader(exception, name, value string) error {
	if err := checkHeaderName(exception, name); err != nil {
		return err
	}
	if reason := safelist.CheckHeaderValue(value); !reason.OK() {
		return &Exception{Name: exception, Part: "value of header " + quote.Quote(name), Value: value, Offset: reason.Byte, Reason: reason.Rule.Explain()}
	}
	return nil
}
