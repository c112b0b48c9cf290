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
	// Step: cors-preflight-fetch:7.7 https://fetch.spec.whatwg.org/commit-snapshots/586cd2a44c2a865b37c166dc0740f3fb8bb220d6/#cors-preflight-fetch
	// Fix: on the response to OPTIONS, list the header.
	//   Access-Control-Allow-Headers: x-trace
	// Preflight: the method is PUT, and only GET, HEAD and POST are safelisted
	// Preflight: X-Trace is not the name of a safelisted header
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

// A test harness looks into the cache between fetches, and empties it. The cache is told the time.
func ExamplePreflightCache() {
	now := time.Date(2026, 7, 2, 12, 0, 0, 0, time.UTC)
	agent := &fetch.Agent{Cache: fetch.PreflightCache{MaxAgeLimit: time.Minute}}
	sent := func(at time.Time) (kinds []string) {
		r, _ := fetch.NewRequest("DELETE", "https://api.example/", origin.MustParse("https://app.example"))
		m, _ := agent.Start(at, r)
		for a := m.Action(); a.Kind != fetch.ActionDone; a = m.Action() {
			kinds = append(kinds, a.Kind.String())
			m.Receive(at, fetch.ResponseHead{Status: 200, Headers: fetch.HeaderList{
				{"Access-Control-Allow-Origin", "*"}, {"Access-Control-Allow-Methods", "DELETE"}, {"Access-Control-Max-Age", "86400"}}})
		}
		return kinds
	}
	fmt.Println(sent(now), sent(now.Add(59*time.Second)), sent(now.Add(60*time.Second)))
	for _, e := range agent.Cache.Entries(now.Add(60 * time.Second)) {
		fmt.Println(e.PartitionKey, e.Origin, e.URL, e.Method, e.HeaderName, e.Credentials, e.MaxAge, e.Stored.Format(time.TimeOnly))
	}
	agent.Cache.Clear()
	fmt.Println(sent(now.Add(61 * time.Second)))
	// Output:
	// [preflight request] [request] [preflight request]
	//  https://app.example https://api.example/ DELETE  false 1m0s 12:01:00
	// [preflight request]
}

// An implementer whose user agent has a loader of its own asks for one definition after another, as the loader comes to
// it.
func Example_definitions() {
	page := origin.MustParse("https://app.example")
	r := fetch.Request{
		Method:         "PUT",
		URLList:        []origin.URL{origin.MustParseURL("https://cdn.example/app.js")},
		Headers:        fetch.HeaderList{{"X-Trace", "1"}},
		Origin:         page,
		Mode:           fetch.ModeCORS,
		Destination:    fetch.DestinationScript,
		Referrer:       origin.MustParseURL("https://app.example/start?q#top"),
		UnsafeRequest:  true,
		EmbedderPolicy: fetch.ObtainEmbedderPolicy(fetch.HeaderList{{"Cross-Origin-Embedder-Policy", "require-corp"}}, true),
	}
	fmt.Println("blocked:", !fetch.BlockBadPort(&r).OK(), fetch.UpgradesMixedContent(&r), !fetch.BlockMixedContent(&r).OK())
	r.ResponseTainting = fetch.TaintingCORS
	preflight := fetch.PreflightRequest(&r)
	fmt.Println(preflight.Method, preflight.Headers)
	value, _ := fetch.RequestOriginHeader(&r)
	fmt.Println("Origin:", value)
	fmt.Println("Referer:", fetch.DetermineReferrer(&r))
	fmt.Println(fetch.AppendFetchMetadata(&r, nil, nil))

	response := fetch.Response{
		URLList:                    r.URLList,
		Status:                     200,
		RequestExcludedCredentials: true,
		Headers: fetch.HeaderList{{"Access-Control-Allow-Origin", "*"}, {"Access-Control-Expose-Headers", "X-Took"}, {"X-Took", "3"},
			{"Set-Cookie", "a=b"}, {"Content-Type", "text/csv"}, {"X-Content-Type-Options", "nosniff"}},
	}
	timing := fetch.TAOCheck(&r, &response)
	fmt.Println(fetch.CORSCheck(&r, &response).Code, timing.Code)
	r.TimingAllowFailed = !timing.OK() // for what comes after a redirect
	fmt.Println(fetch.BlockMIMEType(&r, &response).Code, fetch.BlockNosniff(&r, &response).Code)
	response.ExposedHeaderNames = fetch.ExposedHeaderNames(&r, &response)
	fmt.Println(fetch.FilteredResponse(&response, fetch.ResponseTypeCORS).Headers)
	embedded, reporting := fetch.CORPCheck(page, r.EmbedderPolicy, &response, false, nil)
	fmt.Println(embedded.Code, reporting)
	// Output:
	// blocked: false false false
	// OPTIONS [[Accept */*] [Access-Control-Request-Method PUT] [Access-Control-Request-Headers x-trace] [Origin https://app.example]]
	// Origin: https://app.example
	// Referer: https://app.example/
	// [[Sec-Fetch-Dest script] [Sec-Fetch-Mode cors] [Sec-Fetch-Site cross-site]]
	// ok tao-check-failed
	// mime-type-blocked nosniff
	// [[X-Took 3] [Content-Type text/csv]]
	// corp-not-same-origin-after-defaulted-by-coep false
}

