// Package input reads inputs in the shapes of package conformance, as corspec exec takes them: each field once, under
// its exact name, and none that nobody asks for.
//
// An [Object] gives its fields one after another. The first mistake of all is kept, and asked for once, by
// [Object.End]; until then zero values stand for what is wrong.
package input

import (
	"encoding"
	"encoding/json"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/corspec/corspec/internal/isomorphic"
	"github.com/corspec/corspec/internal/quote"
	"github.com/corspec/corspec/internal/strictjson"
	"github.com/corspec/corspec/origin"
)

// An Error says why an input cannot be evaluated: what is wrong, and where.
type Error struct {
	Field  string // the path, such as "requests[0].headers[2][1]"; empty for the input as a whole
	Reason string
	Offset int // where in the text, in bytes
}

// Error returns the field, of a long one the beginning, and the reason.
func (e *Error) Error() string {
	if e.Field == "" {
		return e.Reason
	}
	return quote.Line(e.Field, 200) + ": " + e.Reason
}

// A scope is what the parts of one input share.
type scope struct {
	opaque map[string]origin.Origin
	err    error // the first one
}

// A Value is a JSON value at its place in the input. One that is absent reads as the zero value of whatever it is asked
// for.
type Value struct {
	*scope
	raw    json.RawMessage // nil where it is absent
	path   string
	offset int // where a mistake is shown: of a field its name
	start  int // where the value begins
}

// Read reads the outermost object of an input.
func Read(text []byte) *Object {
	v := Value{scope: &scope{}, raw: text}
	if fault := strictjson.Check(text); fault != nil {
		v.offset = fault.Offset
		v.Fail("%s", fault.Reason)
	}
	return v.Object()
}

// Fail says what is wrong with the value, unless something was wrong before.
func (v Value) Fail(format string, args ...any) {
	if v.err == nil {
		v.err = &Error{Field: v.path, Reason: fmt.Sprintf(format, args...), Offset: v.offset}
	}
}

// Present reports whether the value is there, null or not.
func (v Value) Present() bool { return v.raw != nil }

// Null reports whether the value is absent or null.
func (v Value) Null() bool { return v.raw == nil || v.Kind() == "null" }

// Kind names the value's type, as [strictjson.Kind] does.
func (v Value) Kind() string { return strictjson.Kind(v.raw) }

// Raw returns the value as it stands there.
func (v Value) Raw() json.RawMessage { return v.raw }

// is reports whether the value is there and of that kind.
func (v Value) is(kind string) bool {
	if v.err != nil || v.raw == nil {
		return false
	}
	if got := v.Kind(); got != kind {
		v.Fail("is %s, want %s", got, kind)
		return false
	}
	return true
}

// Text reads a string.
func (v Value) Text() string {
	if !v.is("a string") {
		return ""
	}
	s, fault := strictjson.String(v.raw)
	if fault != nil {
		v.Fail("%s", fault.Reason)
	}
	return s
}

// NonEmpty reads a string that has to say something.
func (v Value) NonEmpty() string {
	s := v.Text()
	if v.Present() && s == "" {
		v.Fail("is empty")
	}
	return s
}

// Texts reads a list of strings.
func (v Value) Texts() (list []string) {
	for element := range v.List() {
		list = append(list, element.Text())
	}
	return list
}

// Bytes reads a byte sequence: a string in which each code point is one byte.
func (v Value) Bytes() string {
	text := v.Text()
	encoded, bad := isomorphic.Encode(text)
	if bad >= 0 {
		r, _ := utf8.DecodeRuneInString(text[bad:])
		v.Fail("code point %U at index %d stands for no byte: bytes are carried as U+0000 to U+00FF", r, utf8.RuneCountInString(text[:bad]))
	}
	return encoded
}

// Bool reads a boolean.
func (v Value) Bool() bool { return v.BoolOr(false) }

// BoolOr is Bool with another value for what is absent.
func (v Value) BoolOr(absent bool) bool {
	if !v.Present() {
		return absent
	}
	return v.is("a boolean") && strings.TrimSpace(string(v.raw)) == "true"
}

// Number reads a whole number from low to high.
func (v Value) Number(low, high int64) int64 {
	if !v.is("a number") {
		return 0
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(v.raw)), 10, 64)
	if err != nil || n < low || n > high {
		v.Fail("want a whole number from %d to %d", low, high)
		return 0
	}
	return n
}

