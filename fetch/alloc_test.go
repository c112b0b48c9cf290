package fetch_test

import (
	"math"
	"runtime"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/origin"
)

var (
	pageA = origin.MustParse("https://a.com")
	urlB  = origin.MustParseURL("https://b.com/x")
	epoch = time.Unix(1000, 0)
)

// headers makes a header list of names and values by turns.
func headers(namesAndValues ...string) fetch.HeaderList {
	var l fetch.HeaderList
	for pair := range slices.Chunk(namesAndValues, 2) {
		l = append(l, [2]string{pair[0], pair[1]})
	}
	return l
}

// checkRequest is a cross-origin request of mode "cors" as it stands when its response is checked.
func checkRequest(mode fetch.CredentialsMode) fetch.Request {
	return fetch.Request{Method: "GET", URLList: []origin.URL{urlB}, Origin: pageA, Mode: fetch.ModeCORS, Credentials: mode,
		ResponseTainting: fetch.TaintingCORS}
}

const (
	acao = "Access-Control-Allow-Origin"
	acac = "Access-Control-Allow-Credentials"
	acam = "Access-Control-Allow-Methods"
	acah = "Access-Control-Allow-Headers"
	aceh = "Access-Control-Expose-Headers"
	acma = "Access-Control-Max-Age"
)

// corsCheckCases has each code of the CORS check, from one line and from several.
var corsCheckCases = []struct {
	name    string
	mode    fetch.CredentialsMode
	headers fetch.HeaderList
	code    fetch.Code
}{
	{"wildcard", fetch.CredentialsOmit, headers("Vary", "Accept", acao, "*"), fetch.CodeOK},
	{"origin", fetch.CredentialsSameOrigin, headers(acao, "https://a.com"), fetch.CodeOK},
	{"credentials", fetch.CredentialsInclude, headers(acao, "https://a.com", acac, "true"), fetch.CodeOK},
	{"missing", fetch.CredentialsOmit, headers("Vary", "Origin"), fetch.CodeMissingAllowOrigin},
	{"several in a line", fetch.CredentialsOmit, headers(acao, "https://a.com, https://b.com"), fetch.CodeMultipleAllowOriginValues},
	{"several lines", fetch.CredentialsOmit, headers(acao, "https://a.com", acao, "https://a.com"), fetch.CodeMultipleAllowOriginValues},
	{"wildcard with credentials", fetch.CredentialsInclude, headers(acao, "*", acac, "true"), fetch.CodeWildcardOriginNotAllowed},
	{"invalid", fetch.CredentialsOmit, headers(acao, "https://a.com/"), fetch.CodeInvalidAllowOriginValue},
	{"empty lines", fetch.CredentialsOmit, headers(acao, "", acao, ""), fetch.CodeInvalidAllowOriginValue},
	{"one line empty", fetch.CredentialsOmit, headers(acao, "", acao, "https://a.com"), fetch.CodeInvalidAllowOriginValue},
	{"mismatch", fetch.CredentialsOmit, headers(acao, "https://c.com:8443"), fetch.CodeAllowOriginMismatch},
	{"mismatch by IPv6", fetch.CredentialsOmit, headers(acao, "https://[2001:db8::1]"), fetch.CodeAllowOriginMismatch},
	{"null", fetch.CredentialsOmit, headers(acao, "null"), fetch.CodeAllowOriginMismatch},
	{"no credentials", fetch.CredentialsInclude, headers(acao, "https://a.com"), fetch.CodeInvalidAllowCredentials},
	{"credentials in several lines", fetch.CredentialsInclude, headers(acao, "https://a.com", acac, "true", acac, "true"), fetch.CodeInvalidAllowCredentials},
}

func TestCORSCheckAllocatesNothing(t *testing.T) {
	for _, tt := range corsCheckCases {
		r, resp := checkRequest(tt.mode), &fetch.Response{Headers: tt.headers}
		if v := fetch.CORSCheck(&r, resp); v.Code != tt.code {
			t.Errorf("%s: %s, want %s", tt.name, v.Code, tt.code)
		}
		if n := testing.AllocsPerRun(100, func() { fetch.CORSCheck(&r, resp) }); n != 0 {
			t.Errorf("%s: %v allocations", tt.name, n)
		}
	}
	// A redirected request has its redirect-taint to compute.
	r := checkRequest(fetch.CredentialsOmit)
	r.URLList = []origin.URL{urlB, origin.MustParseURL("https://c.com/"), urlB}
	resp := &fetch.Response{Headers: headers(acao, "null")}
	if n := testing.AllocsPerRun(100, func() { fetch.CORSCheck(&r, resp) }); n != 0 {
		t.Errorf("redirected: %v allocations", n)
	}
}

// simpleFetch is a whole fetch of a CORS request that needs no preflight.
func simpleFetch(tb testing.TB, agent *fetch.Agent, r fetch.Request, resp fetch.ResponseHead) fetch.Result {
	m, err := agent.Start(epoch, r)
	if err != nil {
		tb.Fatal(err)
	}
	if a := m.Action(); a.Kind != fetch.ActionSendRequest {
		tb.Fatalf("action %v", a.Kind)
	}
	if err := m.Receive(epoch, resp); err != nil {
		tb.Fatal(err)
	}
	result, err := m.Result()
	if err != nil {
		tb.Fatal(err)
	}
	return result
}

func simpleRequest() (fetch.Request, fetch.ResponseHead) {
	r := fetch.Request{Method: "GET", URLList: []origin.URL{urlB}, Origin: pageA, Mode: fetch.ModeCORS, UnsafeRequest: true,
		Headers: headers("Accept", "application/json", "Accept-Language", "en")}
	return r, fetch.ResponseHead{Status: 200, Headers: headers("Content-Type", "application/json", acao, "https://a.com", "Vary", "Origin", "Set-Cookie", "a=b")}
}

