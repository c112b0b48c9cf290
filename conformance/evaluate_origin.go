package conformance

import (
	"golang.org/x/net/publicsuffix"

	"github.com/corspec/corspec/conformance/internal/input"
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

func evaluateURL(o *input.Object) (any, error) {
	text := o.Need("input").Text()
	base, given := "", false
	if v := o.Take("base"); !v.Null() {
		base, given = v.Text(), true
	}
	if err := o.End(); err != nil {
		return nil, err
	}
	var baseURL *origin.URL
	if given {
		u, err := origin.ParseURL(base, nil)
		if err != nil {
			return failure, nil
		}
		baseURL = &u
	}
	u, err := origin.ParseURL(text, baseURL)
	if err != nil {
		return failure, nil
	}
	return struct {
		Href   string `json:"href"`
		Origin string `json:"origin"`
	}{u.String(), u.Origin().String()}, nil
}

func evaluateHost(o *input.Object) (any, error) {
	text := o.Need("input").Text()
	if err := o.End(); err != nil {
		return nil, err
	}
	host, err := origin.ParseHost(text)
	if err != nil {
		return failure, nil
	}
	return host, nil
}

func evaluateDomainToASCII(o *input.Object) (any, error) {
	domain, beStrict := o.Need("domain").Text(), o.Take("beStrict").Bool()
	if err := o.End(); err != nil {
		return nil, err
	}
	ascii, err := origin.DomainToASCII(domain, beStrict)
	if err != nil {
		return failure, nil
	}
	return ascii, nil
}

func parseOrigin(parse func(string) (origin.Origin, error)) evaluator {
	return func(o *input.Object) (any, error) {
		value := o.Need("value").Text()
		if err := o.End(); err != nil {
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
	return func(o *input.Object) (any, error) {
		a, b := o.Need("a").Origin(), o.Need("b").Origin()
		if err := o.End(); err != nil {
			return nil, err
		}
		return compare(a, b), nil
	}
}
