package conformance

import (
	"encoding/json"
	"slices"

	"github.com/corspec/corspec/internal/header"
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
	return func(o *object) (any, error) {
		value := o.bytes(field)
		if err := o.end(); err != nil {
			return nil, err
		}
		return is(value), nil
	}
}

// mapping evaluates a function from byte sequences to byte sequences.
func mapping(field string, of func(string) string) evaluator {
	return func(o *object) (any, error) {
		value := o.bytes(field)
		if err := o.end(); err != nil {
			return nil, err
		}
		return isomorphicDecode(of(value)), nil
	}
}

// headerPredicate evaluates a predicate on a header.
func headerPredicate(is func(name, value string) bool) evaluator {
	return func(o *object) (any, error) {
		name, value := o.bytes("name"), o.bytes("value")
		if err := o.end(); err != nil {
			return nil, err
		}
		return is(name, value), nil
	}
}

func evaluateSafelistedResponseHeaderName(o *object) (any, error) {
	name := o.bytes("name")
	var list []string
	if raw := o.take("list"); raw != nil {
		o.scope.list(o.path+"list", raw, func(path string, raw json.RawMessage) {
			list = append(list, o.scope.bytes(path, raw))
		})
	}
	if err := o.end(); err != nil {
		return nil, err
	}
	return safelist.IsCORSSafelistedResponseHeaderName(name, list), nil
}

func evaluateUnsafeRequestHeaderNames(o *object) (any, error) {
	headers := o.headers("headers")
	if err := o.end(); err != nil {
		return nil, err
	}
	return isomorphicDecodeAll(safelist.UnsafeRequestHeaderNames(headers)), nil
}

func evaluateGetDecodeAndSplit(o *object) (any, error) {
	headers, name := o.headers("headers"), o.bytes("name")
	if err := o.end(); err != nil {
		return nil, err
	}
	values := header.GetDecodeAndSplit(headers, name)
	if values == nil {
		return nil, nil
	}
	return isomorphicDecodeAll(values), nil
}

func evaluateExtractHeaderListValues(o *object) (any, error) {
	headers, name := o.headers("headers"), o.bytes("name")
	if o.err == nil && !slices.ContainsFunc(extracted, func(e string) bool { return header.EqualFold(e, name) }) {
		o.fail(o.path+"name", "%.40q is not among %q", isomorphicDecode(name), extracted)
	}
	if err := o.end(); err != nil {
		return nil, err
	}
	switch values, state := header.ExtractListValues(headers, name); state {
	case header.Null:
		return nil, nil
	case header.Failure:
		return failure, nil
	default:
		return isomorphicDecodeAll(values), nil
	}
}

// extracted lists the response headers of the CORS protocol that the standard reads by their ABNF, line by line.
var extracted = []string{"Access-Control-Allow-Methods", "Access-Control-Allow-Headers", "Access-Control-Expose-Headers",
	"Access-Control-Max-Age"}

func evaluateExtractLength(o *object) (any, error) {
	headers := o.headers("headers")
	if err := o.end(); err != nil {
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

func evaluateParseMIMEType(o *object) (any, error) {
	value := o.bytes("value")
	if err := o.end(); err != nil {
		return nil, err
	}
	m, err := safelist.ParseMIMEType(value)
	return mimeType(m, err == nil), nil
}

func evaluateExtractMIMEType(o *object) (any, error) {
	headers := o.headers("headers")
	if err := o.end(); err != nil {
		return nil, err
	}
	return mimeType(safelist.ExtractMIMEType(headers)), nil
}

func mimeType(m safelist.MIMEType, ok bool) any {
	if !ok {
		return failure
	}
	return struct {
		Essence    string `json:"essence"`
		Serialized string `json:"serialized"`
	}{m.Essence(), isomorphicDecode(m.String())}
}

func evaluateParseRange(o *object) (any, error) {
	value, allowWhitespace := o.bytes("value"), o.boolOr("allowWhitespace", false)
	if err := o.end(); err != nil {
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
