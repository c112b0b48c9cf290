package fetch

import (
	"slices"

	"github.com/corspec/corspec/internal/enum"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/safelist"
)

// A CacheMode is a request's cache mode. The zero value is the standard's default, "default".
//
// https://fetch.spec.whatwg.org/#concept-request-cache-mode
type CacheMode uint8

// The cache modes of a request.
const (
	CacheDefault CacheMode = iota
	CacheNoStore
	CacheReload
	CacheNoCache
	CacheForceCache
	CacheOnlyIfCached
)

var cacheModes = enum.New[CacheMode]("fetch: cache mode", "default", "no-store", "reload", "no-cache", "force-cache", "only-if-cached")

// String returns the standard's name of c.
func (c CacheMode) String() string { return cacheModes.String(c) }

// MarshalText returns the standard's name of c.
func (c CacheMode) MarshalText() ([]byte, error) { return cacheModes.MarshalText(c) }

// UnmarshalText takes the standard's name, and nothing else.
func (c *CacheMode) UnmarshalText(text []byte) error { return cacheModes.UnmarshalText(c, text) }

// A RequestObject is what a page's Request object keeps. Its request is what fetch() gives to [Agent.Start], after the engine
// has set what depends on the client: PartitionKey and EmbedderPolicy.
//
// https://fetch.spec.whatwg.org/#request-class
type RequestObject struct {
	Request   Request
	Guard     Guard // of its Headers object, whose list is Request.Headers
	Cache     CacheMode
	Keepalive bool
	BodyUsed  bool // its body is disturbed or locked
}

// Headers returns the Headers object of the request. It has a list of its own: put it back where it has been changed.
func (o *RequestObject) Headers() Headers {
	return Headers{List: slices.Clone(o.Request.Headers), Guard: o.Guard}
}

// A RequestInput is the first argument of new Request() and fetch().
type RequestInput struct {
	URL     string         // a string
	Base    *origin.URL    // the API base URL, against which URL is parsed; nil: none
	Request *RequestObject // or a Request object, and then the others do not count
}

// A RequestInit is the second argument of new Request() and fetch(), as far as requests depend on it here: window, referrer,
// integrity, priority and signal are the engine's. Nil stands for a member that does not exist; the zero value is the empty
// dictionary.
//
// https://fetch.spec.whatwg.org/#dom-request
type RequestInit struct {
	Method         *string
	Headers        HeaderList // nil: does not exist; a record, a sequence or the list of a Headers object
	Body           Body       // [BodyNull]: does not exist or is null
	BodyType       string     // the type that extracting the body gives, such as "text/plain;charset=UTF-8"; empty: null
	Duplex         bool       // the member exists
	ReferrerPolicy *ReferrerPolicy
	Mode           *Mode
	Credentials    *CredentialsMode
	Cache          *CacheMode
	Redirect       *RedirectMode
	Keepalive      *bool
}

func (i *RequestInit) isEmpty() bool {
	return i.Method == nil && i.Headers == nil && i.Body == BodyNull && !i.Duplex && i.ReferrerPolicy == nil && i.Mode == nil &&
		i.Credentials == nil && i.Cache == nil && i.Redirect == nil && i.Keepalive == nil
}