func TestSimpleFetchAllocatesLittle(t *testing.T) {
	agent := new(fetch.Agent)
	r, resp := simpleRequest()
	var got fetch.Result
	n := testing.AllocsPerRun(100, func() { got = simpleFetch(t, agent, r, resp) })
	if got.Verdict.Code != fetch.CodeOK || got.Response.Type != fetch.ResponseTypeCORS {
		t.Errorf("%+v", got.Verdict)
	}
	if n > 2 {
		t.Errorf("%v allocations, want at most 2: the machine and the response's header lists", n)
	}
	if b := bytesPerRun(200, func() { simpleFetch(t, agent, r, resp) }); b > 2560 {
		t.Errorf("%d bytes, want at most 2,560", b)
	}
	for _, p := range fetch.Profiles()[1:] {
		agent := &fetch.Agent{Profile: p}
		if n := testing.AllocsPerRun(100, func() { simpleFetch(t, agent, r, resp) }); n > 3 {
			t.Errorf("%s: %v allocations, want at most 3: what it remembers besides", p, n)
		}
	}
	resp.Headers = headers("Content-Type", "application/json")
	if n := testing.AllocsPerRun(100, func() { simpleFetch(t, agent, r, resp) }); n > 2 {
		t.Errorf("blocked: %v allocations, want at most 2", n)
	}
}

// bytesPerRun returns how many bytes f allocates. Others may allocate at the same time, hence the least of a few.
func bytesPerRun(runs int, f func()) uint64 {
	least := uint64(math.MaxUint64)
	for range 10 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range runs {
			f()
		}
		runtime.ReadMemStats(&after)
		least = min(least, (after.TotalAlloc-before.TotalAlloc)/uint64(runs))
	}
	return least
}

func TestCachedPreflightAllocatesLittle(t *testing.T) {
	agent := new(fetch.Agent)
	r, resp := simpleRequest()
	r.Method, r.Headers = "PUT", headers("X-A", "1")
	agent.Cache.Store(&r, fetch.PreflightGrant{Methods: []string{"PUT"}, HeaderNames: []string{"x-a"}, MaxAge: 600}, epoch)
	if n := testing.AllocsPerRun(100, func() { simpleFetch(t, agent, r, resp) }); n > 4 {
		t.Errorf("%v allocations, want at most 4: the names besides", n)
	}
}

func BenchmarkCORSCheck(b *testing.B) {
	for _, tt := range corsCheckCases {
		b.Run(tt.name, func(b *testing.B) {
			r, resp := checkRequest(tt.mode), &fetch.Response{Headers: tt.headers}
			b.ReportAllocs()
			for b.Loop() {
				fetch.CORSCheck(&r, resp)
			}
		})
	}
}

func BenchmarkSimpleFetch(b *testing.B) {
	agent := new(fetch.Agent)
	r, resp := simpleRequest()
	b.ReportAllocs()
	for b.Loop() {
		simpleFetch(b, agent, r, resp)
	}
}

// BenchmarkProfileFetch is to be compared with BenchmarkSimpleFetch.
func BenchmarkProfileFetch(b *testing.B) {
	for _, p := range fetch.Profiles()[1:] {
		b.Run(p.String(), func(b *testing.B) {
			agent := &fetch.Agent{Profile: p}
			r, resp := simpleRequest()
			b.ReportAllocs()
			for b.Loop() {
				simpleFetch(b, agent, r, resp)
			}
		})
	}
}

// BenchmarkRedirectedFetch follows redirects. What each costs is to be compared with BenchmarkSimpleFetch.
func BenchmarkRedirectedFetch(b *testing.B) {
	for _, hops := range []int{1, fetch.MaxRedirects} {
		b.Run(strconv.Itoa(hops), func(b *testing.B) {
			agent := new(fetch.Agent)
			r, resp := simpleRequest()
			redirect := fetch.ResponseHead{Status: 307, Headers: headers("Location", "https://b.com/y", acao, "https://a.com", "Vary", "Origin", "Set-Cookie", "a=b")}
			b.ReportAllocs()
			for b.Loop() {
				m, err := agent.Start(epoch, r)
				if err != nil {
					b.Fatal(err)
				}
				for range hops {
					m.Receive(epoch, redirect)
				}
				m.Receive(epoch, resp)
				if result, err := m.Result(); err != nil || result.Hop != hops {
					b.Fatal(err, result.Verdict)
				}
			}
		})
	}
}

func BenchmarkPreflightedFetch(b *testing.B) {
	r, resp := simpleRequest()
	r.Method, r.Headers = "PUT", headers("X-A", "1", "Content-Type", "application/json")
	preflight := fetch.ResponseHead{Status: 204, Headers: headers(acao, "https://a.com", acam, "PUT", acah, "x-a,content-type", acma, "0")}
	agent := new(fetch.Agent)
	b.ReportAllocs()
	for b.Loop() {
		m, err := agent.Start(epoch, r)
		if err != nil {
			b.Fatal(err)
		}
		m.Receive(epoch, preflight)
		m.Receive(epoch, resp)
		if result, err := m.Result(); err != nil || !result.Verdict.OK() {
			b.Fatal(err, result.Verdict)
		}
	}
}

func BenchmarkCachedPreflight(b *testing.B) {
	agent := new(fetch.Agent)
	r, resp := simpleRequest()
	r.Method, r.Headers = "PUT", headers("X-A", "1")
	agent.Cache.Store(&r, fetch.PreflightGrant{Methods: []string{"PUT"}, HeaderNames: []string{"x-a"}, MaxAge: 600}, epoch)
	b.ReportAllocs()
	for b.Loop() {
		simpleFetch(b, agent, r, resp)
	}
}