// A harness whose pages live under Strict-Transport-Security and a Content Security Policy, with a service worker, says
// so with hooks.
func ExampleHooks() {
	agent := &fetch.Agent{Hooks: fetch.Hooks{
		KnownHSTSHost:   func(host string) bool { return host == "api.example" },
		UpgradeInsecure: func(r *fetch.Request) bool { return r.Destination == fetch.DestinationImage },
		BlockRequest: func(r *fetch.Request) fetch.Verdict {
			if r.CurrentURL().Hostname() == "ads.example" {
				return fetch.Verdict{Code: "csp-blocked", Want: r.CurrentURL().String()}
			}
			return fetch.Verdict{}
		},
		OverrideFetch: func(r *fetch.Request) (fetch.Response, bool) { // as a debugger that intercepts requests
			return fetch.Response{Status: 503}, r.CurrentURL().Pathname() == "/intercepted"
		},
		HandleFetch: func(r *fetch.Request) (fetch.Response, bool) { // the service worker
			cached := fetch.Response{Status: 200, Headers: fetch.HeaderList{{"Content-Type", "text/html"}}}
			return fetch.FilteredResponse(&cached, fetch.ResponseTypeOpaque), r.CurrentURL().Pathname() == "/offline"
		},
		BlockResponse: func(r *fetch.Request, internal *fetch.Response) fetch.Verdict { // Opaque Response Blocking
			if internal.Headers.Contains("X-Blocked") {
				return fetch.Verdict{Code: "orb-blocked"}
			}
			return fetch.Verdict{}
		},
	}}
	for _, url := range []string{"http://api.example/x", "https://ads.example/", "https://api.example/intercepted", "https://api.example/offline"} {
		r, _ := fetch.NewRequest("GET", url, origin.MustParse("http://app.example"))
		r.Mode = fetch.ModeNoCORS
		m, _ := agent.Start(time.Time{}, r)
		fmt.Println(m.Action().Kind, m.Action().URL, m.Trace().Result.Verdict.Code, m.Trace().Result.Response.Type)
	}
	// Output:
	// request https://api.example/x  default
	// done  csp-blocked error
	// done  ok opaque
	// done  ok opaque
}

// A harness with an HTTP cache of its own, and tests of signing in, answers in their place. The trace shows what came
// of it.
func ExampleHooks_answers() {
	stored := map[string]fetch.ResponseHead{"https://app.example/logo": {Status: 200, StatusMessage: "OK"}}
	agent := &fetch.Agent{Hooks: fetch.Hooks{
		StoredResponse: func(r *fetch.Request) (fetch.ResponseHead, bool) {
			head, ok := stored[r.CurrentURL().String()]
			return head, ok
		},
		Authenticate: func(r *fetch.Request, head fetch.ResponseHead) (string, bool) {
			return "Basic dXNlcjpwYXNz", head.Headers.Contains("WWW-Authenticate") && !r.UseURLCredentials
		},
		Misdirected: func(*fetch.Request) bool { return true },
	}}
	answers := map[string][]fetch.ResponseHead{
		"/login": {{Status: 401, Headers: fetch.HeaderList{{"WWW-Authenticate", "Basic"}}}, {Status: 200, StatusMessage: "OK"}},
		"/moved": {{Status: 421}, {Status: 200, StatusMessage: "OK"}},
	}
	for _, path := range []string{"/logo", "/login", "/moved"} {
		r, _ := fetch.NewRequest("GET", "https://app.example"+path, origin.MustParse("https://app.example"))
		m, _ := agent.Start(time.Time{}, r)
		for i := 0; m.Action().Kind != fetch.ActionDone; i++ {
			a := m.Action()
			fmt.Print(a.URL.Pathname(), " ", a.Authentication, " ", a.NewConnection, "; ")
			m.Receive(time.Time{}, answers[path][i])
		}
		fmt.Println(m.Trace().Result.Response.Status, m.Trace().Result.Response.StatusMessage)
	}
	// Output:
	// 200 OK
	// /login false false; /login true false; 200 OK
	// /moved false false; /moved false true; 200 OK
}

