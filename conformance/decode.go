package conformance

import (
	"bytes"
	"encoding"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/corspec/corspec/origin"
)

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
	return "input." + e.Field + ": " + e.Reason
}

// A scope is what the parts of one input share.
type scope struct {
	opaque map[string]origin.Origin
	err    error // the first one
}

func (s *scope) fail(field, format string, args ...any) {
	if s.err == nil {
		s.err = &InputError{Field: field, Reason: fmt.Sprintf(format, args...)}
	}
}

// An object is a JSON object whose fields are taken one after another. Errors are kept in the scope and asked for once,
// by end of the outermost object; until then the methods return zero values for what is wrong.
type object struct {
	*scope
	path   string // with a dot behind it, or empty
	fields map[string]json.RawMessage
}

// decode reads the outermost object of an input.
func decode(input []byte) *object {
	s := &scope{}
	if !utf8.Valid(input) {
		s.fail("", "is not valid UTF-8")
	} else if !json.Valid(input) {
		s.fail("", "is not JSON")
	}
	return s.object("", input)
}

// object reads raw, which is one JSON value, as an object.
func (s *scope) object(path string, raw json.RawMessage) *object {
	o := &object{scope: s, fields: map[string]json.RawMessage{}}
	if path != "" {
		o.path = path + "."
	}
	if s.err != nil {
		return o
	}
	if kind(raw) != "an object" {
		s.fail(path, "is %s, want an object", kind(raw))
		return o
	}
	// Token by token, because encoding/json folds the case of names and lets the last of two fields win.
	decoder := json.NewDecoder(bytes.NewReader(raw))
	if _, err := decoder.Token(); err != nil {
		s.fail(path, "%v", err)
		return o
	}
	for decoder.More() {
		token, err := decoder.Token()
		name, ok := token.(string)
		if err != nil || !ok {
			s.fail(path, "is not JSON")
			return o
		}
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			s.fail(o.path+name, "%v", err)
			return o
		}
		if _, twice := o.fields[name]; twice {
			s.fail(o.path+name, "stands there twice")
			return o
		}
		o.fields[name] = value
	}
	return o
}

// close fails where a field is left that nobody took.
func (o *object) close() {
	if o.err == nil && len(o.fields) > 0 {
		o.fail(o.path+slices.Min(slices.Collect(maps.Keys(o.fields))), "unknown field")
	}
}

// end closes the outermost object and reports the first error of all.
func (o *object) end() error {
	o.close()
	return o.err
}

// take removes the field and returns its value, or nil where it is absent.
func (o *object) take(name string) json.RawMessage {
	raw := o.fields[name]
	delete(o.fields, name)
	return raw
}

// need is take for a field that must be there.
func (o *object) need(name string) json.RawMessage {
	raw := o.take(name)
	if raw == nil {
		o.fail(o.path+name, "missing field")
	}
	return raw
}

// kind names the type of a JSON value.
func kind(raw json.RawMessage) string {
	raw = bytes.TrimLeft(raw, " \t\r\n")
	if len(raw) == 0 {
		return "nothing"
	}
	switch raw[0] {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case '"':
		return "a string"
	case 't', 'f':
		return "a boolean"
	case 'n':
		return "null"
	}
	return "a number"
}

func (s *scope) string(path string, raw json.RawMessage) string {
	if s.err != nil {
		return ""
	}
	var v string
	if kind(raw) != "a string" {
		s.fail(path, "is %s, want a string", kind(raw))
	} else if err := json.Unmarshal(raw, &v); err != nil {
		s.fail(path, "%v", err)
	}
	return v
}

// bytes reads a byte sequence: a string in which each code point is one byte.
func (s *scope) bytes(path string, raw json.RawMessage) string {
	v := s.string(path, raw)
	encoded, bad := isomorphicEncode(v)
	if bad >= 0 {
		r, _ := utf8.DecodeRuneInString(v[bad:])
		s.fail(path, "code point %U at index %d stands for no byte: bytes are carried as U+0000 to U+00FF",
			r, utf8.RuneCountInString(v[:bad]))
	}
	return encoded
}

func (s *scope) bool(path string, raw json.RawMessage) bool {
	if s.err == nil && kind(raw) != "a boolean" {
		s.fail(path, "is %s, want a boolean", kind(raw))
	}
	return s.err == nil && string(bytes.TrimSpace(raw)) == "true"
}

// number reads a whole number from low to high.
func (s *scope) number(path string, raw json.RawMessage, low, high int64) int64 {
	if s.err != nil {
		return 0
	}
	if kind(raw) != "a number" {
		s.fail(path, "is %s, want a number", kind(raw))
		return 0
	}
	n, err := strconv.ParseInt(string(bytes.TrimSpace(raw)), 10, 64)
	if err != nil || n < low || n > high {
		s.fail(path, "want a whole number from %d to %d", low, high)
		return 0
	}
	return n
}

// seconds takes a time in seconds, which may be absent and have a fraction.
func (o *object) seconds(name string) time.Duration {
	raw := o.take(name)
	if raw == nil || o.err != nil {
		return 0
	}
	const most = 1e9 // thirty years
	var seconds float64
	if err := json.Unmarshal(raw, &seconds); err != nil || kind(raw) != "a number" || seconds < 0 || seconds > most {
		o.fail(o.path+name, "want seconds, a number from 0 to %d", int64(most))
	}
	return time.Duration(seconds * float64(time.Second))
}

// list calls each for the elements of a list.
func (s *scope) list(path string, raw json.RawMessage, each func(path string, raw json.RawMessage)) {
	if s.err != nil {
		return
	}
	if kind(raw) != "a list" {
		s.fail(path, "is %s, want a list", kind(raw))
		return
	}
	var elements []json.RawMessage
	if err := json.Unmarshal(raw, &elements); err != nil {
		s.fail(path, "%v", err)
		return
	}
	for i, element := range elements {
		each(path+"["+strconv.Itoa(i)+"]", element)
	}
}

