package conformance

import (
	"encoding/json"
	"fmt"

	"golang.org/x/net/publicsuffix"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/safelist"
)

var fetchEvaluators = map[string]evaluator{
	"redirect-taint":           evaluateRedirectTaint,
	"serialize-request-origin": evaluateSerializeRequestOrigin,
	"append-origin-header":     evaluateAppendOriginHeader,
	"cors-check":               evaluateCORSCheck,
	"tao-check":                evaluateTAOCheck,
	"corp-check":               evaluateCORPCheck,
	"nosniff-block":            blockByDestination(fetch.BlockNosniff),
	"mime-type-block":          blockByDestination(fetch.BlockMIMEType),
	"bad-port":                 evaluateBadPort,
	"needs-preflight":          evaluateNeedsPreflight,
	"cors-preflight-request":   evaluatePreflightRequest,
	"cors-preflight-check":     evaluatePreflightCheck,
	"filter-response":          evaluateFilterResponse,
	"fetch":                    evaluateFetch,
}

// A verdict is the output of a check.
type verdict struct {
	OK   bool       `json:"ok"`
	Code fetch.Code `json:"code,omitempty"`
	Step *step      `json:"step,omitempty"`
}

// A step is null where the standard does not decide.
type step string

func (s *step) MarshalJSON() ([]byte, error) {
	if *s == "" {
		return []byte("null"), nil
	}
	return json.Marshal(string(*s))
}

func newVerdict(v fetch.Verdict) verdict {
	if v.OK() {
		return verdict{OK: true}
	}
	s := step(v.Step)
	return verdict{Code: v.Code, Step: &s}
}

func evaluateRedirectTaint(o *object) (any, error) {
	r := fetch.Request{Origin: o.origin("origin"), URLList: o.urls("urls")}
	if err := o.end(); err != nil {
		return nil, err
	}
	return r.RedirectTaint(publicsuffix.List).String(), nil
}

func evaluateSerializeRequestOrigin(o *object) (any, error) {
	r := fetch.Request{Origin: o.origin("origin"), URLList: o.urls("urls")}
	if err := o.end(); err != nil {
		return nil, err
	}
	return fetch.SerializeRequestOrigin(&r), nil
}

func evaluateAppendOriginHeader(o *object) (any, error) {
	r := fetch.Request{
		Origin:           o.origin("origin"),
		URLList:          o.urls("urls"),
		Method:           o.bytes("method"),
		Mode:             takeName[fetch.Mode](o, "mode"),
		ResponseTainting: takeName[fetch.Tainting](o, "responseTainting"),
		ReferrerPolicy:   takeNameOr(o, "referrerPolicy", fetch.ReferrerPolicyEmpty),
	}
	if err := o.end(); err != nil {
		return nil, err
	}
	value, ok := fetch.RequestOriginHeader(&r)
	if !ok {
		return nil, nil
	}
	return value, nil
}

// elsewhere is the URL of a request that names none and is not asked for it.
var elsewhere = []origin.URL{origin.MustParseURL("https://other.example/")}

func evaluateCORSCheck(o *object) (any, error) {
	r := fetch.Request{
		Origin:      o.origin("origin"),
		URLList:     elsewhere,
		Mode:        fetch.ModeCORS,
		Credentials: takeName[fetch.CredentialsMode](o, "credentials"),
	}
	if raw := o.take("urls"); raw != nil {
		r.URLList = o.scope.urls(o.path+"urls", raw)
	}
	response := fetch.Response{Headers: o.headers("headers")}
	if err := o.end(); err != nil {
		return nil, err
	}
	return newVerdict(fetch.CORSCheck(&r, &response)), nil
}

func evaluateTAOCheck(o *object) (any, error) {
	r := fetch.Request{
		Origin:            o.origin("origin"),
		URLList:           o.urls("urls"),
		Mode:              takeName[fetch.Mode](o, "mode"),
		ResponseTainting:  takeName[fetch.Tainting](o, "responseTainting"),
		TimingAllowFailed: o.boolOr("timingAllowFailed", false),
	}
	response := fetch.Response{Headers: o.headers("headers")}
	if err := o.end(); err != nil {
		return nil, err
	}
	return newVerdict(fetch.TAOCheck(&r, &response)), nil
}

