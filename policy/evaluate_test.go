package policy_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/internal/lineartest"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/policy"
)

// row is a request, and what a policy is to make of it.
type row struct {
	name           string
	method         string
	origin         string
	requestMethod  string
	requestHeaders string

	kind    policy.Kind
	code    policy.Code // "" for what is allowed, or for nothing
	status  int
	headers [][2]string
	vary    string
}

func check(t *testing.T, p *policy.Policy, rows []row) {
	t.Helper()
	for _, c := range rows {
		t.Run(c.name, func(t *testing.T) {
			request := policy.Request{Method: c.method, Origin: c.origin, RequestMethod: c.requestMethod, RequestHeaders: c.requestHeaders}
			d := p.Evaluate(request)
			if d.Kind() != c.kind || d.Code() != c.code || d.Status() != c.status || d.Vary() != c.vary {
				t.Errorf("got kind %v, code %q, status %d, Vary %q; want %v, %q, %d, %q", d.Kind(), d.Code(), d.Status(), d.Vary(), c.kind, c.code, c.status, c.vary)
			}
			if want := c.code == "" && c.kind != policy.KindNone; d.Allowed() != want {
				t.Errorf("allowed: %v, want %v", d.Allowed(), want)
			}
			if diff := cmp.Diff(c.headers, headersOf(d)); diff != "" {
				t.Errorf("headers (-want +got):\n%s", diff)
			}
			if p.Explain(request) == "" {
				t.Error("there is no explanation")
			}
		})
	}
}

// lines is the value of a header that came in these lines.
func lines(values ...string) string { return policy.Join(values) }

const (
	acao = "Access-Control-Allow-Origin"
	acac = "Access-Control-Allow-Credentials"
	acam = "Access-Control-Allow-Methods"
	acah = "Access-Control-Allow-Headers"
	acma = "Access-Control-Max-Age"
	aceh = "Access-Control-Expose-Headers"
	tao  = "Timing-Allow-Origin"

	varyOMH = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"
)

func TestEvaluateLists(t *testing.T) {
	p := must(t, policy.Config{
		Origins:        []string{"https://a.example", "https://*.b.example"},
		Methods:        []string{"PUT", "PATCH"},
		RequestHeaders: []string{"X-Foo", "Content-Type"},
		ExposeHeaders:  []string{"X-Total", "X-Request-Id"},
		MaxAge:         new(600),
	})
	preflight := [][2]string{{acao, "https://a.example"}, {acam, "GET,HEAD,POST,PATCH,PUT"}, {acah, "content-type,x-foo"}, {acma, "600"}}
	actual := [][2]string{{acao, "https://a.example"}, {aceh, "x-request-id,x-total"}}
	a := lines("https://a.example")
	check(t, p, []row{
		{name: "GET, no Origin", method: "GET", kind: policy.KindNone, vary: "Origin"},
		{name: "GET", method: "GET", origin: a, kind: policy.KindActual, headers: actual, vary: "Origin"},
		{name: "DELETE is not the policy's to block", method: "DELETE", origin: a, kind: policy.KindActual, headers: actual, vary: "Origin"},
		{name: "GET, subdomain", method: "GET", origin: lines("https://x.b.example"), kind: policy.KindActual,
			headers: [][2]string{{acao, "https://x.b.example"}, {aceh, "x-request-id,x-total"}}, vary: "Origin"},
		{name: "GET, other origin", method: "GET", origin: lines("https://b.example"), kind: policy.KindActual, code: policy.CodeOriginNotAllowed, vary: "Origin"},
		{name: "GET, null", method: "GET", origin: lines("null"), kind: policy.KindActual, code: policy.CodeOriginNotAllowed, vary: "Origin"},
		{name: "GET, empty Origin", method: "GET", origin: lines(""), kind: policy.KindNone, vary: "Origin"},
		{name: "GET, two empty lines of Origin", method: "GET", origin: lines("", ""), kind: policy.KindActual, code: policy.CodeMalformedOrigin, vary: "Origin"},
		{name: "T178 several Origin lines", method: "GET", origin: lines("https://a.example", "https://a.example"), kind: policy.KindActual, code: policy.CodeMalformedOrigin, vary: "Origin"},
		{name: "T178 a list in one line", method: "GET", origin: lines("https://a.example, https://a.example"), kind: policy.KindActual, code: policy.CodeMalformedOrigin, vary: "Origin"},
		{name: "T178 several lines in a preflight", method: "OPTIONS", origin: lines("https://a.example", "https://a.example"), requestMethod: lines("PUT"),
			kind: policy.KindPreflight, code: policy.CodeMalformedOrigin, status: 403, vary: varyOMH},
		{name: "T176 OPTIONS without Access-Control-Request-Method", method: "OPTIONS", origin: a, kind: policy.KindActual, headers: actual, vary: varyOMH},
		{name: "OPTIONS with an empty Access-Control-Request-Method", method: "OPTIONS", origin: a, requestMethod: lines(""), kind: policy.KindActual, headers: actual, vary: varyOMH},
		{name: "T177 OPTIONS without Origin", method: "OPTIONS", requestMethod: lines("PUT"), kind: policy.KindNone, vary: varyOMH},
		{name: "OPTIONS with an empty Origin", method: "OPTIONS", origin: lines(""), requestMethod: lines("PUT"), kind: policy.KindNone, vary: varyOMH},
		{name: "OPTIONS", method: "OPTIONS", kind: policy.KindNone, vary: varyOMH},
		{name: "options is not OPTIONS", method: "options", origin: a, requestMethod: lines("PUT"), kind: policy.KindActual, headers: actual, vary: "Origin"},
		{name: "Access-Control-Request-Method on GET", method: "GET", origin: a, requestMethod: lines("PUT"), kind: policy.KindActual, headers: actual, vary: "Origin"},

		{name: "preflight", method: "OPTIONS", origin: a, requestMethod: lines("PUT"), kind: policy.KindPreflight, status: 204, headers: preflight, vary: varyOMH},
		{name: "preflight, safelisted method", method: "OPTIONS", origin: a, requestMethod: lines("POST"), requestHeaders: lines("content-type"),
			kind: policy.KindPreflight, status: 204, headers: preflight, vary: varyOMH},
		{name: "preflight, method refused", method: "OPTIONS", origin: a, requestMethod: lines("DELETE"), kind: policy.KindPreflight, code: policy.CodeMethodNotAllowed,
			status: 204, headers: preflight, vary: varyOMH},
		{name: "T182 preflight, patch", method: "OPTIONS", origin: a, requestMethod: lines("patch"), kind: policy.KindPreflight, code: policy.CodeMethodNotAllowed,
			status: 204, headers: preflight, vary: varyOMH},
		{name: "preflight, no token", method: "OPTIONS", origin: a, requestMethod: lines("P T"), kind: policy.KindPreflight, code: policy.CodeMethodNotAllowed,
			status: 204, headers: preflight, vary: varyOMH},
		{name: "preflight, two methods", method: "OPTIONS", origin: a, requestMethod: lines("PUT", "PUT"), kind: policy.KindPreflight, code: policy.CodeMethodNotAllowed,
			status: 204, headers: preflight, vary: varyOMH},
		{name: "preflight, two empty methods", method: "OPTIONS", origin: a, requestMethod: lines("", ""), kind: policy.KindPreflight, code: policy.CodeMethodNotAllowed,
			status: 204, headers: preflight, vary: varyOMH},
		{name: "preflight, header refused", method: "OPTIONS", origin: a, requestMethod: lines("PUT"), requestHeaders: lines("x-evil,x-foo"),
			kind: policy.KindPreflight, code: policy.CodeHeaderNotAllowed, status: 204, headers: preflight, vary: varyOMH},
		{name: "preflight, Authorization refused like others", method: "OPTIONS", origin: a, requestMethod: lines("PUT"), requestHeaders: lines("authorization"),
			kind: policy.KindPreflight, code: policy.CodeHeaderNotAllowed, status: 204, headers: preflight, vary: varyOMH},
		{name: "preflight, method and header refused", method: "OPTIONS", origin: a, requestMethod: lines("DELETE"), requestHeaders: lines("x-evil"),
			kind: policy.KindPreflight, code: policy.CodeMethodNotAllowed, status: 204, headers: preflight, vary: varyOMH},
		{name: "T183 several lines, any order and case, white space, empty elements, twice", method: "OPTIONS", origin: a, requestMethod: lines("PUT"),
			requestHeaders: lines("X-Foo \t, ,,content-TYPE,", "", "\t x-foo   "), kind: policy.KindPreflight, status: 204, headers: preflight, vary: varyOMH},
		{name: "T185 preflight, other origin", method: "OPTIONS", origin: lines("https://evil.example"), requestMethod: lines("PUT"), kind: policy.KindPreflight,
			code: policy.CodeOriginNotAllowed, status: 403, vary: varyOMH},
		{name: "preflight, malformed origin", method: "OPTIONS", origin: lines("https://a.example/"), requestMethod: lines("PUT"), kind: policy.KindPreflight,
			code: policy.CodeMalformedOrigin, status: 403, vary: varyOMH},
		{name: "preflight, malformed headers", method: "OPTIONS", origin: a, requestMethod: lines("PUT"), requestHeaders: lines("x-foo", "x-foo;x"),
			kind: policy.KindPreflight, code: policy.CodeMalformedRequestHeaders, status: 403, vary: varyOMH},
		{name: "preflight, a space in a name", method: "OPTIONS", origin: a, requestMethod: lines("DELETE"), requestHeaders: lines("x- foo"),
			kind: policy.KindPreflight, code: policy.CodeMalformedRequestHeaders, status: 403, vary: varyOMH},
		{name: "T183 17 empty elements", method: "OPTIONS", origin: a, requestMethod: lines("PUT"), requestHeaders: lines("x-foo", strings.Repeat(",", 16)),
			kind: policy.KindPreflight, code: policy.CodeRequestHeadersOverBudget, status: 403, vary: varyOMH},
		{name: "16 empty elements", method: "OPTIONS", origin: a, requestMethod: lines("PUT"), requestHeaders: lines("x-foo", strings.Repeat(",", 15)),
			kind: policy.KindPreflight, status: 204, headers: preflight, vary: varyOMH},
		{name: "16 KiB", method: "OPTIONS", origin: a, requestMethod: lines("PUT"), requestHeaders: lines("x-foo", strings.Repeat(" ", 16<<10-7)),
			kind: policy.KindPreflight, status: 204, headers: preflight, vary: varyOMH},
		{name: "16 KiB and a byte", method: "OPTIONS", origin: a, requestMethod: lines("PUT"), requestHeaders: lines("x-foo", strings.Repeat(" ", 16<<10-6)),
			kind: policy.KindPreflight, code: policy.CodeRequestHeadersOverBudget, status: 403, vary: varyOMH},
	})
}

