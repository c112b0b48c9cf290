package webapi

import (
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/origin"
)

var page = Client{Origin: origin.MustParse("https://a.example")}

const url = "https://b.example/x"

// TestNewRequestThrows looks at what an exception says; that there is one, and where none is, the vectors of
// request-constructor look at.
func TestNewRequestThrows(t *testing.T) {
	posted := &Request{Request: fetch.Request{Method: "POST", Mode: fetch.ModeCORS, Body: fetch.BodyBytes, URLList: []origin.URL{origin.MustParseURL(url)}}}
	used := &Request{Request: posted.Request, BodyUsed: true}
	stream := new(fetch.BodyStream)
	for _, tt := range []struct {
		name   string
		input  RequestInfo
		init   RequestInit
		part   string
		reason string
	}{
		{"URL does not parse", RequestInfo{URL: "https://"}, RequestInit{}, "URL", ""},
		{"URL is relative without a base", RequestInfo{URL: "/x"}, RequestInit{}, "URL", ""},
		{"URL has a user name", RequestInfo{URL: "https://u@b.example/"}, RequestInit{}, "URL", "credentials"},
		{"mode navigate", RequestInfo{URL: url}, RequestInit{Mode: new(fetch.ModeNavigate)}, "mode", "navigates"},
		{"mode websocket", RequestInfo{URL: url}, RequestInit{Mode: new(fetch.ModeWebSocket)}, "mode", "not for scripts"},
		{"mode webtransport", RequestInfo{URL: url}, RequestInit{Mode: new(fetch.ModeWebTransport)}, "mode", "not for scripts"},
		{"mode 99", RequestInfo{URL: url}, RequestInit{Mode: new(fetch.Mode(99))}, "mode", "enumeration"},
		{"credentials 99", RequestInfo{URL: url}, RequestInit{Credentials: new(fetch.CredentialsMode(99))}, "credentials", "enumeration"},
		{"redirect 99", RequestInfo{URL: url}, RequestInit{Redirect: new(fetch.RedirectMode(99))}, "redirect", "enumeration"},
		{"referrer policy 99", RequestInfo{URL: url}, RequestInit{ReferrerPolicy: new(fetch.ReferrerPolicy(99))}, "referrerPolicy", "enumeration"},
		{"cache 99", RequestInfo{URL: url}, RequestInit{Cache: new(fetch.CacheMode(99))}, "cache", "enumeration"},
		{"body 99", RequestInfo{URL: url}, RequestInit{Method: new("POST"), Body: new(fetch.Body(99))}, "body", "enumeration"},
		{"referrer does not parse", RequestInfo{URL: url}, RequestInit{Referrer: new("https://")}, "referrer", ""},
		{"window", RequestInfo{URL: url}, RequestInit{Window: new(any(1))}, "window", "null"},
		{"only-if-cached across origins", RequestInfo{URL: url}, RequestInit{Cache: new(fetch.CacheModeOnlyIfCached)}, "cache", "same-origin"},
		{"method is empty", RequestInfo{URL: url}, RequestInit{Method: new("")}, "method", ""},
		{"method is forbidden", RequestInfo{URL: url}, RequestInit{Method: new("tRaCe")}, "method", "pages cannot send"},
		{"no-cors with PUT", RequestInfo{URL: url}, RequestInit{Mode: new(fetch.ModeNoCORS), Method: new("put")}, "method", "safelisted"},
		{"GET with a body", RequestInfo{URL: url}, RequestInit{Body: new(fetch.BodyBytes)}, "body", "GET"},
		{"stream without duplex", RequestInfo{URL: url}, RequestInit{Method: new("POST"), Body: stream}, "body", "duplex"},
		{"stream with no-cors", RequestInfo{URL: url}, RequestInit{Method: new("POST"), Body: stream, Duplex: true, Mode: new(fetch.ModeNoCORS)}, "body", "mode"},
		{"stream with keepalive", RequestInfo{URL: url}, RequestInit{Method: new("POST"), Body: stream, Duplex: true, Keepalive: new(true)}, "body", "keepalive"},
		{"the body of the Request is used", RequestInfo{Request: used}, RequestInit{}, "body", "clone"},
		{"a header is malformed", RequestInfo{URL: url}, RequestInit{Headers: &fetch.HeaderList{{"a b", "1"}}}, "header name", "token"},
		{"a type is malformed", RequestInfo{Request: posted}, RequestInit{Body: new(fetch.BodyBytes), BodyType: "a\x00"}, `value of header "Content-Type"`, "NUL"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := NewRequest(page, tt.input, tt.init)
			var e *Exception
			if !errors.As(err, &e) || e.Name != "TypeError" || e.Part != tt.part || !strings.Contains(e.Reason, tt.reason) {
				t.Errorf("error %v, want a TypeError of %s with %q", err, tt.part, tt.reason)
			}
		})
	}
	var e *Exception
	if _, err := NewRequest(Client{}, RequestInfo{URL: url}, RequestInit{}); err == nil || errors.As(err, &e) {
		t.Errorf("a client without an origin: %v", err)
	}
	_, err := NewRequest(page, RequestInfo{URL: "https://exa mple/"}, RequestInit{})
	var cause *origin.ParseError
	if !errors.As(err, &e) || e.Offset != 11 || !errors.As(err, &cause) {
		t.Errorf("%v is not at the byte at fault, or does not wrap the parser's error", err)
	}
}

