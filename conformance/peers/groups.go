package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/fetchhttp"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/policy"
	"github.com/corspec/corspec/safelist"
)

// A Group is what is measured side by side besides requests. The ratios are of the first contender's time to the
// others'.
type Group struct {
	Budget string  `json:"budget"` // the key of the budget that it is for
	Name   string  `json:"name"`
	Times  []Times `json:"times"`
}

// Keys of the budgets that groups are for.
const (
	keyBuild     = "build"
	keyHot       = "lookup hot"
	keyRandom    = "lookup random"
	keyParse     = "origin.Parse"
	keyRefused   = "origin.Parse refused"
	keyOfURL     = "OfURL"
	keyParseURL  = "ParseURL"
	keyUnsafe    = "UnsafeRequestHeaderNames"
	keyFetch     = "fetch"
	keyHop       = "redirect"
	keyProfile   = "profile"
	keyStore     = "store"
	keyFetchHTTP = "fetchhttp"
)

type group struct {
	budget, name string
	contenders   func() []contender // makes what they work on
}

func groups() (list []group) {
	add := func(budget, name string, contenders ...contender) {
		list = append(list, group{budget, name, func() []contender { return contenders }})
	}
	list = append(list, group{keyBuild, "a policy of 1,000 origins", building})
	list = append(list, lookups()...)

	parsed := func(s string) contender { return contender{"net/url.Parse", func() { url.Parse(s) }} }
	for _, s := range []string{
		"https://example.com", "https://www.some-service.example.co.uk:8443", "http://localhost:3000", "http://127.0.0.1:8080", "http://[2001:db8::1]:8443",
	} {
		add(keyParse, s, contender{"origin.Parse", func() { origin.Parse(s) }}, parsed(s))
	}
	for _, s := range []string{"https://example.com/", "https://EXAMPLE.com", "example.com", "https://example.com:443", "https://user@example.com", "https://exa mple.com", "*"} {
		add(keyRefused, s, contender{"origin.Parse", func() { origin.Parse(s) }}, parsed(s))
	}
	for _, s := range []string{
		"https://example.com/", "https://example.com", "https://www.example.com:8443/some/longer/path/index.html?with=a&query=string#fragment", "https://example.com/a/../b",
		"HTTPS://EXAMPLE.com/a/../b", "https://bücher.example/", "https://xn--bcher-kva.example/", "http://127.0.0.1:8080/", "http://[2001:db8::1]/", "https://user:pass@example.com/",
		"https://example.com/%C3%A4/ä", "wss://example.com/socket", "data:text/plain,hello", "blob:https://example.com/0b3f",
	} {
		add(keyOfURL, s, contender{"origin.OfURL", func() { origin.OfURL(s) }}, parsed(s))
		add(keyParseURL, s, contender{"origin.ParseURL", func() { origin.ParseURL(s, nil) }}, parsed(s))
	}

	names := [][2]string{{"Accept", "application/json"}, {"Accept-Language", "en"}, {"Content-Language", "en"}, {"Content-Type", "text/plain"}}
	add(keyUnsafe, "four safelisted headers", contender{"UnsafeRequestHeaderNames", func() { safelist.UnsafeRequestHeaderNames(names) }}, contender{"IndexByte", func() {
		for _, h := range names {
			if strings.IndexByte(h[0], 0)+strings.IndexByte(h[1], 0) != -2 {
				panic("found")
			}
		}
	}})

	for _, p := range fetch.Profiles() {
		if p != (fetch.Profile{}) {
			add(keyProfile, p.String(), contender{p.String(), simpleFetch(p)}, contender{"Standard", simpleFetch(fetch.Profile{})})
		}
	}
	add(keyFetch, "a simple CORS fetch", contender{"Standard", simpleFetch(fetch.Profile{})})
	add(keyHop, "a simple CORS fetch", contender{"after redirects", redirected(fetch.MaxRedirects)}, contender{"at once", redirected(0)})
	list = append(list, group{keyStore, "a fetch with a preflight", storing})

	agent := &fetchhttp.Agent{Transport: fetchhttp.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Header().Set("Access-Control-Allow-Origin", "*") }))}
	page, request := agent.Page(origin.MustParse("https://app.example.com")), newRequest("GET")
	add(keyFetchHTTP, "a fetch over a handler in process", contender{"Page.Fetch", func() {
		resp, err := page.Fetch(request)
		if err != nil {
			panic(err)
		}
		io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}})
	return list
}

// building makes a policy of 1,000 origins.
func building() (list []contender) {
	c := config{origins: exactOrigins(1000), credentials: true, methods: []string{"PUT"}, headers: []string{"Content-Type", "X-Foo"}, maxAge: 600}
	for _, p := range peers {
		list = append(list, contender{p.name, func() {
			if _, err := p.wrap(c, http.NotFoundHandler()); err != nil {
				panic(err)
			}
		}})
	}
	return list
}

