package conformance

import (
	"github.com/corspec/corspec/conformance/internal/input"
	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/initiator"
	"github.com/corspec/corspec/internal/quote"
	"github.com/corspec/corspec/origin"
)

var elementEvaluators = map[string]evaluator{
	"element-request":  evaluateElementRequest,
	"cors-same-origin": evaluateCORSSameOrigin,
}

// evaluateElementRequest takes element, a name of an [initiator.Kind], and its settings. Each is read whatever the
// element, and counts where the element has it.
func evaluateElementRequest(o *input.Object) (any, error) {
	kind := input.Name[initiator.Kind](o.Need("element"))
	s := initiator.Settings{
		As:             takeAs(o),
		UploadListener: o.Take("uploadListener").Bool(),
		Credentials:    input.NameOr(o.Take("credentials"), fetch.CredentialsSameOrigin),
	}
	if v := o.Take("bodyType"); !v.Null() {
		s.BodyType = v.Bytes()
	}
	takeCrossOrigin(o, kind, &s)
	if err := o.End(); err != nil {
		return nil, err
	}
	r, ok := initiator.Request(kind, elsewhere[0], origin.NewOpaque(), s)
	if !ok {
		return nil, nil
	}
	return struct {
		Mode             fetch.Mode            `json:"mode"`
		Credentials      fetch.CredentialsMode `json:"credentials"`
		UseCORSPreflight bool                  `json:"useCORSPreflight"`
		UnsafeRequest    bool                  `json:"unsafeRequest"`
		Destination      fetch.Destination     `json:"destination"`
		Redirect         fetch.RedirectMode    `json:"redirect"`
		Cache            fetch.CacheMode       `json:"cache"`
		Keepalive        bool                  `json:"keepalive"`
		Initiator        fetch.Initiator       `json:"initiator"`
	}{r.Mode, r.Credentials, r.UseCORSPreflight, r.UnsafeRequest, r.Destination, r.Redirect, r.Cache, r.Keepalive, r.Initiator}, nil
}

// takeAs reads an as attribute strictly, unlike HTML, so that a typo cannot pass for a value.
func takeAs(o *input.Object) string {
	v := o.Take("as")
	if v.Null() {
		return ""
	}
	as := v.Text()
	if as != "fetch" && new(fetch.Destination).UnmarshalText([]byte(as)) != nil {
		v.Fail(`is %s, want null, "fetch", or the name of a destination, such as "script"`, quote.Quote(as))
	}
	return as
}

// takeCrossOrigin takes what says whether credentials are used: a crossorigin attribute's value, or withCredentials,
// which may also be told in the attribute's words. It is as strict as takeAs.
func takeCrossOrigin(o *input.Object, kind initiator.Kind, s *initiator.Settings) {
	crossOrigin, with := o.Take("crossorigin"), o.Take("withCredentials")
	if with.Present() && !crossOrigin.Null() {
		with.Fail("stands beside crossorigin, want one of them")
	}
	s.WithCredentials = with.Bool()
	switch api := kind == initiator.KindXHR || kind == initiator.KindEventSource; {
	case crossOrigin.Null():
	case api && crossOrigin.Kind() == "a boolean":
		s.WithCredentials = crossOrigin.Bool()
	default:
		switch text := crossOrigin.Text(); text {
		case "anonymous":
			s.CrossOrigin = initiator.CORSSettingsAnonymous
		case "use-credentials":
			s.CrossOrigin, s.WithCredentials = initiator.CORSSettingsUseCredentials, true
		default:
			crossOrigin.Fail(`is %s, want null, "anonymous" or "use-credentials"`, quote.Quote(text))
		}
	}
}

func evaluateCORSSameOrigin(o *input.Object) (any, error) {
	t := input.Name[fetch.ResponseType](o.Need("type"))
	if err := o.End(); err != nil {
		return nil, err
	}
	return initiator.CORSSameOrigin(t), nil
}
