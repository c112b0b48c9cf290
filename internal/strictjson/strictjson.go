// Package strictjson takes JSON texts apart without forgiveness: names are compared byte by byte, and none stands in an
// object twice. Package encoding/json folds the case of names, and lets the last of two members win.
package strictjson

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"iter"
	"slices"
	"unicode/utf8"
)

// An Error says why a text cannot be read.
type Error struct {
	Name   string // of the member at fault; empty for the text as a whole
	Reason string // "is not JSON: …": goes on behind the name
	Offset int    // where in the text, in bytes
}

// Error returns the reason, with the name before it.
func (e *Error) Error() string {
	if e.Name == "" {
		return e.Reason
	}
	return e.Name + ": " + e.Reason
}

// A Member is a name and its value in an object.
type Member struct {
	Name   string
	Value  json.RawMessage
	Offset int // of the name, in bytes from the beginning of the object
	Start  int // of the value, likewise
}

// Check reports what keeps text from being one JSON value in UTF-8. The functions below want a text that passes.
func Check(text []byte) *Error {
	switch {
	case !utf8.Valid(text):
		return &Error{Reason: "is not valid UTF-8", Offset: invalid(text)}
	case bytes.HasPrefix(text, []byte("\ufeff")):
		return &Error{Reason: "starts with a byte order mark, which JSON does without"}
	}
	var syntax *json.SyntaxError
	if err := json.Unmarshal(text, new(json.RawMessage)); errors.As(err, &syntax) {
		return &Error{Reason: "is not JSON: " + syntax.Error(), Offset: max(int(syntax.Offset)-1, 0)}
	} else if err != nil {
		return &Error{Reason: "is not JSON: " + err.Error()}
	}
	return nil
}

// invalid returns the index of the first byte of text that is not UTF-8.
func invalid(text []byte) int {
	i := 0
	for i < len(text) {
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		i += size
	}
	return i
}

// Members returns the members of an object in their order. Where a name stands there twice, that is the error, and the
// members are those before the second.
func Members(object []byte) ([]Member, *Error) {
	count, fault := parts(object, '{')
	if fault != nil {
		return nil, fault
	}
	members := make([]Member, 0, count)
	i := skip(object, 0) + 1
	for range count {
		i = skip(object, i)
		m := Member{Offset: i}
		i = end(object, i)
		if m.Name, fault = String(object[m.Offset:i]); fault != nil {
			return members, &Error{Reason: "is not JSON", Offset: m.Offset}
		}
		m.Start = skip(object, i)
		i = end(object, m.Start)
		m.Value = object[m.Start:i:i]
		members = append(members, m)
	}
	if i := firstTwice(members); i >= 0 {
		return members[:i], &Error{Name: members[i].Name, Reason: "stands there twice", Offset: members[i].Offset}
	}
	return members, nil
}

// firstTwice returns the index of the first member whose name stands before it too, or -1.
func firstTwice(members []Member) int {
	order := make([]int, len(members))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(members[a].Name, members[b].Name), a-b) })
	first := -1
	for k := 1; k < len(order); k++ {
		if i := order[k]; members[i].Name == members[order[k-1]].Name && (first < 0 || i < first) {
			first = i
		}
	}
	return first
}

// Elements returns the elements of a list, each with where it starts, in bytes from the beginning of the list.
func Elements(list []byte) (iter.Seq2[int, json.RawMessage], *Error) {
	count, fault := parts(list, '[')
	if fault != nil {
		return nil, fault
	}
	return func(yield func(int, json.RawMessage) bool) {
		i := skip(list, 0) + 1
		for range count {
			start := skip(list, i)
			if i = end(list, start); !yield(start, list[start:i:i]) {
				return
			}
		}
	}, nil
}

// parts returns how many members or elements there are between the brackets of an object or a list.
func parts(text []byte, bracket byte) (count int, _ *Error) {
	i := skip(text, 0)
	if i == len(text) || text[i] != bracket {
		want := map[byte]string{'{': "an object", '[': "a list"}[bracket]
		return 0, &Error{Reason: "is " + Kind(text) + ", want " + want, Offset: i}
	}
	for i = skip(text, i+1); i < len(text) && text[i] != bracket+2; i = skip(text, i) { // '}' is '{'+2, and ']' is '['+2
		if i = end(text, i); bracket == '{' {
			i = end(text, skip(text, i))
		}
		count++
	}
	return count, nil
}

// end returns where the value ends that begins at i.
func end(text []byte, i int) int {
	for depth := 0; i < len(text); i++ {
		switch text[i] {
		case '{', '[':
			depth++
			continue
		case '}', ']':
			depth--
		case '"':
			for i++; i < len(text) && text[i] != '"'; i++ {
				if text[i] == '\\' {
					i++
				}
			}
		default:
			if depth == 0 {
				// A number or a word.
				for i < len(text) && bytes.IndexByte([]byte(" \t\r\n,:]}"), text[i]) < 0 {
					i++
				}
				return i
			}
			continue
		}
		if depth <= 0 {
			return min(i+1, len(text))
		}
	}
	return len(text)
}

// skip goes on from i to the next byte that is neither white space nor a separator.
func skip(text []byte, i int) int {
	for i < len(text) && bytes.IndexByte([]byte(" \t\r\n,:"), text[i]) >= 0 {
		i++
	}
	return i
}

// String returns the value of a string.
func String(value []byte) (string, *Error) {
	if kind := Kind(value); kind != "a string" {
		return "", &Error{Reason: "is " + kind + ", want a string"}
	}
	var s string
	if err := json.Unmarshal(value, &s); err != nil {
		return "", &Error{Reason: "is not JSON: " + err.Error()}
	}
	return s, nil
}

// Kind names the type of a value: "an object", "a list", "a string", "a boolean", "null", "a number"; "nothing" is that
// of an empty text.
func Kind(value []byte) string {
	value = bytes.TrimLeft(value, " \t\r\n")
	if len(value) == 0 {
		return "nothing"
	}
	switch value[0] {
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
