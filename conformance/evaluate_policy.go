package conformance

import (
	"errors"

	"golang.org/x/net/publicsuffix"

	"github.com/corspec/corspec/conformance/internal/input"
	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/internal/isomorphic"
	"github.com/corspec/corspec/policy"
)

var policyEvaluators = map[string]evaluator{
	"policy":        evaluatePolicy,
	"policy-config": evaluatePolicyConfig,
}

// A policyDecision is what a policy answers.
type policyDecision struct {
	Kind    string       `json:"kind"`
	Allowed *bool        `json:"allowed"`
	Code    *policy.Code `json:"code"`
	Status  *int         `json:"status"`
	Headers [][2]string  `json:"headers"`
}

func evaluatePolicy(o *input.Object) (any, error) {
	config := o.Need("config")
	request := o.Need("request").Object()
	method, headers := request.Need("method").Bytes(), request.Take("headers").Headers()
	request.Close()
	if err := o.End(); err != nil {
		return nil, err
	}
	p, err := policy.Parse(config.Raw(), policy.WithSuffixList(publicsuffix.List))
	if err != nil {
		config.Fail("%v", err)
		return nil, o.End()
	}
	decision := p.Evaluate(policy.Request{
		Method:         method,
		Origin:         joined(headers, "Origin"),
		RequestMethod:  joined(headers, "Access-Control-Request-Method"),
		RequestHeaders: joined(headers, "Access-Control-Request-Headers"),
	})
	out := policyDecision{Kind: decision.Kind().String(), Headers: [][2]string{}}
	for name, value := range decision.All() {
		out.Headers = append(out.Headers, [2]string{name, value})
	}
	out.Headers = isomorphic.DecodeHeaders(out.Headers)
	if line := decision.Vary(); line != "" {
		out.Headers = append(out.Headers, [2]string{"Vary", line})
	}
	if decision.Kind() != policy.KindNone {
		out.Allowed = new(decision.Allowed())
	}
	if code := decision.Code(); code != "" {
		out.Code = &code
	}
	if status := decision.Status(); status != 0 {
		out.Status = &status
	}
	return out, nil
}

// joined returns what a policy takes for the value of the headers of a name.
func joined(headers [][2]string, name string) string {
	var lines []string
	for _, h := range headers {
		if header.EqualFold(h[0], name) {
			lines = append(lines, h[1])
		}
	}
	return policy.Join(lines)
}

func evaluatePolicyConfig(o *input.Object) (any, error) {
	config := o.Need("config")
	if err := o.End(); err != nil {
		return nil, err
	}
	p, err := policy.Parse(config.Raw(), policy.WithSuffixList(publicsuffix.List))
	var invalid *policy.ConfigError
	switch {
	case errors.As(err, &invalid):
		return struct {
			OK     bool             `json:"ok"`
			Errors []policy.Finding `json:"errors"`
		}{false, invalid.Errors}, nil
	case err != nil:
		config.Fail("%v", err)
		return nil, o.End()
	}
	warnings := p.Warnings()
	if warnings == nil {
		warnings = []policy.Finding{}
	}
	return struct {
		OK       bool             `json:"ok"`
		Warnings []policy.Finding `json:"warnings"`
		Config   policy.Config    `json:"config"`
	}{true, warnings, p.Config()}, nil
}
