package main

import (
	"fmt"
	"slices"
	"strconv"
)

// borders are about values and statuses just inside and just outside of what counts.
func borders() []*Scenario {
	return slices.Concat(cacheAgesLater(), clientHintValues(), rangeValues(), redirectStatuses(), cacheFailures())
}

// maxAges are values of Access-Control-Max-Age, each given as its lines.
var maxAges = [][]string{nil, {"600"}, {"0"}, {"-1"}, {"-0"}, {"+600"}, {"1e3"}, {"600.0"}, {""}, {"x"}, {"600, 600"}, {"600", "600"}, {"0", "600"}, {"600", "0"}, {"00600"}, {"99999999999999999999"}, {"2147483648"}, {"\"600\""}, {"600 "}, {"6 00"}, {"0x10"}, {"600;"}, {"true"},
	{"+0"}, {"++600"}, {"-600"}, {"- 600"}, {"600\u00a0"}, {"\f600"}, {"600\v"}, {"\f-1"}, {"600,"}, {",600"}, {"600, x"}, {"x, 600"}, {"9223372036854775807"}, {"9223372036854775808"}, {"18446744073709551616"}, {"-99999999999999999999"}, {"+99999999999999999999"}, {"4294967297"}, {"4"}, {"7"}}

// cacheAgesLater are two requests with more than five seconds between them, so that what was kept for a while differs
// from what was kept for as long as failure means.
func cacheAgesLater() (all []*Scenario) {
	for i, values := range maxAges {
		all = append(all, maxAgePair(fmt.Sprintf("max-age-later/%02d", i), 6200, values...))
	}
	return all
}

func clientHintValues() (all []*Scenario) {
	for _, name := range []string{"DPR", "Device-Memory", "Downlink", "Width", "Viewport-Width", "RTT", "ECT", "Save-Data", "Intervention"} {
		for i, value := range []string{"", "0", "1", "007", "1.5", "1.", ".5", "1.5.5", "-1", "+1", "1e3", "99999999999999999999", "1 2", "1,2", "x", "on", "ON", "off", "4g", "4G", "2g", "3g", "slow-2g", "5g", "(", "\u00e4"} {
			all = append(all, single(fmt.Sprintf("client-hint/%s-%02d", name, i), get("{c/}x", name, value), serve(openAnswer(204), openAnswer(200))))
		}
	}
	return all
}

func rangeValues() (all []*Scenario) {
	for i, value := range []string{"bytes=0-+100", "bytes=+0-100", "bytes=+0-+100", "bytes=-0-100", "bytes=0--100", "bytes=++0-1", "bytes=+0-", "bytes=0-+", "bytes=+-1", "bytes=+", "bytes=\f0-1", "bytes=0\f-1", "bytes=0-\f1", "bytes=0-1\f", "bytes=\v0-1", "bytes=0\v-1",
		"bytes=0-\v1", "bytes=0-1\v", "bytes= 0-1", "bytes=0- 1", "bytes=0\t-\t1", "bytes\f=0-1", "\fbytes=0-1", "bytes=0-\u00a01", "bytes=0-1x", "bytes=0x1-2", "bytes=0-1-2", "Bytes=0-1", "bytes=\f+0-1", "bytes=+\f0-1", "bytes=9223372036854775807-", "bytes=9223372036854775808-", "bytes=0-9223372036854775808", "bytes=5-+4",
		"bytes=9223372036854775806-", "bytes=0-9223372036854775807", "bytes=0-9223372036854775806", "bytes=18446744073709551615-", "bytes=0-18446744073709551615", "bytes=18446744073709551616-", "bytes=0-00018446744073709551615"} {
		all = append(all, single(fmt.Sprintf("range/%02d", i), get("{c/}x", "Range", value), serve(openAnswer(204), openAnswer(200))))
	}
	return all
}