// TestNewRequestOfFetch holds the request that fetch makes of a method and a URL to that of the constructor.
func TestNewRequestOfFetch(t *testing.T) {
	for _, method := range []string{"GET", "get", "pOst", "patch", "PUT", "x-y", "", "G T", "TRACE", "connect"} {
		for _, url := range []string{url, "https://b.example", "/x", "", "https://u@b.example/", "https://:p@b.example/", "https://@b.example/", "data:,x", "https://exa mple/"} {
			want, wantErr := NewRequest(page, RequestInfo{URL: url}, RequestInit{Method: &method})
			got, err := fetch.NewRequest(method, url, page.Origin)
			if (err == nil) != (wantErr == nil) {
				t.Errorf("%s %s: %v, the constructor says %v", method, url, err, wantErr)
				continue
			}
			if err != nil {
				var e *Exception
				at := ", byte "
				if errors.As(wantErr, &e) && e.Offset >= 0 {
					at += strconv.Itoa(e.Offset) + ": "
				}
				if e == nil || !strings.Contains(strings.ToLower(err.Error()), strings.ToLower(e.Part)) || (e.Offset >= 0) != strings.Contains(err.Error(), at) {
					t.Errorf("%s %s: %v, the constructor says %v", method, url, err, wantErr)
				}
				continue
			}
			if diff := cmp.Diff(want.Request, got, values); diff != "" {
				t.Errorf("%s %s: -constructor +fetch\n%s", method, url, diff)
			}
		}
	}
}

var values = cmp.Options{cmp.Comparer(func(a, b origin.URL) bool { return a == b }), cmp.Comparer(func(a, b origin.Origin) bool { return a == b })}

// TestRequestHeadersAreLive writes to the Headers object of a request, which is the request's list.
func TestRequestHeadersAreLive(t *testing.T) {
	o, err := NewRequest(page, RequestInfo{URL: url}, RequestInit{Mode: new(fetch.ModeNoCORS), Headers: &fetch.HeaderList{{"Accept", "a"}}})
	if err != nil {
		t.Fatal(err)
	}
	h, again := o.Headers(), o.Headers()
	if h.Guard != GuardRequestNoCORS {
		t.Errorf("guard %v", h.Guard)
	}
	if kept, err := h.Set("Accept", "b"); !kept || err != nil {
		t.Error(kept, err)
	}
	if kept, err := again.Append("Accept-Language", "c"); !kept || err != nil {
		t.Error(kept, err)
	}
	want := fetch.HeaderList{{"Accept", "b"}, {"Accept-Language", "c"}}
	if diff := cmp.Diff(want, o.Request.Headers); diff != "" {
		t.Errorf("the request's list: -want +got\n%s", diff)
	}
	if diff := cmp.Diff(want, h.Pairs(), cmp.Transformer("lower", func(s string) string { return strings.ToLower(s) })); diff != "" {
		t.Errorf("the first object: -want +got\n%s", diff)
	}
}

