package main

import (
	"fmt"
)

// streams are uploads of streams, to the server that speaks HTTP/2: no browser uploads them otherwise.
func streams() (all []*Scenario) {
	stream := func(method string) Step {
		return Step{Via: "fetch", URL: "{j/}x", Method: method, Stream: true}
	}
	for _, method := range []string{"POST", "PUT", "post"} {
		for i, l := range [][]string{nil, {"PUT"}, {"POST"}, {"*"}, {""}, {"GET"}} {
			p := Answer{Status: 204, Headers: append(lines(acam, l...), [2]string{acao, "*"})}
			all = append(all, single(fmt.Sprintf("stream/%s-%d", method, i), stream(method), serve(p, answer(200, acao, "*"))))
		}
	}
	for _, method := range []string{"GET", "HEAD"} {
		all = append(all, single("stream/"+method, stream(method), serve(openAnswer(204), openAnswer(200))))
	}
	for _, mode := range []string{"no-cors", "same-origin"} {
		s := stream("POST")
		s.Mode = mode
		all = append(all, single("stream/"+mode, s, serve(openAnswer(204), openAnswer(200))))
	}
	for _, mode := range credentialsModes {
		s := stream("POST")
		s.Credentials = mode
		all = append(all, baking("stream/cookies-"+mode, Page{}, "j", []Step{s}, map[string]*Served{s.URL: serve(openTo("{page}", 204).with(setCookie("j-preflight")...), openTo("{page}", 200).with(setCookie("j1")...))}))
	}
	withType := stream("POST")
	withType.Headers = [][2]string{{"Content-Type", "application/json"}}
	all = append(all, single("stream/typed", withType, serve(openTo("{page}", 204), openTo("{page}", 200))),
		single("stream/refused", stream("POST"), serve(answer(204), openAnswer(200))),
		single("stream/refused-status", stream("POST"), serve(openAnswer(403), openAnswer(200))))
	for _, status := range []int{301, 302, 303, 307, 308} {
		for _, to := range []string{"{j/}y", "{h/}y"} {
			all = append(all, &Scenario{ID: fmt.Sprintf("stream/redirect-%d-%c", status, to[1]), Steps: []Step{stream("POST")}, Serve: map[string]*Served{
				"{j/}x": serve(openAnswer(204), openAnswer(status).with("Location", to)), to: serve(openAnswer(204), openAnswer(200))}})
		}
	}
	all = append(all, single("stream/redirect-303-put", stream("PUT"), &Served{Preflight: []Answer{openAnswer(204)}, Request: []Answer{openAnswer(303).with("Location", "{j/}x"), openAnswer(200)}}))
	twice := single("stream/twice", stream("POST"), serve(openAnswer(204).with(acma, "600"), openAnswer(200)))
	twice.Steps = append(twice.Steps, stream("POST"))
	return append(all, twice)
}