func (s *scope) headers(path string, raw json.RawMessage) [][2]string {
	headers := [][2]string{}
	s.list(path, raw, func(path string, raw json.RawMessage) {
		var pair []string
		s.list(path, raw, func(path string, raw json.RawMessage) { pair = append(pair, s.bytes(path, raw)) })
		if s.err == nil && len(pair) != 2 {
			s.fail(path, "has %d elements, want a name and a value", len(pair))
		}
		if s.err == nil {
			headers = append(headers, [2]string{pair[0], pair[1]})
		}
	})
	return headers
}

func (s *scope) origin(path string, raw json.RawMessage) origin.Origin {
	v := s.string(path, raw)
	if s.err != nil {
		return origin.Origin{}
	}
	if name, ok := strings.CutPrefix(v, "opaque:"); ok && name != "" {
		o, known := s.opaque[name]
		if !known {
			o = origin.NewOpaque()
			if s.opaque == nil {
				s.opaque = map[string]origin.Origin{}
			}
			s.opaque[name] = o
		}
		return o
	}
	o, err := origin.Parse(v)
	if err != nil {
		s.fail(path, `%v (want a serialized origin, "null" or "opaque:NAME")`, err)
	}
	return o
}

func (s *scope) url(path string, raw json.RawMessage) origin.URL {
	v := s.string(path, raw)
	if s.err != nil {
		return origin.URL{}
	}
	u, err := origin.ParseURL(v, nil)
	if err != nil {
		s.fail(path, "%v", err)
	}
	return u
}

// urls reads a URL list, which has at least one element.
func (s *scope) urls(path string, raw json.RawMessage) []origin.URL {
	var urls []origin.URL
	s.list(path, raw, func(path string, raw json.RawMessage) { urls = append(urls, s.url(path, raw)) })
	if s.err == nil && len(urls) == 0 {
		s.fail(path, "is empty, want at least one URL")
	}
	return urls
}

// An enum is a type whose values have names.
type enum[E any] interface {
	*E
	encoding.TextUnmarshaler
}

// named reads the name of a value of an enumeration.
func named[E any, P enum[E]](s *scope, path string, raw json.RawMessage) (e E) {
	v := s.string(path, raw)
	if s.err == nil {
		if err := P(&e).UnmarshalText([]byte(v)); err != nil {
			s.fail(path, "%v", err)
		}
	}
	return e
}

// The methods below take a field of an object; those with a default leave it to the caller's value where it is absent.

func (o *object) string(name string) string { return o.scope.string(o.path+name, o.need(name)) }
func (o *object) bytes(name string) string  { return o.scope.bytes(o.path+name, o.need(name)) }
func (o *object) headers(name string) [][2]string {
	return o.scope.headers(o.path+name, o.need(name))
}
func (o *object) origin(name string) origin.Origin { return o.scope.origin(o.path+name, o.need(name)) }
func (o *object) url(name string) origin.URL       { return o.scope.url(o.path+name, o.need(name)) }
func (o *object) urls(name string) []origin.URL    { return o.scope.urls(o.path+name, o.need(name)) }

func (o *object) boolOr(name string, absent bool) bool {
	if raw := o.take(name); raw != nil {
		return o.scope.bool(o.path+name, raw)
	}
	return absent
}

func (o *object) headersOr(name string, absent [][2]string) [][2]string {
	if raw := o.take(name); raw != nil {
		return o.scope.headers(o.path+name, raw)
	}
	return absent
}

// takeName takes a field that holds the name of a value of an enumeration.
func takeName[E any, P enum[E]](o *object, field string) E {
	return named[E, P](o.scope, o.path+field, o.need(field))
}

func takeNameOr[E any, P enum[E]](o *object, field string, absent E) E {
	if raw := o.take(field); raw != nil {
		return named[E, P](o.scope, o.path+field, raw)
	}
	return absent
}

// isomorphicEncode turns each code point of s into one byte. Where one is above U+00FF it returns its byte index in s,
// else -1. https://infra.spec.whatwg.org/#isomorphic-encode
func isomorphicEncode(s string) (encoded string, bad int) {
	i := 0
	for i < len(s) && s[i] < utf8.RuneSelf {
		i++
	}
	if i == len(s) {
		return s, -1
	}
	b := append(make([]byte, 0, len(s)), s[:i]...)
	for j, r := range s[i:] {
		if r > 0xFF {
			return "", i + j
		}
		b = append(b, byte(r))
	}
	return string(b), -1
}

// isomorphicDecode turns each byte of s into one code point. https://infra.spec.whatwg.org/#isomorphic-decode
func isomorphicDecode(s string) string {
	i := 0
	for i < len(s) && s[i] < utf8.RuneSelf {
		i++
	}
	if i == len(s) {
		return s
	}
	b := append(make([]byte, 0, len(s)+len(s)/2), s[:i]...)
	for ; i < len(s); i++ {
		b = utf8.AppendRune(b, rune(s[i]))
	}
	return string(b)
}

func isomorphicDecodeAll(list []string) []string {
	decoded := make([]string, len(list))
	for i, s := range list {
		decoded[i] = isomorphicDecode(s)
	}
	return decoded
}

func isomorphicDecodeHeaders(list [][2]string) [][2]string {
	decoded := make([][2]string, len(list))
	for i, header := range list {
		decoded[i] = [2]string{isomorphicDecode(header[0]), isomorphicDecode(header[1])}
	}
	return decoded
}
