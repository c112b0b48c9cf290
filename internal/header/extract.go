package header

// State says which of its three kinds of answer "extract header list values"
// gave. A header that is there but empty is a list, of no values.
type State uint8

const (
	// Null: there is no such header.
	Null State = iota
	// Failure: a line does not match the ABNF, or there are several lines where
	// the ABNF allows one.
	Failure
	// List: the values are what the lines hold, which may be nothing.
	List
)

// String returns the standard's word for s.
func (s State) String() string {
	switch s {
	case Null:
		return "null"
	case Failure:
		return "failure"
	case List:
		return "list"
	}
	return "invalid state"
}

// grammar is the ABNF of a header whose values the standard extracts.
type grammar uint8

const (
	noGrammar    grammar = iota
	tokenList            // #token: method, field-name and content-coding are tokens
	deltaSeconds         // one line of digits
	anyValue             // one line of whatever the URL parser will judge
)

// grammarOf returns the ABNF of the value of the header called name. The
// standard extracts values from these headers and no others.
//
// https://fetch.spec.whatwg.org/#http-new-header-syntax
func grammarOf(name string) grammar {
	switch {
	case EqualFold(name, "Access-Control-Allow-Methods"),
		EqualFold(name, "Access-Control-Allow-Headers"),
		EqualFold(name, "Access-Control-Expose-Headers"),
		EqualFold(name, "Content-Encoding"):
		return tokenList
	case EqualFold(name, "Access-Control-Max-Age"):
		return deltaSeconds
	case EqualFold(name, "Location"):
		return anyValue
	}
	return noGrammar
}

// ExtractListValues parses each header called name by itself, by the ABNF that belongs to that name, and returns the
// values of all of them. If one line fails, all of it is a failure, without a value.
//
// A list is parsed by RFC 9110's rule for recipients: empty elements are ignored. A Location is taken over as it is,
// since the URL parser judges it. A name whose ABNF the standard does not use in this way is always a failure, if there
// is such a header.
//
// https://fetch.spec.whatwg.org/#extract-header-list-values
func ExtractListValues(l [][2]string, name string) (values []string, state State) {
	// AD-HOC: the text parses "per the ABNF" and does not say how a list is read, nor what one bad element costs
	// (https://github.com/whatwg/fetch/issues/814).
	// Extract header list values, step 1.
	first := Index(l, name, 0)
	if first < 0 {
		return nil, Null
	}
	g := grammarOf(name)
	// Extract header list values, step 2.
	if g != tokenList && Index(l, name, first+1) >= 0 {
		return nil, Failure
	}
	// The first pass judges, so that the second can take what it needs at once.
	n := 0
	for i := first; i >= 0; i = Index(l, name, i+1) {
		count, ok := extractValues(l[i][1], g, nil)
		// Extract header list values, step 4.2.
		if !ok {
			return nil, Failure
		}
		n += count
	}
	// Extract header list values, step 3.
	values = make([]string, 0, n)
	// Extract header list values, steps 4.1 and 4.3.
	for i := first; i >= 0; i = Index(l, name, i+1) {
		extractValues(l[i][1], g, &values)
	}
	// Extract header list values, step 5.
	return values, List
}

// extractValues parses one value and counts what is in it, and appends that to values if it is not nil.
//
// https://fetch.spec.whatwg.org/#extract-header-values
func extractValues(value string, g grammar, values *[]string) (n int, ok bool) {
	switch g {
	case tokenList:
		e := Elements(value)
		for e.Next() {
			n++
			if values != nil {
				*values = append(*values, e.Value())
			}
		}
		return n, !e.Failed()
	case deltaSeconds:
		ok = IsDigits(value)
	case anyValue:
		ok = true
	}
	if ok && values != nil {
		*values = append(*values, value)
	}
	return 1, ok
}

// TokenList walks over the elements of one line of a list of tokens, without allocating, until the first that is not
// one:
//
//	e := header.Elements(value)
//	for e.Next() {
//		use(e.Value())
//	}
//	if e.Failed() { … }
//
// https://www.rfc-editor.org/rfc/rfc9110#section-5.6.1.2
type TokenList struct {
	input  string
	value  string
	pos    int
	failed bool
}

// Elements returns a TokenList that stands before the first element of value.
func Elements(value string) TokenList { return TokenList{input: value} }

// Next moves to the next element, over empty ones, and reports whether there
// is one. It is false at the end and at the first byte that does not match.
func (e *TokenList) Next() bool {
	if e.failed {
		return false
	}
	for e.pos < len(e.input) && (e.input[e.pos] == ',' || IsTabOrSpace(e.input[e.pos])) {
		e.pos++
	}
	if e.pos == len(e.input) {
		return false
	}
	start := e.pos
	for e.pos < len(e.input) && IsTokenByte(e.input[e.pos]) {
		e.pos++
	}
	end := e.pos
	for e.pos < len(e.input) && IsTabOrSpace(e.input[e.pos]) {
		e.pos++
	}
	if start == end || e.pos < len(e.input) && e.input[e.pos] != ',' {
		e.failed = true
		return false
	}
	e.value = e.input[start:end]
	return true
}

// Value returns the current element.
func (e *TokenList) Value() string { return e.value }

// Failed reports whether the line does not match the ABNF. It is known when Next has returned false.
func (e *TokenList) Failed() bool { return e.failed }

// Offset returns the index of the first byte that does not match, if the line failed, and of the byte after the current
// element and the white space that follows it, if not.
func (e *TokenList) Offset() int { return e.pos }

// MaxDeltaSeconds is what [DeltaSeconds] saturates at.
//
// https://www.rfc-editor.org/rfc/rfc9111#section-1.2.2
const MaxDeltaSeconds = 1 << 31

// DeltaSeconds returns the number that digits, which must be nothing but ASCII
// digits, stand for, or [MaxDeltaSeconds] if it is greater than that.
func DeltaSeconds(digits string) int64 {
	var n int64
	for i := 0; i < len(digits); i++ {
		if n = n*10 + int64(digits[i]-'0'); n >= MaxDeltaSeconds {
			return MaxDeltaSeconds
		}
	}
	return n
}
