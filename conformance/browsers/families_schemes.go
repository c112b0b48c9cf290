package main

import (
	"fmt"
	"strings"
)

// schemes are about pages of http that request what is https: another origin at the same host, and same site without
// being so to Cross-Origin-Resource-Policy.
func schemes() (all []*Scenario) {
	add := func(s *Scenario) {
		s.At = "k"
		all = append(all, s)
	}
	for _, to := range "kegh" {
		url := fmt.Sprintf("{%c/}x", to)
		for i, l := range [][]string{nil, {"same-origin"}, {"same-site"}, {"cross-origin"}} {
			a := Answer{Status: 200, Body: "svg", Headers: append(lines(corp, l...), [2]string{"Content-Type", "image/svg+xml"})}
			for _, via := range []string{"img", "fetch"} {
				step := Step{Via: via, URL: url}
				if via == "fetch" {
					step.Mode = "no-cors"
				}
				add(single(fmt.Sprintf("scheme-corp/%c-%s-%d", to, via, i), step, serve(answer(204), a)))
			}
		}
		for _, mode := range credentialsModes {
			for i, allowed := range []string{"{page}", "{e}", "*", "null"} {
				add(single(fmt.Sprintf("scheme-cors/%c-%s-%d", to, mode, i), Step{Via: "fetch", URL: url, Credentials: mode}, serve(answer(204), openTo(allowed, 200))))
			}
			add(single(fmt.Sprintf("scheme-cors/%c-%s-put", to, mode), Step{Via: "fetch", URL: url, Method: "PUT", Credentials: mode}, serve(openTo("{page}", 204), openTo("{page}", 200))))
		}
		for _, mode := range []string{"no-cors", "same-origin"} {
			add(single(fmt.Sprintf("scheme-mode/%c-%s", to, mode), Step{Via: "fetch", URL: url, Method: "POST", Mode: mode, Body: true}, serve(answer(204), answer(200))))
		}
	}
	for _, hops := range []string{"ke", "ek", "kh", "hk", "eke", "heh"} {
		for _, allowed := range []string{"{page}", "null"} {
			for _, mode := range []string{"cors", "no-cors"} {
				s := &Scenario{ID: fmt.Sprintf("scheme-redirect/%s-%s-%s", hops, mode, strings.Trim(allowed, "{}")), Serve: map[string]*Served{}, Steps: []Step{{Via: "fetch", Method: "POST", Mode: mode, URL: fmt.Sprintf("{%c/}0", hops[0])}}}
				for i, letter := range hops {
					a := openTo(allowed, 200)
					if i+1 < len(hops) {
						a = openTo("{page}", 307).with("Location", fmt.Sprintf("{%c/}%d", hops[i+1], i+1))
					}
					s.Serve[fmt.Sprintf("{%c/}%d", letter, i)] = serve(answer(204), a)
				}
				add(s)
			}
		}
	}
	return all
}
