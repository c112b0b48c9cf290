package policy_test

import (
	"strings"
	"testing"
	"time"

	"golang.org/x/net/publicsuffix"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/policy"
)

// must returns the policy of c, with golang.org/x/net's suffix list.
func must(t testing.TB, c policy.Config, options ...policy.Option) *policy.Policy {
	t.Helper()
	p, err := policy.New(c, append([]policy.Option{policy.WithSuffixList(publicsuffix.List)}, options...)...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// requestOf makes a policy's request of what goes over the wire.
func requestOf(method string, headers [][2]string) policy.Request {
	values := func(name string) string {
		var lines []string
		for _, h := range headers {
			if strings.EqualFold(h[0], name) {
				lines = append(lines, h[1])
			}
		}
		return policy.Join(lines)
	}
	return policy.Request{
		Method: method, Origin: values("Origin"), RequestMethod: values("Access-Control-Request-Method"), RequestHeaders: values("Access-Control-Request-Headers"),
	}
}

// headersOf returns the headers that a decision sets, except Vary.
func headersOf(d policy.Decision) (headers [][2]string) {
	for name, value := range d.All() {
		headers = append(headers, [2]string{name, value})
	}
	return headers
}

// header returns the values of the lines of a name, joined as CORS reads them.
func header(headers [][2]string, name string) string {
	value, _ := fetch.HeaderList(headers).Get(name)
	return value
}

// A visit is what came of a page's request to a server with a policy.
type visit struct {
	result     fetch.Result
	decisions  []policy.Decision
	preflights int
}

func (v visit) read() bool { return v.result.Verdict.OK() }

// allowed reports whether the policy allowed everything that was sent.
func (v visit) allowed() bool {
	for _, d := range v.decisions {
		if !d.Allowed() {
			return false
		}
	}
	return true
}

// fetchFrom runs the browser's machine against a server with policy p. The
// application answers 200, or redirects once to where redirect says.
func fetchFrom(t testing.TB, agent *fetch.Agent, p *policy.Policy, r fetch.Request, redirect string) visit {
	t.Helper()
	now := time.Unix(1e9, 0)
	m, err := agent.Start(now, r)
	if err != nil {
		t.Fatalf("the request is not valid: %v", err)
	}
	var v visit
	for range 10 {
		action := m.Action()
		switch action.Kind {
		case fetch.ActionSendPreflight, fetch.ActionSendRequest:
			d := p.Evaluate(requestOf(action.Method, action.Headers))
			v.decisions = append(v.decisions, d)
			response := fetch.ResponseHead{Status: d.Status(), Headers: headersOf(d)}
			if response.Status == 0 {
				response.Status = 200
				if redirect != "" && action.Hop == 0 {
					response.Status = 307
					response.Headers.Append("Location", redirect)
				}
			}
			if action.Kind == fetch.ActionSendPreflight {
				v.preflights++
				if d.Kind() != policy.KindPreflight {
					t.Fatalf("a preflight is taken for %v: %+v", d.Kind(), action)
				}
			}
			if err := m.Receive(now, response); err != nil {
				t.Fatal(err)
			}
		case fetch.ActionDone:
			if v.result, err = m.Result(); err != nil {
				t.Fatal(err)
			}
			return v
		default:
			t.Fatalf("unexpected action %v", action.Kind)
		}
	}
	t.Fatal("the fetch does not end")
	return v
}

// page returns the request that a page's fetch() makes.
func page(t testing.TB, from, method string, credentials fetch.CredentialsMode, headers ...[2]string) fetch.Request {
	t.Helper()
	return pageOf(origin.MustParse(from), method, credentials, headers...)
}

func pageOf(o origin.Origin, method string, credentials fetch.CredentialsMode, headers ...[2]string) fetch.Request {
	return fetch.Request{
		Method:        method,
		URLList:       []origin.URL{origin.MustParseURL("https://api.test/x")},
		Headers:       headers,
		Origin:        o,
		Mode:          fetch.ModeCORS,
		Credentials:   credentials,
		UnsafeRequest: true,
	}
}
