package conformance

import (
	"encoding/json"

	"golang.org/x/net/publicsuffix"

	"github.com/corspec/corspec/conformance/internal/input"
	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/internal/isomorphic"
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

func evaluateRedirectTaint(o *input.Object) (any, error) {
	r := fetch.Request{Origin: o.Need("origin").Origin(), URLList: o.Need("urls").URLs()}
	if err := o.End(); err != nil {
		return nil, err
	}
	return r.RedirectTaint(publicsuffix.List).String(), nil
}

func evaluateSerializeRequestOrigin(o *input.Object) (any, error) {
	r := fetch.Request{Origin: o.Need("origin").Origin(), URLList: o.Need("urls").URLs()}
	if err := o.End(); err != nil {
		return nil, err
	}
	return fetch.SerializeRequestOrigin(&r), nil
}

func evaluateAppendOriginHeader(o *input.Object) (any, error) {
	r := fetch.Request{
		Origin:           o.Need("origin").Origin(),
		URLList:          o.Need("urls").URLs(),
		Method:           o.Need("method").Bytes(),
		Mode:             input.Name[fetch.Mode](o.Need("mode")),
		ResponseTainting: input.Name[fetch.Tainting](o.Need("responseTainting")),
		ReferrerPolicy:   input.NameOr(o.Take("referrerPolicy"), fetch.ReferrerPolicyEmpty),
	}
	if err := o.End(); err != nil {
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

func evaluateCORSCheck(o *input.Object) (any, error) {
	r := fetch.Request{
		Origin:      o.Need("origin").Origin(),
		URLList:     elsewhere,
		Mode:        fetch.ModeCORS,
		Credentials: input.Name[fetch.CredentialsMode](o.Need("credentials")),
	}
	if urls := o.Take("urls"); urls.Present() {
		r.URLList = urls.URLs()
	}
	response := fetch.Response{Headers: o.Need("headers").FieldLines()}
	if err := o.End(); err != nil {
		return nil, err
	}
	return newVerdict(fetch.CORSCheck(&r, &response)), nil
}

func evaluateTAOCheck(o *input.Object) (any, error) {
	r := fetch.Request{
		Origin:            o.Need("origin").Origin(),
		URLList:           o.Need("urls").URLs(),
		Mode:              input.Name[fetch.Mode](o.Need("mode")),
		ResponseTainting:  input.Name[fetch.Tainting](o.Need("responseTainting")),
		TimingAllowFailed: o.Take("timingAllowFailed").Bool(),
	}
	response := fetch.Response{Headers: o.Need("headers").FieldLines()}
	if err := o.End(); err != nil {
		return nil, err
	}
	return newVerdict(fetch.TAOCheck(&r, &response)), nil
}

func evaluateCORPCheck(o *input.Object) (any, error) {
	from := o.Need("origin").Origin()
	policy := fetch.EmbedderPolicy{Value: input.NameOr(o.Take("coep"), fetch.EmbedderPolicyUnsafeNone)}
	forNavigation := o.Take("forNavigation").Bool()
	response := fetch.Response{
		URLList:                    []origin.URL{o.Need("url").URL()},
		RequestExcludedCredentials: !o.Take("requestIncludesCredentials").BoolOr(true),
		Headers:                    o.Need("headers").FieldLines(),
	}
	if err := o.End(); err != nil {
		return nil, err
	}
	v, _ := fetch.CORPCheck(from, policy, &response, forNavigation, publicsuffix.List)
	return newVerdict(v), nil
}

func blockByDestination(block func(*fetch.Request, *fetch.Response) fetch.Verdict) evaluator {
	return func(o *input.Object) (any, error) {
		r := fetch.Request{Destination: input.Name[fetch.Destination](o.Need("destination"))}
		response := fetch.Response{Headers: o.Need("headers").FieldLines()}
		if err := o.End(); err != nil {
			return nil, err
		}
		return newVerdict(block(&r, &response)), nil
	}
}

func evaluateBadPort(o *input.Object) (any, error) {
	r := fetch.Request{URLList: []origin.URL{o.Need("url").URL()}}
	if err := o.End(); err != nil {
		return nil, err
	}
	return newVerdict(fetch.BlockBadPort(&r)), nil
}

func evaluateNeedsPreflight(o *input.Object) (any, error) {
	r := o.Request()
	if err := o.End(); err != nil {
		return nil, err
	}
	reason, _ := fetch.NeedsPreflight(&r)
	return struct {
		Preflight bool     `json:"preflight"`
		Reason    any      `json:"reason"`
		Names     []string `json:"names"`
	}{reason != fetch.PreflightReasonNone, orNull(string(reason)), isomorphic.DecodeAll(safelist.UnsafeRequestHeaderNames(r.Headers))}, nil
}

func evaluatePreflightRequest(o *input.Object) (any, error) {
	r := o.Request()
	if err := o.End(); err != nil {
		return nil, err
	}
	preflight := fetch.PreflightRequest(&r)
	return struct {
		Headers [][2]string `json:"headers"`
	}{isomorphic.DecodeHeaders(preflight.Headers)}, nil
}

func evaluatePreflightCheck(o *input.Object) (any, error) {
	request := o.Need("request").Object()
	r := request.Request()
	request.Close()
	head := o.Need("response").Object().ResponseHead()
	if err := o.End(); err != nil {
		return nil, err
	}
	v, grant := fetch.PreflightCheck(&r, &fetch.Response{Status: head.Status, Headers: head.Headers})
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

func evaluateFilterResponse(o *input.Object) (any, error) {
	of := o.Need("type")
	kind := input.Name[fetch.ResponseType](of)
	r := fetch.Request{
		Origin:           origin.NewOpaque(),
		URLList:          elsewhere,
		Credentials:      input.NameOr(o.Take("credentials"), fetch.CredentialsSameOrigin),
		ResponseTainting: fetch.TaintingCORS,
	}
	message := o.Take("statusMessage")
	response := fetch.Response{Status: o.Need("status").Status(), StatusMessage: message.Bytes(), Headers: o.Need("headers").FieldLines(), URLList: elsewhere}
	if kind == fetch.ResponseTypeDefault || kind == fetch.ResponseTypeError {
		of.Fail("there is no filter for %q", kind)
	}
	if err := o.End(); err != nil {
		return nil, err
	}
	response.ExposedHeaderNames = fetch.ExposedHeaderNames(&r, &response)
	filtered := fetch.FilteredResponse(&response, kind)
	output := map[string]any{"status": filtered.Status, "headers": isomorphic.DecodeHeaders(filtered.Headers)}
	if message.Present() {
		output["statusMessage"] = isomorphic.Decode(filtered.StatusMessage)
	}
	return output, nil
}
