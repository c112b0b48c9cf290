package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// metadata are about Fetch Metadata and Referer: what requests and preflights tell of the page.
func metadata() (all []*Scenario) {
	for _, f := range []func() []*Scenario{fetchSites, fetchDestinations, referrerPolicies, referrersOfRedirects, referrerInits, cacheModes} {
		all = append(all, f()...)
	}
	return all
}

// chain is a step that is redirected from origin to origin, all of which let everybody read without credentials.
func chain(id string, page Page, hops string, step Step) *Scenario {
	s := &Scenario{ID: id, Page: page, Serve: map[string]*Served{}, Plain: page.At == "n" || strings.ContainsAny(hops, "mno")}
	body, headers := "", []string{}
	if t, ok := elementTypes[step.Via]; ok {
		body, headers = t[1], []string{"Content-Type", t[0]}
	}
	for i, letter := range hops {
		a := openAnswer(200).with(headers...)
		a.Body = body
		if i+1 < len(hops) {
			a = openAnswer(307).with("Location", fmt.Sprintf("{%c/}%d", hops[i+1], i+1))
		}
		s.Serve[fmt.Sprintf("{%c/}%d", letter, i)] = serve(openAnswer(204), a)
	}
	step.URL = fmt.Sprintf("{%c/}0", hops[0])
	s.Steps = []Step{step}
	return s
}

// chainsOf are all chains of up to that many of the letters.
func chainsOf(letters string, most int) (all []string) {
	before := []string{""}
	for range most {
		var longer []string
		for _, c := range before {
			for _, l := range letters {
				longer = append(longer, c+string(l))
			}
		}
		all, before = append(all, longer...), longer
	}
	return all
}

// chained are the three requests that chains are made of, without a preflight and with one
var chained = []Step{{Via: "fetch", Credentials: "omit", Mode: "cors"}, {Via: "fetch", Credentials: "omit", Mode: "no-cors"}, {Via: "fetch", Credentials: "omit", Method: "PUT"}}

// fetchSites are chains of redirects from and to the page's origin, its site and others, also where nothing is
// trustworthy.
func fetchSites() (all []*Scenario) {
	for _, p := range []struct{ at, letters, preflighted string }{{"", "abc", "aba cac"}, {"e", "efgh", "efe ehe hee fee eff hhe"}, {"e", "ek", "eke"}, {"k", "keno", "kek ekk eke"}, {"n", "nok", "kok"}} {
		for _, hops := range chainsOf(p.letters, 3) {
			for _, step := range chained {
				if len(hops) > 2 && step.Mode != "cors" && !slices.Contains(strings.Fields(p.preflighted), hops) {
					continue // nothing new
				}
				all = append(all, chain(fmt.Sprintf("fetch-site/%c-%s-%s", Page{At: p.at}.letter(), hops, step.Mode+step.Method), Page{At: p.at}, hops, step))
			}
		}
	}
	for _, frame := range []string{"sandbox", "data"} {
		for _, hops := range []string{"e", "h", "eh", "he"} {
			for _, step := range chained {
				all = append(all, chain(fmt.Sprintf("fetch-site/%s-%s-%s", frame, hops, step.Mode+step.Method), Page{At: "e", Frame: frame}, hops, step))
			}
		}
	}
	return unique(all)
}

// fetchDestinations are elements, which have a destination each.
func fetchDestinations() (all []*Scenario) {
	for _, e := range allElements() {
		if strings.HasSuffix(e.name, "use-credentials") {
			continue // these servers let nobody read with them
		}
		for _, hops := range []string{"e", "f", "h", "eh", "he", "ehe"} {
			all = append(all, chain("fetch-dest/"+e.name+"-"+hops, Page{At: "e"}, hops, e.step("")))
		}
		for _, hops := range []string{"n", "o", "on"} {
			all = append(all, chain("fetch-dest/k-"+e.name+"-"+hops, Page{At: "k"}, hops, e.step("")))
		}
	}
	return all
}

var allReferrerPolicies = []string{"", "no-referrer", "no-referrer-when-downgrade", "same-origin", "origin", "strict-origin", "origin-when-cross-origin", "strict-origin-when-cross-origin", "unsafe-url"}

// referrerPolicies are all policies where the page and what it requests are same origin, same site, or neither, and
// where one of them or both are trustworthy, or have https, or not.
func referrerPolicies() (all []*Scenario) {
	for _, policy := range allReferrerPolicies {
		for _, p := range []struct{ at, letters, preflighted string }{{"e", "efghko", "fhk"}, {"k", "kehno", "en"}, {"n", "nomk", "k"}} {
			for _, to := range p.letters {
				for _, step := range chained {
					if step.Mode != "cors" && !strings.ContainsRune(p.preflighted, to) {
						continue // nothing new
					}
					step.ReferrerPolicy = policy
					all = append(all, chain(fmt.Sprintf("referrer/%s-%c-%s-%s", p.at, to, step.Mode+step.Method, policy), Page{At: p.at}, string(to), step))
				}
			}
		}
		for _, via := range []string{"img", "script", "link-stylesheet"} {
			for _, to := range "eh" {
				all = append(all, chain(fmt.Sprintf("referrer/e-%c-%s-%s", to, via, policy), Page{At: "e"}, string(to), Step{Via: via, ReferrerPolicy: policy}))
			}
		}
		for _, frame := range []string{"sandbox", "data"} {
			step := chained[0]
			step.ReferrerPolicy = policy
			all = append(all, chain("referrer/"+frame+"-"+policy, Page{At: "e", Frame: frame}, "h", step))
		}
	}
	return all
}

