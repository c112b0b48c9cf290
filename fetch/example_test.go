package fetch_test

import (
	"fmt"
	"time"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/explain"
	"github.com/corspec/corspec/origin"
)

// A browser emulator drives a machine with its own transport, which here is a map.
func Example() {
	answers := map[string]fetch.ResponseHead{
		"OPTIONS https://api.example/items/1": {Status: 204, Headers: fetch.HeaderList{
			{"Access-Control-Allow-Origin", "https://app.example"},
			{"Access-Control-Allow-Methods", "GET, PUT"},
		}},
		"PUT https://api.example/items/1": {Status: 200, Headers: fetch.HeaderList{
			{"Access-Control-Allow-Origin", "https://app.example"},
			{"ETag", `"2"`},
			{"Content-Type", "text/plain"},
		}},
	}
	now := time.Date(2026, 7, 2, 12, 0, 0, 0, time.UTC)
	agent := new(fetch.Agent)
	page := origin.MustParse("https://app.example")

	for _, header := range []string{"", "X-Trace"} {
		r, err := fetch.NewRequest("put", "https://api.example/items/1", page)
		if err != nil {
			fmt.Println(err)
			return
		}
		if header != "" {
			r.Headers.Append(header, "1")
		}
		m, err := agent.Start(now, r)
		if err != nil {
			fmt.Println(err)
			return
		}
		for a := m.Action(); a.Kind != fetch.ActionDone; a = m.Action() {
			fmt.Println(a.Method, a.URL, len(a.Headers), "headers")
			m.Receive(now, answers[a.Method+" "+a.URL.String()])
		}
		result, _ := m.Result()
		if result.Verdict.OK() {
			fmt.Println("The page reads", result.Response.Status, result.Response.Headers)
		} else {
			fmt.Println(explain.Trace(m.Trace()))
		}
	}
	// Output:
	// OPTIONS https://api.example/items/1 6 headers
	// PUT https://api.example/items/1 5 headers
	// The page reads 200 [[Content-Type text/plain]]
	// OPTIONS https://api.example/items/1 7 headers
	// The response to the preflight does not allow the header "x-trace": the response has no Access-Control-Allow-Headers.
	// Why: Headers that are not CORS-safelisted have to be listed; "*" stands for all only without credentials, and never for Authorization.
	// Step: cors-preflight-fetch:7.7 https://fetch.spec.whatwg.org/#cors-preflight-fetch
	// Fix: on the response to OPTIONS, list the header.
	//   Access-Control-Allow-Headers: x-trace
}

// An implementer asks for one definition.
func ExampleCORSCheck() {
	r := fetch.Request{
		Origin:      origin.MustParse("https://app.example"),
		URLList:     []origin.URL{origin.MustParseURL("https://api.example/")},
		Credentials: fetch.CredentialsInclude,
	}
	v := fetch.CORSCheck(&r, &fetch.Response{Status: 200, Headers: fetch.HeaderList{{"Access-Control-Allow-Origin", "*"}}})
	fmt.Println(v.OK(), v.Code, v.Step)
	// Output: false wildcard-origin-not-allowed cors-check:4
}

func ExampleNeedsPreflight() {
	r, _ := fetch.NewRequest("POST", "https://api.example/", origin.MustParse("https://app.example"))
	fmt.Println(fetch.NeedsPreflight(&r))
	r.Headers.Append("Content-Type", "application/json")
	fmt.Println(fetch.NeedsPreflight(&r))
	// Output:
	//  []
	// headers [content-type]
}

func ExampleRequest_RedirectTaint() {
	r := fetch.Request{Origin: origin.MustParse("https://app.example")}
	for _, u := range []string{"https://api.example/", "https://app.example/"} {
		r.URLList = append(r.URLList, origin.MustParseURL(u))
	}
	fmt.Println(r.RedirectTaint(nil), fetch.SerializeRequestOrigin(&r))
	// Output: cross-site null
}

func ExamplePreflightCheck() {
	r, _ := fetch.NewRequest("DELETE", "https://api.example/", origin.MustParse("https://app.example"))
	v, grant := fetch.PreflightCheck(&r, &fetch.Response{Status: 204, Headers: fetch.HeaderList{
		{"Access-Control-Allow-Origin", "*"},
		{"Access-Control-Allow-Methods", "PUT, DELETE"},
		{"Access-Control-Max-Age", "600"},
	}})
	fmt.Println(v.Code, grant.Methods, grant.HeaderNames == nil, grant.MaxAge)
	// Output: ok [PUT DELETE] true 600
}

// The cache is told the time.
func ExamplePreflightCache() {
	now := time.Date(2026, 7, 2, 12, 0, 0, 0, time.UTC)
	cache := fetch.PreflightCache{MaxAgeLimit: time.Minute}
	r, _ := fetch.NewRequest("DELETE", "https://api.example/", origin.MustParse("https://app.example"))
	cache.Store(&r, fetch.PreflightGrant{Methods: []string{"DELETE"}, MaxAge: 86400}, now)
	for _, e := range cache.Entries(now) {
		fmt.Println(e.Origin, e.URL, e.Method, e.MaxAge)
	}
	fmt.Println(cache.Covers(&r, nil, now.Add(59*time.Second)), cache.Covers(&r, nil, now.Add(60*time.Second)))
	r.Credentials = fetch.CredentialsInclude
	fmt.Println(cache.Covers(&r, nil, now))
	// Output:
	// https://app.example https://api.example/ DELETE 1m0s
	// true false
	// false
}

func ExampleObtainEmbedderPolicy() {
	p := fetch.ObtainEmbedderPolicy(fetch.HeaderList{{"Cross-Origin-Embedder-Policy", `require-corp; report-to="main"`}}, true)
	fmt.Println(p.Value, p.ReportingEndpoint)
	// Output: require-corp main
}