func TestEvaluateMinimal(t *testing.T) {
	p := must(t, policy.Config{Origins: []string{"https://a.example"}})
	a := lines("https://a.example")
	check(t, p, []row{
		{name: "a single origin still varies", method: "GET", origin: a, kind: policy.KindActual, headers: [][2]string{{acao, "https://a.example"}}, vary: "Origin"},
		{name: "T179 a request without Origin", method: "GET", kind: policy.KindNone, vary: "Origin"},
		{name: "preflight lists methods though there are none", method: "OPTIONS", origin: a, requestMethod: lines("PUT"), kind: policy.KindPreflight,
			code: policy.CodeMethodNotAllowed, status: 204, headers: [][2]string{{acao, "https://a.example"}, {acam, "GET,HEAD,POST"}}, vary: varyOMH},
	})
}

func TestEvaluateEverybody(t *testing.T) {
	p := must(t, policy.Config{Origins: []string{"*"}, Methods: []string{"*"}, RequestHeaders: []string{"*"}, ExposeHeaders: []string{"*"}, MaxAge: new(0)})
	actual := [][2]string{{acao, "*"}, {aceh, "*"}}
	preflight := [][2]string{{acao, "*"}, {acam, "*"}, {acah, "*"}, {acma, "0"}}
	check(t, p, []row{
		{name: "T180 GET without Origin", method: "GET", kind: policy.KindNone, headers: actual},
		{name: "T180 GET", method: "GET", origin: lines("https://a.example"), kind: policy.KindActual, headers: actual},
		{name: "T180 null", method: "GET", origin: lines("null"), kind: policy.KindActual, headers: actual},
		{name: "T180 no origin at all", method: "GET", origin: lines("x y"), kind: policy.KindActual, headers: actual},
		{name: "T180 OPTIONS", method: "OPTIONS", kind: policy.KindNone, headers: actual, vary: varyOMH},
		{name: "T180 preflight", method: "OPTIONS", origin: lines("https://a.example"), requestMethod: lines("PURGE"), requestHeaders: lines("x-a,x-b"),
			kind: policy.KindPreflight, status: 204, headers: preflight, vary: varyOMH},
		{name: "Authorization under *", method: "OPTIONS", origin: lines("https://a.example"), requestMethod: lines("GET"), requestHeaders: lines("authorization"),
			kind: policy.KindPreflight, code: policy.CodeAuthorizationNotAllowed, status: 403, vary: varyOMH},
		{name: "Authorization under *, other case and place", method: "OPTIONS", origin: lines("https://a.example"), requestMethod: lines("GET"), requestHeaders: lines("x-a", "x-b, AUTHORIZATION"),
			kind: policy.KindPreflight, code: policy.CodeAuthorizationNotAllowed, status: 403, vary: varyOMH},
		{name: "over budget", method: "OPTIONS", origin: lines("https://a.example"), requestMethod: lines("GET"), requestHeaders: lines(strings.Repeat("x", 1<<20)),
			kind: policy.KindPreflight, code: policy.CodeRequestHeadersOverBudget, status: 403, vary: varyOMH},
		{name: "a method that is no token", method: "OPTIONS", origin: lines("https://a.example"), requestMethod: lines("G,T"),
			kind: policy.KindPreflight, code: policy.CodeMethodNotAllowed, status: 204, headers: preflight, vary: varyOMH},
		{name: "a forbidden method", method: "OPTIONS", origin: lines("https://a.example"), requestMethod: lines("TRACE"),
			kind: policy.KindPreflight, code: policy.CodeMethodNotAllowed, status: 204, headers: preflight, vary: varyOMH},
	})

	p = must(t, policy.Config{Origins: []string{"*"}, RequestHeaders: []string{"*", "Authorization"}})
	check(t, p, []row{
		{name: "Authorization listed beside *", method: "OPTIONS", origin: lines("https://a.example"), requestMethod: lines("GET"), requestHeaders: lines("authorization,x-a"),
			kind: policy.KindPreflight, status: 204, headers: [][2]string{{acao, "*"}, {acam, "GET,HEAD,POST"}, {acah, "*,authorization"}}, vary: varyOMH},
	})
}

