package policyhttp_test

import (
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
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

func ExampleNewSelect() {
	policies := map[string]*policy.Policy{}
	for host, front := range map[string]string{"a.api.example": "https://a.example", "b.api.example": "https://b.example"} {
		p, err := policyhttp.NewPolicy(policy.Config{Origins: []string{front}})
		if err != nil {
			log.Fatal(err)
		}
		policies[host] = p
	}
	cors := policyhttp.NewSelect(func(r *http.Request) *policy.Policy { return policies[r.Host] })
	handler := cors.Wrap(http.NotFoundHandler())

	for _, host := range []string{"a.api.example", "b.api.example"} {
		r := httptest.NewRequest("GET", "https://"+host+"/", nil)
		r.Header.Set("Origin", "https://a.example")
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		fmt.Printf("%s: %q\n", host, w.Header().Get("Access-Control-Allow-Origin"))
	}
	// Output:
	// a.api.example: "https://a.example"
	// b.api.example: ""
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
