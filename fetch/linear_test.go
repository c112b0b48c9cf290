package fetch_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/explain"
	"github.com/corspec/corspec/internal/lineartest"
	"github.com/corspec/corspec/origin"
)

// many makes a header list of about size bytes with names that are all different.
func many(size int, value string) fetch.HeaderList {
	l := make(fetch.HeaderList, size/32)
	for i := range l {
		l[i] = [2]string{"x-" + strconv.Itoa(i), value}
	}
	return l
}

func names(size int) string {
	var b strings.Builder
	for i := 0; b.Len() < size; i++ {
		b.WriteString("x-" + strconv.Itoa(i) + ",")
	}
	return b.String()
}

// TestLinearTime gives inputs of 1 MiB to all that reads them.
func TestLinearTime(t *testing.T) {
	run := func(status int, l fetch.HeaderList, r fetch.Request) func() {
		return func() {
			agent := new(fetch.Agent) // another each time: the cache is not what is measured
			m, err := agent.Start(epoch, r)
			if err != nil {
				t.Fatal(err)
			}
			for n := 0; m.Action().Kind != fetch.ActionDone && n < 2 && m.Action().Hop == 0; n++ {
				m.Receive(epoch, fetch.ResponseHead{Status: status, Headers: l})
			}
			if m.Action().Kind != fetch.ActionDone {
				m.Abort()
			}
			explain.Trace(m.Trace())
		}
	}
	simple := checkRequest(fetch.CredentialsOmit)
	put := simple
	put.Method, put.UnsafeRequest = "PUT", true
	for name, prepare := range map[string]func(size int) func(){
		"Location": func(n int) func() {
			return run(302, headers(acao, "*", "Location", "/"+strings.Repeat("a", n)), simple)
		},
		"Location, high": func(n int) func() {
			return run(302, headers(acao, "*", "Location", "/"+strings.Repeat("\xe9", n)), simple)
		},
		"Location, dots": func(n int) func() {
			return run(302, headers(acao, "*", "Location", "/"+strings.Repeat("../a/", n/5)), simple)
		},
		"Location, bad": func(n int) func() {
			return run(302, headers(acao, "*", "Location", "https://"+strings.Repeat("a.", n/2)+" /"), simple)
		},
		"ACAO":             func(n int) func() { return run(200, headers(acao, strings.Repeat("a", n)), simple) },
		"ACAO, list":       func(n int) func() { return run(200, headers(acao, strings.Repeat("https://a.com,", n/14)), simple) },
		"ACAO, commas":     func(n int) func() { return run(200, headers(acao, strings.Repeat(",", n)), simple) },
		"ACAO, many lines": func(n int) func() { return run(200, slices.Repeat(headers(acao, ""), n/32), simple) },
		"ACAH":             func(n int) func() { return run(200, headers(acao, "*", acam, "PUT", acah, names(n)), put) },
		"ACAH, many lines": func(n int) func() {
			return run(200, append(slices.Repeat(headers(acah, "x-a"), n/32), headers(acao, "*", acam, "PUT")...), put)
		},
		"ACAM": func(n int) func() { return run(200, headers(acao, "*", acam, names(n)+"PUT"), put) },
		"ACEH": func(n int) func() {
			return run(200, append(many(n/2, "1"), headers(acao, "*", aceh, names(n/2))...), simple)
		},
		"ACEH, wildcard":   func(n int) func() { return run(200, append(many(n, "1"), headers(acao, "*", aceh, "*")...), simple) },
		"response headers": func(n int) func() { return run(200, append(many(n, "1"), headers(acao, "*")...), simple) },
		"Timing-Allow-Origin": func(n int) func() {
			return run(200, headers(acao, "*", "Timing-Allow-Origin", strings.Repeat(`"a,`, n/3)), simple)
		},
		"Referrer-Policy": func(n int) func() {
			return run(302, headers(acao, "*", "Location", "/y", "Referrer-Policy", strings.Repeat("origin,", n/7)), simple)
		},
		"COEP": func(n int) func() {
			l := headers(coep, "require-corp"+strings.Repeat(";a=%\"%c3%a9\"", n/12))
			return func() { fetch.ObtainEmbedderPolicy(l, true) }
		},
		"URL": func(n int) func() {
			r := simple
			r.URLList = []origin.URL{origin.MustParseURL("https://b.com/" + strings.Repeat("a", n))}
			return run(200, headers(acao, "*"), r)
		},
		"data: URL": func(n int) func() {
			r := simple
			r.URLList = []origin.URL{origin.MustParseURL("data:text/plain;base64," + strings.Repeat("QUFB", n/4))}
			return run(200, nil, r)
		},
		"request headers": func(n int) func() {
			r := put
			r.Headers = many(n, "1")
			return run(200, headers(acao, "*", acam, "PUT", acah, "*"), r)
		},
		"request headers, each listed": func(n int) func() {
			r := put
			r.Headers = many(n/2, "1")
			return run(200, headers(acao, "*", acam, "PUT", acah, names(n/2)), r)
		},
		"header list": func(n int) func() {
			l := append(many(n/2, "1"), slices.Repeat(headers("a", "1"), n/64)...)
			return func() {
				c := slices.Clone(l)
				c.Set("A", "2")
				c.Delete("a")
				l.SortAndCombine()
				l.Get("a")
			}
		},
	} {
		t.Run(name, func(t *testing.T) { lineartest.Check(t, prepare) })
	}
}

// TestProfilesAreLinear gives each profile what only profiles look at twice, and what the standard looks at as well.
func TestProfilesAreLinear(t *testing.T) {
	for _, p := range fetch.Profiles() {
		run := func(r fetch.Request, l fetch.HeaderList) func() {
			return func() {
				m, err := (&fetch.Agent{Profile: p}).Start(epoch, r)
				if err != nil {
					t.Fatal(err)
				}
				for m.Action().Kind != fetch.ActionDone {
					m.Receive(epoch, fetch.ResponseHead{Status: 200, Headers: l})
				}
			}
		}
		put := checkRequest(fetch.CredentialsOmit)
		put.Method, put.UnsafeRequest = "PUT", true
		script := checkRequest(fetch.CredentialsOmit)
		script.Destination = fetch.DestinationScript
		for name, prepare := range map[string]func(size int) func(){
			"request headers": func(n int) func() {
				r := put
				r.Headers = many(n, "1")
				return run(r, headers(acao, "*", acam, "PUT", acah, "*"))
			},
			"request headers, one of them twice": func(n int) func() {
				r := put
				r.Headers = many(n, "1")
				r.Headers[len(r.Headers)-1][0] = r.Headers[0][0]
				return run(r, headers(acao, "*", acam, "PUT", acah, "*"))
			},
			"parameters of a script's type": func(n int) func() {
				return run(script, headers(acao, "*", "X-Content-Type-Options", "nosniff", "Content-Type", "text/javascript"+strings.Repeat(";a=b", n/4)))
			},
		} {
			t.Run(p.String()+", "+name, func(t *testing.T) { lineartest.Check(t, prepare) })
		}
	}
}
