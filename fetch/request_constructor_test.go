package fetch

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corspec/corspec/origin"
)

func TestConstructRequestThrows(t *testing.T) {
	page := origin.MustParse("https://a.example")
	const url = "https://b.example/x"
	onlyIfCached := &RequestObject{Request: Request{Method: "GET", Mode: ModeSameOrigin, URLList: []origin.URL{origin.MustParseURL(url)}}, Cache: CacheOnlyIfCached}
	posted := &RequestObject{Request: Request{Method: "POST", Mode: ModeCORS, Body: BodyBytes, URLList: []origin.URL{origin.MustParseURL(url)}}}
	used := &RequestObject{Request: posted.Request, BodyUsed: true}
	noCORSPut := &RequestObject{Request: Request{Method: "PUT", Mode: ModeNoCORS, URLList: []origin.URL{origin.MustParseURL(url)}}}
	for _, tt := range []struct {
		name   string
		input  RequestInput
		init   RequestInit
		field  string // of a RequestError; "header" for a HeaderError
		reason string
	}{
		{"URL does not parse", RequestInput{URL: "https://"}, RequestInit{}, "URL", ""},
		{"URL is relative without a base", RequestInput{URL: "/x"}, RequestInit{}, "URL", ""},
		{"URL has a user name", RequestInput{URL: "https://u@b.example/"}, RequestInit{}, "URL", "credentials"},
		{"URL has a password", RequestInput{URL: "https://:p@b.example/"}, RequestInit{}, "URL", "credentials"},
		{"mode navigate", RequestInput{URL: url}, RequestInit{Mode: new(ModeNavigate)}, "Mode", "navigates"},
		{"mode websocket", RequestInput{URL: url}, RequestInit{Mode: new(ModeWebSocket)}, "Mode", "not for scripts"},
		{"mode 99", RequestInput{URL: url}, RequestInit{Mode: new(Mode(99))}, "Mode", ""},
		{"credentials 99", RequestInput{URL: url}, RequestInit{Credentials: new(CredentialsMode(99))}, "Credentials", ""},
		{"redirect 99", RequestInput{URL: url}, RequestInit{Redirect: new(RedirectMode(99))}, "Redirect", ""},
		{"referrer policy 99", RequestInput{URL: url}, RequestInit{ReferrerPolicy: new(ReferrerPolicy(99))}, "ReferrerPolicy", ""},
		{"cache 99", RequestInput{URL: url}, RequestInit{Cache: new(CacheMode(99))}, "Cache", ""},
		{"body 99", RequestInput{URL: url}, RequestInit{Method: new("POST"), Body: Body(99)}, "Body", "enumeration"},
		{"only-if-cached across origins", RequestInput{URL: url}, RequestInit{Cache: new(CacheOnlyIfCached)}, "Cache", "same-origin"},
		{"only-if-cached of a copy whose mode changes", RequestInput{Request: onlyIfCached}, RequestInit{Mode: new(ModeCORS)}, "Cache", "same-origin"},
		{"method is empty", RequestInput{URL: url}, RequestInit{Method: new("")}, "Method", "token"},
		{"method is no token", RequestInput{URL: url}, RequestInit{Method: new("GET x")}, "Method", "token"},
		{"method is forbidden", RequestInput{URL: url}, RequestInit{Method: new("tRaCe")}, "Method", "forbidden"},
		{"method CONNECT", RequestInput{URL: url}, RequestInit{Method: new("CONNECT")}, "Method", "forbidden"},
		{"no-cors with PUT", RequestInput{URL: url}, RequestInit{Mode: new(ModeNoCORS), Method: new("put")}, "Method", "safelisted"},
		{"no-cors with patch", RequestInput{URL: url}, RequestInit{Mode: new(ModeNoCORS), Method: new("patch")}, "Method", "safelisted"},
		{"a no-cors PUT that an API made", RequestInput{Request: noCORSPut}, RequestInit{}, "Method", "safelisted"},
		{"GET with a body", RequestInput{URL: url}, RequestInit{Body: BodyBytes}, "Body", "GET"},
		{"HEAD with a body", RequestInput{URL: url}, RequestInit{Method: new("head"), Body: BodyBytes}, "Body", "HEAD"},
		{"GET of a Request with a body", RequestInput{Request: posted}, RequestInit{Method: new("GET")}, "Body", "GET"},
		{"stream without duplex", RequestInput{URL: url}, RequestInit{Method: new("POST"), Body: BodyStream}, "Body", "duplex"},
		{"stream with no-cors", RequestInput{URL: url}, RequestInit{Method: new("POST"), Body: BodyStream, Duplex: true, Mode: new(ModeNoCORS)}, "Body", "mode"},
		{"stream with keepalive", RequestInput{URL: url}, RequestInit{Method: new("POST"), Body: BodyStream, Duplex: true, Keepalive: new(true)}, "Body", "keepalive"},
		{"the body of the Request is used", RequestInput{Request: used}, RequestInit{}, "Body", "clone"},
		{"a header is malformed", RequestInput{URL: url}, RequestInit{Headers: HeaderList{{"a b", "1"}}}, "header", "token"},
		{"a header value is malformed", RequestInput{URL: url}, RequestInit{Headers: HeaderList{{"a", "1\x00"}}}, "header", "NUL"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ConstructRequest(page, tt.input, tt.init)
			var re *RequestError
			var he *HeaderError
			switch {
			case errors.As(err, &re) && re.Field == tt.field && strings.Contains(re.Reason, tt.reason):
			case errors.As(err, &he) && tt.field == "header" && strings.Contains(he.Reason, tt.reason):
			default:
				t.Errorf("error %v, want one of %s with %q", err, tt.field, tt.reason)
			}
		})
	}
	if _, err := ConstructRequest(origin.Origin{}, RequestInput{URL: url}, RequestInit{}); err == nil {
		t.Error("a page without an origin is taken")
	}
}

