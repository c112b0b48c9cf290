package safelist

import (
	"strconv"

	"github.com/corspec/corspec/internal/quote"
)

// A Rule names what decides about a method, a header name or a header value. Rules are part of the API: they stay as
// they are.
type Rule string

// The rules. Each except [RuleOK] says what stands against something.
const (
	RuleOK Rule = "ok" // nothing does

	RuleMethodEmpty    Rule = "method-empty"
	RuleMethodNotToken Rule = "method-not-token"

	RuleNameEmpty           Rule = "name-empty"
	RuleNameNotToken        Rule = "name-not-token"
	RuleNameForbidden       Rule = "name-forbidden"
	RuleNamePrefixForbidden Rule = "name-prefix-forbidden"
	RuleNameNotSafelisted   Rule = "name-not-safelisted"

	RuleValueOuterWhitespace     Rule = "value-outer-whitespace"
	RuleValueNUL                 Rule = "value-nul"
	RuleValueNewline             Rule = "value-newline"
	RuleValueTooLong             Rule = "value-too-long"
	RuleValueUnsafeByte          Rule = "value-unsafe-byte"
	RuleValueNotLanguageByte     Rule = "value-not-language-byte"
	RuleValueOverridesMethod     Rule = "value-overrides-method"
	RuleContentTypeMalformed     Rule = "content-type-malformed"
	RuleContentTypeNotSafelisted Rule = "content-type-not-safelisted"
	RuleContentLengthsDiffer     Rule = "content-lengths-differ"
	RuleRangeMalformed           Rule = "range-malformed"
	RuleRangeWithoutStart        Rule = "range-without-start"
	RuleRangeStartAfterEnd       Rule = "range-start-after-end"

	RuleValuesTooLong Rule = "values-too-long" // all of them together
)

// Part returns what the rule is about: "method", "name", "value" or "values", or the empty string for [RuleOK] and for
// what is not a rule.
func (r Rule) Part() string { return r.entry().part }

// Explain returns a sentence or two for people: what stands against the thing and what to do about it. It is empty for
// what is not a rule.
func (r Rule) Explain() string { return r.entry().text }

func (r Rule) entry() ruleEntry {
	for _, e := range rules {
		if e.rule == r {
			return e
		}
	}
	return ruleEntry{}
}

// A Reason is why a check of this package decided as it did. It is a plain value. The zero Reason is that of no check
// at all: it is not OK.
type Reason struct {
	Rule Rule
	Byte int // index of the first byte at fault in what Rule.Part names; -1: none in particular
}

// pass returns the reason of what nothing stands against.
func pass() Reason { return Reason{RuleOK, -1} }

// OK reports whether nothing stands against what the check's name says: that of [CheckHeaderName] is OK for a header
// name, that of [CheckNotForbiddenRequestHeader] for a header that is not forbidden.
func (r Reason) OK() bool { return r.Rule == RuleOK }

// String returns the rule and the place, such as "value-unsafe-byte at byte 3 of the value".
func (r Reason) String() string {
	switch {
	case r.Rule == "":
		return "not checked"
	case r.Byte < 0 || r.Rule == RuleOK:
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

type ruleEntry struct {
	rule       Rule
	part, text string
}

var rules = [...]ruleEntry{
	{RuleOK, "", "nothing stands against it."},
	{RuleMethodEmpty, "method", "a method has at least one byte."},
	{RuleMethodNotToken, "method", "a method is a token: letters, digits and !#$%&'*+-.^_`|~ only. Remove the byte."},
	{RuleNameEmpty, "name", "a header name has at least one byte."},
	{RuleNameNotToken, "name", "a header name is a token: letters, digits and !#$%&'*+-.^_`|~ only. Remove the byte."},
	{RuleNameForbidden, "name", "the user agent alone controls this header. A page cannot set it."},
	{RuleNamePrefixForbidden, "name", "names that start with proxy- or sec- are the user agent's. A page cannot set them."},
	{RuleNameNotSafelisted, "name", "only Accept, Accept-Language, Content-Language, Content-Type and Range can be safelisted. Any other header needs a preflight and must be listed in Access-Control-Allow-Headers."},
	{RuleValueOuterWhitespace, "value", "a header value neither starts nor ends with a tab or a space. Normalize it first."},
	{RuleValueNUL, "value", "a header value must not contain a NUL byte. Remove it."},
	{RuleValueNewline, "value", "a header value must not contain a line feed or a carriage return. Remove it."},
	{RuleValueTooLong, "value", "a safelisted value has at most 128 bytes. A longer one needs a preflight."},
	{RuleValueUnsafeByte, "value", "a safelisted value contains tab, but not any other control byte, and not any of \"():<>?@[\\]{} and DEL. With this byte the header needs a preflight."},
	{RuleValueNotLanguageByte, "value", "a safelisted language value has only letters, digits, space and *,-.;= in it. With this byte the header needs a preflight."},
	{RuleValueOverridesMethod, "value", "a header that overrides the method must not bring in CONNECT, TRACE or TRACK."},
	{RuleContentTypeMalformed, "value", "the value is not a MIME type: a token, a slash and a token, and then nothing or a semicolon."},
	{RuleContentTypeNotSafelisted, "value", "only application/x-www-form-urlencoded, multipart/form-data and text/plain are safelisted. " +
		"Any other type needs a preflight, and Content-Type must be listed in Access-Control-Allow-Headers."},
	{RuleContentLengthsDiffer, "value", "all values of Content-Length must be the same."},
	{RuleRangeMalformed, "value", "the value is not a single range: bytes=, digits or nothing, a hyphen, digits or nothing, and not nothing twice."},
	{RuleRangeWithoutStart, "value", "a range that counts from the end, like bytes=-500, is not safelisted. It needs a preflight."},
	{RuleRangeStartAfterEnd, "value", "the range starts after its end."},
	{RuleValuesTooLong, "values", "the safelisted values of a request have more than 1024 bytes together, so that every one of them needs a preflight."},
}

// A ParseError says why a value cannot be parsed, and where.
type ParseError struct {
	Input  string
	Reason Reason
}

// Error returns what is wrong, with the input, of which it shows no more than the beginning.
func (e *ParseError) Error() string {
	return "safelist: " + quote.Quote(e.Input) + ": " + e.Reason.Explain()
}