// ConstructRequest does what new Request(input, init) does on a page of that origin, and so what fetch() does first. The
// error, where those throw a TypeError, is a [*RequestError] or, for a header, a [*HeaderError].
//
// https://fetch.spec.whatwg.org/#dom-request
func ConstructRequest(page origin.Origin, input RequestInput, init RequestInit) (RequestObject, error) {
	if !page.IsValid() {
		return RequestObject{}, &RequestError{Field: "Origin", Offset: -1, Reason: "the zero Origin; use origin.Parse or origin.NewOpaque"}
	}
	var o RequestObject
	var fallbackMode *Mode
	var inputBody Body
	r := &o.Request
	if input.Request == nil {
		// new Request(input, init), steps 5.1 and 5.2.
		u, err := origin.ParseURL(input.URL, input.Base)
		if err != nil {
			return RequestObject{}, newURLError(input.URL, err)
		}
		// new Request(input, init), step 5.3.
		if u.IncludesCredentials() {
			return RequestObject{}, &RequestError{Field: "URL", Value: input.URL, Offset: -1, Reason: "includes credentials; send an Authorization header instead"}
		}
		// new Request(input, init), steps 5.4, 5.5 and 12.
		cors := ModeCORS
		fallbackMode = &cors
		*r = Request{Method: "GET", URLList: []origin.URL{u}, Origin: page}
	} else {
		// new Request(input, init), steps 6 and 12. The headers are sanitized below.
		in := &input.Request.Request
		*r = Request{Method: in.Method, URLList: slices.Clone(in.URLList), Headers: slices.Clone(in.Headers), Origin: in.Origin,
			ReferrerPolicy: in.ReferrerPolicy, Mode: in.Mode, Credentials: in.Credentials, Redirect: in.Redirect}
		o.Cache, o.Keepalive = input.Request.Cache, input.Request.Keepalive
		inputBody = in.Body
	}
	r.UnsafeRequest = true
	empty := init.isEmpty()
	if !empty {
		// new Request(input, init), step 13.
		if r.Mode == ModeNavigate {
			r.Mode = ModeSameOrigin
		}
		r.Origin, r.ReferrerPolicy = page, ReferrerPolicyEmpty
		r.URLList = r.URLList[max(0, len(r.URLList)-1):]
	}
	if err := init.setMembers(&o, fallbackMode); err != nil {
		return RequestObject{}, err
	}
	// new Request(input, init), step 31.
	o.Guard = GuardRequest
	if r.Mode == ModeNoCORS {
		// new Request(input, init), step 32.1.
		if !safelist.IsCORSSafelistedMethod(r.Method) {
			return RequestObject{}, &RequestError{Field: "Method", Value: r.Method, Offset: -1, Reason: "not CORS-safelisted, which mode \"no-cors\" asks for; use GET, HEAD or POST"}
		}
		// new Request(input, init), step 32.2.
		o.Guard = GuardRequestNoCORS
	}
	headers := Headers{List: r.Headers, Guard: o.Guard}
	if !empty {
		// new Request(input, init), steps 33.1 and 33.2.
		list := r.Headers
		if init.Headers != nil {
			list = init.Headers
		}
		// new Request(input, init), steps 33.3 to 33.5.
		headers.List = nil
		if _, err := headers.Fill(list); err != nil {
			return RequestObject{}, err
		}
	}
	if err := init.setBody(&o, &headers, inputBody, input.Request); err != nil {
		return RequestObject{}, err
	}
	r.Headers = headers.List
	return o, nil
}

