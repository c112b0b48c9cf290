package webapi

import (
	"cmp"
	"errors"
	"slices"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/safelist"
)

// A Client is what a script runs in, as far as its requests depend on it: its relevant settings object.
//
// https://html.spec.whatwg.org/multipage/webappapis.html#environment-settings-object
type Client struct {
	Origin  origin.Origin
	BaseURL *origin.URL   // the API base URL, against which URLs are parsed; nil: none
	Profile fetch.Profile // the user agent, which says with the standard what headers a script may set
}

// A Referrer is a request's referrer before it is determined. The zero value is the standard's default, "client".
//
// https://fetch.spec.whatwg.org/#concept-request-referrer
type Referrer struct {
	None bool       // "no-referrer"
	URL  origin.URL // if it is one and None is not set, the referrer; else "client"
}

// String returns the standard's word or the URL.
func (r Referrer) String() string {
	switch {
	case r.None:
		return "no-referrer"
	case r.URL.IsValid():
		return r.URL.String()
	}
	return "client"
}

// A Request is what a Request object keeps.
//
// https://fetch.spec.whatwg.org/#request-class
type Request struct {
	// Request is what fetch() gives to [fetch.Agent.Start], after the engine has set what depends on the client: the
	// network partition key, the embedder policy, whether mixed content is restricted, and the referrer where it is
	// "client".
	Request  fetch.Request
	Referrer Referrer      // of which Request has the URL, and about:blank for "no-referrer"
	Guard    Guard         // of Headers
	Profile  fetch.Profile // of Headers
	BodyUsed bool          // the body is disturbed or locked
}

// Headers returns the Headers object of the request, whose list is the request's own.
func (r *Request) Headers() Headers {
	return Headers{Guard: r.Guard, Profile: r.Profile, List: &r.Request.Headers}
}

// A RequestInfo is the first argument of new Request() and fetch().
//
// https://fetch.spec.whatwg.org/#request-class
type RequestInfo struct {
	URL     string   // a string
	Request *Request // or a Request object, and then URL does not count
}

// A RequestInit is the second argument of new Request() and fetch(). A member that does not exist is nil, and the zero
// value is the empty dictionary.
//
// https://fetch.spec.whatwg.org/#request-class
type RequestInit struct {
	Method         *string
	Headers        *fetch.HeaderList // of a record, a sequence of pairs or a Headers object
	Body           *fetch.Body       // [fetch.BodyNull]: the member is null
	BodyType       string            // the type that extracting the body gives, such as "text/plain;charset=UTF-8"; empty: null
	Referrer       *string
	ReferrerPolicy *fetch.ReferrerPolicy
	Mode           *fetch.Mode
	Credentials    *fetch.CredentialsMode
	Cache          *fetch.CacheMode
	Redirect       *fetch.RedirectMode
	Keepalive      *bool
	Duplex         bool // the member is there: its only value is "half"
	Window         *any // a member that can only be null

	// Other says that a member is there that decides nothing here: integrity, priority or signal. A property that the
	// dictionary does not have does not count.
	Other bool
}

func (i *RequestInit) isEmpty() bool { return *i == RequestInit{BodyType: i.BodyType} }

