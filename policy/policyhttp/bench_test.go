package policyhttp_test

import (
	"net/http"
	"testing"

	"github.com/corspec/corspec/policy"
)

func BenchmarkMiddleware(b *testing.B) {
	list := middleware(b, matrixConfig).Wrap(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	everybody := middleware(b, policy.Config{Origins: []string{"*"}}).Wrap(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	for _, c := range []struct {
		name    string
		handler http.Handler
		method  string
		headers http.Header
	}{
		{"o=none", list, "GET", http.Header{}},
		{"o=allowed", list, "GET", http.Header{"Origin": {"https://app.example.com"}}},
		{"o=refused", list, "GET", http.Header{"Origin": {"https://evil.example"}}},
		{"o=allowed/r=preflight", list, "OPTIONS", http.Header{"Origin": {"https://app.example.com"}, "Access-Control-Request-Method": {"PUT"}, "Access-Control-Request-Headers": {"content-type,x-foo"}}},
		{"o=refused/r=preflight", list, "OPTIONS", http.Header{"Origin": {"https://evil.example"}, "Access-Control-Request-Method": {"PUT"}, "Access-Control-Request-Headers": {"content-type,x-foo"}}},
		{"o=everybody", everybody, "GET", http.Header{"Origin": {"https://app.example.com"}}},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			r := &http.Request{Method: c.method, Header: c.headers}
			w := &discard{http.Header{}}
			for b.Loop() {
				clear(w.header)
				c.handler.ServeHTTP(w, r)
			}
		})
	}
}
