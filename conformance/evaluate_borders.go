package conformance

import (
	"golang.org/x/net/publicsuffix"

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

func evaluateObtainEmbedderPolicy(o *object) (any, error) {
	headers := o.headers("headers")
	secure := o.boolOr("secureContext", true)
	if err := o.end(); err != nil {
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

func evaluatePotentiallyTrustworthy(o *object) (any, error) {
	url, from := o.take("url"), o.take("origin")
	var trustworthy bool
	switch {
	case url != nil && from != nil:
		o.fail(o.path+"origin", "stands beside url, want one of them")
	case from != nil:
		trustworthy = o.scope.origin(o.path+"origin", from).IsPotentiallyTrustworthy()
	case url != nil:
		trustworthy = o.scope.url(o.path+"url", url).IsPotentiallyTrustworthy()
	default:
		o.fail(o.path+"url", "missing field, want url or origin")
	}
	if err := o.end(); err != nil {
		return nil, err
	}
	return trustworthy, nil
}

// restricts takes what a caller says of mixed content.
func (o *object) restricts() fetch.MixedContent {
	raw := o.take("restrictsMixedContent")
	switch {
	case raw == nil:
		return fetch.MixedContentByOrigin
	case o.scope.bool(o.path+"restrictsMixedContent", raw):
		return fetch.MixedContentRestricted
	}
	return fetch.MixedContentUnrestricted
}

func evaluateMixedContent(o *object) (any, error) {
	restricts := o.restricts()
	initiator := fetch.InitiatorEmpty
	if raw := o.take("initiator"); raw != nil {
		initiator = named[fetch.Initiator](o.scope, o.path+"initiator", raw)
	}
	r := o.request()
	r.MixedContent, r.Initiator = restricts, initiator
	if err := o.end(); err != nil {
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

func evaluateFetchMetadata(o *object) (any, error) {
	activation, initiated := o.boolOr("userActivation", false), o.boolOr("userInitiated", false)
	r := o.request()
	r.UserActivation, r.UserInitiated = activation, initiated
	if err := o.end(); err != nil {
		return nil, err
	}
	headers := map[string]string{}
	for _, h := range fetch.AppendFetchMetadata(&r, nil, publicsuffix.List) {
		headers[h[0]] = h[1]
	}
	return headers, nil
}

func evaluateReferrer(o *object) (any, error) {
	r := fetch.Request{ReferrerPolicy: takeNameOr(o, "referrerPolicy", fetch.ReferrerPolicyEmpty)}
	if raw := o.need("referrer"); raw != nil && kind(raw) != "null" {
		r.Referrer = o.scope.url(o.path+"referrer", raw)
	}
	r.URLList = []origin.URL{o.url("url")}
	if err := o.end(); err != nil {
		return nil, err
	}
	referrer := fetch.DetermineReferrer(&r)
	if !referrer.IsValid() {
		return nil, nil
	}
	return referrer.String(), nil
}
