package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// A jsObject is an object of JavaScript: its members in order. Values are string, float64, bool, nil, []any and
// jsObject.
type jsObject []jsMember

type jsMember struct {
	name  string
	value any
}

// A jsReader reads literals of JavaScript.
type jsReader struct {
	text   string
	at     int
	depth  int
	values int
}

func (r *jsReader) fail(format string, args ...any) error {
	return fmt.Errorf("byte %d: %s", r.at, fmt.Sprintf(format, args...))
}

// space passes over white space and comments.
func (r *jsReader) space() {
	for r.at < len(r.text) {
		rest := r.text[r.at:]
		switch {
		case strings.IndexByte(" \t\r\n", rest[0]) >= 0:
			r.at++
		case strings.HasPrefix(rest, "//"):
			if end := strings.IndexByte(rest, '\n'); end >= 0 {
				r.at += end + 1
			} else {
				r.at = len(r.text)
			}
		case strings.HasPrefix(rest, "/*"):
			if end := strings.Index(rest, "*/"); end >= 0 {
				r.at += end + 2
			} else {
				r.at = len(r.text)
			}
		default:
			return
		}
	}
}

// peek returns the next byte behind white space, or 0 at the end.
func (r *jsReader) peek() byte {
	r.space()
	if r.at == len(r.text) {
		return 0
	}
	return r.text[r.at]
}

// take passes over a byte if it is the next.
func (r *jsReader) take(c byte) bool {
	if r.peek() != c || c == 0 {
		return false
	}
	r.at++
	return true
}

func (r *jsReader) name() string {
	start := r.at
	for r.at < len(r.text) {
		if c := r.text[r.at]; c == '_' || c == '$' || c|0x20 >= 'a' && c|0x20 <= 'z' || r.at > start && c >= '0' && c <= '9' {
			r.at++
			continue
		}
		break
	}
	return r.text[start:r.at]
}

func (r *jsReader) value() (any, error) {
	const deepest = 64
	if r.values++; r.values > mostParts {
		return nil, errManyParts
	}
	if r.depth++; r.depth > deepest {
		return nil, r.fail("more than %d levels deep", deepest)
	}
	defer func() { r.depth-- }()
	switch c := r.peek(); {
	case c == '"', c == '\'', c == '`':
		return r.string()
	case c == '{':
		return r.object()
	case c == '[':
		return r.list()
	case c == '-' || c >= '0' && c <= '9':
		start := r.at
		for r.at < len(r.text) && strings.IndexByte("+-.eE0123456789", r.text[r.at]) >= 0 {
			r.at++
		}
		n, err := strconv.ParseFloat(r.text[start:r.at], 64)
		if err != nil {
			return nil, r.fail("%.40q is not a number", r.text[start:r.at])
		}
		return n, nil
	}
	start := r.at
	switch name := r.name(); name {
	case "true", "false":
		return name == "true", nil
	case "null", "undefined":
		return nil, nil
	case "":
		return nil, r.fail("%.20q is not a value that is read here", r.text[start:])
	case "JSON":
		if strings.HasPrefix(r.text[r.at:], ".stringify(") {
			return r.stringified()
		}
	}
	r.at = start
	return nil, r.fail("%.40q is not known here; write its value", r.text[start:])
}

// stringified reads JSON.stringify of a literal; it returns the literal as it stands there, which has its length and no
// more.
func (r *jsReader) stringified() (any, error) {
	r.at += len(".stringify(")
	r.space()
	start := r.at
	if _, err := r.value(); err != nil {
		return nil, err
	}
	text := r.text[start:r.at]
	for r.take(',') {
		if _, err := r.value(); err != nil {
			return nil, err
		}
	}
	if !r.take(')') {
		return nil, r.fail("JSON.stringify( is not closed")
	}
	return text, nil
}

func (r *jsReader) object() (any, error) {
	r.at++
	object := jsObject{}
	for !r.take('}') {
		var name string
		switch c := r.peek(); c {
		case '"', '\'':
			v, err := r.string()
			if err != nil {
				return nil, err
			}
			name = v
		case 0:
			return nil, r.fail("an object is not closed; was all of the call copied?")
		default:
			if name = r.name(); name == "" {
				return nil, r.fail("%.20q is not the name of a member", r.text[r.at:])
			}
		}
		if !r.take(':') {
			return nil, r.fail("there is no ':' behind the name %.40q", name)
		}
		v, err := r.value()
		if err != nil {
			return nil, err
		}
		object = append(object, jsMember{name, v})
		if !r.take(',') && r.peek() != '}' {
			return nil, r.fail("there is no ',' or '}' behind the member %.40q", name)
		}
	}
	return object, nil
}

func (r *jsReader) list() (any, error) {
	r.at++
	list := []any{}
	for !r.take(']') {
		if r.peek() == 0 {
			return nil, r.fail("a list is not closed; was all of the call copied?")
		}
		v, err := r.value()
		if err != nil {
			return nil, err
		}
		list = append(list, v)
		if !r.take(',') && r.peek() != ']' {
			return nil, r.fail("there is no ',' or ']' in a list")
		}
	}
	return list, nil
}