func evaluateCORPCheck(o *object) (any, error) {
	from := o.origin("origin")
	policy := fetch.EmbedderPolicy{Value: takeNameOr(o, "coep", fetch.EmbedderPolicyUnsafeNone)}
	purpose := fetch.CORPForFetch
	if o.boolOr("forNavigation", false) {
		purpose = fetch.CORPForNavigation
	}
	response := fetch.Response{
		URLList:                    []origin.URL{o.url("url")},
		RequestExcludedCredentials: !o.boolOr("requestIncludesCredentials", true),
		Headers:                    o.headers("headers"),
	}
	if err := o.end(); err != nil {
		return nil, err
	}
	v, _ := fetch.CORPCheck(from, policy, &response, purpose, publicsuffix.List)
	return newVerdict(v), nil
}

func blockByDestination(block func(*fetch.Request, *fetch.Response) fetch.Verdict) evaluator {
	return func(o *object) (any, error) {
		r := fetch.Request{Destination: takeName[fetch.Destination](o, "destination")}
		response := fetch.Response{Headers: o.headers("headers")}
		if err := o.end(); err != nil {
			return nil, err
		}
		return newVerdict(block(&r, &response)), nil
	}
}

func evaluateBadPort(o *object) (any, error) {
	r := fetch.Request{URLList: []origin.URL{o.url("url")}}
	if err := o.end(); err != nil {
		return nil, err
	}
	return newVerdict(fetch.BlockBadPort(&r)), nil
}

func evaluateNeedsPreflight(o *object) (any, error) {
	r := o.request()
	if err := o.end(); err != nil {
		return nil, err
	}
	reason, _ := fetch.NeedsPreflight(&r)
	return struct {
		Preflight bool     `json:"preflight"`
		Reason    any      `json:"reason"`
		Names     []string `json:"names"`
	}{reason != fetch.PreflightReasonNone, orNull(string(reason)), isomorphicDecodeAll(safelist.UnsafeRequestHeaderNames(r.Headers))}, nil
}

func evaluatePreflightRequest(o *object) (any, error) {
	r := o.request()
	if err := o.end(); err != nil {
		return nil, err
	}
	preflight := fetch.PreflightRequest(&r)
	return struct {
		Headers [][2]string `json:"headers"`
	}{isomorphicDecodeHeaders(preflight.Headers)}, nil
}

func evaluatePreflightCheck(o *object) (any, error) {
	request := o.scope.object(o.path+"request", o.need("request"))
	r := request.request()
	request.close()
	response := o.scope.object(o.path+"response", o.need("response")).response()
	if err := o.end(); err != nil {
		return nil, err
	}
	v, grant := fetch.PreflightCheck(&r, &response)
	if !v.OK() {
		return newVerdict(v), nil
	}
	return struct {
		OK          bool     `json:"ok"`
		MaxAge      int64    `json:"maxAge"`
		Methods     []string `json:"methods"`
		HeaderNames []string `json:"headerNames"`
	}{true, grant.MaxAge, grant.Methods, grant.HeaderNames}, nil
}

func evaluateFilterResponse(o *object) (any, error) {
	kind := takeName[fetch.ResponseType](o, "type")
	r := fetch.Request{
		Origin:           origin.NewOpaque(),
		URLList:          elsewhere,
		Credentials:      takeNameOr(o, "credentials", fetch.CredentialsSameOrigin),
		ResponseTainting: fetch.TaintingCORS,
	}
	response := fetch.Response{Status: o.status("status"), Headers: o.headers("headers"), URLList: elsewhere}
	var filtered fetch.Response
	switch kind {
	case fetch.ResponseTypeBasic:
		filtered = fetch.BasicFilteredResponse(&response)
	case fetch.ResponseTypeCORS:
		response.ExposedHeaderNames = fetch.ExposedHeaderNames(&r, &response)
		filtered = fetch.CORSFilteredResponse(&response)
	case fetch.ResponseTypeOpaque:
		filtered = fetch.OpaqueFilteredResponse(&response)
	case fetch.ResponseTypeOpaqueRedirect:
		filtered = fetch.OpaqueRedirectFilteredResponse(&response)
	default:
		o.fail(o.path+"type", "there is no filter for %q", kind)
	}
	if err := o.end(); err != nil {
		return nil, err
	}
	return struct {
		Status  int         `json:"status"`
		Headers [][2]string `json:"headers"`
	}{filtered.Status, isomorphicDecodeHeaders(filtered.Headers)}, nil
}

