package main

import (
	"fmt"
)

var policies = []string{"require-corp", "credentialless"}

// embedderPolicies are pages with an embedder policy.
func embedderPolicies() (all []*Scenario) {
	add := func(policy string, s *Scenario) {
		s.Embedder = []string{policy}
		all = append(all, s)
	}
	for _, policy := range policies {
		for i, l := range [][]string{nil, {"same-origin"}, {"same-site"}, {"cross-origin"}, {"Cross-Origin"}, {"cross-origin", "cross-origin"}, {"nonsense"}, {""}, {"\"cross-origin\""}, {"cross-origin;x"}} {
			for _, to := range "efgh" {
				url := fmt.Sprintf("{%c/}x", to)
				for _, mode := range credentialsModes {
					if mode != "include" && i > 3 {
						continue // nothing new
					}
					add(policy, single(fmt.Sprintf("coep/%s-%02d-%c-%s", policy, i, to, mode), Step{Via: "fetch", URL: url, Mode: "no-cors", Credentials: mode}, serve(answer(204), Answer{Status: 200, Headers: lines(corp, l...)})))
				}
				if i > 3 {
					continue
				}
				for _, via := range []string{"img", "script", "link-stylesheet"} {
					a := Answer{Status: 200, Body: elementTypes[via][1], Headers: append(lines(corp, l...), [2]string{"Content-Type", elementTypes[via][0]})}
					add(policy, single(fmt.Sprintf("coep/%s-%02d-%c-%s", policy, i, to, via), Step{Via: via, URL: url}, serve(answer(204), a)))
				}
				cors := Answer{Status: 200, Headers: append(lines(corp, l...), [2]string{acao, "*"})}
				add(policy, single(fmt.Sprintf("coep/%s-%02d-%c-cors", policy, i, to), get(url), serve(answer(204), cors)))
			}
		}
		anonymous := "anonymous"
		for _, via := range []string{"img", "script", "font", "module-script"} {
			for i, l := range [][]string{{}, {acao, "*"}} {
				a := answer(200, append(l, "Content-Type", elementTypes[via][0])...)
				a.Body = elementTypes[via][1]
				step := Step{Via: via, URL: "{h/}x"}
				if via == "img" || via == "script" {
					step.CrossOrigin = &anonymous
				}
				add(policy, single(fmt.Sprintf("coep/%s-cors-%s-%d", policy, via, i), step, serve(answer(204), a)))
			}
		}
		add(policy, single("coep/"+policy+"-local", Step{Via: "fetch", URL: "data:text/plain,x", Mode: "no-cors"}, serve(answer(204), answer(200))))
		add(policy, single("coep/"+policy+"-same-origin-mode", Step{Via: "fetch", URL: "{e/}x", Mode: "same-origin", Credentials: "include"}, serve(answer(204), answer(200))))
	}
	return all
}

// embedderRedirects are redirects in such pages: each response is checked.
func embedderRedirects() (all []*Scenario) {
	for _, policy := range policies {
		for _, hops := range []string{"eh", "he", "gh", "hi", "ehe", "ef", "fe"} {
			for _, allowed := range []string{"none", "first", "last", "all"} {
				s := &Scenario{ID: fmt.Sprintf("coep-redirect/%s-%s-%s", policy, hops, allowed), Page: Page{Embedder: []string{policy}}, Serve: map[string]*Served{}}
				for i, letter := range hops {
					a := answer(200)
					if i+1 < len(hops) {
						a = answer(302, "Location", fmt.Sprintf("{%c/}%d", hops[i+1], i+1))
					}
					if allowed == "all" || allowed == "first" && i == 0 || allowed == "last" && i+1 == len(hops) {
						a = a.with(corp, "cross-origin")
					}
					s.Serve[fmt.Sprintf("{%c/}%d", letter, i)] = serve(answer(204), a)
				}
				s.Steps = []Step{{Via: "fetch", URL: fmt.Sprintf("{%c/}0", hops[0]), Mode: "no-cors", Credentials: "include"}}
				all = append(all, s)
			}
		}
	}
	return all
}

// embedderCookies are about credentials in such pages.
func embedderCookies() (all []*Scenario) {
	for _, policy := range policies {
		page := Page{Embedder: []string{policy}}
		for _, to := range "efgh" {
			url := fmt.Sprintf("{%c/}x", to)
			for _, mode := range credentialsModes {
				for _, kind := range []string{"no-cors", "cors"} {
					a := openTo("{page}", 200).with(corp, "cross-origin").with(setCookie(string(to) + "1")...)
					all = append(all, baking(fmt.Sprintf("coep-cookies/%s-%c-%s-%s", policy, to, kind, mode), page, string(to), []Step{{Via: "fetch", URL: url, Mode: kind, Credentials: mode}}, map[string]*Served{url: serve(answer(204), a)}))
				}
			}
			for _, via := range []string{"img", "script", "link-stylesheet"} {
				a := answer(200, corp, "cross-origin", "Content-Type", elementTypes[via][0]).with(setCookie(string(to) + "1")...)
				a.Body = elementTypes[via][1]
				all = append(all, baking(fmt.Sprintf("coep-cookies/%s-%c-%s", policy, to, via), page, string(to), []Step{{Via: via, URL: url}}, map[string]*Served{url: serve(answer(204), a)}))
			}
		}
		for _, hops := range []string{"eh", "he", "hg", "hh", "ehe", "hie", "ef", "fe", "ee", "efe"} {
			s := redirecting("coep-cookies/"+policy+"-redirect-"+hops, hops, "", Step{Via: "fetch", Mode: "no-cors", Credentials: "include"})
			for i, letter := range hops {
				a := &s.Serve[fmt.Sprintf("{%c/}%d", letter, i)].Request[0]
				*a = a.with(corp, "cross-origin")
			}
			s.Page = page
			all = append(all, s)
		}
	}
	return all
}

// embedderValues are all sorts of Cross-Origin-Embedder-Policy.
func embedderValues() (all []*Scenario) {
	for i, l := range [][]string{{"unsafe-none"}, {"Require-CORP"}, {"\"require-corp\""}, {"require-corp;report-to=\"x\""}, {"require-corp; report-to"}, {"require-corp, require-corp"}, {"require-corp", "require-corp"}, {"require-corp,credentialless"},
		{" require-corp "}, {"require-corp;"}, {"require-corp;report-to=x\u00ff"}, {"require-corp x"}, {"(require-corp)"}, {"require-corp;a=1.5;b=?1;c=:YQ==:"}, {"require-corp;A=1"}, {"same-origin"}, {""}, {"credentialless;x"}, {"require-corp;a=@1"}, {"require-corp\t"}} {
		s := single(fmt.Sprintf("coep-value/%02d", i), Step{Via: "fetch", URL: "{h/}x", Mode: "no-cors"}, serve(answer(204), answer(200)))
		s.Embedder = l
		all = append(all, s)
	}
	return all
}