// NewRequest is new Request(input, init), which fetch() begins with. The error, where those throw, is an [*Exception].
// The body of a Request object that is the input is the new one's, and used from then on.
//
// https://fetch.spec.whatwg.org/#dom-request
func NewRequest(client Client, input RequestInfo, init RequestInit) (*Request, error) {
	if !client.Origin.IsValid() {
		return nil, errors.New("webapi: the client has the zero Origin; use origin.Parse or origin.NewOpaque")
	}
	if err := init.checkEnumerations(); err != nil {
		return nil, err
	}
	o := &Request{Profile: client.Profile}
	r := &o.Request
	inputBody := fetch.BodyNull
	if input.Request == nil {
		// new Request(input, init), steps 5.1 and 5.2.
		u, err := checkURL("TypeError", "URL", input.URL, client.BaseURL)
		if err != nil {
			return nil, err
		}
		// new Request(input, init), step 5.3.
		if u.IncludesCredentials() {
			return nil, typeError("URL", input.URL, "includes credentials; send an Authorization header instead")
		}
		// new Request(input, init), steps 5.4, 5.5 and 12. The mode is what fallbackMode makes it, unless init has
		// another.
		*r = fetch.Request{Method: "GET", URLList: []origin.URL{u}, Origin: client.Origin, Mode: fetch.ModeCORS}
	} else {
		// new Request(input, init), steps 6 and 12. The headers are sanitized below.
		in := &input.Request.Request
		*r = fetch.Request{Method: in.Method, URLList: slices.Clone(in.URLList), Headers: slices.Clone(in.Headers), Origin: in.Origin,
			ReferrerPolicy: in.ReferrerPolicy, Mode: in.Mode, Credentials: in.Credentials, Cache: in.Cache, Redirect: in.Redirect, Keepalive: in.Keepalive}
		o.Referrer = input.Request.Referrer
		inputBody = in.Body
	}
	r.UnsafeRequest = true
	// new Request(input, init), step 10.
	if init.Window != nil && *init.Window != nil {
		return nil, typeError("window", "", "can only be null")
	}
	if !init.isEmpty() {
		// new Request(input, init), step 13.
		if r.Mode == fetch.ModeNavigate {
			r.Mode = fetch.ModeSameOrigin
		}
		r.Origin, o.Referrer, r.ReferrerPolicy = client.Origin, Referrer{}, fetch.ReferrerPolicyEmpty
		r.URLList = r.URLList[max(0, len(r.URLList)-1):]
	}
	if err := init.setMembers(client, o); err != nil {
		return nil, err
	}
	// new Request(input, init), step 31.
	o.Guard = GuardRequest
	if r.Mode == fetch.ModeNoCORS {
		// new Request(input, init), step 32.1.
		if !safelist.IsCORSSafelistedMethod(r.Method) {
			return nil, typeError("method", r.Method, "is not CORS-safelisted, which mode \"no-cors\" asks for; use GET, HEAD or POST")
		}
		// new Request(input, init), step 32.2.
		o.Guard = GuardRequestNoCORS
	}
	headers := o.Headers()
	if !init.isEmpty() {
		// new Request(input, init), steps 33.1 and 33.2.
		list := r.Headers
		if init.Headers != nil {
			list = *init.Headers
		}
		// new Request(input, init), steps 33.3 to 33.5.
		r.Headers = nil
		if _, err := headers.Fill(list); err != nil {
			return nil, err
		}
	}
	if err := init.setBody(o, &headers, inputBody, input.Request); err != nil {
		return nil, err
	}
	r.Referrer = o.Referrer.URL
	if o.Referrer.None {
		r.Referrer = origin.MustParseURL("about:blank") // not the zero URL, in place of which the page's own goes
	}
	return o, nil
}

// checkEnumerations is what Web IDL does before the first step: of the modes of a request, RequestMode has four.
func (i *RequestInit) checkEnumerations() error {
	if i.Mode != nil && (*i.Mode == fetch.ModeWebSocket || *i.Mode == fetch.ModeWebTransport) {
		return typeError("mode", i.Mode.String(), "is not for scripts; use \"cors\", \"no-cors\" or \"same-origin\"")
	}
	return cmp.Or(checkEnumeration("body", i.Body), checkEnumeration("referrerPolicy", i.ReferrerPolicy), checkEnumeration("mode", i.Mode),
		checkEnumeration("credentials", i.Credentials), checkEnumeration("cache", i.Cache), checkEnumeration("redirect", i.Redirect))
}

func checkEnumeration[E interface {
	String() string
	MarshalText() ([]byte, error)
}](part string, e *E) error {
	if e == nil {
		return nil
	}
	if _, err := (*e).MarshalText(); err != nil {
		return typeError(part, (*e).String(), "is not a value of the enumeration; use a constant of package fetch")
	}
	return nil
}