// With Static, headers are the same for everybody; only what the policy says of
// the request differs.
func TestEvaluateStatic(t *testing.T) {
	p := must(t, policy.Config{
		Origins: []string{"https://a.example"}, Credentials: true, Methods: []string{"PUT"}, RequestHeaders: []string{"X-A"}, ExposeHeaders: []string{"X-B"}, MaxAge: new(5),
		TimingAllowOrigin: []string{"https://t.example", "https://a.example"}, Static: true, PreflightStatus: 200,
	})
	const a = "https://a.example"
	both := [][2]string{{acao, a}, {acac, "true"}}
	actual := append(both[:2:2], [2]string{aceh, "x-b"}, [2]string{tao, "https://a.example, https://t.example"})
	preflight := append(both[:2:2], [2]string{acam, "GET,HEAD,POST,PUT"}, [2]string{acah, "x-a"}, [2]string{acma, "5"})
	check(t, p, []row{
		{name: "no Origin", method: "GET", kind: policy.KindNone, headers: actual},
		{name: "the origin", method: "GET", origin: a, kind: policy.KindActual, headers: actual},
		{name: "another", method: "GET", origin: "https://b.example", kind: policy.KindActual, code: policy.CodeOriginNotAllowed, headers: actual},
		{name: "null", method: "GET", origin: "null", kind: policy.KindActual, code: policy.CodeOriginNotAllowed, headers: actual},
		{name: "malformed", method: "GET", origin: "x y", kind: policy.KindActual, code: policy.CodeMalformedOrigin, headers: actual},
		{name: "several", method: "GET", origin: lines(a, a), kind: policy.KindActual, code: policy.CodeMalformedOrigin, headers: actual},
		{name: "OPTIONS", method: "OPTIONS", kind: policy.KindNone, headers: actual, vary: varyOMH},
		{name: "OPTIONS, no method", method: "OPTIONS", origin: "https://b.example", kind: policy.KindActual, code: policy.CodeOriginNotAllowed, headers: actual, vary: varyOMH},
		{name: "preflight", method: "OPTIONS", origin: a, requestMethod: "PUT", requestHeaders: "x-a", kind: policy.KindPreflight, status: 200, headers: preflight, vary: varyOMH},
		{name: "preflight, another origin", method: "OPTIONS", origin: "https://b.example", requestMethod: "PUT", kind: policy.KindPreflight, code: policy.CodeOriginNotAllowed,
			status: 200, headers: preflight, vary: varyOMH},
		{name: "preflight, malformed origin", method: "OPTIONS", origin: "x", requestMethod: "DELETE", requestHeaders: "x-evil", kind: policy.KindPreflight,
			code: policy.CodeMalformedOrigin, status: 200, headers: preflight, vary: varyOMH},
		{name: "preflight, method", method: "OPTIONS", origin: a, requestMethod: "DELETE", kind: policy.KindPreflight, code: policy.CodeMethodNotAllowed,
			status: 200, headers: preflight, vary: varyOMH},
		{name: "preflight, over budget", method: "OPTIONS", origin: "https://b.example", requestMethod: "PUT", requestHeaders: strings.Repeat(",", 17), kind: policy.KindPreflight,
			code: policy.CodeRequestHeadersOverBudget, status: 403, vary: varyOMH},
		{name: "preflight, malformed headers", method: "OPTIONS", origin: a, requestMethod: "PUT", requestHeaders: "x y", kind: policy.KindPreflight,
			code: policy.CodeMalformedRequestHeaders, status: 403, vary: varyOMH},
	})
	p = must(t, policy.Config{Origins: []string{a}, Methods: []string{"*"}, RequestHeaders: []string{"*"}, TimingAllowOrigin: []string{"*"}, Static: true})
	check(t, p, []row{
		{name: "wildcards that need no echo", method: "OPTIONS", origin: "null", requestMethod: "PURGE", requestHeaders: "x-a", kind: policy.KindPreflight, code: policy.CodeOriginNotAllowed,
			status: 204, headers: [][2]string{{acao, a}, {acam, "*"}, {acah, "*"}}, vary: varyOMH},
		{name: "Authorization", method: "OPTIONS", origin: a, requestMethod: "PURGE", requestHeaders: "authorization", kind: policy.KindPreflight, code: policy.CodeAuthorizationNotAllowed,
			status: 403, vary: varyOMH},
		{name: "timing for everybody", method: "GET", kind: policy.KindNone, headers: [][2]string{{acao, a}, {tao, "*"}}},
	})
}

// A list as browsers write it has a way of its own, which white space closes.
func TestRequestHeadersTwin(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	names := []string{"a", "ab", "b", "x-a", "x-ab", "x", "authorization", "*"}
	for range 20000 {
		var configured, asked []string
		for range r.IntN(20) {
			configured = append(configured, oneOf(r, names))
		}
		for range 1 + r.IntN(4) {
			asked = append(asked, oneOf(r, names))
		}
		if r.IntN(2) == 0 {
			slices.Sort(asked)
		}
		p := must(t, policy.Config{Origins: []string{"https://a.example"}, Credentials: r.IntN(2) == 0, RequestHeaders: configured})
		list := strings.Join(asked, ",") + oneOf(r, []string{"", "", ",", "b"})
		request := policy.Request{Method: "OPTIONS", Origin: "https://a.example", RequestMethod: "GET", RequestHeaders: list}
		fast := p.Evaluate(request)
		request.RequestHeaders = "\t" + list
		if slow := p.Evaluate(request); fast.Code() != slow.Code() || !cmp.Equal(headersOf(fast), headersOf(slow)) {
			t.Fatalf("%q of %q: %q, and with white space %q", list, configured, fast.Code(), slow.Code())
		}
	}
}

