package fetch_test

import (
	"cmp"
	"reflect"
	"testing"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/origin"
)

// edgeRequest is a request of https://a.com.
func edgeRequest(url string, change func(*fetch.Request)) fetch.Request {
	r := fetch.Request{Method: "GET", URLList: []origin.URL{origin.MustParseURL(url)}, Origin: origin.MustParse("https://a.com"), Mode: fetch.ModeCORS, UnsafeRequest: true}
	if change != nil {
		change(&r)
	}
	return r
}

// edgeFetch does a fetch with these answers, one after another.
func edgeFetch(t *testing.T, hooks fetch.Hooks, r fetch.Request, answers ...fetch.ResponseHead) fetch.Trace {
	t.Helper()
	m, err := (&fetch.Agent{Hooks: hooks}).Start(epoch, r)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range answers {
		if err := m.Receive(epoch, a); err != nil {
			t.Fatal(err)
		}
	}
	if m.Action().Kind != fetch.ActionDone {
		t.Fatalf("it is not done: %v", m.Action())
	}
	return m.Trace()
}

// TestCORPCheckOfNavigations holds that a navigation asks for nothing where the policies do not.
func TestCORPCheckOfNavigations(t *testing.T) {
	resp := fetch.Response{URLList: []origin.URL{origin.MustParseURL("https://b.com/")}, Headers: fetch.HeaderList{{"Cross-Origin-Resource-Policy", "same-origin"}}}
	if v, reporting := fetch.CORPCheck(origin.MustParse("https://a.com"), fetch.EmbedderPolicy{}, &resp, true, nil); !v.OK() || reporting {
		t.Errorf("%+v, reporting %v", v, reporting)
	}
}

