package policyhttp_test

import (
	"context"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/fetchhttp"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/policy"
	"github.com/corspec/corspec/policy/policyhttp"
)

// A server for two origins, and what pages of an allowed and of another origin
// see of it.
func Example() {
	cors, err := policyhttp.New(policy.Config{
		Origins:     []string{"https://app.example.com", "https://admin.example.com"},
		Credentials: true,
		Methods:     []string{"PUT", "PATCH"},
	})
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("PUT /items/{id}", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusCreated) })
	handler := cors.Wrap(mux)

	browser := &fetchhttp.Agent{Transport: fetchhttp.Handler(handler)}
	for _, from := range []string{"https://app.example.com", "https://evil.example"} {
		page := browser.Page(origin.MustParse(from))
		request, _ := http.NewRequest("PUT", "https://api.example.com/items/7", nil)
		response, err := page.Fetch(request, fetchhttp.WithCredentials(fetch.CredentialsInclude))
		if err != nil {
			fmt.Println(from, "is blocked")
			continue
		}
		response.Body.Close()
		fmt.Println(from, "gets", response.Status)
	}
	// Output:
	// https://app.example.com gets 201 Created
	// https://evil.example is blocked
}

func ExampleMiddleware_Store() {
	var cors policyhttp.Middleware // lets everything pass
	handler := cors.Wrap(http.NotFoundHandler())

	// Whenever the configuration changes:
	p, err := policyhttp.NewPolicy(policy.Config{Origins: []string{"https://app.example.com"}})
	if err != nil {
		log.Print(err) // and keep the policy that there is
	} else {
		cors.Store(p)
	}

	fmt.Println(get(handler, "https://app.example.com").Get("Access-Control-Allow-Origin"))
	// Output:
	// https://app.example.com
}

// A server that reads its policy from a file says everything that is wrong with
// it, and what is of no use in it. Subdomains with credentials need a public
// suffix list, which Parse has, and policy.Parse has not.
func ExampleParse() {
	file := []byte(`{
		"origins": ["https://*.example.com", "https://*.github.io", "https://app.example.com"],
		"credentials": true,
		"requestHeaders": ["Content-Type"],
		"maxage": 600
	}`)
	var cors policyhttp.Middleware
	p, err := policyhttp.Parse(file)
	if err != nil {
		fmt.Println(err) // and end, or keep the policy that there is
	} else {
		cors.Store(p)
	}
	for _, w := range p.Warnings() {
		fmt.Println(w)
	}
	// Output:
	// policy: the configuration is not valid
	// 	maxage "maxage": a configuration has no such field (unknown-field); instead: maxAge
	// 	origins[1] "https://*.github.io": anybody can get a domain below this public suffix, and would read with the user's credentials; list the origins, or set "dangerouslyAllowPublicSuffixes" (public-suffix-with-credentials)
}

// A framework that has no use for an http.Handler calls Handle, and goes on where
// that has not answered.
func ExampleMiddleware_Handle() {
	cors, err := policyhttp.New(policy.Config{Origins: []string{"https://app.example.com"}, Methods: []string{"DELETE"}})
	if err != nil {
		log.Fatal(err)
	}
	serve := func(w http.ResponseWriter, r *http.Request) {
		if cors.Handle(w, r) {
			return
		}
		fmt.Fprintln(w, "the application")
	}

	w := httptest.NewRecorder()
	r := httptest.NewRequest("OPTIONS", "/", nil)
	r.Header.Set("Origin", "https://app.example.com")
	r.Header.Set("Access-Control-Request-Method", "DELETE")
	serve(w, r)
	fmt.Printf("%d %q\n", w.Code, w.Body)
	// Output:
	// 204 ""
}

// A gateway in front of a server that allows everybody everything: the gateway's
// policy is what the browser gets to see.
func ExampleMiddleware_WrapOver() {
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
		w.Header().Set("Access-Control-Allow-Credentials", "true")
	}))
	defer upstream.Close()
	target, err := url.Parse(upstream.URL)
	if err != nil {
		log.Fatal(err)
	}

	cors, err := policyhttp.New(policy.Config{Origins: []string{"https://app.example.com"}})
	if err != nil {
		log.Fatal(err)
	}
	handler := cors.WrapOver(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }})

	for _, from := range []string{"https://app.example.com", "https://evil.example"} {
		h := get(handler, from)
		fmt.Printf("%s: %q, credentials %q\n", from, h.Get("Access-Control-Allow-Origin"), h.Get("Access-Control-Allow-Credentials"))
	}
	// Output:
	// https://app.example.com: "https://app.example.com", credentials ""
	// https://evil.example: "", credentials ""
}

// decisionKey is where the handlers below find the decision.
type decisionKey struct{}

// The hook lets a cache in front keep what it may keep, and hands the decision on
// to the handlers.
func ExampleMiddleware_decided() {
	cors, err := policyhttp.New(policy.Config{Origins: []string{"https://app.example.com"}, Methods: []string{"PUT"}})
	if err != nil {
		log.Fatal(err)
	}
	cors.Decided = func(w http.ResponseWriter, r *http.Request, d policy.Decision) {
		if d.Kind() == policy.KindPreflight && d.Allowed() {
			w.Header().Set("Cache-Control", "public, max-age=600")
		}
		*r = *r.WithContext(context.WithValue(r.Context(), decisionKey{}, d))
	}
	handler := cors.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d := r.Context().Value(decisionKey{}).(policy.Decision)
		fmt.Printf("%s %v %v %q\n", r.Method, d.Kind(), d.Allowed(), d.Code())
	}))

	get(handler, "https://app.example.com")
	get(handler, "https://evil.example")
	r := httptest.NewRequest("OPTIONS", "/", nil)
	r.Header.Set("Origin", "https://app.example.com")
	r.Header.Set("Access-Control-Request-Method", "PUT")
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	fmt.Println(w.Code, w.Header().Get("Cache-Control"))
	// Output:
	// GET actual true ""
	// GET actual false "origin-not-allowed"
	// 204 public, max-age=600
}

func ExampleLog() {
	cors, err := policyhttp.New(policy.Config{Origins: []string{"https://app.example.com"}})
	if err != nil {
		log.Fatal(err)
	}
	// Without the time, for this example.
	options := &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}
	cors.Decided = policyhttp.Log(slog.New(slog.NewTextHandler(os.Stdout, options)))

	get(cors.Wrap(http.NotFoundHandler()), "https://www.example.com")
	// Output:
	// level=INFO msg="CORS request refused" kind=actual method=GET origin=https://www.example.com path=/ code=origin-not-allowed
}

func get(h http.Handler, from string) http.Header {
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Origin", from)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Header()
}