func TestEvaluateEcho(t *testing.T) {
	p := must(t, policy.Config{Origins: []string{"https://a.example"}, Credentials: true, Methods: []string{"*"}, RequestHeaders: []string{"*"}})
	a := lines("https://a.example")
	first := [][2]string{{acao, "https://a.example"}, {acac, "true"}}
	with := func(more ...[2]string) [][2]string { return append(append([][2]string{}, first...), more...) }
	check(t, p, []row{
		{name: "GET", method: "GET", origin: a, kind: policy.KindActual, headers: first, vary: "Origin"},
		{name: "no headers", method: "OPTIONS", origin: a, requestMethod: lines("PURGE"), kind: policy.KindPreflight, status: 204, headers: with([2]string{acam, "PURGE"}), vary: varyOMH},
		{name: "safelisted method", method: "OPTIONS", origin: a, requestMethod: lines("GET"), requestHeaders: lines("x-a"), kind: policy.KindPreflight, status: 204,
			headers: with([2]string{acam, "GET"}, [2]string{acah, "x-a"}), vary: varyOMH},
		{name: "one line for several", method: "OPTIONS", origin: a, requestMethod: lines("PUT"), requestHeaders: lines("x-b,X-a", " x-c,, "), kind: policy.KindPreflight, status: 204,
			headers: with([2]string{acam, "PUT"}, [2]string{acah, "x-b,X-a,  x-c,,"}), vary: varyOMH},
		{name: "several methods are not echoed", method: "OPTIONS", origin: a, requestMethod: lines("PUT", "DELETE"), kind: policy.KindPreflight, code: policy.CodeMethodNotAllowed, status: 204,
			headers: with([2]string{acam, "GET,HEAD,POST"}), vary: varyOMH},
		{name: "nothing to echo", method: "OPTIONS", origin: a, requestMethod: lines("PUT"), requestHeaders: " \t", kind: policy.KindPreflight, status: 204,
			headers: with([2]string{acam, "PUT"}), vary: varyOMH},
		{name: "T184 never * for a method", method: "OPTIONS", origin: a, requestMethod: lines("*"), kind: policy.KindPreflight, code: policy.CodeMethodNotAllowed, status: 204,
			headers: with([2]string{acam, "GET,HEAD,POST"}), vary: varyOMH},
		{name: "T184 never * for a header", method: "OPTIONS", origin: a, requestMethod: lines("PUT"), requestHeaders: lines("x-a,*"), kind: policy.KindPreflight,
			code: policy.CodeHeaderNotAllowed, status: 204, headers: with([2]string{acam, "PUT"}), vary: varyOMH},
		{name: "T184 never *, and the method is refused as well", method: "OPTIONS", origin: a, requestMethod: lines("*"), requestHeaders: lines("x-a,*"), kind: policy.KindPreflight,
			code: policy.CodeMethodNotAllowed, status: 204, headers: with([2]string{acam, "GET,HEAD,POST"}), vary: varyOMH},
		{name: "no token is not echoed", method: "OPTIONS", origin: a, requestMethod: lines("PUT\r\nX: y"), kind: policy.KindPreflight, code: policy.CodeMethodNotAllowed, status: 204,
			headers: with([2]string{acam, "GET,HEAD,POST"}), vary: varyOMH},
		{name: "Authorization", method: "OPTIONS", origin: a, requestMethod: lines("PUT"), requestHeaders: lines("*", "authorization"), kind: policy.KindPreflight,
			code: policy.CodeAuthorizationNotAllowed, status: 403, vary: varyOMH},
		{name: "malformed headers", method: "OPTIONS", origin: a, requestMethod: lines("PUT"), requestHeaders: lines("x-a", "x b"), kind: policy.KindPreflight,
			code: policy.CodeMalformedRequestHeaders, status: 403, vary: varyOMH},
		{name: "over budget", method: "OPTIONS", origin: a, requestMethod: lines("PUT"), requestHeaders: lines(strings.Repeat(",", 17)), kind: policy.KindPreflight,
			code: policy.CodeRequestHeadersOverBudget, status: 403, vary: varyOMH},
	})
	p = must(t, policy.Config{Origins: []string{"https://a.example"}, Credentials: true, RequestHeaders: []string{"Authorization", "*"}})
	check(t, p, []row{
		{name: "Authorization listed", method: "OPTIONS", origin: a, requestMethod: lines("GET"), requestHeaders: lines("authorization"), kind: policy.KindPreflight, status: 204,
			headers: with([2]string{acam, "GET,HEAD,POST"}, [2]string{acah, "authorization"}), vary: varyOMH},
	})
}

func TestEvaluateNull(t *testing.T) {
	for _, origins := range [][]string{{"https://a.example"}, {"https://a.example", "null"}} {
		p := must(t, policy.Config{Origins: origins, DangerouslyAllowNull: true})
		check(t, p, []row{
			{name: "null", method: "GET", origin: lines("null"), kind: policy.KindActual, headers: [][2]string{{acao, "null"}}, vary: "Origin"},
			{name: "NULL", method: "GET", origin: lines("NULL"), kind: policy.KindActual, code: policy.CodeMalformedOrigin, vary: "Origin"},
		})
	}
}

// contains is a set of origins given by a function.
type contains func(origin.Origin) bool

func (f contains) Contains(o origin.Origin) bool { return f(o) }

func TestWithOrigins(t *testing.T) {
	asked := map[string]bool{}
	more := policy.WithOrigins(contains(func(o origin.Origin) bool {
		asked[o.String()] = true
		return strings.HasSuffix(o.Host(), ".tenants.example")
	}))
	p := must(t, policy.Config{Origins: []string{"https://a.example"}, Credentials: true}, more)
	both := func(o string) [][2]string { return [][2]string{{acao, o}, {acac, "true"}} }
	check(t, p, []row{
		{name: "configured", method: "GET", origin: lines("https://a.example"), kind: policy.KindActual, headers: both("https://a.example"), vary: "Origin"},
		{name: "more", method: "GET", origin: lines("https://x.tenants.example"), kind: policy.KindActual, headers: both("https://x.tenants.example"), vary: "Origin"},
		{name: "neither", method: "GET", origin: lines("https://b.example"), kind: policy.KindActual, code: policy.CodeOriginNotAllowed, vary: "Origin"},
		{name: "malformed", method: "GET", origin: lines("https://X.tenants.example"), kind: policy.KindActual, code: policy.CodeMalformedOrigin, vary: "Origin"},
		{name: "null", method: "GET", origin: lines("null"), kind: policy.KindActual, code: policy.CodeOriginNotAllowed, vary: "Origin"},
		{name: "insecure", method: "GET", origin: lines("http://x.tenants.example"), kind: policy.KindActual, code: policy.CodeInsecureOriginNotAllowed, vary: "Origin"},
		{name: "insecure, and neither", method: "GET", origin: lines("http://b.example"), kind: policy.KindActual, code: policy.CodeOriginNotAllowed, vary: "Origin"},
	})
	if diff := cmp.Diff(map[string]bool{"https://x.tenants.example": true, "https://b.example": true, "http://x.tenants.example": true, "http://b.example": true}, asked); diff != "" {
		t.Errorf("asked for (-want +got):\n%s", diff)
	}
	p = must(t, policy.Config{Credentials: true, DangerouslyAllowInsecureOrigins: true}, more)
	check(t, p, []row{
		{name: "insecure, allowed", method: "GET", origin: lines("http://x.tenants.example"), kind: policy.KindActual, headers: both("http://x.tenants.example"), vary: "Origin"},
	})
	p = must(t, policy.Config{}, policy.WithOrigins(origin.MustParseSet("http://b.example")))
	check(t, p, []row{
		{name: "a Set is one", method: "GET", origin: lines("http://b.example"), kind: policy.KindActual, headers: [][2]string{{acao, "http://b.example"}}, vary: "Origin"},
	})
}