// lookups are decisions about origins among 100,000 beside those about origins among 10: of one origin again and again,
// and of another each time, in an order that the processor cannot guess.
func lookups() []group {
	ask := func(texts, asked []string) func() {
		p, err := policy.New(policy.Config{Origins: texts})
		if err != nil {
			panic(err)
		}
		at := 0
		return func() {
			if d := p.Evaluate(policy.Request{Method: "GET", Origin: asked[at]}); !d.Allowed() {
				panic(asked[at])
			}
			if at++; at == len(asked) {
				at = 0
			}
		}
	}
	// shuffled origins are strings of their own, as those of requests are.
	shuffled := func(texts []string) (list []string) {
		random := rand.New(rand.NewPCG(1, 2))
		for range 10_000 {
			for _, i := range random.Perm(len(texts))[:min(len(texts), 10)] {
				list = append(list, strings.Clone(texts[i]))
			}
			if len(list) >= 100_000 {
				break
			}
		}
		return list
	}
	// A map waits for memory as a policy does, and knows nothing of origins.
	find := func(texts, asked []string) func() {
		m, at := map[string]bool{}, 0
		for _, text := range texts {
			m[text] = true
		}
		return func() {
			if !m[asked[at]] {
				panic(asked[at])
			}
			if at++; at == len(asked) {
				at = 0
			}
		}
	}
	few := exactOrigins(10)
	return []group{
		{keyHot, "one origin, again and again", func() []contender {
			many := exactOrigins(100_000)
			return []contender{{"100,000", ask(many, many[77_777:77_778])}, {"10", ask(few, few[7:8])}}
		}},
		{keyRandom, "another origin each time", func() []contender {
			many := exactOrigins(100_000)
			all := make([]string, len(many))
			for i, k := range rand.New(rand.NewPCG(1, 2)).Perm(len(many)) {
				all[i] = strings.Clone(many[k])
			}
			return []contender{{"100,000", ask(many, all)}, {"10", ask(few, shuffled(few))}, {"a map of 100,000", find(many, all)}}
		}},
	}
}

var epoch = time.Unix(1000, 0)

// simpleFetch is a fetch without a preflight of a page of another origin, through the machine.
func simpleFetch(p fetch.Profile) func() {
	agent, r, head := &fetch.Agent{Profile: p}, simpleRequest(), simpleResponse()
	return func() { finish(agent, r, head) }
}

// redirected is the same after so many redirects.
func redirected(hops int) func() {
	redirect := fetch.ResponseHead{Status: 307, Headers: fetch.HeaderList{{"Location", "https://b.com/y"}, {"Access-Control-Allow-Origin", "https://a.com"}, {"Vary", "Origin"}, {"Set-Cookie", "a=b"}}}
	agent, r, heads := new(fetch.Agent), simpleRequest(), append(slices.Repeat([]fetch.ResponseHead{redirect}, hops), simpleResponse())
	return func() { finish(agent, r, heads...) }
}

func simpleRequest() fetch.Request {
	return fetch.Request{Method: "GET", URLList: []origin.URL{origin.MustParseURL("https://b.com/x")}, Origin: origin.MustParse("https://a.com"), Mode: fetch.ModeCORS, UnsafeRequest: true,
		Headers: fetch.HeaderList{{"Accept", "application/json"}, {"Accept-Language", "en"}}}
}

func simpleResponse() fetch.ResponseHead {
	return fetch.ResponseHead{Status: 200, Headers: fetch.HeaderList{{"Content-Type", "application/json"}, {"Access-Control-Allow-Origin", "https://a.com"}, {"Vary", "Origin"}, {"Set-Cookie", "a=b"}}}
}

// finish lets the machine have the responses, and wants it to succeed.
func finish(agent *fetch.Agent, r fetch.Request, heads ...fetch.ResponseHead) {
	m, err := agent.Start(epoch, r)
	if err != nil {
		panic(err)
	}
	for _, head := range heads {
		if m.Action().Kind == fetch.ActionDone {
			panic("done before the last response")
		}
		if err := m.Receive(epoch, head); err != nil {
			panic(err)
		}
	}
	if result, err := m.Result(); err != nil || !result.Verdict.OK() {
		panic(fmt.Sprint(result.Verdict, err))
	}
}

// storing are fetches with a preflight whose answer goes into the cache: into one that is full, into one that is
// emptied before it is full, and those whose answer is not kept. What a store costs is the difference to the last.
func storing() []contender {
	const urls = 1 << 15 // more than a cache holds
	list := make([]origin.URL, urls)
	for i := range list {
		list[i] = origin.MustParseURL(fmt.Sprint("https://b.com/", i))
	}
	store := func(maxAge string, clear int) func() {
		agent, at := new(fetch.Agent), 0
		r := fetch.Request{Method: "PUT", Origin: origin.MustParse("https://a.com"), Mode: fetch.ModeCORS, UnsafeRequest: true}
		preflight := fetch.ResponseHead{Status: 204, Headers: fetch.HeaderList{{"Access-Control-Allow-Origin", "https://a.com"}, {"Access-Control-Allow-Methods", "PUT"}, {"Access-Control-Max-Age", maxAge}}}
		head := fetch.ResponseHead{Status: 200, Headers: fetch.HeaderList{{"Access-Control-Allow-Origin", "https://a.com"}}}
		next := func() {
			r.URLList = list[at : at+1 : at+1]
			finish(agent, r, preflight, head)
			if at++; at == urls {
				at = 0
			}
			if clear > 0 && at%clear == 0 {
				agent.Cache.Clear()
			}
		}
		if clear == 0 {
			for range urls {
				next()
			}
		}
		return next
	}
	return []contender{{"full", store("600", 0)}, {"empty", store("600", 1000)}, {"not kept", store("0", 1)}}
}