// A harness that emulates navigation and markup fills in what people and elements do, which no constructor takes.
func ExampleRequest() {
	sent := func(r fetch.Request) {
		m, _ := new(fetch.Agent).Start(time.Time{}, r)
		if v := m.Trace().Result.Verdict; v.Evaluated() {
			fmt.Println(v.Code, v.Step)
			return
		}
		fmt.Println(m.Action().Headers[1:])
	}
	app := origin.MustParse("https://app.example")
	link := fetch.Request{Method: "GET", URLList: []origin.URL{origin.MustParseURL("https://shop.example/")}, Origin: app,
		Mode: fetch.ModeNavigate, Destination: fetch.DestinationDocument, Credentials: fetch.CredentialsInclude, UserActivation: true}
	sent(link)
	typed := link
	typed.UserInitiated = true // in the address bar
	sent(typed)

	image := fetch.Request{Method: "GET", URLList: []origin.URL{origin.MustParseURL("http://cdn.example/a.png")}, Origin: app, Destination: fetch.DestinationImage}
	sent(image) // upgraded to https
	image.Initiator = fetch.InitiatorImageset
	sent(image)
	image.LocalURLsOnly = true
	sent(image)
	// Output:
	// [[Sec-Fetch-Dest document] [Sec-Fetch-Mode navigate] [Sec-Fetch-Site cross-site] [Sec-Fetch-User ?1]]
	// [[Sec-Fetch-Dest document] [Sec-Fetch-Mode navigate] [Sec-Fetch-Site none] [Sec-Fetch-User ?1]]
	// [[Sec-Fetch-Dest image] [Sec-Fetch-Mode no-cors] [Sec-Fetch-Site cross-site]]
	// mixed-content should-block-fetch:2
	// local-urls-only main-fetch:3
}

// Who emulates Resource Timing and Navigation Timing asks whether a response shares its times.
func ExampleNavigationTAOCheck() {
	r, _ := fetch.NewRequest("GET", "https://old.example/", origin.MustParse("https://app.example"))
	r.Mode, r.Destination = fetch.ModeNavigate, fetch.DestinationDocument
	m, _ := new(fetch.Agent).Start(time.Time{}, r)
	m.Receive(time.Time{}, fetch.ResponseHead{Status: 301, Headers: fetch.HeaderList{{"Location", "https://new.example/"}, {"Timing-Allow-Origin", "https://new.example"}}})
	m.Receive(time.Time{}, fetch.ResponseHead{Status: 200, Headers: fetch.HeaderList{{"Timing-Allow-Origin", "*"}}})
	result, _ := m.Result()
	fmt.Println(result.Response.TimingAllowPassed)
	fmt.Println(fetch.NavigationTAOCheck(&result.Response, origin.MustParse("https://new.example")).OK())
	// Output:
	// false
	// true
}

func ExampleObtainEmbedderPolicy() {
	p := fetch.ObtainEmbedderPolicy(fetch.HeaderList{{"Cross-Origin-Embedder-Policy", `require-corp; report-to="main"`}}, true)
	fmt.Println(p.Value, p.ReportingEndpoint)
	// Output: require-corp main
}

// An engine with a network of its own tells it what has become of the request: after a redirect, its referrer policy
// may be another, and its response is tainted.
func ExampleMachine_Request() {
	r, err := fetch.NewRequest("GET", "https://app.example/a", origin.MustParse("https://app.example"))
	if err != nil {
		fmt.Println(err)
		return
	}
	var agent fetch.Agent
	m, err := agent.Start(time.Now(), r)
	if err != nil {
		fmt.Println(err)
		return
	}
	m.Receive(time.Now(), fetch.ResponseHead{Status: 302, Headers: fetch.HeaderList{
		{"Location", "https://cdn.example/a"}, {"Referrer-Policy", "no-referrer"},
	}})
	now := m.Request()
	fmt.Println(now.CurrentURL(), now.ReferrerPolicy, now.ResponseTainting)
	// Output:
	// https://cdn.example/a no-referrer cors
}
