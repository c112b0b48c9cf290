package conformance

import (
	"encoding/json"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/origin"
)

var elementEvaluators = map[string]evaluator{
	"element-request":  evaluateElementRequest,
	"cors-same-origin": evaluateCORSSameOrigin,
}

// evaluateElementRequest takes element, a name of [fetch.Element]; crossorigin, null, "anonymous" or
// "use-credentials"; for "xhr" and
// "eventsource" in its stead withCredentials, a boolean; for "xhr" also uploadListener, a boolean; and for "module-worker"
// credentials, a credentials mode.
func evaluateElementRequest(o *object) (any, error) {
	element := takeName[fetch.Element](o, "element")
	var s fetch.ElementSettings
	o.crossOrigin(element, &s)
	if element == fetch.ElementXHR {
		s.UploadListener = o.boolOr("uploadListener", false)
	}
	if element == fetch.ElementModuleWorker {
		s.Credentials = takeNameOr(o, "credentials", fetch.CredentialsSameOrigin)
	}
	if err := o.end(); err != nil {
		return nil, err
	}
	r := fetch.ElementRequest(element, elsewhere[0], origin.NewOpaque(), s)
	return struct {
		Mode             fetch.Mode            `json:"mode"`
		Credentials      fetch.CredentialsMode `json:"credentials"`
		UseCORSPreflight bool                  `json:"useCORSPreflight"`
	}{r.Mode, r.Credentials, r.UseCORSPreflight}, nil
}

// crossOrigin takes what says whether credentials are used: a crossorigin attribute's value, or withCredentials, which may
// also be told in the attribute's words.
func (o *object) crossOrigin(element fetch.Element, s *fetch.ElementSettings) {
	raw := o.take("crossorigin")
	if raw != nil && kind(raw) == "null" {
		raw = nil
	}
	if element.HasCrossOrigin() {
		if raw != nil {
			s.CrossOrigin = fetch.CORSSettingsAnonymous
			if o.useCredentials(element, raw) {
				s.CrossOrigin = fetch.CORSSettingsUseCredentials
			}
		}
		return
	}
	if raw != nil {
		s.WithCredentials = o.useCredentials(element, raw)
	}
	if !element.HasWithCredentials() {
		s.WithCredentials = false
		return
	}
	if with := o.take("withCredentials"); with != nil {
		if raw != nil {
			o.fail(o.path+"withCredentials", "stands beside crossorigin, want one of them")
		}
		s.WithCredentials = o.scope.bool(o.path+"withCredentials", with)
	}
}

// useCredentials reads the crossorigin strictly, unlike HTML, so that a typo cannot pass for a value.
func (o *object) useCredentials(element fetch.Element, raw json.RawMessage) bool {
	if element.HasWithCredentials() && kind(raw) == "a boolean" {
		return o.scope.bool(o.path+"crossorigin", raw)
	}
	switch v := o.scope.string(o.path+"crossorigin", raw); v {
	case "use-credentials":
		return true
	case "anonymous":
	default:
		o.fail(o.path+"crossorigin", `is %q, want null, "anonymous" or "use-credentials"`, v)
	}
	return false
}

func evaluateCORSSameOrigin(o *object) (any, error) {
	t := takeName[fetch.ResponseType](o, "type")
	if err := o.end(); err != nil {
		return nil, err
	}
	return fetch.CORSSameOrigin(t), nil
}
