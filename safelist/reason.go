package safelist

import "strconv"

// A Rule names what decides about a method, a header name or a header value.
// Rules are part of the API: they stay as they are.
type Rule string

// The rules. Each but [OK] says what stands against something.
const (
	OK Rule = "ok" // nothing does

	MethodEmpty         Rule = "method-empty"
	MethodNotToken      Rule = "method-not-token"
	MethodForbidden     Rule = "method-forbidden"
	MethodNotSafelisted Rule = "method-not-safelisted"

	NameEmpty               Rule = "name-empty"
	NameNotToken            Rule = "name-not-token"
	NameForbidden           Rule = "name-forbidden"
	NamePrefixForbidden     Rule = "name-prefix-forbidden"
	NameNotSafelisted       Rule = "name-not-safelisted"
	NameNotNoCORSSafelisted Rule = "name-not-no-cors-safelisted"
	ResponseNameForbidden   Rule = "response-name-forbidden"
	ResponseNameNotExposed  Rule = "response-name-not-exposed"

	ValueOuterWhitespace     Rule = "value-outer-whitespace"
	ValueNUL                 Rule = "value-nul"
	ValueNewline             Rule = "value-newline"
	ValueTooLong             Rule = "value-too-long"
	ValueUnsafeByte          Rule = "value-unsafe-byte"
	ValueNotLanguageByte     Rule = "value-not-language-byte"
	ValueOverridesMethod     Rule = "value-overrides-method"
	ContentTypeMalformed     Rule = "content-type-malformed"
	ContentTypeNotSafelisted Rule = "content-type-not-safelisted"
	ContentLengthsDiffer     Rule = "content-lengths-differ"
	RangeMalformed           Rule = "range-malformed"
	RangeWithoutStart        Rule = "range-without-start"
	RangeStartAfterEnd       Rule = "range-start-after-end"

	ValuesTooLong Rule = "values-too-long" // all of them together
)

// Part returns what the rule is about: "method", "name", "value" or "values",
// or the empty string for [OK] and for what is no rule.
func (r Rule) Part() string { return r.entry().part }

// Explain returns a sentence or two for people: what stands against the thing
// and what to do about it.
func (r Rule) Explain() string { return r.entry().text }

func (r Rule) entry() verdictEntry {
	for _, e := range verdicts {
		if e.rule == r {
			return e
		}
	}
	return verdictEntry{}
}

// A Reason is why a check of this package decided as it did. It is a plain
// value. The zero Reason is that of no check at all: it is not OK.
type Reason struct {
	Rule Rule
	Byte int // index of the first byte at fault in what Rule.Part names; -1: none in particular
}

// OK reports whether nothing stands against what was checked: it is valid, or
// safelisted, or not forbidden, as the check's name says.
func (r Reason) OK() bool { return r.Rule == OK }

// String returns the rule and the place, such as "value-unsafe-byte at byte 3
// of the value".
func (r Reason) String() string {
	switch {
	case r.Rule == "":
		return "not checked"
	case r.Byte < 0 || r.Rule == OK:
		return string(r.Rule)
	}
	return string(r.Rule) + " at byte " + strconv.Itoa(r.Byte) + " of the " + r.Rule.Part()
}

// Explain is like String, with [Rule.Explain] after it.
func (r Reason) Explain() string {
	if text := r.Rule.Explain(); text != "" {
		return r.String() + ": " + text
	}
	return r.String()
}

// verdict is the number of a rule: what hot paths pass around.
type verdict uint8

const (
	pass verdict = iota
	methodEmpty
	methodNotToken
	methodForbidden
	methodNotSafelisted
	nameEmpty
	nameNotToken
	nameForbidden
	namePrefixForbidden
	nameNotSafelisted
	nameNotNoCORSSafelisted
	responseNameForbidden
	responseNameNotExposed
	valueOuterWhitespace
	valueNUL
	valueNewline
	valueTooLong
	valueUnsafeByte
	valueNotLanguageByte
	valueOverridesMethod
	contentTypeMalformed
	contentTypeNotSafelisted
	contentLengthsDiffer
	rangeMalformed
	rangeWithoutStart
	rangeStartAfterEnd
	valuesTooLong
)

// at makes a Reason of v.
func (v verdict) at(i int) Reason {
	if v == pass {
		i = -1
	}
	return Reason{Rule: verdicts[v].rule, Byte: i}
}

type verdictEntry struct {
	rule Rule
	part string
	text string
}