// Seconds reads a time in seconds, which may have a fraction.
func (v Value) Seconds() time.Duration {
	if v.err != nil || !v.Present() {
		return 0
	}
	const most = 1e9 // thirty years
	seconds, err := strconv.ParseFloat(strings.TrimSpace(string(v.raw)), 64)
	if err != nil || v.Kind() != "a number" || seconds < 0 || seconds > most {
		v.Fail("want seconds, a number from 0 to %d", int64(most))
		return 0
	}
	return time.Duration(seconds * float64(time.Second))
}

// List reads a list.
func (v Value) List() iter.Seq[Value] {
	return func(yield func(Value) bool) {
		if !v.is("a list") {
			return
		}
		elements, fault := strictjson.Elements(v.raw)
		if fault != nil {
			v.Fail("%s", fault.Reason)
			return
		}
		i := 0
		for start, raw := range elements {
			at := v.start + start
			if v.err != nil || !yield(Value{v.scope, raw, v.path + "[" + strconv.Itoa(i) + "]", at, at}) {
				return
			}
			i++
		}
	}
}

// BytesList reads a list of byte sequences.
func (v Value) BytesList() (list []string) {
	for element := range v.List() {
		list = append(list, element.Bytes())
	}
	return list
}

// Headers reads a header list. It is nil where the value is absent.
func (v Value) Headers() [][2]string {
	if !v.Present() {
		return nil
	}
	headers := [][2]string{}
	for header := range v.List() {
		pair := header.BytesList()
		if v.err == nil && len(pair) != 2 {
			header.Fail("has %d elements, want a name and a value", len(pair))
		}
		if v.err == nil {
			headers = append(headers, [2]string(pair))
		}
	}
	return headers
}

// FieldLines reads a header list that came over a connection: a line break would have ended the header, so that it
// is a mistake of who wrote the input.
func (v Value) FieldLines() [][2]string {
	headers := v.Headers()
	for i, h := range headers {
		for j, text := range h {
			if bad := strings.IndexAny(text, "\r\n"); bad >= 0 {
				v.at(i, j).Fail("holds %q at byte %d, which no header can", text[bad], bad)
			}
		}
	}
	return headers
}

// Origin reads a serialized origin, "null" for a fresh opaque one, or "opaque:NAME" for one that equals itself in the
// input.
func (v Value) Origin() origin.Origin {
	text := v.Text()
	if v.err != nil || !v.Present() {
		return origin.Origin{}
	}
	if name, ok := strings.CutPrefix(text, "opaque:"); ok && name != "" {
		o, known := v.opaque[name]
		if !known {
			o = origin.NewOpaque()
			if v.opaque == nil {
				v.opaque = map[string]origin.Origin{}
			}
			v.opaque[name] = o
		}
		return o
	}
	o, err := origin.Parse(text)
	if err != nil {
		v.Fail(`%v (want a serialized origin, "null" or "opaque:NAME")`, err)
	}
	return o
}

// URL reads an absolute URL.
func (v Value) URL() origin.URL {
	text := v.Text()
	if v.err != nil || !v.Present() {
		return origin.URL{}
	}
	u, err := origin.ParseURL(text, nil)
	if err != nil {
		v.Fail("%v", err)
	}
	return u
}

// URLs reads a URL list, which has at least one element.
func (v Value) URLs() (urls []origin.URL) {
	for element := range v.List() {
		urls = append(urls, element.URL())
	}
	if v.Present() && len(urls) == 0 {
		v.Fail("is empty, want at least one URL")
	}
	return urls
}

// An enum is a type whose values have names.
type enum[E any] interface {
	*E
	encoding.TextUnmarshaler
}

// Name reads the name of a value of an enumeration.
func Name[E any, P enum[E]](v Value) (e E) { return NameOr[E, P](v, e) }

// NameOr is Name with another value for what is absent.
func NameOr[E any, P enum[E]](v Value, absent E) (e E) {
	if !v.Present() {
		return absent
	}
	if text := v.Text(); v.err == nil {
		if err := P(&e).UnmarshalText([]byte(text)); err != nil {
			v.Fail("%v", err)
		}
	}
	return e
}
