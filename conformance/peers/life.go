package main

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/fetchhttp"
	"github.com/corspec/corspec/origin"
)

// A Life says how many preflights a page sends in an hour, with each profile of a browser.
type Life struct {
	Peer       string         `json:"peer"`
	Preflights map[string]int `json:"preflights"`
	Blocked    int            `json:"blocked"` // fetches that came to nothing, of all profiles
}

// lifeFetches is how many fetches there are in that hour, one every two seconds.
const lifeFetches = 1800

// lives lets a page work on ten items for an hour, at one fetch every two seconds: it lists, reads, changes, replaces
// and removes them. Some requests have a token, some JSON, some a header of their own. Nothing is measured; preflights
// are counted.
func lives() (list []Life, err error) {
	const page = "https://app.example.com"
	c := config{origins: []string{page, "https://admin.example.com"}, credentials: true, methods: []string{"DELETE", "PATCH", "PUT"},
		headers: []string{"Authorization", "Content-Type", "X-Request-Id"}, maxAge: 600}
	steps := []struct{ method, names string }{
		{"GET", ""}, {"GET", "Authorization"}, {"PATCH", "Content-Type"}, {"PUT", "Authorization Content-Type"}, {"POST", "Content-Type X-Request-Id"},
		{"GET", "X-Request-Id"}, {"DELETE", "Authorization X-Request-Id"},
	}
	for _, p := range peers {
		life := Life{Peer: p.name, Preflights: map[string]int{}}
		for _, profile := range fetch.Profiles() {
			preflights := 0
			h, err := p.wrap(c, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
			if err != nil {
				return nil, fmt.Errorf("%s: %w", p.name, err)
			}
			now := time.Unix(0, 0)
			agent := &fetchhttp.Agent{Agent: fetch.Agent{Profile: profile}, Now: func() time.Time { return now }, Transport: fetchhttp.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method == "OPTIONS" {
					preflights++
				}
				h.ServeHTTP(w, r)
			}))}
			tab := agent.Page(origin.MustParse(page))
			for i := range lifeFetches {
				step := steps[i%len(steps)]
				r := newRequest(step.method)
				r.URL.Path = fmt.Sprint("/items/", i/len(steps)%10)
				for _, name := range strings.Fields(step.names) {
					r.Header.Set(name, "application/json")
				}
				resp, err := tab.Fetch(r, fetchhttp.WithCredentials(fetch.CredentialsInclude))
				if err != nil {
					life.Blocked++
				} else {
					resp.Body.Close()
				}
				now = now.Add(time.Hour / lifeFetches)
			}
			life.Preflights[profile.String()] = preflights
		}
		list = append(list, life)
	}
	return list, nil
}