func TestConstructRequest(t *testing.T) {
	a, b := origin.MustParse("https://a.example"), origin.MustParse("https://b.example")
	u, v := origin.MustParseURL("https://b.example/x"), origin.MustParseURL("https://c.example/y")
	base := origin.MustParseURL("https://a.example/dir/page")
	plain := Request{Method: "GET", URLList: []origin.URL{u}, Origin: a, Mode: ModeCORS, UnsafeRequest: true}
	with := func(f func(*RequestObject)) RequestObject {
		o := RequestObject{Request: plain, Guard: GuardRequest}
		f(&o)
		return o
	}
	navigation := RequestObject{Request: Request{Method: "POST", URLList: []origin.URL{u, v}, Origin: b, Mode: ModeNavigate, Credentials: CredentialsInclude,
		Redirect: RedirectManual, ReferrerPolicy: ReferrerPolicyNoReferrer, Headers: HeaderList{{"Sec-A", "1"}, {"B", "2"}}, Destination: DestinationDocument,
		UseCORSPreflight: true, RedirectCount: 1, ResponseTainting: TaintingCORS, Body: BodyBytes, PartitionKey: "k"}, Keepalive: true, Cache: CacheReload}
	for _, tt := range []struct {
		name  string
		input RequestInput
		init  RequestInit
		want  RequestObject
	}{
		{"a string", RequestInput{URL: "https://b.example/x"}, RequestInit{}, with(func(*RequestObject) {})},
		{"a string with a base", RequestInput{URL: "../x", Base: &base}, RequestInit{}, with(func(o *RequestObject) {
			o.Request.URLList = []origin.URL{origin.MustParseURL("https://a.example/x")}
		})},
		{"all members", RequestInput{URL: "https://b.example/x"}, RequestInit{Method: new("pOsT"), Headers: HeaderList{{"A", " 1 "}, {"Cookie", "c"}}, Body: BodyBytes,
			BodyType: "text/plain;charset=UTF-8", Mode: new(ModeSameOrigin), Credentials: new(CredentialsOmit), Cache: new(CacheOnlyIfCached), Redirect: new(RedirectError),
			Keepalive: new(true), ReferrerPolicy: new(ReferrerPolicyUnsafeURL)}, with(func(o *RequestObject) {
			r := &o.Request
			r.Method, r.Mode, r.Credentials, r.Redirect, r.ReferrerPolicy, r.Body = "POST", ModeSameOrigin, CredentialsOmit, RedirectError, ReferrerPolicyUnsafeURL, BodyBytes
			r.Headers = HeaderList{{"A", "1"}, {"Content-Type", "text/plain;charset=UTF-8"}}
			o.Cache, o.Keepalive = CacheOnlyIfCached, true
		})},
		{"patch is not normalized", RequestInput{URL: "https://b.example/x"}, RequestInit{Method: new("patch")}, with(func(o *RequestObject) { o.Request.Method = "patch" })},
		{"a Content-Type of the script stays", RequestInput{URL: "https://b.example/x"}, RequestInit{Method: new("POST"), Headers: HeaderList{{"content-type", "a/b"}}, Body: BodyBytes, BodyType: "text/plain"},
			with(func(o *RequestObject) {
				o.Request.Method, o.Request.Body, o.Request.Headers = "POST", BodyBytes, HeaderList{{"content-type", "a/b"}}
			})},
		{"no-cors drops the body's type where it is not safelisted", RequestInput{URL: "https://b.example/x"}, RequestInit{Method: new("POST"), Mode: new(ModeNoCORS), Body: BodyBytes, BodyType: "application/json", Headers: HeaderList{{"X-A", "1"}, {"Accept", "b"}}},
			with(func(o *RequestObject) {
				o.Request.Method, o.Request.Mode, o.Request.Body, o.Guard = "POST", ModeNoCORS, BodyBytes, GuardRequestNoCORS
				o.Request.Headers = HeaderList{{"Accept", "b"}}
			})},
		{"a stream sets the use-CORS-preflight flag", RequestInput{URL: "https://b.example/x"}, RequestInit{Method: new("POST"), Body: BodyStream, Duplex: true},
			with(func(o *RequestObject) {
				o.Request.Method, o.Request.Body, o.Request.UseCORSPreflight = "POST", BodyStream, true
			})},
		{"a copy keeps the origin, the mode and the headers", RequestInput{Request: &navigation}, RequestInit{}, RequestObject{Request: Request{Method: "POST", URLList: []origin.URL{u, v},
			Origin: b, Mode: ModeNavigate, Credentials: CredentialsInclude, Redirect: RedirectManual, ReferrerPolicy: ReferrerPolicyNoReferrer, Headers: HeaderList{{"Sec-A", "1"}, {"B", "2"}},
			UnsafeRequest: true, Body: BodyBytes}, Guard: GuardRequest, Keepalive: true, Cache: CacheReload}},
		{"a copy with an init is the page's", RequestInput{Request: &navigation}, RequestInit{Method: new("PUT")}, RequestObject{Request: Request{Method: "PUT", URLList: []origin.URL{v},
			Origin: a, Mode: ModeSameOrigin, Credentials: CredentialsInclude, Redirect: RedirectManual, Headers: HeaderList{{"B", "2"}},
			UnsafeRequest: true, Body: BodyBytes}, Guard: GuardRequest, Keepalive: true, Cache: CacheReload}},
		{"headers that are there and empty replace the copy's", RequestInput{Request: &navigation}, RequestInit{Headers: HeaderList{}}, RequestObject{Request: Request{Method: "POST", URLList: []origin.URL{v},
			Origin: a, Mode: ModeSameOrigin, Credentials: CredentialsInclude, Redirect: RedirectManual,
			UnsafeRequest: true, Body: BodyBytes}, Guard: GuardRequest, Keepalive: true, Cache: CacheReload}},
		{"a copied stream needs no duplex", RequestInput{Request: &RequestObject{Request: Request{Method: "POST", Mode: ModeCORS, Origin: a, Body: BodyStream, URLList: []origin.URL{u}}}}, RequestInit{},
			with(func(o *RequestObject) {
				o.Request.Method, o.Request.Body, o.Request.UseCORSPreflight = "POST", BodyStream, true
			})},
		{"a used body is replaced", RequestInput{Request: &RequestObject{Request: Request{Method: "POST", Mode: ModeCORS, Origin: a, Body: BodyBytes, URLList: []origin.URL{u}}, BodyUsed: true}}, RequestInit{Body: BodyBytes},
			with(func(o *RequestObject) { o.Request.Method, o.Request.Body = "POST", BodyBytes })},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ConstructRequest(a, tt.input, tt.init)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got, cmp.Comparer(func(a, b origin.URL) bool { return a == b }), cmp.Comparer(func(a, b origin.Origin) bool { return a == b })); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestRequestObjectHeaders(t *testing.T) {
	o, err := ConstructRequest(origin.MustParse("https://a.example"), RequestInput{URL: "https://b.example/"}, RequestInit{Mode: new(ModeNoCORS), Headers: HeaderList{{"Accept", "a"}}})
	if err != nil {
		t.Fatal(err)
	}
	h := o.Headers()
	if h.Guard != GuardRequestNoCORS {
		t.Errorf("guard %v", h.Guard)
	}
	if kept, err := h.Set("Accept", "b"); !kept || err != nil {
		t.Error(kept, err)
	}
	if v, _ := o.Request.Headers.Get("Accept"); v != "a" {
		t.Errorf("the request's own list holds %q", v)
	}
}

// TestConstructRequestDoesNotChangeItsInput appends to lists that have room to spare.
func TestConstructRequestDoesNotChangeItsInput(t *testing.T) {
	list := append(make(HeaderList, 0, 8), [2]string{"A", "1"})
	in := &RequestObject{Request: Request{Method: "POST", Mode: ModeCORS, Headers: list, URLList: []origin.URL{origin.MustParseURL("https://b.example/")}}}
	if _, err := ConstructRequest(origin.MustParse("https://a.example"), RequestInput{Request: in}, RequestInit{Body: BodyBytes, BodyType: "a/b"}); err != nil {
		t.Fatal(err)
	}
	if got := list[:2][1]; got != [2]string{} {
		t.Errorf("behind the end of the list stands %q", got)
	}
	if _, err := ConstructRequest(origin.MustParse("https://a.example"), RequestInput{URL: "https://b.example/"}, RequestInit{Method: new("POST"), Headers: list, Body: BodyBytes, BodyType: "a/b"}); err != nil {
		t.Fatal(err)
	}
	if got := list[:2][1]; got != [2]string{} {
		t.Errorf("behind the end of the list of the init stands %q", got)
	}
}

func TestCacheModeNames(t *testing.T) {
	for c := CacheDefault; c <= CacheOnlyIfCached; c++ {
		text, err := c.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		var back CacheMode
		if err := back.UnmarshalText(text); err != nil || back != c || c.String() != string(text) {
			t.Errorf("%s: %v, %v", text, back, err)
		}
	}
}

// A URL that does not parse is told of at the byte at fault.
func TestRequestErrorOffset(t *testing.T) {
	_, err := NewRequest("GET", "https://exa mple/", origin.MustParse("https://a.example"))
	var re *RequestError
	if !errors.As(err, &re) || re.Field != "URL" || re.Offset != 11 || re.Reason == "" {
		t.Errorf("%#v", err)
	}
	var cause *origin.ParseError
	if !errors.As(err, &cause) {
		t.Errorf("%v does not wrap the parser's error", err)
	}
}