func (r *jsReader) string() (string, error) {
	quote := r.text[r.at]
	start := r.at
	r.at++
	var b strings.Builder
	for r.at < len(r.text) {
		c := r.text[r.at]
		r.at++
		switch {
		case c == quote:
			return b.String(), nil
		case c == '\n' && quote != '`':
			return "", r.fail("a line ends in a string")
		case c == '$' && quote == '`' && strings.HasPrefix(r.text[r.at:], "{"):
			return "", r.fail("%.40q is not known here; write its value", r.text[r.at-1:])
		case c != '\\':
			b.WriteByte(c)
		default:
			if err := r.escape(&b); err != nil {
				return "", err
			}
		}
	}
	r.at = start
	return "", r.fail("a string is not closed; was all of the call copied?")
}

// escape reads what stands behind a backslash.
func (r *jsReader) escape(b *strings.Builder) error {
	if r.at == len(r.text) {
		return r.fail("a string is not closed")
	}
	c := r.text[r.at]
	r.at++
	unit := func(n int) (rune, error) {
		if len(r.text)-r.at < n {
			return 0, r.fail("an escape is cut off")
		}
		v, err := strconv.ParseUint(r.text[r.at:r.at+n], 16, 32)
		if err != nil {
			return 0, r.fail("%q is not hexadecimal", r.text[r.at:r.at+n])
		}
		r.at += n
		return rune(v), nil
	}
	switch c {
	case 'b', 'f', 'n', 'r', 't', 'v', '0':
		b.WriteByte("\b\f\n\r\t\v\x00"[strings.IndexByte("bfnrtv0", c)])
	case '\n':
	case 'x':
		v, err := unit(2)
		if err != nil {
			return err
		}
		b.WriteRune(v)
	case 'u':
		v, err := unit(4)
		if err != nil {
			return err
		}
		if utf16.IsSurrogate(v) && strings.HasPrefix(r.text[r.at:], `\u`) {
			r.at += 2
			low, err := unit(4)
			if err != nil {
				return err
			}
			v = utf16.DecodeRune(v, low)
		}
		b.WriteRune(v)
	default:
		_, size := utf8.DecodeRuneInString(r.text[r.at-1:])
		b.WriteString(r.text[r.at-1 : r.at-1+size])
		r.at += size - 1
	}
	return nil
}

// isFetchCall reports whether a text begins with a call of fetch(), perhaps with an await or a variable in front of it.
func isFetchCall(text string) bool {
	head, _, ok := strings.Cut(text, "fetch(")
	return ok && len(head) < 80 && !strings.ContainsAny(head, "(\n\"'")
}

// parseFetchCall reads a call of fetch() with literals, as "Copy as fetch" writes it.
func parseFetchCall(text string, w *requestWords) error {
	_, arguments, _ := strings.Cut(text, "fetch(")
	r := &jsReader{text: text, at: len(text) - len(arguments)}
	first, err := r.value()
	if err != nil {
		return err
	}
	url, ok := first.(string)
	if !ok {
		return errors.New("the first argument of fetch() has to be the URL as a string")
	}
	var init jsObject
	if r.take(',') && r.peek() != ')' {
		second, err := r.value()
		if err != nil {
			return err
		}
		if init, ok = second.(jsObject); !ok && second != nil {
			return errors.New("the second argument of fetch() has to be an object")
		}
	}
	r.take(',')
	if !r.take(')') {
		return r.fail("the call is not closed; was all of it copied?")
	}
	if strings.Contains(r.text[r.at:], "fetch(") {
		return errors.New("there are several calls of fetch(); give one of them")
	}
	if err := w.addURL(url); err != nil {
		return err
	}
	return w.takeInit(init)
}

// takeInit takes over the second argument of fetch().
func (w *requestWords) takeInit(init jsObject) error {
	for _, member := range init {
		name, value := member.name, member.value
		text, isText := value.(string)
		if value == nil {
			continue
		}
		switch name {
		case "method":
			w.method = text
		case "mode":
			w.mode = text
		case "credentials":
			w.credentials = text
		case "redirect":
			w.redirect = text
		case "referrer":
			w.referrer = text
		case "referrerPolicy":
			w.referrerPolicy = text
		case "body":
			w.setBody(text)
		case "headers":
			if err := w.takeHeaders(value); err != nil {
				return err
			}
			continue
		default:
			continue // cache, integrity, keepalive, priority, signal, window
		}
		if !isText {
			return fmt.Errorf("the member %s of the second argument has to be a string", name)
		}
	}
	w.script = w.referrer == "" && !w.headers.copied() // the developer tools write a referrer
	return nil
}

// takeHeaders takes over the member headers: an object, or a list of pairs.
func (w *requestWords) takeHeaders(value any) error {
	add := func(name string, value any) error {
		switch v := value.(type) {
		case string:
			return w.headers.add(name, v)
		case float64:
			return w.headers.add(name, strconv.FormatFloat(v, 'f', -1, 64))
		case bool:
			return w.headers.add(name, strconv.FormatBool(v))
		}
		return fmt.Errorf("the header %.40q has to be a string", name)
	}
	switch v := value.(type) {
	case jsObject:
		for _, m := range v {
			if err := add(m.name, m.value); err != nil {
				return err
			}
		}
		return nil
	case []any:
		for _, pair := range v {
			p, _ := pair.([]any)
			if len(p) != 2 {
				return errors.New("the member headers has to be an object or a list of pairs")
			}
			name, _ := p[0].(string)
			if err := add(name, p[1]); err != nil {
				return err
			}
		}
		return nil
	}
	return errors.New("the member headers has to be an object or a list of pairs")
}
