package conformance

import (
	"errors"

	"golang.org/x/net/publicsuffix"

	"github.com/corspec/corspec/internal/header"
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

func evaluatePolicy(o *object) (any, error) {
	config := o.need("config")
	request := o.scope.object(o.path+"request", o.need("request"))
	method, headers := request.bytes("method"), request.headersOr("headers", nil)
	request.close()
	if err := o.end(); err != nil {
		return nil, err
	}
	p, err := policy.Parse(config, policy.WithSuffixList(publicsuffix.List))
	if err != nil {
		return nil, &InputError{Field: "config", Reason: err.Error()}
	}
	decision := p.Evaluate(policy.Request{
		Method:         method,
		Origin:         lines(headers, "Origin"),
		RequestMethod:  lines(headers, "Access-Control-Request-Method"),
		RequestHeaders: lines(headers, "Access-Control-Request-Headers"),
	})
	out := policyDecision{Kind: decision.Kind().String(), Headers: isomorphicDecodeHeaders(decision.Headers())}
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

// lines returns the values of the headers of a name, one for each.
func lines(headers [][2]string, name string) (values []string) {
	for _, h := range headers {
		if header.EqualFold(h[0], name) {
			values = append(values, h[1])
		}
	}
	return values
}

func evaluatePolicyConfig(o *object) (any, error) {
	config := o.need("config")
	if err := o.end(); err != nil {
		return nil, err
	}
	p, err := policy.Parse(config, policy.WithSuffixList(publicsuffix.List))
	var invalid *policy.ConfigError
	switch {
	case errors.As(err, &invalid):
		return struct {
			OK     bool             `json:"ok"`
			Errors []policy.Finding `json:"errors"`
		}{false, invalid.Errors}, nil
	case err != nil:
		return nil, &InputError{Field: "config", Reason: err.Error()}
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