// TestNewRequestOfARequest looks at what becomes of the input: its lists stay, and its body is used.
func TestNewRequestOfARequest(t *testing.T) {
	list := append(make(fetch.HeaderList, 0, 8), [2]string{"A", "1"})
	in := &Request{Request: fetch.Request{Method: "POST", Mode: fetch.ModeCORS, Headers: list, Body: fetch.BodyBytes, URLList: []origin.URL{origin.MustParseURL(url)}}}
	if _, err := NewRequest(page, RequestInfo{Request: in}, RequestInit{Body: new(fetch.BodyBytes), BodyType: "a/b"}); err != nil || in.BodyUsed {
		t.Fatalf("%v; with a body of the init, the input's is used: %v", err, in.BodyUsed)
	}
	if got := list[:2][1]; got != [2]string{} {
		t.Errorf("behind the end of the list stands %q", got)
	}
	if _, err := NewRequest(page, RequestInfo{URL: url}, RequestInit{Method: new("POST"), Headers: &list, Body: new(fetch.BodyBytes), BodyType: "a/b"}); err != nil {
		t.Fatal(err)
	}
	if got := list[:2][1]; got != [2]string{} {
		t.Errorf("behind the end of the list of the init stands %q", got)
	}
	if _, err := NewRequest(page, RequestInfo{Request: in}, RequestInit{Mode: new(fetch.ModeNavigate)}); err == nil || in.BodyUsed {
		t.Fatalf("%v; where the constructor throws, the body is used: %v", err, in.BodyUsed)
	}
	if _, err := NewRequest(page, RequestInfo{Request: in}, RequestInit{}); err != nil || !in.BodyUsed {
		t.Fatalf("%v; the body is used: %v", err, in.BodyUsed)
	}
	if _, err := NewRequest(page, RequestInfo{Request: in}, RequestInit{}); err == nil {
		t.Error("a used body is sent again")
	}
}

func TestReferrerString(t *testing.T) {
	u := origin.MustParseURL(url)
	for r, want := range map[Referrer]string{{}: "client", {None: true}: "no-referrer", {URL: u}: url} {
		if got := r.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// What the vectors do not show of a request: the referrer that Start is given, and the flag of a stream.
func TestNewRequestMembers(t *testing.T) {
	stream := RequestInit{Method: new("POST"), Body: new(fetch.BodyStream), Duplex: true}
	own := origin.MustParseURL("https://a.example/x")
	nobody := origin.MustParseURL("about:blank")
	none := &Request{Request: fetch.Request{Method: "GET", URLList: []origin.URL{own}}, Referrer: Referrer{None: true, URL: own}}
	for _, tt := range []struct {
		input     RequestInfo
		init      RequestInit
		referrer  string // of the Request
		url       origin.URL
		preflight bool
	}{
		{RequestInfo{URL: url}, RequestInit{}, "client", origin.URL{}, false},
		{RequestInfo{URL: url}, stream, "client", origin.URL{}, true},
		{RequestInfo{URL: url}, RequestInit{Method: new("POST"), Body: new(fetch.BodyBytes)}, "client", origin.URL{}, false},
		{RequestInfo{URL: url}, RequestInit{Referrer: new("https://a.example/x")}, "https://a.example/x", own, false},
		{RequestInfo{URL: url}, RequestInit{Referrer: new("https://b.example/x")}, "client", origin.URL{}, false},
		{RequestInfo{URL: url}, RequestInit{Referrer: new("about:client")}, "client", origin.URL{}, false},
		{RequestInfo{URL: url}, RequestInit{Referrer: new("")}, "no-referrer", nobody, false},
		{RequestInfo{Request: none}, RequestInit{}, "no-referrer", nobody, false},
		{RequestInfo{Request: &Request{}}, RequestInit{Method: new("GET")}, "client", origin.URL{}, false},
	} {
		o, err := NewRequest(page, tt.input, tt.init)
		if err != nil {
			t.Errorf("%+v: %v", tt.init, err)
			continue
		}
		if o.Referrer.String() != tt.referrer || o.Request.Referrer != tt.url || o.Request.UseCORSPreflight != tt.preflight {
			t.Errorf("%+v: referrer %v, of the request %v, preflight %v; want %s, %v, %v", tt.init, o.Referrer, o.Request.Referrer, o.Request.UseCORSPreflight, tt.referrer, tt.url, tt.preflight)
		}
	}
}