// referrersOfRedirects narrow from hop to hop, and redirects bring policies of their own.
func referrersOfRedirects() (all []*Scenario) {
	for _, policy := range allReferrerPolicies {
		for _, hops := range []string{"eh", "he", "ehe", "efe", "eke", "hkh", "kek", "khk", "knk", "kon"} {
			page := Page{At: "e"}
			if hops[0] == 'k' {
				page.At = "k"
			}
			for _, step := range chained {
				if step.Mode == "no-cors" && hops != "ehe" {
					continue // nothing new
				}
				step.ReferrerPolicy = policy
				all = append(all, chain(fmt.Sprintf("referrer-redirect/%s-%s-%s-%s", page.At, hops, step.Mode+step.Method, policy), page, hops, step))
			}
		}
	}
	for i, l := range [][]string{{"no-referrer"}, {"unsafe-url"}, {"same-origin"}, {"no-referrer", "unsafe-url"}, {"unsafe-url, no-referrer"}, {"origin"}, {"origin, made-up"}, {"made-up"}, {""}, {"ORIGIN"}, {"no-referrer, foo_bar"}, {"\"no-referrer\""}, {"never"}, {"always"},
		{"no-referrer;x"}, {"no-referrer unsafe-url"}, {",no-referrer,"}} {
		for _, hops := range []string{"eh", "ef", "ehe", "ee"} {
			for _, step := range chained {
				if step.Mode != "cors" && (i > 2 || hops == "ee") {
					continue // nothing new
				}
				s := chain(fmt.Sprintf("referrer-of-redirect/%02d-%s-%s", i, hops, step.Mode+step.Method), Page{At: "e"}, hops, step)
				redirect := &s.Serve["{e/}0"].Request[0]
				redirect.Headers = append(redirect.Headers, lines("Referrer-Policy", l...)...)
				all = append(all, s)
			}
		}
	}
	for _, policies := range [][2]string{{"unsafe-url", "unsafe-url"}, {"origin", "unsafe-url"}, {"unsafe-url", "origin-when-cross-origin"}, {"no-referrer", "unsafe-url"}} {
		for _, hops := range []string{"ehe", "hie"} {
			s := chain(fmt.Sprintf("referrer-of-redirect/%s-%s-%s", hops, policies[0], policies[1]), Page{At: "e"}, hops, chained[0])
			for i, policy := range policies {
				redirect := &s.Serve[fmt.Sprintf("{%c/}%d", hops[i], i)].Request[0]
				*redirect = redirect.with("Referrer-Policy", policy)
			}
			all = append(all, s)
		}
	}
	return all
}

// referrerInits are about the member "referrer" of what a page gives to fetch().
func referrerInits() (all []*Scenario) {
	long := func(n int) string { return "{e}/" + strings.Repeat("x", n) }
	for i, referrer := range []string{"", "about:client", "{e}/x?y#z", "{h}/x", "about:blank", "/x?y#z", "{e}", "{f}/x", "https://u:p@e.localhost/", "data:,x", "http://", "x y\u00e4", "?", "#", long(4000), long(4073), long(4074), long(4075), long(4076), long(8000)} {
		for _, policy := range []string{"", "unsafe-url", "same-origin", "no-referrer"} {
			for _, to := range "eh" {
				if policy != "" && policy != "unsafe-url" && i > 3 {
					continue // nothing new
				}
				step := chained[0]
				step.Referrer, step.ReferrerPolicy = &referrer, policy
				all = append(all, chain(fmt.Sprintf("referrer-init/%02d-%c-%s", i, to, policy), Page{At: "e"}, string(to), step))
			}
		}
	}
	return all
}

// cacheModes are the cache modes of fetch(), which add headers after it is decided whether there is a preflight.
func cacheModes() (all []*Scenario) {
	kinds := map[string]Step{"get": {}, "put": {Method: "PUT"}, "no-cors": {Mode: "no-cors"}, "same-origin": {Mode: "same-origin"}, "if-none-match": get("", "If-None-Match", "x"), "if-range": get("", "If-Range", "x"),
		"cache-control": get("", "Cache-Control", "x"), "pragma": get("", "Pragma", "x"), "range": get("", "Range", "bytes=0-1")}
	add := func(id, hops, kind string, caches ...string) {
		step := kinds[kind]
		step.Via, step.Credentials = "fetch", "omit"
		s := chain(id, Page{At: "e"}, hops, step)
		for _, served := range s.Serve {
			served.Preflight[0] = served.Preflight[0].with(acma, "600")
		}
		step, s.Steps = s.Steps[0], nil
		for _, step.Cache = range caches {
			s.Steps = append(s.Steps, step)
		}
		all = append(all, s)
	}
	for _, cache := range []string{"default", "no-store", "reload", "no-cache", "force-cache", "only-if-cached"} {
		for _, kind := range slices.Sorted(maps.Keys(kinds)) {
			for _, hops := range []string{"e", "h", "eh"} {
				add(fmt.Sprintf("cache-mode/%s-%s-%s", cache, kind, hops), hops, kind, cache)
			}
		}
		// Whether such a request finds preflights in their own cache, and whether it leaves one there.
		for _, hops := range []string{"h", "eh"} {
			add(fmt.Sprintf("cache-mode/%s-twice-%s", cache, hops), hops, "put", cache, cache)
			add(fmt.Sprintf("cache-mode/%s-between-%s", cache, hops), hops, "put", "default", cache, "default")
			add(fmt.Sprintf("cache-mode/%s-first-%s", cache, hops), hops, "put", cache, "default")
		}
	}
	for _, kind := range []string{"if-none-match", "if-range"} {
		add("cache-mode/default-"+kind+"-twice-h", "h", kind, "default", "default")
	}
	return all
}
