package conformance

import (
	"golang.org/x/net/publicsuffix"

	"github.com/corspec/corspec/conformance/internal/input"
	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/origin"
)

// What other standards decide on the way of a fetch.
var borderEvaluators = map[string]evaluator{
	"obtain-embedder-policy":  evaluateObtainEmbedderPolicy,
	"potentially-trustworthy": evaluatePotentiallyTrustworthy,
	"mixed-content":           evaluateMixedContent,
	"fetch-metadata":          evaluateFetchMetadata,
	"referrer":                evaluateReferrer,
}

func evaluateObtainEmbedderPolicy(o *input.Object) (any, error) {
	headers := o.Need("headers").FieldLines()
	secure := o.Take("secureContext").BoolOr(true)
	if err := o.End(); err != nil {
		return nil, err
	}
	p := fetch.ObtainEmbedderPolicy(headers, secure)
	return struct {
		Value              fetch.EmbedderPolicyValue `json:"value"`
		ReportOnly         fetch.EmbedderPolicyValue `json:"reportOnly"`
		Endpoint           string                    `json:"endpoint"`
		ReportOnlyEndpoint string                    `json:"reportOnlyEndpoint"`
	}{p.Value, p.ReportOnly, p.ReportingEndpoint, p.ReportOnlyReportEndpoint}, nil
}

func evaluatePotentiallyTrustworthy(o *input.Object) (any, error) {
	url, from := o.Take("url"), o.Take("origin")
	var trustworthy bool
	switch {
	case url.Present() && from.Present():
		from.Fail("stands beside url, want one of them")
	case from.Present():
		trustworthy = from.Origin().IsPotentiallyTrustworthy()
	case url.Present():
		trustworthy = url.URL().IsPotentiallyTrustworthy()
	default:
		url.Fail("missing field")
	}
	if err := o.End(); err != nil {
		return nil, err
	}
	return trustworthy, nil
}

func evaluateMixedContent(o *input.Object) (any, error) {
	r := o.Request()
	r.MixedContent = o.Take("restrictsMixedContent").MixedContent()
	r.Initiator = input.NameOr(o.Take("initiator"), fetch.InitiatorEmpty)
	if err := o.End(); err != nil {
		return nil, err
	}
	upgraded := fetch.UpgradesMixedContent(&r)
	if upgraded {
		r.URLList = append(r.URLList[:len(r.URLList)-1:len(r.URLList)-1], r.CurrentURL().UpgradeToHTTPS())
	}
	return struct {
		Upgraded bool   `json:"upgraded"`
		URL      string `json:"url"`
		Blocked  bool   `json:"blocked"`
	}{upgraded, r.CurrentURL().String(), !fetch.BlockMixedContent(&r).OK()}, nil
}

func evaluateFetchMetadata(o *input.Object) (any, error) {
	r := o.Request()
	r.UserActivation, r.UserInitiated = o.Take("userActivation").Bool(), o.Take("userInitiated").Bool()
	if err := o.End(); err != nil {
		return nil, err
	}
	headers := map[string]string{}
	for _, h := range fetch.AppendFetchMetadata(&r, nil, publicsuffix.List) {
		headers[h[0]] = h[1]
	}
	return headers, nil
}

func evaluateReferrer(o *input.Object) (any, error) {
	r := fetch.Request{ReferrerPolicy: input.NameOr(o.Take("referrerPolicy"), fetch.ReferrerPolicyEmpty)}
	if v := o.Need("referrer"); !v.Null() {
		r.Referrer = v.URL()
	}
	r.URLList = []origin.URL{o.Need("url").URL()}
	if err := o.End(); err != nil {
		return nil, err
	}
	if referrer := fetch.DetermineReferrer(&r); referrer.IsValid() {
		return referrer.String(), nil
	}
	return nil, nil
}
