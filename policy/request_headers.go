package policy

import "github.com/corspec/corspec/internal/header"

// The budget for Access-Control-Request-Headers. Browsers send one line of
// sorted names with commas between them; intermediaries split it, and add white
// space and empty elements. No more than a request line's usual limit is read.
const (
	// MaxRequestHeadersSize is how many bytes all lines may have together.
	MaxRequestHeadersSize = 16 << 10
	// MaxEmptyElements is how many empty elements all lines may have together;
	// RFC 9110 asks recipients to accept "a reasonable number".
	MaxEmptyElements = 16
)

// lowerTokenByte maps each byte that may be in a token to its lowercase form,
// and each other to 0.
var lowerTokenByte = func() (t [256]byte) {
	for i := range t {
		b := byte(i)
		switch {
		case 'A' <= b && b <= 'Z':
			t[i] = b - 'A' + 'a'
		case header.IsTokenByte(b):
			t[i] = b
		}
	}
	return t
}()

// judgeHeaders reads the lines of Access-Control-Request-Headers. It returns ""
// or why they are refused, and the name or bytes at fault. What cannot be
// answered at all comes before what is not allowed.
//
// https://fetch.spec.whatwg.org/#http-access-control-request-headers
func (p *Policy) judgeHeaders(lines []string) (code Code, fault string) {
	// Each line has a byte or is an empty element.
	if len(lines) > MaxRequestHeadersSize+MaxEmptyElements {
		return CodeRequestHeadersOverBudget, ""
	}
	size := 0
	for _, line := range lines {
		if size += len(line); size > MaxRequestHeadersSize {
			return CodeRequestHeadersOverBudget, ""
		}
	}
	empty := 0
	for _, line := range lines {
		for i := 0; ; i++ { // over the comma
			for i < len(line) && header.IsTabOrSpace(line[i]) {
				i++
			}
			start, hash := i, hashSeed
			for i < len(line) {
				b := lowerTokenByte[line[i]]
				if b == 0 {
					break
				}
				hash = hashByte(hash, b)
				i++
			}
			name := line[start:i]
			for i < len(line) && header.IsTabOrSpace(line[i]) {
				i++
			}
			switch {
			case i < len(line) && line[i] != ',':
				return CodeMalformedRequestHeaders, line[start:min(i+1, len(line))]
			case name == "":
				if empty++; empty > MaxEmptyElements {
					return CodeRequestHeadersOverBudget, ""
				}
			case code != CodeAuthorizationNotAllowed:
				if refusal := p.judgeName(name, hash); refusal != "" && (code == "" || refusal == CodeAuthorizationNotAllowed) {
					code, fault = refusal, name
				}
			}
			if i == len(line) {
				break
			}
		}
	}
	return code, fault
}

func (p *Policy) judgeName(name string, hash uint32) Code {
	switch {
	case !p.headers.all:
		if !p.headers.table.contains(name, hash) {
			return CodeHeaderNotAllowed
		}
	case len(name) == len("authorization") && !p.headers.authorization && header.EqualFold(name, "authorization"):
		return CodeAuthorizationNotAllowed
	case name == wildcard && p.credentials:
		// Echoed, it would be a wildcard to requests without credentials.
		return CodeHeaderNotAllowed
	}
	return ""
}