// setMembers takes the members except for headers and body. new Request(input, init), steps 14 to 25.
//
// https://fetch.spec.whatwg.org/#dom-request
func (i *RequestInit) setMembers(client Client, o *Request) error {
	r := &o.Request
	switch {
	case i.Referrer == nil:
	case *i.Referrer == "":
		// new Request(input, init), step 14.2.
		o.Referrer = Referrer{None: true}
	default:
		// new Request(input, init), steps 14.3.1 and 14.3.2.
		u, err := checkURL("TypeError", "referrer", *i.Referrer, client.BaseURL)
		if err != nil {
			return err
		}
		// new Request(input, init), steps 14.3.3 and 14.3.4. The origin of about:client is opaque, and so another; the
		// referrer stays "client".
		if u.Origin() == client.Origin {
			o.Referrer = Referrer{URL: u}
		}
	}
	// new Request(input, init), step 15.
	set(&r.ReferrerPolicy, i.ReferrerPolicy)
	// new Request(input, init), steps 16 and 17.
	if i.Mode != nil && *i.Mode == fetch.ModeNavigate {
		return typeError("mode", i.Mode.String(), "only the browser navigates; use \"cors\", \"no-cors\" or \"same-origin\"")
	}
	// new Request(input, init), step 18.
	set(&r.Mode, i.Mode)
	// new Request(input, init), step 19.
	set(&r.Credentials, i.Credentials)
	// new Request(input, init), step 20.
	set(&r.Cache, i.Cache)
	// new Request(input, init), step 21.
	if r.Cache == fetch.CacheModeOnlyIfCached && r.Mode != fetch.ModeSameOrigin {
		return typeError("cache", r.Cache.String(), "goes with mode \"same-origin\" only")
	}
	// new Request(input, init), step 22.
	set(&r.Redirect, i.Redirect)
	// new Request(input, init), step 24.
	set(&r.Keepalive, i.Keepalive)
	// new Request(input, init), step 25.
	if i.Method != nil {
		method, err := checkMethod("TypeError", "TypeError", *i.Method)
		if err != nil {
			return err
		}
		r.Method = method
	}
	return nil
}

// set gives a field of the request the value of a member, if that exists.
func set[T any](field, member *T) {
	if member != nil {
		*field = *member
	}
}

// setBody takes the body. new Request(input, init), steps 34 to 42.
//
// https://fetch.spec.whatwg.org/#dom-request
func (i *RequestInit) setBody(o *Request, headers *Headers, inputBody fetch.Body, input *Request) error {
	r := &o.Request
	initBody, body := fetch.BodyNull, inputBody
	if i.Body != nil && *i.Body != fetch.BodyNull {
		initBody, body = *i.Body, *i.Body
	}
	bodyError := func(reason string) error { return typeError("body", body.String(), reason) }
	// new Request(input, init), step 35.
	if body != fetch.BodyNull && (r.Method == "GET" || r.Method == "HEAD") {
		return bodyError("a " + r.Method + " request has none; use another method")
	}
	if initBody != fetch.BodyNull {
		// new Request(input, init), step 37.1: extracting.
		if initBody == fetch.BodyStream && r.Keepalive {
			return bodyError("a stream cannot outlive the page, as keepalive asks for; use a body with a source")
		}
		// new Request(input, init), step 37.4.
		if i.BodyType != "" && !r.Headers.Contains("Content-Type") {
			if _, err := headers.Append("Content-Type", i.BodyType); err != nil {
				return err
			}
		}
	}
	if body == fetch.BodyStream {
		// new Request(input, init), step 39.1.
		if initBody != fetch.BodyNull && !i.Duplex {
			return bodyError("a stream needs the member duplex: \"half\"")
		}
		// new Request(input, init), step 39.2.
		if r.Mode != fetch.ModeSameOrigin && r.Mode != fetch.ModeCORS {
			return bodyError("a stream goes with mode \"cors\" or \"same-origin\" only")
		}
		// new Request(input, init), step 39.3.
		r.UseCORSPreflight = true
	}
	if initBody == fetch.BodyNull && body != fetch.BodyNull {
		// new Request(input, init), step 41.1.
		if input.BodyUsed {
			return bodyError("has been read or locked; clone the request before that")
		}
		// new Request(input, init), step 41.2.
		input.BodyUsed = true
	}
	// new Request(input, init), step 42.
	r.Body = body
	return nil
}
