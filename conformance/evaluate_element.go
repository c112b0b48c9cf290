package conformance

import (
	"github.com/corspec/corspec/conformance/internal/input"
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
func evaluateElementRequest(o *input.Object) (any, error) {
	element := input.Name[fetch.Element](o.Need("element"))
	var s fetch.ElementSettings
	takeCrossOrigin(o, element, &s)
	if element == fetch.ElementXHR {
		s.UploadListener = o.Take("uploadListener").Bool()
	}
	if element == fetch.ElementModuleWorker {
		s.Credentials = input.NameOr(o.Take("credentials"), fetch.CredentialsSameOrigin)
	}
	if err := o.End(); err != nil {
		return nil, err
	}
	r := fetch.ElementRequest(element, elsewhere[0], origin.NewOpaque(), s)
	return struct {
		Mode             fetch.Mode            `json:"mode"`
		Credentials      fetch.CredentialsMode `json:"credentials"`
		UseCORSPreflight bool                  `json:"useCORSPreflight"`
	}{r.Mode, r.Credentials, r.UseCORSPreflight}, nil
}

// takeCrossOrigin takes what says whether credentials are used: a crossorigin attribute's value, or withCredentials, which may
// also be told in the attribute's words.
func takeCrossOrigin(o *input.Object, element fetch.Element, s *fetch.ElementSettings) {
	crossOrigin := o.Take("crossorigin")
	if element.HasCrossOrigin() {
		if !crossOrigin.Null() {
			s.CrossOrigin = fetch.CORSSettingsAnonymous
			if useCredentials(element, crossOrigin) {
				s.CrossOrigin = fetch.CORSSettingsUseCredentials
			}
		}
		return
	}
	if !crossOrigin.Null() {
		s.WithCredentials = useCredentials(element, crossOrigin)
	}
	if !element.HasWithCredentials() {
		s.WithCredentials = false
		return
	}
	if with := o.Take("withCredentials"); with.Present() {
		if !crossOrigin.Null() {
			with.Fail("stands beside crossorigin, want one of them")
		}
		s.WithCredentials = with.Bool()
	}
}

// useCredentials reads the crossorigin strictly, unlike HTML, so that a typo cannot pass for a value.
func useCredentials(element fetch.Element, v input.Value) bool {
	if element.HasWithCredentials() && v.Kind() == "a boolean" {
		return v.Bool()
	}
	switch text := v.Text(); text {
	case "use-credentials":
		return true
	case "anonymous":
	default:
		v.Fail(`is %q, want null, "anonymous" or "use-credentials"`, text)
	}
	return false
}

func evaluateCORSSameOrigin(o *input.Object) (any, error) {
	t := input.Name[fetch.ResponseType](o.Need("type"))
	if err := o.End(); err != nil {
		return nil, err
	}
	return fetch.CORSSameOrigin(t), nil
}
