package main

import (
	"fmt"
	"maps"
)

// mixedContents are about pages of https that request what is http, at hosts that are potentially trustworthy and at
// such that are not, at once and by a redirect.
func mixedContents() (all []*Scenario) {
	type kind struct {
		name   string
		step   func(url string) Step
		answer func(status int, namesAndValues ...string) Answer
	}
	kinds := []kind{{"xhr", func(url string) Step { return Step{Via: "xhr", URL: url} }, answer}}
	for _, mode := range []string{"cors", "no-cors"} {
		kinds = append(kinds, kind{"fetch-" + mode, func(url string) Step { return Step{Via: "fetch", Mode: mode, URL: url} }, answer})
	}
	kinds = append(kinds, kind{"fetch-put", func(url string) Step { return Step{Via: "fetch", Method: "PUT", URL: url} }, answer})
	for _, via := range []string{"audio", "video"} {
		kinds = append(kinds, kind{via, func(url string) Step { return Step{Via: via, URL: url} }, contentAudio.answer})
	}
	kinds = append(kinds, kind{"img-srcset", func(url string) Step { return Step{Via: "img", URL: url, Property: "srcset"} }, contentImage.answer})
	for _, e := range allElements() {
		kinds = append(kinds, kind{e.name, e.step, e.answer})
	}
	add := func(id string, k kind, served map[string]*Served, url string) {
		all = append(all, &Scenario{ID: "mixed/" + id + "-" + k.name, Page: Page{At: "e"}, Plain: true, Steps: []Step{k.step(url)}, Serve: served})
	}
	for _, k := range kinds {
		// ends answers at the last URL, and where it is upgraded.
		ends := func(letter byte) map[string]*Served {
			a := serve(openAnswer(204), k.answer(200, acao, "*"))
			served := map[string]*Served{fmt.Sprintf("{%c/}y", letter): a}
			if letter == 'n' {
				served["{o/}y"] = a
			}
			return served
		}
		for _, to := range "mnackh" {
			add(fmt.Sprintf("%c", to), k, ends(byte(to)), fmt.Sprintf("{%c/}y", to))
			if to == 'h' {
				continue
			}
			served := map[string]*Served{"{h/}x": serve(openAnswer(204), openAnswer(200).redirecting(302, fmt.Sprintf("{%c/}y", to)))}
			maps.Copy(served, ends(byte(to)))
			add(fmt.Sprintf("h%c", to), k, served, "{h/}x")
		}
		// An image that was upgraded is redirected to what is to be upgraded.
		redirected := serve(openAnswer(204), openAnswer(200).redirecting(302, "{n/}y"))
		served := map[string]*Served{"{n/}x": redirected, "{o/}x": redirected}
		maps.Copy(served, ends('n'))
		add("nn", k, served, "{n/}x")
	}
	// Pages of http reach the same hosts.
	for _, k := range kinds {
		for _, to := range "mn" {
			url := fmt.Sprintf("{%c/}y", to)
			all = append(all, &Scenario{ID: fmt.Sprintf("mixed/http-page-%c-%s", to, k.name), Plain: true, Steps: []Step{k.step(url)}, Serve: map[string]*Served{url: serve(openAnswer(204), k.answer(200, acao, "*"))}})
		}
	}
	// What is left of a cached preflight.
	for _, to := range "mn" {
		ok := answer(200, acao, "*")
		put := Step{Via: "fetch", URL: "{h/}x", Method: "PUT"}
		all = append(all, &Scenario{ID: fmt.Sprintf("mixed/cache-h%c", to), Page: Page{At: "e"}, Plain: true, Steps: []Step{put, {Via: "fetch", URL: "{h/}x"}, put}, Serve: map[string]*Served{
			"{h/}x": {Preflight: []Answer{answer(204, acao, "*", acam, "PUT", acma, "600")}, Request: []Answer{ok}, Get: []Answer{ok.redirecting(302, fmt.Sprintf("{%c/}y", to))}}}})
	}
	return all
}
