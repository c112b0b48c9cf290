package policy_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/policy"
	"github.com/corspec/corspec/safelist"
)

func TestMayRead(t *testing.T) {
	list := must(t, policy.Config{Origins: []string{"https://a.example", "https://*.b.example"}, Methods: []string{"PUT", "patch"}, RequestHeaders: []string{"X-A", "Authorization"}})
	credentials := must(t, policy.Config{Origins: []string{"https://a.example"}, Credentials: true, Methods: []string{"*"}, RequestHeaders: []string{"*"}})
	everybody := must(t, policy.Config{Origins: []string{"*"}, Methods: []string{"*"}, RequestHeaders: []string{"*"}})
	null := must(t, policy.Config{Origins: []string{"https://a.example"}, DangerouslyAllowNull: true})
	static := must(t, policy.Config{Origins: []string{"https://a.example"}, Static: true})
	const a = "https://a.example"
	for _, c := range []struct {
		policy         *policy.Policy
		origin, method string
		headers        string // with commas
		credentials    bool
		want           bool
	}{
		{list, a, "GET", "", false, true},
		{list, a, "get", "", false, true},
		{list, a, "HEAD", "", false, true},
		{list, a, "POST", "X-a", false, true},
		{list, a, "PUT", "x-A,X-A,authorization", false, true},
		{list, a, "put", "", false, true},
		{list, a, "patch", "", false, true},
		{list, a, "PATCH", "", false, false},
		{list, a, "DELETE", "", false, false},
		{list, a, "OPTIONS", "", false, false},
		{list, a, "GET", "X-B", false, false},
		{list, a, "GET", "Content-Type", false, false},
		{list, a, "GET", "Cookie,Host,Sec-Fetch-Mode", false, true}, // the browser leaves these out
		{list, a, "GET", "Cookie,X-B", false, false},
		{list, a, "GET", "x b", false, false},
		{list, a, "P T", "", false, false},
		{list, a, "TRACE", "", false, false},
		{list, a, "", "", false, false},
		{list, a, "GET", "", true, false}, // it serves no credentials
		{list, "https://x.b.example", "PUT", "X-A", false, true},
		{list, "https://b.example", "GET", "", false, false},
		{list, "https://evil.example", "GET", "", false, false},
		{list, "null", "GET", "", false, false},
		{list, "", "GET", "", false, false},
		{credentials, a, "GET", "", true, true},
		{credentials, a, "PURGE", "x-a,x-b", true, true},
		{credentials, a, "PURGE", "x-a,x-b", false, true},
		{credentials, a, "*", "", true, false},
		{credentials, a, "GET", "*", true, false},
		{credentials, a, "GET", "authorization", true, false},
		{everybody, "https://evil.example", "PURGE", "x-a", false, true},
		{everybody, "https://evil.example", "TRACE", "", false, false},
		{everybody, "https://evil.example", "GET", "authorization", false, false},
		{everybody, "https://evil.example", "GET", "", true, false},
		{everybody, "null", "GET", "", false, true},
		{everybody, "https://evil.example/", "GET", "", false, false}, // no page has that origin
		{everybody, a, "GET", strings.Repeat("x", 1<<15), false, false},
		{null, "null", "GET", "", false, true},
		{null, "null", "GET", "", true, false},
		{static, a, "GET", "", false, true},
		{static, "https://b.example", "GET", "", false, false},
		{nil, a, "GET", "", false, false},
	} {
		var headers []string
		if c.headers != "" {
			headers = strings.Split(c.headers, ",")
		}
		if got := c.policy.MayRead(c.origin, c.method, headers, c.credentials); got != c.want {
			t.Errorf("%+v: %s %s with %.40q, credentials %v: %v, want %v", c.policy.Config(), c.origin, c.method, c.headers, c.credentials, got, c.want)
		}
	}
}

// What is not the name of a header is not one with others around it either.
func TestMayReadNames(t *testing.T) {
	p := must(t, policy.Config{Origins: []string{"https://a.example"}, RequestHeaders: []string{"X-A", "X-B"}})
	for _, name := range []string{"", " ", "X-A,X-B", "X-A ", "\tX-B", ",", "X-A\x00"} {
		if p.MayRead("https://a.example", "GET", []string{"X-A", name}, false) || p.MayRead("https://a.example", "GET", []string{name}, false) {
			t.Errorf("a header called %q is sent", name)
		}
	}
	names := []string{"X-B", "Cookie", "x-a", "X-A"}
	before := slices.Clone(names)
	if !p.MayRead("https://a.example", "GET", names, false) || !slices.Equal(names, before) {
		t.Errorf("%q are not allowed, or have become %q", before, names)
	}
	if !p.MayRead("https://a.example", "GET", slices.Repeat(names, policy.MaxRequestHeadersSize), false) {
		t.Error("a name that is there often is not sent once")
	}
}

// MayRead foretells what the browser does.
func TestMayReadAsBrowsersDo(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	read := 0
	for range 10000 {
		p, c := randomPolicy(t, r)
		from, method, names := oneOf(r, lawOrigins), oneOf(r, lawMethods), someOf(r, lawHeaders)
		if len(c.Origins) > 0 && r.IntN(2) == 0 {
			if text := oneOf(r, c.Origins); !strings.ContainsAny(text, "*[{") {
				from = text
			}
		}
		if r.IntN(2) == 0 {
			method, names = "GET", nil
		}
		credentials := fetch.CredentialsOmit
		if r.IntN(2) == 0 {
			credentials = fetch.CredentialsInclude
		}
		request := pageOf(origin.MustParse(from), safelist.NormalizeMethod(method), credentials)
		for _, name := range names {
			request.Headers.Append(name, "\"") // not safelisted, whatever the name
		}
		v := fetchFrom(t, new(fetch.Agent), p, request, "")
		if got := p.MayRead(from, method, names, credentials == fetch.CredentialsInclude); got != v.read() {
			t.Fatalf("policy %+v: %s, %s with %q, credentials %v: foretold %v, and it is %+v", c, from, method, names, credentials, got, v.result.Verdict)
		}
		if v.read() {
			read++
		}
	}
	if read < 1000 {
		t.Errorf("only %d pages read anything", read)
	}
}

func ExamplePolicy_MayRead() {
	p, err := policy.New(policy.Config{Origins: []string{"https://app.example.com"}, Methods: []string{"PUT"}, RequestHeaders: []string{"X-Tenant"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(p.MayRead("https://app.example.com", "PUT", []string{"X-Tenant"}, false))
	fmt.Println(p.MayRead("https://app.example.com", "PUT", []string{"X-Tenant"}, true)) // the policy has no credentials
	fmt.Println(p.MayRead("https://app.example.com", "DELETE", nil, false))
	// Output:
	// true
	// false
	// false
}