func TestEvaluateTiming(t *testing.T) {
	p := must(t, policy.Config{Origins: []string{"https://a.example"}, TimingAllowOrigin: []string{"https://b.example", "https://a.example", "https://*.c.example"}})
	check(t, p, []row{
		{name: "no Origin: an image, a script", method: "GET", kind: policy.KindNone, headers: [][2]string{{tao, "https://a.example, https://b.example"}}, vary: "Origin"},
		{name: "both", method: "GET", origin: lines("https://a.example"), kind: policy.KindActual, headers: [][2]string{{acao, "https://a.example"}, {tao, "https://a.example"}}, vary: "Origin"},
		{name: "timing only", method: "GET", origin: lines("https://b.example"), kind: policy.KindActual, code: policy.CodeOriginNotAllowed, headers: [][2]string{{tao, "https://b.example"}}, vary: "Origin"},
		{name: "pattern", method: "GET", origin: lines("https://x.c.example"), kind: policy.KindActual, code: policy.CodeOriginNotAllowed, headers: [][2]string{{tao, "https://x.c.example"}}, vary: "Origin"},
		{name: "neither", method: "GET", origin: lines("https://d.example"), kind: policy.KindActual, code: policy.CodeOriginNotAllowed, vary: "Origin"},
		{name: "two lines", method: "GET", origin: lines("https://b.example", "https://b.example"), kind: policy.KindActual, code: policy.CodeMalformedOrigin, vary: "Origin"},
		{name: "not on preflights", method: "OPTIONS", origin: lines("https://a.example"), requestMethod: lines("PUT"), kind: policy.KindPreflight, code: policy.CodeMethodNotAllowed, status: 204,
			headers: [][2]string{{acao, "https://a.example"}, {acam, "GET,HEAD,POST"}}, vary: varyOMH},
	})
	p = must(t, policy.Config{Origins: []string{"*"}, TimingAllowOrigin: []string{"https://a.example"}})
	check(t, p, []row{
		{name: "everybody may read: the list is static, too", method: "GET", origin: lines("https://b.example"), kind: policy.KindActual, headers: [][2]string{{acao, "*"}, {tao, "https://a.example"}}},
	})
	p = must(t, policy.Config{Origins: []string{"*"}, TimingAllowOrigin: []string{"https://*.a.example"}})
	check(t, p, []row{
		{name: "everybody may read, timing varies", method: "GET", origin: lines("https://x.a.example"), kind: policy.KindActual, headers: [][2]string{{acao, "*"}, {tao, "https://x.a.example"}}, vary: "Origin"},
	})
	p = must(t, policy.Config{Origins: []string{"https://a.example"}, TimingAllowOrigin: []string{"*", "https://b.example"}})
	check(t, p, []row{
		{name: "timing for everybody", method: "GET", origin: lines("https://x.example"), kind: policy.KindActual, code: policy.CodeOriginNotAllowed, headers: [][2]string{{tao, "*"}}, vary: "Origin"},
	})
	p = must(t, policy.Config{Origins: []string{"https://a.example"}, TimingAllowOrigin: []string{"null"}, DangerouslyAllowNull: true})
	check(t, p, []row{
		{name: "null", method: "GET", origin: lines("null"), kind: policy.KindActual, headers: [][2]string{{acao, "null"}, {tao, "null"}}, vary: "Origin"},
		{name: "null alone is a list", method: "GET", kind: policy.KindNone, headers: [][2]string{{tao, "null"}}, vary: "Origin"},
	})
	p = must(t, policy.Config{Origins: []string{"https://a.example"}, TimingAllowOrigin: []string{"null", "https://b.example"}, DangerouslyAllowNull: true})
	check(t, p, []row{
		{name: "null in the list", method: "GET", kind: policy.KindNone, headers: [][2]string{{tao, "https://b.example, null"}}, vary: "Origin"},
	})

	var many []string
	for i := range 1000 {
		many = append(many, fmt.Sprintf("https://tenant-%d.example", i))
	}
	p = must(t, policy.Config{Origins: []string{"https://a.example"}, TimingAllowOrigin: many})
	check(t, p, []row{
		{name: "a list that is too long is not sent", method: "GET", kind: policy.KindNone, vary: "Origin"},
		{name: "but answers are", method: "GET", origin: lines(many[7]), kind: policy.KindActual, code: policy.CodeOriginNotAllowed, headers: [][2]string{{tao, many[7]}}, vary: "Origin"},
	})
}

// T181: patterns match at the boundaries of labels, on parsed hosts.
func TestPatternTraps(t *testing.T) {
	p := must(t, policy.Config{Origins: []string{"https://*.a.com"}, Credentials: true})
	for _, value := range []string{"https://a.com.evil.com", "https://xa.com", "https://a.com", "https://s.a.com:8443", "http://s.a.com", "https://evil.com/.a.com", "https://s.a.com."} {
		t.Run("T181 "+value, func(t *testing.T) {
			if d := p.Evaluate(policy.Request{Method: "GET", Origin: value}); d.Allowed() || len(headersOf(d)) > 0 {
				t.Errorf("allowed, headers %q", headersOf(d))
			}
		})
	}
	d := p.Evaluate(policy.Request{Method: "GET", Origin: "https://s.a.com"})
	if !d.Allowed() {
		t.Errorf("a subdomain is refused: %s", d.Code())
	}
}

func TestZeroDecisionAndNilPolicy(t *testing.T) {
	var d policy.Decision
	if d.Kind() != policy.KindUnevaluated || d.Allowed() || d.Status() != 0 || headersOf(d) != nil || d.Vary() != "" || d.Code() != "" || d.Policy() != nil {
		t.Error("the zero Decision is not nothing")
	}
	var p *policy.Policy
	request := policy.Request{Method: "OPTIONS", Origin: "https://a.example", RequestMethod: "PUT"}
	d = p.Evaluate(request)
	if d.Kind() != policy.KindNone || d.Allowed() || d.Status() != 0 || headersOf(d) != nil || d.Vary() != "" || p.Explain(request) == "" {
		t.Error("a nil Policy does something")
	}
	if p.Warnings() != nil || !cmp.Equal(p.Config(), policy.Config{}) {
		t.Error("a nil Policy has something")
	}
}

// Nobody is told to configure what New refuses, or what is configured already.
// TestExplainAdviceOnOrigins follows what is said of each origin that a policy refuses: the policy is accepted, and
// allows what is meant.
func TestExplainAdviceOnOrigins(t *testing.T) {
	for _, c := range []policy.Config{
		{Origins: []string{"https://a.example"}}, {Origins: []string{"https://a.example"}, Credentials: true},
		{Origins: []string{"https://a.example"}, Static: true}, {Origins: []string{"https://a.example"}, Static: true, Credentials: true},
		{Origins: []string{"http://a.example"}, Credentials: true, DangerouslyAllowInsecureOrigins: true},
	} {
		for _, o := range []string{"https://b.example", "http://a.example", "http://b.example:8080", "http://localhost:1", "http://a.example:1", "null", "app://x", "moz-extension://5f4e7d2c-0b1a-4c3d-9e8f-a1b2c3d4e5f6"} {
			request := policy.Request{Method: "GET", Origin: o}
			p := must(t, c)
			if p.Evaluate(request).Allowed() {
				continue
			}
			said, followed := p.Explain(request), c
			followed.Static = c.Static && !strings.Contains(said, "leave Static out")
			if strings.Contains(said, "serve the page over https") {
				request.Origin = strings.Replace(o, "http:", "https:", 1)
			}
			if followed.DangerouslyAllowNull = strings.Contains(said, "set DangerouslyAllowNull"); !followed.DangerouslyAllowNull {
				followed.Origins = append(slices.Clone(c.Origins), request.Origin)
			}
			if p, err := policy.New(followed); err != nil || !p.Evaluate(request).Allowed() {
				t.Errorf("%+v: %s\nfollowed: %v", c, said, err)
			}
		}
	}
}

