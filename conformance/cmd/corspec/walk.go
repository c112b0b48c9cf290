package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/origin"
)

// pageOrigin is the origin of the walk-through's page.
const pageOrigin = "https://app.example"

// A stop is one case of the walk-through.
type stop struct {
	title   string
	method  string
	path    string
	headers fetch.HeaderList
	body    string // none if empty
	noCORS  bool   // mode "no-cors" in place of "cors"
	creds   fetch.CredentialsMode
	want    fetch.Code // a walk that ends otherwise is a fault of this program
}

var stops = []stop{
	{title: "A server that knows nothing of CORS", path: "/plain", want: fetch.CodeMissingAllowOrigin},
	{title: "A server that lets everyone read", path: "/open", want: fetch.CodeOK},
	{title: "The same, asked with cookies: \"*\" is not a wildcard then", path: "/open", creds: fetch.CredentialsInclude, want: fetch.CodeWildcardOriginNotAllowed},
	{title: "A server that names the page's origin and allows credentials", path: "/private", creds: fetch.CredentialsInclude, want: fetch.CodeOK},
	{title: "A slash at the end of the origin", path: "/slash", want: fetch.CodeInvalidAllowOriginValue},
	{title: "JSON needs a preflight, and the router knows only POST", method: "POST", path: "/orders", headers: fetch.HeaderList{{"Content-Type", "application/json"}}, body: `{"n":1}`, want: fetch.CodePreflightInvalidStatus},
	{title: "PUT with JSON, and a server that answers the preflight", method: "PUT", path: "/items/1", headers: fetch.HeaderList{{"Content-Type", "application/json"}}, body: `{"n":1}`, want: fetch.CodeOK},
	{title: "The same server, asked for PATCH in lower case", method: "patch", path: "/items/1", want: fetch.CodeMethodDisallowedByPreflight},
	{title: "Authorization is not covered by \"*\"", path: "/any-header", headers: fetch.HeaderList{{"Authorization", "Bearer x"}}, want: fetch.CodeAuthorizationNotCoveredByWildcard},
	{title: "A redirect from one foreign origin to another makes the origin \"null\"", path: "/away", want: fetch.CodeAllowOriginMismatch},
	{title: "An image needs no CORS to be shown, but the server may forbid it", path: "/embed", noCORS: true, want: fetch.CodeCORPNotSameOrigin},
}

// walkServer is the server of the walk-through; other is its second origin.
func walkServer(other string) http.Handler {
	mux := http.NewServeMux()
	allow := func(w http.ResponseWriter, origin string) { w.Header().Set("Access-Control-Allow-Origin", origin) }
	mux.HandleFunc("GET /plain", func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, "hello") })
	mux.HandleFunc("GET /open", func(w http.ResponseWriter, r *http.Request) { allow(w, "*") })
	mux.HandleFunc("GET /private", func(w http.ResponseWriter, r *http.Request) {
		allow(w, pageOrigin)
		w.Header().Set("Access-Control-Allow-Credentials", "true")
		w.Header().Set("Vary", "Origin")
		w.Header().Set("X-Total", "3")
	})
	mux.HandleFunc("GET /slash", func(w http.ResponseWriter, r *http.Request) { allow(w, pageOrigin+"/") })
	mux.HandleFunc("POST /orders", func(w http.ResponseWriter, r *http.Request) { allow(w, "*") })
	mux.HandleFunc("OPTIONS /orders", func(w http.ResponseWriter, r *http.Request) {
		allow(w, "*")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
	})
	mux.HandleFunc("/items/1", func(w http.ResponseWriter, r *http.Request) {
		allow(w, pageOrigin)
		if r.Method == http.MethodOptions {
			w.Header().Set("Access-Control-Allow-Methods", "PUT, PATCH")
			w.Header().Set("Access-Control-Allow-Headers", "content-type")
			w.WriteHeader(http.StatusNoContent)
		}
	})
	mux.HandleFunc("/any-header", func(w http.ResponseWriter, r *http.Request) {
		allow(w, "*")
		w.Header().Set("Access-Control-Allow-Headers", "*")
	})
	mux.HandleFunc("GET /away", func(w http.ResponseWriter, r *http.Request) {
		allow(w, pageOrigin)
		http.Redirect(w, r, other+"/private", http.StatusFound)
	})
	mux.HandleFunc("GET /embed", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cross-Origin-Resource-Policy", "same-origin")
	})
	return mux
}

// walkThrough starts the server on loopback and goes through the stops. It returns exitOK if each ended as it should.
func walkThrough(stdout, stderr io.Writer, asJSON bool, pageName string, timeout time.Duration) int {
	fail := func(err error) int {
		fmt.Fprintf(stderr, "corspec check: %v\n", err)
		return exitUsage
	}
	// Two listeners are two origins.
	first, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fail(err)
	}
	second, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		first.Close()
		return fail(err)
	}
	base, other := "http://"+first.Addr().String(), "http://"+second.Addr().String()
	server := &http.Server{Handler: walkServer(other), ReadHeaderTimeout: timeout}
	defer server.Close()
	go server.Serve(first)
	go server.Serve(second)

	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	agent, p := newAgent(), newPrinter(stdout)
	var reports []checkReport
	var all []*answered
	status := exitOK
	for i, s := range stops {
		r := &checkRequest{url: base + s.path, origin: origin.MustParse(pageOrigin), method: s.method, headers: s.headers, mode: fetch.ModeCORS, credentials: s.creds}
		if s.body != "" {
			r.body = &s.body
		}
		if s.noCORS {
			r.mode = fetch.ModeNoCORS
		}
		var log traced
		if asJSON {
			log, err = check(ctx, agent, r, io.Discard)
			reports = append(reports, newReport(r, base+s.path, log))
		} else {
			p.line("%s", p.style(bold, fmt.Sprintf("%d. %s", i+1, s.title)))
			log, err = check(ctx, agent, r, stdout)
			p.line("")
		}
		if err != nil {
			return fail(err)
		}
		all = append(all, &answered{request: r, url: r.url, log: log, notes: []string{s.title + "."}})
		if got := log.Result.Verdict.Code; got != s.want {
			fmt.Fprintf(stderr, "corspec check: %q ended with %s and should have ended with %s\n", s.title, got, s.want)
			status = exitBad
		}
	}
	if pageName != "" {
		if err := writePage(pageName, pageHead{Title: "corspec check", Heading: "A walk through what browsers block, and why"}, all); err != nil {
			return fail(err)
		}
	}
	if asJSON {
		printJSON(stdout, reports)
		return status
	}
	p.line("Now ask your own server:\n\n  corspec check -origin https://app.example -X PUT -H 'Content-Type: application/json' -d '{}' URL")
	return status
}