var verdicts = [...]verdictEntry{
	pass:                    {OK, "", "nothing stands against it."},
	methodEmpty:             {MethodEmpty, "method", "a method has at least one byte."},
	methodNotToken:          {MethodNotToken, "method", "a method is a token: letters, digits and !#$%&'*+-.^_`|~ only. Remove the byte."},
	methodForbidden:         {MethodForbidden, "method", "CONNECT, TRACE and TRACK are forbidden in any case. A page cannot use them."},
	methodNotSafelisted:     {MethodNotSafelisted, "method", "only GET, HEAD and POST, in uppercase, are safelisted. Any other method needs a preflight and must be listed in Access-Control-Allow-Methods."},
	nameEmpty:               {NameEmpty, "name", "a header name has at least one byte."},
	nameNotToken:            {NameNotToken, "name", "a header name is a token: letters, digits and !#$%&'*+-.^_`|~ only. Remove the byte."},
	nameForbidden:           {NameForbidden, "name", "the user agent alone controls this header. A page cannot set it."},
	namePrefixForbidden:     {NamePrefixForbidden, "name", "names that start with proxy- or sec- are the user agent's. A page cannot set them."},
	nameNotSafelisted:       {NameNotSafelisted, "name", "only Accept, Accept-Language, Content-Language, Content-Type and Range can be safelisted. Any other header needs a preflight and must be listed in Access-Control-Allow-Headers."},
	nameNotNoCORSSafelisted: {NameNotNoCORSSafelisted, "name", "a no-cors request can carry Accept, Accept-Language, Content-Language and Content-Type only. Use the mode cors for this header."},
	responseNameForbidden:   {ResponseNameForbidden, "name", "Set-Cookie and Set-Cookie2 are never shown to a page, not even if they are exposed."},
	responseNameNotExposed:  {ResponseNameNotExposed, "name", "a page sees only seven response headers of another origin and those that the server lists in Access-Control-Expose-Headers."},
	valueOuterWhitespace:    {ValueOuterWhitespace, "value", "a header value neither starts nor ends with a tab or a space. Normalize it first."},
	valueNUL:                {ValueNUL, "value", "a header value has no NUL byte. Remove it."},
	valueNewline:            {ValueNewline, "value", "a header value has no line feed and no carriage return. Remove it."},
	valueTooLong:            {ValueTooLong, "value", "a safelisted value has at most 128 bytes. A longer one needs a preflight."},
	valueUnsafeByte:         {ValueUnsafeByte, "value", "a safelisted value has no control byte but tab, and none of \"():<>?@[\\]{} and DEL. With this byte the header needs a preflight."},
	valueNotLanguageByte:    {ValueNotLanguageByte, "value", "a safelisted language value has only letters, digits, space and *,-.;= in it. With this byte the header needs a preflight."},
	valueOverridesMethod:    {ValueOverridesMethod, "value", "a header that overrides the method must not bring in CONNECT, TRACE or TRACK."},
	contentTypeMalformed:    {ContentTypeMalformed, "value", "the value is no MIME type: a token, a slash and a token, and then nothing or a semicolon."},
	contentTypeNotSafelisted: {ContentTypeNotSafelisted, "value", "only application/x-www-form-urlencoded, multipart/form-data and text/plain are safelisted. " +
		"Any other type needs a preflight, and Content-Type must be listed in Access-Control-Allow-Headers."},
	contentLengthsDiffer: {ContentLengthsDiffer, "value", "all values of Content-Length must be the same."},
	rangeMalformed:       {RangeMalformed, "value", "the value is no single range: bytes=, digits or nothing, a hyphen, digits or nothing, and not nothing twice."},
	rangeWithoutStart:    {RangeWithoutStart, "value", "a range that counts from the end, like bytes=-500, is not safelisted. It needs a preflight."},
	rangeStartAfterEnd:   {RangeStartAfterEnd, "value", "the range starts after its end."},
	valuesTooLong:        {ValuesTooLong, "values", "the safelisted values of a request have more than 1024 bytes together, so that every one of them needs a preflight."},
}

// A ParseError says why a value cannot be parsed, and where.
type ParseError struct {
	Input  string
	Reason Reason
}

// Error returns what is wrong, with the input, of which it shows no more than
// the beginning.
func (e *ParseError) Error() string {
	const most = 64
	input := strconv.Quote(e.Input[:min(most, len(e.Input))])
	if len(e.Input) > most {
		input += "…"
	}
	return "safelist: " + input + ": " + e.Reason.Explain()
}