// request takes the fields of a request.
func (o *object) request() fetch.Request {
	r := fetch.Request{
		Origin:           o.origin("origin"),
		Method:           "GET",
		Headers:          o.headersOr("headers", nil),
		Mode:             takeNameOr(o, "mode", fetch.ModeCORS),
		Credentials:      takeNameOr(o, "credentials", fetch.CredentialsSameOrigin),
		Redirect:         takeNameOr(o, "redirect", fetch.RedirectFollow),
		ReferrerPolicy:   takeNameOr(o, "referrerPolicy", fetch.ReferrerPolicyEmpty),
		Destination:      takeNameOr(o, "destination", fetch.DestinationEmpty),
		UnsafeRequest:    o.boolOr("unsafeRequest", true),
		UseCORSPreflight: o.boolOr("useCORSPreflight", false),
	}
	if raw := o.take("method"); raw != nil {
		r.Method = o.scope.bytes(o.path+"method", raw)
	}
	if raw := o.take("body"); raw != nil && kind(raw) != "null" {
		if r.Body = named[fetch.Body](o.scope, o.path+"body", raw); r.Body == fetch.BodyNull && o.err == nil {
			o.fail(o.path+"body", `want null, "bytes" or "stream"`)
		}
	}
	if raw := o.take("partitionKey"); raw != nil {
		r.PartitionKey = o.scope.string(o.path+"partitionKey", raw)
	}
	one, several := o.take("url"), o.take("urls")
	switch {
	case one != nil && several != nil:
		o.fail(o.path+"urls", "stands beside url, want one of them")
	case several != nil:
		r.URLList = o.scope.urls(o.path+"urls", several)
	case one != nil:
		r.URLList = []origin.URL{o.scope.url(o.path+"url", one)}
	default:
		o.fail(o.path+"url", "missing field")
	}
	if o.err != nil {
		return fetch.Request{}
	}
	if reason := safelist.Method(r.Method); !reason.OK() {
		o.fail(o.path+"method", "is no method: %v", reason)
	}
	for i, h := range r.Headers {
		if reason := safelist.HeaderName(h[0]); !reason.OK() {
			o.fail(fmt.Sprintf("%sheaders[%d][0]", o.path, i), "is no header name: %v", reason)
		}
		if reason := safelist.HeaderValue(h[1]); !reason.OK() {
			o.fail(fmt.Sprintf("%sheaders[%d][1]", o.path, i), "is no header value: %v", reason)
		}
	}
	r.RedirectCount = len(r.URLList) - 1
	r.ResponseTainting = taintingOnTheWay(&r)
	return r
}

// taintingOnTheWay returns the response tainting that a request has when it arrives at its last URL by way of the others. It
// is that of the first one that main fetch does not take for its own, and stays.
func taintingOnTheWay(r *fetch.Request) fetch.Tainting {
	for _, u := range r.URLList[:len(r.URLList)-1] {
		if u.Origin() == r.Origin || u.Scheme() == "data" {
			continue
		}
		switch r.Mode {
		case fetch.ModeCORS:
			return fetch.TaintingCORS
		case fetch.ModeNoCORS:
			return fetch.TaintingOpaque
		}
	}
	return fetch.TaintingBasic
}

// response takes the fields of a response from an object of its own.
func (o *object) response() fetch.Response {
	response := fetch.Response{Status: o.status("status"), Headers: o.headersOr("headers", nil)}
	o.close()
	return response
}

func (o *object) status(name string) int {
	return int(o.scope.number(o.path+name, o.need(name), 0, 999))
}
