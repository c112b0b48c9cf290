package mime

import (
	"cmp"
	"iter"
	"slices"
	"strings"

	"github.com/corspec/corspec/internal/header"
)

// A Fault says where and why a value is not a MIME type. The zero value says that it is one: only the type and the
// subtype can make parsing fail, never a parameter.
type Fault struct {
	Kind FaultKind
	Byte int // the first byte at fault, or the length of the value
}

// FaultKind is what is wrong with a value that is not a MIME type.
type FaultKind uint8

const (
	NoFault        FaultKind = iota
	EmptyType                // nothing before the slash
	BadTypeByte              // a byte before the slash that no token has
	NoSubtype                // no slash
	EmptySubtype             // nothing after the slash
	BadSubtypeByte           // a byte after the slash that no token has
)

// Scan returns the type and the subtype of value as they are written, in whatever case. It finds a fault exactly if
// [Parse] fails. Scan does not allocate.
func Scan(value string) (typ, subtype string, fault Fault) {
	e, fault := scan(value)
	if fault.Kind != NoFault {
		return "", "", fault
	}
	return value[e.start:e.slash], value[e.slash+1 : e.end], Fault{}
}

// extent says where in a value its essence is.
type extent struct{ start, slash, end int }

// scan does the steps of "parse a MIME type" that can fail. What follows the
// essence is white space, and then a semicolon or the end.
func scan(value string) (extent, Fault) {
	// Parse a MIME type, step 1.
	limit := len(header.TrimWhitespaceRight(value))
	start := 0
	for start < limit && header.IsWhitespace(value[start]) {
		start++
	}

	// Parse a MIME type, steps 2 and 3, up to the first byte that is wrong.
	slash := start
	for slash < limit && header.IsTokenByte(value[slash]) {
		slash++
	}
	// Parse a MIME type, steps 4 and 5.
	switch {
	case slash < limit && value[slash] != '/':
		return extent{}, Fault{BadTypeByte, slash}
	case slash == start:
		return extent{}, Fault{EmptyType, slash}
	case slash == limit:
		return extent{}, Fault{NoSubtype, slash}
	}

	// Parse a MIME type, steps 6 and 7, up to the first byte that is wrong.
	end := slash + 1
	for end < limit && header.IsTokenByte(value[end]) {
		end++
	}
	// Parse a MIME type, step 8.
	next := end
	for next < limit && header.IsWhitespace(value[next]) {
		next++
	}
	// Parse a MIME type, step 9.
	switch {
	case next < limit && value[next] != ';':
		return extent{}, Fault{BadSubtypeByte, end}
	case end == slash+1:
		return extent{}, Fault{EmptySubtype, end}
	}
	return extent{start, slash, end}, Fault{}
}

// Parse parses value, which stands for its isomorphic decoding.
//
// https://mimesniff.spec.whatwg.org/#parse-a-mime-type-from-bytes
// https://mimesniff.spec.whatwg.org/#parse-a-mime-type
func Parse(value string) (Type, Fault) {
	// Parse a MIME type, steps 1 to 9.
	e, fault := scan(value)
	if fault.Kind != NoFault {
		return Type{}, fault
	}
	// Parse a MIME type, steps 10 and 12. The parameters are parsed when somebody asks for them.
	return Type{essence: header.Lower(value[e.start:e.end]), written: value[e.end:]}, Fault{}
}

// parameters yields the parameters in what follows an essence, as they are written: names in any case, and more than
// once.
func parameters(input string) iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		input = header.TrimWhitespaceRight(input)
		pos := indexByteFrom(input, ';', 0)
		// Parse a MIME type, step 11.
		for pos < len(input) {
			// Parse a MIME type, steps 11.1 and 11.2.
			pos++
			for pos < len(input) && header.IsWhitespace(input[pos]) {
				pos++
			}
			// Parse a MIME type, step 11.3.
			nameStart := pos
			for pos < len(input) && input[pos] != ';' && input[pos] != '=' {
				pos++
			}
			name, value := input[nameStart:pos], ""
			// Parse a MIME type, steps 11.5 and 11.6.
			if pos < len(input) && input[pos] == ';' {
				continue
			}
			pos++
			if pos >= len(input) {
				break
			}

			// Parse a MIME type, step 11.7.
			if input[pos] == '"' {
				// Parse a MIME type, step 11.8.
				value, pos = header.CollectHTTPQuotedString(input, pos, true)
				pos = indexByteFrom(input, ';', pos)
			} else {
				// Parse a MIME type, step 11.9.
				start := pos
				pos = indexByteFrom(input, ';', pos)
				value = header.TrimWhitespaceRight(input[start:pos])
				if value == "" {
					continue
				}
			}

			// Parse a MIME type, step 11.10.
			if header.IsToken(name) && isQuotedStringToken(value) && !yield(name, value) {
				return
			}
		}
	}
}

// record returns the [parameters] in what follows an essence, each name once and in lowercase.
func record(written string) []Param {
	// Each has a semicolon before it, and takes no less than four bytes.
	params := make([]Param, 0, min(strings.Count(written, ";"), len(written)/len(";a=b")))
	for name, value := range parameters(written) {
		// Parse a MIME type, step 11.4, where it matters.
		params = addParam(params, header.Lower(name), value)
	}
	return withoutDuplicates(params)
}

// indexByteFrom returns the index of the first c in s at or after from, or the length of s.
func indexByteFrom(s string, c byte, from int) int {
	if i := strings.IndexByte(s[from:], c); i >= 0 {
		return from + i
	}
	return len(s)
}

// isQuotedStringToken reports whether s holds nothing but HTTP quoted-string
// token code points, which the empty string does.
func isQuotedStringToken(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' && c != '\t' || c == 0x7F {
			return false
		}
	}
	return true
}

// few is how many parameters are compared with a new one, one by one. A value with more than that is hardly honest; it
// still takes no more than the time to sort them.
const few = 16

// addParam appends a parameter to params, unless they are few and have one of that name.
func addParam(params []Param, name, value string) []Param {
	if len(params) <= few && slices.ContainsFunc(params, func(p Param) bool { return p.Name == name }) {
		return params
	}
	return append(params, Param{name, value})
}

// withoutDuplicates removes from params, in place, all but the first of each
// name. With few of them, [addParam] has done so.
func withoutDuplicates(params []Param) []Param {
	if len(params) <= few {
		return params
	}
	order := make([]int32, len(params))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int {
		if c := strings.Compare(params[a].Name, params[b].Name); c != 0 {
			return c
		}
		return cmp.Compare(a, b)
	})
	drop := make([]bool, len(params))
	for i := 1; i < len(order); i++ {
		drop[order[i]] = params[order[i]].Name == params[order[i-1]].Name
	}
	kept := params[:0]
	for i, p := range params {
		if !drop[i] {
			kept = append(kept, p)
		}
	}
	return kept
}