// TestRequestErrorTexts holds what is said of what no fetch can be made of.
func TestRequestErrorTexts(t *testing.T) {
	for _, tt := range []struct {
		change func(*fetch.Request)
		want   string
	}{
		{func(r *fetch.Request) { r.Method = "" }, `fetch: request: Method "": not a method; it has to be a token, such as GET`},
		{func(r *fetch.Request) { r.Method = " GET" }, `fetch: request: Method " GET", byte 0: not a method; it has to be a token, such as GET`},
		{func(r *fetch.Request) { r.Method = "G T" }, `fetch: request: Method "G T", byte 1: not a method; it has to be a token, such as GET`},
		{func(r *fetch.Request) { r.URLList = nil }, `fetch: request: URLList "": empty; it needs the URL to fetch`},
		{func(r *fetch.Request) { r.URLList = append(r.URLList, origin.URL{}) }, `fetch: request: URLList[1] "": the zero URL; use origin.ParseURL`},
		{func(r *fetch.Request) { r.Origin = origin.Origin{} }, `fetch: request: Origin "": the zero Origin; use origin.Parse or origin.NewOpaque`},
		{func(r *fetch.Request) { r.Headers = fetch.HeaderList{{"a", "b"}, {"c d", "e"}} }, `fetch: request: Headers[1] name "c d", byte 1: not a header name; it has to be a token`},
		{func(r *fetch.Request) { r.Headers = fetch.HeaderList{{"a", "b"}, {"c", "d\ne"}} }, `fetch: request: Headers[1] value "d\ne", byte 1: `},
		{func(r *fetch.Request) { r.Headers = fetch.HeaderList{{"c", "\ne"}} }, `fetch: request: Headers[0] value "\ne", byte 0: `},
		{func(r *fetch.Request) { r.Mode = 99 }, `fetch: request: Mode "` + fetch.Mode(99).String() + `": no value of this enumeration; use a constant of package fetch`},
	} {
		_, err := new(fetch.Agent).Start(epoch, edgeRequest("https://b.com/", tt.change))
		if err == nil || len(err.Error()) < len(tt.want) || err.Error()[:len(tt.want)] != tt.want {
			t.Errorf("%v, want %s", err, tt.want)
		}
	}
	for _, tt := range [][3]string{
		{"GET", "https://u:p@b.com/", `fetch: request: URL "https://u:***@b.com/": includes credentials; send an Authorization header instead`},
		{"TRACE", "https://b.com/", `fetch: request: Method "TRACE": a forbidden method; pages cannot send it`},
	} {
		if _, err := fetch.NewRequest(tt[0], tt[1], origin.MustParse("https://a.com")); err == nil || err.Error() != tt[2] {
			t.Errorf("%v, want %s", err, tt[2])
		}
	}
	for language, want := range map[string]string{"\n": `fetch: request: Accept-Language of the agent "\n", byte 0: `, "a\x00": `fetch: request: Accept-Language of the agent "a\x00", byte 1: `} {
		if _, err := (&fetch.Agent{AcceptLanguage: language}).Start(epoch, edgeRequest("https://b.com/", nil)); err == nil || err.Error()[:len(want)] != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// TestAuthenticationEdges is about answers of people, and connections.
func TestAuthenticationEdges(t *testing.T) {
	include := func(r *fetch.Request) { r.Credentials = fetch.CredentialsInclude }
	r := edgeRequest("https://a.com/x", include)
	give := func(authorization string) func(*fetch.Request, fetch.ResponseHead) (string, bool) {
		return func(*fetch.Request, fetch.ResponseHead) (string, bool) { return authorization, true }
	}
	trace := edgeFetch(t, fetch.Hooks{Authenticate: give("")}, r, fetch.ResponseHead{Status: 401}, fetch.ResponseHead{Status: 200})
	if a := trace.Exchanges[1].Action; a.Headers.Contains("Authorization") || !a.Authentication {
		t.Errorf("without a password, %q is sent", a.Headers)
	}
	misdirected := func(again bool) func(*fetch.Request) bool { return func(*fetch.Request) bool { return again } }
	trace = edgeFetch(t, fetch.Hooks{Authenticate: give("Basic x"), Misdirected: misdirected(true)}, r, fetch.ResponseHead{Status: 401}, fetch.ResponseHead{Status: 421}, fetch.ResponseHead{Status: 421})
	if a := trace.Exchanges[2].Action; !a.NewConnection || !a.Authentication || a.Headers[0] != [2]string{"Authorization", "Basic x"} && !a.Headers.Contains("Authorization") {
		t.Errorf("on a new connection, %+v is sent", a)
	}
	if trace = edgeFetch(t, fetch.Hooks{Misdirected: misdirected(false)}, r, fetch.ResponseHead{Status: 421}); trace.Result.Response.Status != 421 {
		t.Errorf("%+v", trace.Result)
	}
}

// TestStoredResponses holds that a stored response answers the request: its URL, and whether it had credentials.
func TestStoredResponses(t *testing.T) {
	stored := fetch.Hooks{StoredResponse: func(*fetch.Request) (fetch.ResponseHead, bool) { return fetch.ResponseHead{Status: 200}, true }}
	own := edgeFetch(t, stored, edgeRequest("https://a.com/x", nil)).Result.Response
	if u, ok := own.URL(); !ok || u.String() != "https://a.com/x" || own.Internal.RequestExcludedCredentials {
		t.Errorf("%+v", own)
	}
	credentialless := edgeRequest("https://b.com/x", func(r *fetch.Request) {
		r.Mode, r.Credentials, r.EmbedderPolicy.Value = fetch.ModeNoCORS, fetch.CredentialsInclude, fetch.EmbedderPolicyCredentialless
	})
	if result := edgeFetch(t, stored, credentialless).Result; !result.Verdict.OK() || !result.Response.Internal.RequestExcludedCredentials {
		t.Errorf("%+v", result)
	}
}

// TestOnlyHTTPIsUpgraded asks agents that would upgrade everything.
func TestOnlyHTTPIsUpgraded(t *testing.T) {
	all := fetch.Hooks{UpgradeInsecure: func(*fetch.Request) bool { return true }, KnownHSTSHost: func(string) bool { return true }}
	for _, e := range edgeFetch(t, all, edgeRequest("https://a.com/", nil), fetch.ResponseHead{Status: 200}).Events {
		if e.Outcome == fetch.OutcomeUpgraded {
			t.Errorf("https is upgraded: %+v", e)
		}
	}
}

// TestHookKeepsItsResponse holds that nothing of a response that a hook gives is shared with the result.
func TestHookKeepsItsResponse(t *testing.T) {
	for _, typ := range []fetch.ResponseType{fetch.ResponseTypeDefault, fetch.ResponseTypeCORS} {
		given := fetch.Response{Type: typ, Status: 200, ExposedHeaderNames: []string{"x-a"}, Headers: fetch.HeaderList{{"X-A", "1"}}, URLList: []origin.URL{origin.MustParseURL("https://b.com/")}}
		result := edgeFetch(t, fetch.Hooks{OverrideFetch: func(*fetch.Request) (fetch.Response, bool) { return given, true }}, edgeRequest("https://b.com/", nil)).Result
		given.ExposedHeaderNames[0], given.Headers[0][1], given.URLList[0] = "changed", "changed", origin.URL{}
		for _, r := range []*fetch.Response{&result.Response, result.Response.Internal} {
			if len(r.Headers) == 1 && r.Headers[0][1] != "1" || len(r.ExposedHeaderNames) == 1 && r.ExposedHeaderNames[0] != "x-a" || !r.URLList[0].IsValid() {
				t.Errorf("%v: %+v", typ, r)
			}
		}
		if typ == fetch.ResponseTypeCORS && len(result.Response.ExposedHeaderNames) != 1 {
			t.Errorf("%q", result.Response.ExposedHeaderNames)
		}
	}
}

func TestStepWithoutAnchor(t *testing.T) {
	for _, s := range []fetch.Step{"", ":", ":4", "cors-check"} {
		if u := s.URL(); u != "" {
			t.Errorf("%q is at %s", s, u)
		}
	}
}

// TestMalformedEmbedderPolicies is about what begins as a policy does.
func TestMalformedEmbedderPolicies(t *testing.T) {
	for _, value := range []string{"", "credentialless x", "credentialless;", "credentialless;a=", "require-corp x", "require-corp;a=", "credentialless, credentialless"} {
		p := fetch.ObtainEmbedderPolicy(fetch.HeaderList{{"Cross-Origin-Embedder-Policy", value}}, true)
		if p.Value != fetch.EmbedderPolicyUnsafeNone {
			t.Errorf("%q is %v", value, p.Value)
		}
	}
}

// TestPreflightRequestIsWhole holds all of a preflight, also what no exchange shows.
func TestPreflightRequestIsWhole(t *testing.T) {
	r := fetch.Request{Method: "PUT", URLList: []origin.URL{urlB, urlB}, Origin: pageA, Mode: fetch.ModeSameOrigin, Credentials: fetch.CredentialsInclude, Cache: fetch.CacheModeNoStore, Redirect: fetch.RedirectManual,
		ReferrerPolicy: fetch.ReferrerPolicyOrigin, Referrer: urlB, Destination: fetch.DestinationFont, Initiator: fetch.InitiatorPrefetch, Body: fetch.BodyBytes, UnsafeRequest: true, UseCORSPreflight: true, Keepalive: true, PartitionKey: "p",
		Headers: headers("X-B", "1", "x-a", "2")}
	want := fetch.Request{Method: "OPTIONS", URLList: r.URLList, Origin: pageA, Mode: fetch.ModeCORS, ReferrerPolicy: fetch.ReferrerPolicyOrigin, Referrer: urlB, Destination: fetch.DestinationFont, Initiator: fetch.InitiatorPrefetch,
		ResponseTainting: fetch.TaintingCORS, Headers: headers("Accept", "*/*", "Access-Control-Request-Method", "PUT", "Access-Control-Request-Headers", "x-a,x-b", "Origin", "https://a.com")}
	if got := fetch.PreflightRequest(&r); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	r.Headers, want.Headers = nil, headers("Accept", "*/*", "Access-Control-Request-Method", "PUT", "Origin", "https://a.com")
	if got := fetch.PreflightRequest(&r); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// TestDefaultAccept holds the Accept of each destination.
func TestDefaultAccept(t *testing.T) {
	const document = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	special := map[fetch.Destination]string{fetch.DestinationDocument: document, fetch.DestinationFrame: document, fetch.DestinationIframe: document,
		fetch.DestinationImage: "image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5", fetch.DestinationJSON: "application/json,*/*;q=0.5",
		fetch.DestinationStyle: "text/css,*/*;q=0.1", fetch.DestinationText: "text/plain,*/*;q=0.5"}
	for d := range fetch.DestinationXSLT + 1 {
		for _, i := range []fetch.Initiator{fetch.InitiatorEmpty, fetch.InitiatorPrefetch, fetch.InitiatorPrerender} {
			m, err := new(fetch.Agent).Start(epoch, edgeRequest("https://a.com/", func(r *fetch.Request) { r.Destination, r.Initiator = d, i }))
			if err != nil {
				t.Fatal(err)
			}
			want := cmp.Or(special[d], "*/*")
			if i == fetch.InitiatorPrefetch {
				want = document
			}
			if got, _ := m.Trace().Request.Headers.Get("Accept"); got != want {
				t.Errorf("%v, %v: %q, want %q", d, i, got, want)
			}
		}
	}
}