func TestExplainAdvice(t *testing.T) {
	list := must(t, policy.Config{Origins: []string{"https://a.example"}, Methods: []string{"PATCH"}})
	echo := must(t, policy.Config{Origins: []string{"https://a.example"}, Credentials: true, Methods: []string{"*"}, RequestHeaders: []string{"*"}})
	for _, c := range []struct {
		policy         *policy.Policy
		method, header string
		want           string
	}{
		{list, "DELETE", "", "add it to Methods"},
		{list, "patch", "", `the page must write "PATCH"`},
		{list, "TRACE", "", "No page can use that method"},
		{list, "P T", "", "No page can use that method"},
		{echo, "*", "", "it would allow all methods"},
		{list, "PATCH", "x-a", "add it to RequestHeaders"},
		{list, "PATCH", "Cookie", "No page can set that header"},
		{echo, "PATCH", "*", "it would allow all headers"},
	} {
		request := policy.Request{Method: "OPTIONS", Origin: "https://a.example", RequestMethod: c.method, RequestHeaders: c.header}
		if got := c.policy.Explain(request); c.policy.Evaluate(request).Allowed() || !strings.Contains(got, c.want) {
			t.Errorf("%q %q: %s", c.method, c.header, got)
		}
	}
}

// An explanation names what the policy allows and what differs from it.
func TestExplainNearMiss(t *testing.T) {
	p := must(t, policy.Config{Origins: []string{
		"https://a.example", "https://b.example:8443", "https://*.c.example", "http://localhost:3000", "http://[::1]:[4000,4001]", "https://www.d.example", "https://e.example.",
		"moz-extension://5f4e7d2c-0b1a-4c3d-9e8f-a1b2c3d4e5f6", "https://*.render.com", "https://xn--bcher-kva.example",
	}, Credentials: true}, policy.WithOrigins(origin.MustParseSet("https://more.example")))
	for value, want := range map[string]string{
		"http://a.example":         `allows "https://a.example"; what differs is the scheme.`,
		"https://a.example:8443":   `allows "https://a.example"; what differs is the port.`,
		"http://a.example:8080":    `allows "https://a.example"; what differs is the scheme and the port.`,
		"https://b.example":        `allows "https://b.example:8443"; what differs is the port.`,
		"https://a.example.":       `allows "https://a.example"; what differs is the dot at the end`,
		"https://e.example":        `allows "https://e.example."; what differs is the dot at the end`,
		"https://c.example":        `allows "https://*.c.example"; what differs is that this is the domain itself`,
		"http://x.c.example":       `allows "https://*.c.example"; what differs is the scheme.`,
		"http://www.x.c.example":   `allows "https://*.c.example"; what differs is the scheme.`,
		"https://x.c.example:8443": `allows "https://*.c.example"; what differs is the port.`,
		"http://127.0.0.1:3000":    `allows "http://localhost:3000"; what differs is the host: localhost, 127.0.0.1`,
		"http://127.0.0.1:4001":    `allows "http://[::1]:[4000,4001]"; what differs is the host: localhost, 127.0.0.1`,
		"http://localhost:5000":    `allows "http://localhost:3000"; what differs is the port.`,
		"https://d.example":        `allows "https://www.d.example"; what differs is the host, which has no "www."`,
		"https://www.a.example":    `allows "https://a.example"; what differs is the host, which has "www."`,
		"http://more.example":      `allows "https://more.example"; what differs is the scheme.`,
		"moz-extension://5F4E7D2C-0B1A-4C3D-9E8F-A1B2C3D4E5F6": `allows "moz-extension://5f4e7d2c-0b1a-4c3d-9e8f-a1b2c3d4e5f6"; what differs is the case of the host.`,
		"https://evil.app.render.com":                          "there is a public suffix between the two",
		// What is not an origin.
		"https://A.example":       `at byte 8, host is not in lower case (write the host in lower case). The policy allows "https://a.example".`,
		"https://a.example/":      `at byte 17, `,
		"https://a.example:443":   `The policy allows "https://a.example".`,
		"https://bücher.example":  `at byte 9, `,
		"https://evil.example/":   "at byte 20, ",
		"file://":                 "Some webviews send file://",
		"file:///sdcard/x":        "Some webviews send file://",
		"https://a.example, null": "Those are several",
	} {
		for _, method := range []string{"GET", "OPTIONS"} {
			r := policy.Request{Method: method, Origin: value, RequestMethod: "PUT"}
			if got := p.Explain(r); p.Evaluate(r).Allowed() || !strings.Contains(got, want) || len(got) > 4096 {
				t.Errorf("%s: %s, want %s", value, got, want)
			}
		}
	}
	for _, value := range []string{"https://evil.example", "https://a.example.evil.example", "https://xa.example", "null", "x://y", "https://[::2]", "https://www.c.example.evil"} {
		if got := p.Explain(policy.Request{Method: "GET", Origin: value}); strings.Contains(got, "what differs") {
			t.Errorf("%s: %s", value, got)
		}
	}
}

func TestKindString(t *testing.T) {
	for kind, want := range map[policy.Kind]string{policy.KindUnevaluated: "unevaluated", policy.KindNone: "none", policy.KindActual: "actual", policy.KindPreflight: "preflight", 9: "unevaluated"} {
		if got := kind.String(); got != want {
			t.Errorf("%d: %q, want %q", kind, got, want)
		}
	}
}

// responseHeader is a [policy.Header] that says what was done to it.
type responseHeader struct{ log []string }

func (h *responseHeader) Set(name, value string) { h.log = append(h.log, "set "+name+": "+value) }
func (h *responseHeader) Add(name, value string) { h.log = append(h.log, "add "+name+": "+value) }
func (h *responseHeader) Del(name string)        { h.log = append(h.log, "del "+name) }

