package conformance

import (
	"slices"
	"strings"

	"github.com/corspec/corspec/conformance/internal/input"
	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/internal/isomorphic"
	"github.com/corspec/corspec/internal/quote"
	"github.com/corspec/corspec/safelist"
)

var safelistEvaluators = map[string]evaluator{
	"method":                 predicate("method", safelist.IsMethod),
	"cors-safelisted-method": predicate("method", safelist.IsCORSSafelistedMethod),
	"forbidden-method":       predicate("method", safelist.IsForbiddenMethod),
	"normalize-method":       mapping("method", safelist.NormalizeMethod),
	"header-name":            predicate("value", safelist.IsHeaderName),
	"header-value":           predicate("value", safelist.IsHeaderValue),
	"normalize-header-value": mapping("value", safelist.NormalizeHeaderValue),
	"request-body-header-name": predicate("name",
		safelist.IsRequestBodyHeaderName),
	"no-cors-safelisted-request-header-name": predicate("name",
		safelist.IsNoCORSSafelistedRequestHeaderName),
	"privileged-no-cors-request-header-name": predicate("name",
		safelist.IsPrivilegedNoCORSRequestHeaderName),
	"cors-non-wildcard-request-header-name": predicate("name",
		safelist.IsCORSNonWildcardRequestHeaderName),
	"forbidden-response-header-name": predicate("name",
		safelist.IsForbiddenResponseHeaderName),
	"cors-safelisted-request-header":       headerPredicate(safelist.IsCORSSafelistedRequestHeader),
	"no-cors-safelisted-request-header":    headerPredicate(safelist.IsNoCORSSafelistedRequestHeader),
	"forbidden-request-header":             headerPredicate(safelist.IsForbiddenRequestHeader),
	"cors-safelisted-response-header-name": evaluateSafelistedResponseHeaderName,
	"cors-unsafe-request-header-names":     evaluateUnsafeRequestHeaderNames,
	"get-decode-and-split":                 evaluateGetDecodeAndSplit,
	"extract-header-list-values":           evaluateExtractHeaderListValues,
	"extract-length":                       evaluateExtractLength,
	"parse-mime-type":                      evaluateParseMIMEType,
	"extract-mime-type":                    evaluateExtractMIMEType,
	"parse-range":                          evaluateParseRange,
}

// predicate evaluates a predicate on the byte sequence in a field.
func predicate(field string, is func(string) bool) evaluator {
	return func(o *input.Object) (any, error) {
		value := o.Need(field).Bytes()
		if err := o.End(); err != nil {
			return nil, err
		}
		return is(value), nil
	}
}

// mapping evaluates a function from byte sequences to byte sequences.
func mapping(field string, of func(string) string) evaluator {
	return func(o *input.Object) (any, error) {
		value := o.Need(field).Bytes()
		if err := o.End(); err != nil {
			return nil, err
		}
		return isomorphic.Decode(of(value)), nil
	}
}

// headerPredicate evaluates a predicate on a header.
func headerPredicate(is func(name, value string) bool) evaluator {
	return func(o *input.Object) (any, error) {
		name, value := o.Need("name").Bytes(), o.Need("value").Bytes()
		if err := o.End(); err != nil {
			return nil, err
		}
		return is(name, value), nil
	}
}

func evaluateSafelistedResponseHeaderName(o *input.Object) (any, error) {
	name, list := o.Need("name").Bytes(), o.Take("list").BytesList()
	if err := o.End(); err != nil {
		return nil, err
	}
	return safelist.IsCORSSafelistedResponseHeaderName(name, list), nil
}

func evaluateUnsafeRequestHeaderNames(o *input.Object) (any, error) {
	headers := o.Need("headers").Headers() // a script made them: line breaks are bytes that are not safe
	if err := o.End(); err != nil {
		return nil, err
	}
	return isomorphic.DecodeAll(safelist.UnsafeRequestHeaderNames(headers)), nil
}

func evaluateGetDecodeAndSplit(o *input.Object) (any, error) {
	headers, name := o.Need("headers").FieldLines(), o.Need("name").Bytes()
	if err := o.End(); err != nil {
		return nil, err
	}
	values := header.GetDecodeAndSplit(headers, name)
	if values == nil {
		return nil, nil
	}
	return isomorphic.DecodeAll(values), nil
}

func evaluateExtractHeaderListValues(o *input.Object) (any, error) {
	headers, of := o.Need("headers").FieldLines(), o.Need("name")
	name := of.Bytes()
	if !slices.ContainsFunc(extracted, func(e string) bool { return header.EqualFold(e, name) }) {
		of.Fail("%s is not among %q", quote.Quote(isomorphic.Decode(name)), extracted)
	}
	if err := o.End(); err != nil {
		return nil, err
	}
	switch values, state := header.ExtractListValues(headers, name); state {
	case header.Null:
		return nil, nil
	case header.Failure:
		return failure, nil
	default:
		return isomorphic.DecodeAll(values), nil
	}
}

// extracted lists the response headers of the CORS protocol that the standard reads by their ABNF, line by line.
var extracted = []string{"Access-Control-Allow-Methods", "Access-Control-Allow-Headers", "Access-Control-Expose-Headers",
	"Access-Control-Max-Age"}

func evaluateExtractLength(o *input.Object) (any, error) {
	headers := o.Need("headers").FieldLines()
	if err := o.End(); err != nil {
		return nil, err
	}
	switch length, found, err := safelist.ExtractLength(headers); {
	case err != nil:
		return failure, nil
	case !found:
		return nil, nil
	default:
		return length, nil
	}
}

func evaluateParseMIMEType(o *input.Object) (any, error) {
	text := o.Need("value").Text()
	if err := o.End(); err != nil {
		return nil, err
	}
	// The algorithm takes a string. A code point that stands for no byte has no part in what it returns; nor has DEL.
	value, _ := isomorphic.Encode(strings.Map(func(r rune) rune {
		if r > 0xFF {
			return 0x7F
		}
		return r
	}, text))
	m, err := safelist.ParseMIMEType(value)
	return mimeType(m, err), nil
}

func evaluateExtractMIMEType(o *input.Object) (any, error) {
	headers := o.Need("headers").FieldLines()
	if err := o.End(); err != nil {
		return nil, err
	}
	m, err := safelist.ExtractMIMEType(headers)
	return mimeType(m, err), nil
}

func mimeType(m safelist.MIMEType, err error) any {
	if err != nil {
		return failure
	}
	return struct {
		Essence    string `json:"essence"`
		Serialized string `json:"serialized"`
	}{m.Essence(), isomorphic.Decode(m.String())}
}

func evaluateParseRange(o *input.Object) (any, error) {
	value, allowWhitespace := o.Need("value").Bytes(), o.Take("allowWhitespace").Bool()
	if err := o.End(); err != nil {
		return nil, err
	}
	r, err := safelist.ParseSingleRangeHeaderValue(value, allowWhitespace)
	if err != nil {
		return failure, nil
	}
	return [2]any{orNull(r.Start), orNull(r.End)}, nil
}

// orNull returns null for the empty string.
func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}
