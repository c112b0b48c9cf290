package conformance

import (
	"golang.org/x/net/publicsuffix"

	"github.com/corspec/corspec/origin"
)

var originEvaluators = map[string]evaluator{
	"url":                    evaluateURL,
	"host":                   evaluateHost,
	"domain-to-ascii":        evaluateDomainToASCII,
	"parse-origin":           parseOrigin(origin.Parse),
	"parse-origin-strict":    parseOrigin(origin.ParseStrict),
	"same-origin":            compareOrigins(origin.SameOrigin),
	"same-site":              compareOrigins(sameSite),
	"schemelessly-same-site": compareOrigins(schemelesslySameSite),
}

func sameSite(a, b origin.Origin) bool { return origin.SameSite(a, b, publicsuffix.List) }

func schemelesslySameSite(a, b origin.Origin) bool {
	return origin.SchemelesslySameSite(a, b, publicsuffix.List)
}

func evaluateURL(o *object) (any, error) {
	input := o.string("input")
	var base *string
	if raw := o.take("base"); raw != nil && kind(raw) != "null" {
		s := o.scope.string(o.path+"base", raw)
		base = &s
	}
	if err := o.end(); err != nil {
		return nil, err
	}
	var baseURL *origin.URL
	if base != nil {
		u, err := origin.ParseURL(*base, nil)
		if err != nil {
			return failure, nil
		}
		baseURL = &u
	}
	u, err := origin.ParseURL(input, baseURL)
	if err != nil {
		return failure, nil
	}
	return struct {
		Href   string `json:"href"`
		Origin string `json:"origin"`
	}{u.String(), u.Origin().String()}, nil
}

func evaluateHost(o *object) (any, error) {
	input := o.string("input")
	if err := o.end(); err != nil {
		return nil, err
	}
	host, err := origin.ParseHost(input)
	if err != nil {
		return failure, nil
	}
	return host, nil
}

func evaluateDomainToASCII(o *object) (any, error) {
	domain, beStrict := o.string("domain"), o.boolOr("beStrict", false)
	if err := o.end(); err != nil {
		return nil, err
	}
	ascii, err := origin.DomainToASCII(domain, beStrict)
	if err != nil {
		return failure, nil
	}
	return ascii, nil
}

func parseOrigin(parse func(string) (origin.Origin, error)) evaluator {
	return func(o *object) (any, error) {
		value := o.string("value")
		if err := o.end(); err != nil {
			return nil, err
		}
		parsed, err := parse(value)
		if err != nil {
			return failure, nil
		}
		return struct {
			Origin string `json:"origin"`
			Opaque bool   `json:"opaque"`
		}{parsed.String(), parsed.IsOpaque()}, nil
	}
}

func compareOrigins(compare func(a, b origin.Origin) bool) evaluator {
	return func(o *object) (any, error) {
		a, b := o.origin("a"), o.origin("b")
		if err := o.end(); err != nil {
			return nil, err
		}
		return compare(a, b), nil
	}
}