func TestApplyTo(t *testing.T) {
	const removed = "del " + acao + ", del " + acac + ", del " + acam + ", del " + acah + ", del " + acma + ", del " + aceh
	config := policy.Config{Origins: []string{"https://a.example"}, Credentials: true, Methods: []string{"*"}, RequestHeaders: []string{"*"}, ExposeHeaders: []string{"x-e"}, MaxAge: new(7)}
	timed := config
	timed.TimingAllowOrigin = []string{"https://t.example"}
	preflight := policy.Request{Method: "OPTIONS", Origin: "https://a.example", RequestMethod: "PUT", RequestHeaders: "x-a, x-b"}
	for _, c := range []struct {
		name     string
		decision policy.Decision
		want     string
	}{
		{"zero", policy.Decision{}, ""},
		{"nil policy", (*policy.Policy)(nil).Evaluate(preflight), ""},
		{"preflight", must(t, config).Evaluate(preflight),
			removed + ", set " + acao + ": https://a.example, set " + acac + ": true, set " + acam + ": PUT, set " + acah + ": x-a, x-b, set " + acma + ": 7, add Vary: " + varyOMH},
		{"actual", must(t, config).Evaluate(policy.Request{Method: "GET", Origin: "https://a.example"}),
			removed + ", set " + acao + ": https://a.example, set " + acac + ": true, set " + aceh + ": x-e, add Vary: Origin"},
		{"refused", must(t, config).Evaluate(policy.Request{Method: "GET", Origin: "https://b.example"}), removed + ", add Vary: Origin"},
		{"none", must(t, config).Evaluate(policy.Request{Method: "GET"}), removed + ", add Vary: Origin"},
		{"timing is the policy's where it says so", must(t, timed).Evaluate(policy.Request{Method: "GET", Origin: "https://b.example"}), removed + ", del " + tao + ", add Vary: Origin"},
		{"timing, set", must(t, timed).Evaluate(policy.Request{Method: "GET"}), removed + ", del " + tao + ", set " + tao + ": https://t.example, add Vary: Origin"},
		{"static", must(t, policy.Config{Origins: []string{"*"}}).Evaluate(policy.Request{Method: "GET"}), removed + ", set " + acao + ": *"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var h responseHeader
			c.decision.ApplyTo(&h)
			if got := strings.Join(h.log, ", "); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// nothing is a [policy.Header] that costs nothing.
type nothing struct{}

func (nothing) Set(string, string) {}
func (nothing) Add(string, string) {}
func (nothing) Del(string)         {}

func TestRemoves(t *testing.T) {
	config := policy.Config{Origins: []string{"https://a.example"}}
	plain := must(t, config).Evaluate(policy.Request{Method: "GET"})
	config.TimingAllowOrigin = []string{"*"}
	timed := must(t, config).Evaluate(policy.Request{Method: "GET"})
	for name, want := range map[string]bool{
		acao: true, acac: true, acam: true, acah: true, acma: true, aceh: true, "access-control-allow-origin": true, "ACCESS-CONTROL-EXPOSE-HEADERS": true,
		"Vary": false, "": false, "Access-Control-Allow-Origins": false, "Access-Control-": false, "\u212a": false, "Content-Type": false, "Access-Control-Request-Method": false,
	} {
		if plain.Removes(name) != want || timed.Removes(name) != want || (policy.Decision{}).Removes(name) {
			t.Errorf("%q: %v, with timing %v, zero %v; want %v", name, plain.Removes(name), timed.Removes(name), (policy.Decision{}).Removes(name), want)
		}
	}
	for _, name := range []string{tao, "timing-allow-origin"} {
		if plain.Removes(name) || !timed.Removes(name) {
			t.Errorf("%q: %v, with timing %v", name, plain.Removes(name), timed.Removes(name))
		}
	}
}

// All stops when it is told to.
func TestAllStops(t *testing.T) {
	p := must(t, policy.Config{
		Origins: []string{"https://a.example"}, Credentials: true, Methods: []string{"PUT"}, RequestHeaders: []string{"X-A"}, ExposeHeaders: []string{"X-B"}, MaxAge: new(7), TimingAllowOrigin: []string{"*"},
	})
	for _, r := range []policy.Request{{Method: "GET", Origin: "https://a.example"}, {Method: "OPTIONS", Origin: "https://a.example", RequestMethod: "PUT"}} {
		all := headersOf(p.Evaluate(r))
		for n := range all {
			var some [][2]string
			for name, value := range p.Evaluate(r).All() {
				some = append(some, [2]string{name, value})
				if len(some) > n {
					break
				}
			}
			if diff := cmp.Diff(all[:n+1], some); diff != "" {
				t.Errorf("%d of them (-want +got):\n%s", n+1, diff)
			}
		}
	}
}

func TestJoin(t *testing.T) {
	const most = policy.MaxRequestHeadersSize + 1
	long := strings.Repeat("x", most)
	for _, c := range []struct {
		lines []string
		want  string
	}{
		{nil, ""},
		{[]string{}, ""},
		{[]string{""}, ""},
		{[]string{"x-a"}, "x-a"},
		{[]string{long + long}, long + long},
		{[]string{"x-a", "x-b"}, "x-a, x-b"},
		{[]string{"", ""}, ", "},
		{[]string{"x-a", "", "x-b,x-c"}, "x-a, , x-b,x-c"},
		{[]string{long[:most-1], "y"}, long[:most-1] + ","},
		{[]string{long[:most-2], "y"}, long[:most-2] + ", "},
		{[]string{long[:most-3], "yz"}, long[:most-3] + ", y"},
		{[]string{long[:most-3], "y", "z"}, long[:most-3] + ", y"},
		{[]string{long[:most-4], "y", "z"}, long[:most-4] + ", y,"},
		{[]string{long + long, "y"}, long},
		{make([]string, 1<<20), strings.Repeat(", ", most/2) + ","},
	} {
		if got := policy.Join(c.lines); got != c.want {
			t.Errorf("%d lines: %d bytes, %.40q…, want %d", len(c.lines), len(got), got, len(c.want))
		}
	}
	if n := testing.AllocsPerRun(10, func() { policy.Join([]string{"x-a"}) }); n != 0 {
		t.Errorf("one line: %v allocations", n)
	}
}

// What Join cuts off is never taken for what it was cut from.
func TestJoinedAndCut(t *testing.T) {
	p := must(t, policy.Config{
		Origins: []string{"https://*.a.example"}, TimingAllowOrigin: []string{"https://*.a.example"}, Credentials: true, Methods: []string{"*"}, RequestHeaders: []string{"*"},
	}, policy.WithOrigins(policy.OriginsFunc(func(origin.Origin) bool { return true })))
	const most = policy.MaxRequestHeadersSize + 1
	cut := policy.Join([]string{"https://" + strings.Repeat("x", most-len("https://.a.example")) + ".a.example", "https://evil.example"})
	for _, r := range []policy.Request{{Method: "GET", Origin: cut}, {Method: "OPTIONS", Origin: cut, RequestMethod: "PUT"}} {
		if d := p.Evaluate(r); d.Code() != policy.CodeMalformedOrigin || headersOf(d) != nil {
			t.Errorf("%s: %q, headers %.100q", r.Method, d.Code(), headersOf(d))
		}
	}
	open := must(t, policy.Config{Origins: []string{"https://*.a.example"}})
	if d := open.Evaluate(policy.Request{Method: "GET", Origin: cut}); d.Code() != policy.CodeMalformedOrigin || headersOf(d) != nil {
		t.Errorf("without credentials: %q, headers %.100q", d.Code(), headersOf(d))
	}
	method := policy.Join([]string{strings.Repeat("X", most), "PUT"})
	d := p.Evaluate(policy.Request{Method: "OPTIONS", Origin: "https://x.a.example", RequestMethod: method})
	if d.Code() != policy.CodeMethodNotAllowed || header(headersOf(d), acam) != "GET,HEAD,POST" {
		t.Errorf("%q: headers %.100q", d.Code(), headersOf(d))
	}
}

// benchmarkRequests are one request for each way through Evaluate.
func benchmarkRequests() map[string]policy.Request {
	long := "https://" + strings.Repeat("a.", 500) + "evil.example"
	preflight := func(o, method string, headers ...string) policy.Request {
		return policy.Request{Method: "OPTIONS", Origin: o, RequestMethod: method, RequestHeaders: lines(headers...)}
	}
	return map[string]policy.Request{
		"none":              {Method: "GET"},
		"exact":             {Method: "GET", Origin: lines("https://a.example")},
		"subdomain":         {Method: "GET", Origin: lines("https://x.b.example")},
		"refused":           {Method: "GET", Origin: lines("https://evil.example")},
		"refused long":      {Method: "GET", Origin: lines(long)},
		"malformed":         {Method: "GET", Origin: lines("https://a.example/")},
		"several":           {Method: "GET", Origin: lines("https://a.example", "null")},
		"null":              {Method: "GET", Origin: lines("null")},
		"preflight":         preflight("https://a.example", "PUT", "content-type,x-foo"),
		"preflight echoes":  preflight("https://x.b.example", "PURGE", "x-a", "x-b", "x-c,x-d"),
		"preflight refused": preflight("https://evil.example", "PUT"),
		"method refused":    preflight("https://a.example", "x y"),
		"header refused":    preflight("https://a.example", "PUT", "*"),
		"authorization":     preflight("https://a.example", "PUT", "authorization"),
		"malformed headers": preflight("https://a.example", "PUT", "x y"),
		"commas":            preflight("https://a.example", "PUT", strings.Repeat(",", 1<<20)),
		"1 MiB name":        preflight("https://a.example", "PUT", strings.Repeat("x", 1<<20)),
		"16 KiB names":      preflight("https://a.example", "PUT", strings.Repeat("x-foo,", 16<<10/6)),
	}
}

func TestEvaluateAllocations(t *testing.T) {
	policies := map[string]*policy.Policy{
		"lists":     must(t, policy.Config{Origins: []string{"https://a.example", "https://*.b.example"}, Credentials: true, Methods: []string{"PUT"}, RequestHeaders: []string{"X-Foo", "Content-Type"}, TimingAllowOrigin: []string{"https://*.b.example"}}),
		"echo":      must(t, policy.Config{Origins: []string{"https://a.example", "https://*.b.example"}, Credentials: true, Methods: []string{"*"}, RequestHeaders: []string{"*"}}),
		"everybody": must(t, policy.Config{Origins: []string{"*"}, Methods: []string{"*"}, RequestHeaders: []string{"*"}, ExposeHeaders: []string{"*"}, TimingAllowOrigin: []string{"*"}}),
		"more":      must(t, policy.Config{}, policy.WithOrigins(origin.MustParseSet("https://*.b.example"))),
	}
	for policyName, p := range policies {
		for name, r := range benchmarkRequests() {
			if n := testing.AllocsPerRun(50, func() {
				d := p.Evaluate(r)
				d.ApplyTo(nothing{})
				_ = d.Vary()
			}); n != 0 {
				t.Errorf("policy %s, %s: %v allocations", policyName, name, n)
			}
		}
	}
}

// What is too long is refused before it is read, and what is not is read once.
func TestEvaluateTime(t *testing.T) {
	p := must(t, policy.Config{Origins: []string{"https://a.example", "https://*.b.example"}, RequestHeaders: []string{"X-Foo"}})
	listOf := func(n int) policy.Request {
		return policy.Request{Method: "OPTIONS", Origin: "https://a.example", RequestMethod: "PUT", RequestHeaders: strings.Repeat(",", n)}
	}
	originOf := func(n int) policy.Request {
		return policy.Request{Method: "GET", Origin: lines("https://" + strings.Repeat("a.", n/2) + "c.example")}
	}
	for name, of := range map[string]func(int) policy.Request{"empty elements": listOf, "Origin": originOf} {
		t.Run(name, func(t *testing.T) {
			lineartest.Check(t, func(size int) func() {
				r := of(size)
				return func() { p.Evaluate(r) }
			})
		})
	}
}

func BenchmarkEvaluate(b *testing.B) {
	p := must(b, policy.Config{Origins: []string{"https://a.example", "https://*.b.example"}, Credentials: true, Methods: []string{"PUT"}, RequestHeaders: []string{"X-Foo", "Content-Type"}})
	for name, r := range benchmarkRequests() {
		b.Run(strings.ReplaceAll(name, " ", "-"), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				p.Evaluate(r)
			}
		})
	}
}

// One of the answers a browser gives to the policies above, so that headers
// mean what they are meant to.
func TestBrowserAgrees(t *testing.T) {
	p := must(t, policy.Config{Origins: []string{"https://a.example"}, Credentials: true, Methods: []string{"PUT"}, RequestHeaders: []string{"X-Foo"}, ExposeHeaders: []string{"X-Total"}})
	foo := [2]string{"X-Foo", "1"}
	for _, c := range []struct {
		from, method string
		headers      [][2]string
		read         bool
	}{
		{"https://a.example", "GET", nil, true},
		{"https://a.example", "PUT", [][2]string{foo}, true},
		{"https://a.example", "DELETE", nil, false},
		{"https://a.example", "PUT", [][2]string{{"X-Bar", "1"}}, false},
		{"https://b.example", "GET", nil, false},
	} {
		v := fetchFrom(t, new(fetch.Agent), p, page(t, c.from, c.method, fetch.CredentialsInclude, c.headers...), "")
		if v.read() != c.read {
			t.Errorf("%s from %s: read %v, %v", c.method, c.from, v.read(), v.result.Verdict)
		}
	}
}

// TestExplainAmongMany holds that no pattern is compared with a refused origin where there are many: whoever sends it
// would choose how much time an explanation takes.
func TestExplainAmongMany(t *testing.T) {
	const most = 1000
	many := make([]string, most+1)
	for i := range many {
		many[i] = fmt.Sprintf("https://a%d.example", i)
	}
	refused := policy.Request{Method: "GET", Origin: "http://a0.example"}
	for name, c := range map[string]struct {
		origins []string
		more    []string
		says    bool
	}{
		"few":           {many[:most], nil, true},
		"few in a set":  {many[1:2], many[:most-1], true},
		"many":          {many, nil, false},
		"many in a set": {many[:1], many[1:], false},
	} {
		var options []policy.Option
		if c.more != nil {
			options = append(options, policy.WithOrigins(origin.MustParseSet(c.more...)))
		}
		p := must(t, policy.Config{Origins: c.origins}, options...)
		if got := p.Explain(refused); strings.Contains(got, "what differs is the scheme") != c.says {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// A name that is allowed is found in any case, however many there are.
func TestRequestHeadersInAnyCase(t *testing.T) {
	var names []string
	for c := 'a'; c <= 'z'; c++ {
		names = append(names, fmt.Sprintf("%c-%c", c, c), fmt.Sprintf("x-%c%c", c, c))
		p := must(t, policy.Config{Origins: []string{"https://a.example"}, RequestHeaders: names})
		for _, name := range names {
			r := policy.Request{Method: "OPTIONS", Origin: "https://a.example", RequestMethod: "GET", RequestHeaders: strings.ToUpper(name)}
			if d := p.Evaluate(r); !d.Allowed() {
				t.Errorf("%d names: %s: %q", len(names), r.RequestHeaders, d.Code())
			}
		}
	}
}

// Empty elements count wherever they stand, with white space or without.
func TestEmptyElements(t *testing.T) {
	p, err := policy.New(policy.Config{Origins: []string{"https://a.example"}, RequestHeaders: []string{"Content-Type", "X-Foo"}})
	if err != nil {
		t.Fatal(err)
	}
	for n := policy.MaxEmptyElements - 1; n <= policy.MaxEmptyElements+1; n++ {
		want := policy.Code("")
		if n > policy.MaxEmptyElements {
			want = policy.CodeRequestHeadersOverBudget
		}
		for _, list := range []string{
			strings.Repeat(",", n) + "x-foo", strings.Repeat(" ,", n) + "x-foo", strings.Repeat(",\t", n) + "X-Foo",
			"x-foo," + strings.Repeat(",", n) + "content-type", "content-type, " + strings.Repeat(", ", n) + "x-foo",
			"x-foo" + strings.Repeat(",", n), "X-Foo" + strings.Repeat(" ,", n) + " ", strings.Repeat(",", n-1),
		} {
			d := p.Evaluate(policy.Request{Method: "OPTIONS", Origin: "https://a.example", RequestMethod: "GET", RequestHeaders: list})
			if d.Code() != want {
				t.Errorf("%q has %d empty elements: %q, want %q", list, n, d.Code(), want)
			}
		}
	}
}