// setMembers is steps 15 to 25 of new Request(input, init).
func (i *RequestInit) setMembers(o *RequestObject, fallbackMode *Mode) error {
	r := &o.Request
	noValue := func(field, value string) error {
		return &RequestError{Field: field, Value: value, Offset: -1, Reason: "no value of this enumeration; use a constant of package fetch"}
	}
	// new Request(input, init), step 15.
	if p := i.ReferrerPolicy; p != nil {
		if !referrerPolicies.Has(*p) {
			return noValue("ReferrerPolicy", p.String())
		}
		r.ReferrerPolicy = *p
	}
	// new Request(input, init), step 16.
	mode := fallbackMode
	if i.Mode != nil {
		mode = i.Mode
	}
	if mode != nil {
		switch *mode {
		case ModeNavigate:
			// new Request(input, init), step 17.
			return &RequestError{Field: "Mode", Value: mode.String(), Offset: -1, Reason: "only the browser navigates; use \"cors\", \"no-cors\" or \"same-origin\""}
		case ModeCORS, ModeNoCORS, ModeSameOrigin:
			// new Request(input, init), step 18.
			r.Mode = *mode
		default: // Web IDL's check: the enumeration RequestMode has no others
			return &RequestError{Field: "Mode", Value: mode.String(), Offset: -1, Reason: "not for scripts; use \"cors\", \"no-cors\" or \"same-origin\""}
		}
	}
	// new Request(input, init), step 19.
	if c := i.Credentials; c != nil {
		if !credentialsModes.Has(*c) {
			return noValue("Credentials", c.String())
		}
		r.Credentials = *c
	}
	// new Request(input, init), step 20.
	if c := i.Cache; c != nil {
		if !cacheModes.Has(*c) {
			return noValue("Cache", c.String())
		}
		o.Cache = *c
	}
	// new Request(input, init), step 21.
	if o.Cache == CacheOnlyIfCached && r.Mode != ModeSameOrigin {
		return &RequestError{Field: "Cache", Value: o.Cache.String(), Offset: -1, Reason: "goes with mode \"same-origin\" only"}
	}
	// new Request(input, init), step 22.
	if m := i.Redirect; m != nil {
		if !redirectModes.Has(*m) {
			return noValue("Redirect", m.String())
		}
		r.Redirect = *m
	}
	// new Request(input, init), step 24.
	if i.Keepalive != nil {
		o.Keepalive = *i.Keepalive
	}
	if m := i.Method; m != nil {
		// new Request(input, init), steps 25.1 and 25.2.
		if reason := safelist.Method(*m); !reason.OK() {
			return &RequestError{Field: "Method", Value: *m, Offset: reason.Byte, Reason: "not a method; it has to be a token, such as GET"}
		}
		if safelist.IsForbiddenMethod(*m) {
			return &RequestError{Field: "Method", Value: *m, Offset: -1, Reason: "a forbidden method; pages cannot send it"}
		}
		// new Request(input, init), steps 25.3 and 25.4.
		r.Method = safelist.NormalizeMethod(*m)
	}
	return nil
}

// setBody is steps 34 to 42 of new Request(input, init).
func (i *RequestInit) setBody(o *RequestObject, headers *Headers, inputBody Body, input *RequestObject) error {
	r := &o.Request
	if !bodies.Has(i.Body) {
		return &RequestError{Field: "Body", Value: i.Body.String(), Offset: -1, Reason: "no value of this enumeration; use a constant of package fetch"}
	}
	bodyError := func(b Body, reason string) error {
		return &RequestError{Field: "Body", Value: b.String(), Offset: -1, Reason: reason}
	}
	body := inputBody
	if i.Body != BodyNull {
		body = i.Body
	}
	// new Request(input, init), step 35.
	if body != BodyNull && (r.Method == "GET" || r.Method == "HEAD") {
		return bodyError(body, "a "+r.Method+" request has none; use another method")
	}
	if i.Body != BodyNull {
		// new Request(input, init), step 37.1: extracting.
		if i.Body == BodyStream && o.Keepalive {
			return bodyError(body, "a stream cannot outlive the page, as keepalive asks for; use a body with a source")
		}
		// new Request(input, init), step 37.4.
		if i.BodyType != "" && !headers.List.Contains("Content-Type") {
			if _, err := headers.Append("Content-Type", i.BodyType); err != nil {
				return err
			}
		}
	}
	if body == BodyStream {
		// new Request(input, init), step 39.1.
		if i.Body != BodyNull && !i.Duplex {
			return bodyError(body, "a stream needs the member duplex: \"half\"")
		}
		// new Request(input, init), step 39.2.
		if r.Mode != ModeSameOrigin && r.Mode != ModeCORS {
			return bodyError(body, "a stream goes with mode \"cors\" or \"same-origin\" only")
		}
		// new Request(input, init), step 39.3.
		r.UseCORSPreflight = true
	}
	// new Request(input, init), step 41.
	if i.Body == BodyNull && inputBody != BodyNull && input.BodyUsed {
		return bodyError(body, "the body has been read or locked; clone the request before that")
	}
	// new Request(input, init), step 42.
	r.Body = body
	return nil
}
