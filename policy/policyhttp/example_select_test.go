package policyhttp_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"

	"github.com/corspec/corspec/policy"
	"github.com/corspec/corspec/policy/policyhttp"
)

// tenant and tenants stand for a database.
type tenant struct{ cors *policy.Policy }

type tenants map[string]tenant

func (db tenants) byHost(ctx context.Context, host string) (tenant, error) {
	t, ok := db[host]
	if !ok {
		return tenant{}, errors.New("there is no tenant " + host)
	}
	return t, ctx.Err()
}

// Each tenant has a policy of its own, in a database that is asked with the
// request's context. Where that fails, no page of another origin reads anything;
// what the response varies with does not depend on that.
func ExampleNewSelect_tenants() {
	front, err := policyhttp.NewPolicy(policy.Config{Origins: []string{"https://front.example"}, Credentials: true})
	if err != nil {
		log.Fatal(err)
	}
	db := tenants{"a.api.example": {cors: front}}

	cors := policyhttp.NewSelect(func(r *http.Request) *policy.Policy {
		t, err := db.byHost(r.Context(), r.Host)
		if err != nil {
			fmt.Println("log:", err)
			return nil
		}
		return t.cors
	})
	handler := cors.Wrap(http.NotFoundHandler())

	for _, host := range []string{"a.api.example", "b.api.example"} {
		r := httptest.NewRequest("GET", "https://"+host+"/", nil)
		r.Header.Set("Origin", "https://front.example")
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		fmt.Printf("%s: %q\n", host, w.Header().Get("Access-Control-Allow-Origin"))
	}
	// Output:
	// a.api.example: "https://front.example"
	// log: there is no tenant b.api.example
	// b.api.example: ""
}

// Tenants that clients name in a header: it has to be in Vary, and it has to be
// on the preflight, where only a gateway can put it, not the page's script.
func ExampleNewSelect_header() {
	front, err := policyhttp.NewPolicy(policy.Config{Origins: []string{"https://front.example"}})
	if err != nil {
		log.Fatal(err)
	}
	policies := map[string]*policy.Policy{"a": front}
	cors := policyhttp.NewSelect(func(r *http.Request) *policy.Policy { return policies[r.Header.Get("X-Gateway-Tenant")] }, "X-Gateway-Tenant")

	fmt.Println(get(cors.Wrap(http.NotFoundHandler()), "https://front.example").Get("Vary"))
	// Output:
	// X-Gateway-Tenant
}

// The site's own pages read with credentials, and everybody else without: * and
// credentials do not go together, and need not.
func ExampleNewSelect_credentials() {
	own, err := policyhttp.NewPolicy(policy.Config{Origins: []string{"https://app.example.com"}, Credentials: true})
	if err != nil {
		log.Fatal(err)
	}
	everybody, err := policyhttp.NewPolicy(policy.Config{Origins: []string{"*"}})
	if err != nil {
		log.Fatal(err)
	}
	cors := policyhttp.NewSelect(func(r *http.Request) *policy.Policy {
		if own.MayRead(r.Header.Get("Origin"), "GET", nil, true) {
			return own
		}
		return everybody
	}, "Origin")
	handler := cors.Wrap(http.NotFoundHandler())

	for _, from := range []string{"https://app.example.com", "https://blog.example"} {
		h := get(handler, from)
		fmt.Printf("%s, credentials %q; Vary: %s\n", h.Get("Access-Control-Allow-Origin"), h.Get("Access-Control-Allow-Credentials"), h.Get("Vary"))
	}
	// Output:
	// https://app.example.com, credentials "true"; Vary: Origin
	// *, credentials ""; Vary: Origin
}

// Routes of a mux with policies of their own. The others, and what no route
// serves, have the policy of "".
func ExampleByPattern() {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /items", func(w http.ResponseWriter, r *http.Request) {})
	mux.HandleFunc("PUT /items/{id}", func(w http.ResponseWriter, r *http.Request) {})

	everybody, err := policyhttp.NewPolicy(policy.Config{Origins: []string{"*"}})
	if err != nil {
		log.Fatal(err)
	}
	editors, err := policyhttp.NewPolicy(policy.Config{Origins: []string{"https://editor.example"}, Credentials: true, Methods: []string{"PUT"}})
	if err != nil {
		log.Fatal(err)
	}
	cors := policyhttp.NewSelect(policyhttp.ByPattern(mux, map[string]*policy.Policy{
		"GET /items":      everybody,
		"PUT /items/{id}": editors,
		"":                everybody, // so that pages see that they get 404
	}))
	handler := cors.Wrap(mux)

	for _, from := range []string{"https://editor.example", "https://evil.example"} {
		r := httptest.NewRequest("OPTIONS", "/items/7", nil)
		r.Header.Set("Origin", from)
		r.Header.Set("Access-Control-Request-Method", "PUT")
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		fmt.Printf("%s: %d, %q\n", from, w.Code, get(handler, from).Get("Access-Control-Allow-Origin"))
	}
	// Output:
	// https://editor.example: 204, "*"
	// https://evil.example: 403, "*"
}

// A stricter policy for part of a site. Two middlewares, one inside the other,
// would not do: the outer one answers the preflights of both. Here a mux says which
// part a request is for, whatever router serves it; it cleans paths first, so that
// /x/../admin/ is a part of /admin/, too.
func ExampleByPattern_parts() {
	parts := http.NewServeMux()
	parts.Handle("/", http.NotFoundHandler()) // nobody calls these
	parts.Handle("/admin/", http.NotFoundHandler())

	everybody, err := policyhttp.NewPolicy(policy.Config{Origins: []string{"*"}, Methods: []string{"PUT"}})
	if err != nil {
		log.Fatal(err)
	}
	admins, err := policyhttp.NewPolicy(policy.Config{Origins: []string{"https://admin.example"}, Credentials: true, Methods: []string{"PUT"}})
	if err != nil {
		log.Fatal(err)
	}
	cors := policyhttp.NewSelect(policyhttp.ByPattern(parts, map[string]*policy.Policy{"/": everybody, "/admin/": admins}))
	handler := cors.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {}))

	for _, path := range []string{"/news", "/admin/users", "/x/../admin/users"} {
		r := httptest.NewRequest("OPTIONS", path, nil)
		r.Header.Set("Origin", "https://evil.example")
		r.Header.Set("Access-Control-Request-Method", "PUT")
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		fmt.Println(path, w.Code)
	}
	// Output:
	// /news 204
	// /admin/users 403
	// /x/../admin/users 403
}