// redirectStatuses are statuses that are like those of redirects, with a Location.
func redirectStatuses() (all []*Scenario) {
	for _, status := range []int{201, 299, 300, 304, 305, 306, 309, 310, 350, 399, 400} {
		for _, mode := range []string{"follow", "error", "manual"} {
			for _, m := range []string{"cors", "no-cors"} {
				if m == "no-cors" && mode != "follow" {
					continue // refused before it is sent
				}
				all = append(all, &Scenario{ID: fmt.Sprintf("status-with-location/%d-%s-%s", status, mode, m), Steps: []Step{{Via: "fetch", URL: "{b/}x", Mode: m, Redirect: mode}}, Serve: map[string]*Served{
					"{b/}x": serve(answer(204), openAnswer(status).with("Location", "{b/}y")), "{b/}y": serve(answer(204), openAnswer(200))}})
			}
		}
		for _, method := range []string{"POST", "PUT"} {
			all = append(all, &Scenario{ID: "status-with-location/" + strconv.Itoa(status) + "-" + method, Steps: []Step{{Via: "fetch", URL: "{b/}x", Method: method, Body: true}}, Serve: map[string]*Served{
				"{b/}x": serve(openAnswer(204), openAnswer(status).with("Location", "{c/}y")), "{c/}y": serve(openAnswer(204), openAnswer(200))}})
		}
	}
	return all
}

// cacheFailures are about what is left of a cached preflight when something fails after it: a request that it covers,
// and one that needs none. Each is done by itself, between two requests that need the preflight.
func cacheFailures() (all []*Scenario) {
	ok := answer(200, acao, "{page}", acac, "true")
	redirect := func(location string) Answer { return ok.redirecting(302, location) }
	for _, f := range []struct {
		name   string
		answer Answer
		change func(*Step)
	}{
		{"none", ok, nil},
		{"404", answer(404, acao, "*"), nil},
		{"407", answer(407, acao, "*"), nil},
		{"500", answer(500, acao, "*"), nil},
		{"500-without-acao", answer(500), nil},
		{"without-acao", answer(200), nil},
		{"other-acao", answer(200, acao, "{d}"), nil},
		{"wildcard-with-credentials", answer(200, acao, "*"), func(s *Step) { s.Credentials = "include" }},
		{"closed", Answer{}, nil},
		{"abort", Answer{Hold: true}, func(s *Step) { s.Abort = 700 }},
		{"redirect", redirect("{c/}y"), nil},
		{"redirect-without-acao", answer(302, "Location", "{c/}y"), nil},
		{"redirect-to-closed", redirect("{c/}closed"), nil},
		{"redirect-to-unshared", redirect("{c/}unshared"), nil},
		{"redirect-to-no-url", redirect("http://"), nil},
		{"redirect-to-data", redirect("data:,x"), nil},
		{"redirect-to-user", redirect("http://u:p@{host}y"), nil},
		{"redirect-to-bad-port", redirect("http://127.0.0.1:25/"), nil},
		{"redirect-mode-error", redirect("{c/}y"), func(s *Step) { s.Redirect = "error" }},
		{"redirect-mode-manual", redirect("{c/}y"), func(s *Step) { s.Redirect = "manual" }},
		{"mode-same-origin", ok, func(s *Step) { s.Mode = "same-origin" }},
		{"mode-no-cors", ok, func(s *Step) { s.Mode, s.Method = "no-cors", "GET" }},
		{"no-cors-corp", answer(200, corp, "same-origin"), func(s *Step) { s.Mode, s.Method = "no-cors", "GET" }},
	} {
		for _, method := range []string{"GET", "PUT"} {
			step := Step{Via: "fetch", URL: "{c/}x", Method: "PUT"}
			fails := step
			fails.Method = method
			if f.change != nil {
				f.change(&fails)
			}
			if fails.Credentials != "" { // Firefox keeps what has credentials apart
				step.Credentials = fails.Credentials
			}
			if method == "PUT" && fails.Method == "GET" || method == "GET" && fails.Abort > 0 {
				continue // the same again; and Firefox clears the cache now and then when a simple request is aborted
			}
			preflight := answer(204, acao, "{page}", acac, "true", acam, "PUT", acma, "600")
			request, simple := []Answer{ok, f.answer, ok}, []Answer(nil)
			if fails.Method == "GET" {
				request, simple = []Answer{ok}, []Answer{f.answer} // browsers try again where a connection is closed
			}
			if fails.Mode == "same-origin" {
				request = []Answer{ok}
			}
			all = append(all, &Scenario{ID: "cache-failure/" + f.name + "-" + method, Steps: []Step{step, fails, step}, Serve: map[string]*Served{
				"{c/}x": {Preflight: []Answer{preflight}, Request: request, Get: simple}, "{c/}y": {Preflight: []Answer{preflight}, Request: []Answer{ok}},
				"{c/}unshared": {Preflight: []Answer{preflight}, Request: []Answer{answer(200)}}, "{c/}closed": {Preflight: []Answer{preflight}}}})
		}
	}
	return all
}
