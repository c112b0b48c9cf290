package explain_test

import (
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/explain"
	"github.com/corspec/corspec/internal/lineartest"
	"github.com/corspec/corspec/origin"
)

// request is a request of https://a.example to https://b.example/x.
func request(headers ...[2]string) fetch.Request {
	return fetch.Request{Method: "GET", URLList: []origin.URL{origin.MustParseURL("https://b.example/x")}, Origin: origin.MustParse("https://a.example"), Mode: fetch.ModeCORS, UnsafeRequest: true, Headers: headers}
}

// trace fetches with these answers, one after another.
func trace(t *testing.T, agent *fetch.Agent, r fetch.Request, answers ...fetch.ResponseHead) fetch.Trace {
	t.Helper()
	m, err := agent.Start(epoch, r)
	if err != nil {
		t.Fatal(err)
	}
	if got := explain.Trace(m.Trace()).Engines; m.Action().Kind != fetch.ActionDone && got != "" {
		t.Errorf("before it is done, engines are said to differ: %s", got)
	}
	for _, a := range answers {
		m.Receive(epoch, a)
	}
	if m.Action().Kind != fetch.ActionDone {
		t.Fatalf("it is not done: %v", m.Action())
	}
	return m.Trace()
}

func TestEngines(t *testing.T) {
	open := fetch.ResponseHead{Status: 200, Headers: fetch.HeaderList{{acao, "*"}, {acah, "*"}}}
	proxy := fetch.ResponseHead{Status: 407, Headers: open.Headers}
	dpr := request([2]string{"DPR", "1"})
	range64 := request([2]string{"Range", "bytes=0-99999999999999999999"})
	for _, tt := range []struct {
		name    string
		profile fetch.Profile
		request fetch.Request
		answers []fetch.ResponseHead
		want    string
	}{
		{"a simple fetch", fetch.ProfileStandard, request(), []fetch.ResponseHead{open}, ""},
		{"Authorization", fetch.ProfileStandard, request([2]string{"Authorization", "x"}), []fetch.ResponseHead{open},
			"Chromium, Firefox and WebKitGTK: not blocked here, GET https://b.example/x is sent (wildcard-covers-authorization)."},
		{"a client hint", fetch.ProfileStandard, dpr, []fetch.ResponseHead{open, open}, "Chromium: no preflight is sent (client-hints-safelisted)."},
		{"a client hint in Chromium", fetch.ProfileChromium, dpr, []fetch.ResponseHead{open}, "the standard, Firefox and WebKitGTK: a preflight is sent first (client-hints-safelisted)."},
		{"407", fetch.ProfileStandard, request(), []fetch.ResponseHead{proxy}, "Firefox and WebKitGTK: the page gets the response (proxy-authentication-is-response)."},
		{"a range beyond 64 bits", fetch.ProfileStandard, range64, []fetch.ResponseHead{open},
			"Chromium, Firefox and WebKitGTK: a preflight is sent first (malformed-range-integers)."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tr := trace(t, &fetch.Agent{Profile: tt.profile}, tt.request, tt.answers...)
			if got := explain.Trace(tr).Engines; got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
	t.Run("given up", func(t *testing.T) {
		m, err := new(fetch.Agent).Start(epoch, request([2]string{"Authorization", "x"}))
		if err != nil {
			t.Fatal(err)
		}
		m.Abort()
		if got := explain.Trace(m.Trace()).Engines; got != "" {
			t.Error(got)
		}
	})
}

// TestTraceAsksNobody explains fetches of an agent with hooks and entries in its cache: what they said then counts, and
// they are left alone.
func TestTraceAsksNobody(t *testing.T) {
	open := fetch.ResponseHead{Status: 200, Headers: fetch.HeaderList{{acao, "*"}, {acah, "*, authorization"}, {acam, "*"}}}
	authorization := request([2]string{"Authorization", "x"})
	insecure := request()
	insecure.URLList = []origin.URL{origin.MustParseURL("http://b.example/x")}
	image := insecure
	image.Mode, image.Destination, image.UnsafeRequest = fetch.ModeNoCORS, fetch.DestinationImage, false
	secureImage := image
	secureImage.URLList, secureImage.Credentials = request().URLList, fetch.CredentialsInclude
	put := request()
	put.Method = "PUT"
	own := fetch.Verdict{Code: "csp-blocked", Want: "https://b.example/x"}
	var asked int
	hooks := func(f func(*fetch.Hooks)) *fetch.Agent {
		a := new(fetch.Agent)
		f(&a.Hooks)
		return a
	}
	cached := new(fetch.Agent)
	trace(t, cached, put, open, open)
	shared := fetch.ResponseHead{Status: 200, Headers: fetch.HeaderList{{acao, "*"}}}
	for _, tt := range []struct {
		name     string
		agent    *fetch.Agent
		request  fetch.Request
		answers  []fetch.ResponseHead
		code     fetch.Code
		engines  string
		happened string
	}{
		{"HSTS", hooks(func(h *fetch.Hooks) {
			h.KnownHSTSHost = func(string) bool { asked++; return true }
			h.AllowMixedContent = func(*fetch.Request) bool { asked++; return true }
		}), insecure, []fetch.ResponseHead{shared}, fetch.CodeOK, "", "Allowed."},
		{"upgrade-insecure-requests", hooks(func(h *fetch.Hooks) { h.UpgradeInsecure = func(*fetch.Request) bool { asked++; return true } }), insecure, []fetch.ResponseHead{shared}, fetch.CodeOK, "", "Allowed."},
		{"mixed content is allowed", hooks(func(h *fetch.Hooks) { h.AllowMixedContent = func(*fetch.Request) bool { asked++; return true } }), insecure, []fetch.ResponseHead{shared}, fetch.CodeOK, "", "Allowed."},
		{"mixed content is not allowed", hooks(func(h *fetch.Hooks) { h.AllowMixedContent = func(*fetch.Request) bool { asked++; return false } }), insecure, nil, fetch.CodeMixedContent, "", "mixed content"},
		{"mixed content is upgraded", hooks(func(h *fetch.Hooks) { h.AllowMixedContent = func(*fetch.Request) bool { asked++; return false } }), image, []fetch.ResponseHead{shared}, fetch.CodeOK, "Firefox: GET http://b.example/x is sent (images-as-mixed-content).", "Allowed."},
		{"a hook blocks the request", hooks(func(h *fetch.Hooks) { h.BlockRequest = func(*fetch.Request) fetch.Verdict { asked++; return own } }), authorization, nil, own.Code, "", "Blocked: csp-blocked."},
		{"a hook blocks the response", hooks(func(h *fetch.Hooks) {
			h.BlockResponse = func(*fetch.Request, *fetch.Response) fetch.Verdict { asked++; return own }
		}), request(), []fetch.ResponseHead{shared}, own.Code, "", "Blocked: csp-blocked."},
		{"hooks let pass", hooks(func(h *fetch.Hooks) {
			h.BlockRequest = func(*fetch.Request) fetch.Verdict { asked++; return fetch.Verdict{} }
			h.BlockResponse = func(*fetch.Request, *fetch.Response) fetch.Verdict { asked++; return fetch.Verdict{} }
			h.HandleFetch = func(*fetch.Request) (fetch.Response, bool) { asked++; return fetch.Response{}, false }
			h.OverrideFetch = func(*fetch.Request) (fetch.Response, bool) { asked++; return fetch.Response{}, false }
		}), authorization, []fetch.ResponseHead{{Status: 200, Headers: fetch.HeaderList{{acao, "*"}, {acah, "*"}}}}, fetch.CodeAuthorizationNotCoveredByWildcard,
			"Chromium, Firefox and WebKitGTK: not blocked here, GET https://b.example/x is sent (wildcard-covers-authorization).", "does not cover"},
		{"a hook answers", hooks(func(h *fetch.Hooks) {
			h.OverrideFetch = func(*fetch.Request) (fetch.Response, bool) { asked++; return fetch.Response{Status: 200}, true }
		}), authorization, nil, fetch.CodeOK, "", "Allowed."},
		{"a service worker redirects to the URL itself, and the network answers", hooks(func(h *fetch.Hooks) {
			h.HandleFetch = func(r *fetch.Request) (fetch.Response, bool) {
				asked++
				return fetch.Response{Status: 307, Headers: fetch.HeaderList{{"Location", "/x"}, {acao, "*"}}, URLList: r.URLList}, r.RedirectCount == 0
			}
		}), authorization, []fetch.ResponseHead{{Status: 200, Headers: fetch.HeaderList{{acao, "*"}, {acah, "*"}}}}, fetch.CodeAuthorizationNotCoveredByWildcard, "", "does not cover"},
		{"the HTTP cache answers", hooks(func(h *fetch.Hooks) {
			h.StoredResponse = func(*fetch.Request) (fetch.ResponseHead, bool) { asked++; return fetch.ResponseHead{Status: 200}, true }
		}), request(), nil, fetch.CodeMissingAllowOrigin, "", "says nothing of CORS"},
		{"a person gives a password, the second time", hooks(func(h *fetch.Hooks) {
			h.Authenticate = func(*fetch.Request, fetch.ResponseHead) (string, bool) { asked++; return "Basic eA==", true }
		}), secureImage, []fetch.ResponseHead{{Status: 401}, {Status: 401}, {Status: 200}}, fetch.CodeOK, "", "Allowed."},
		{"a person gives up", hooks(func(h *fetch.Hooks) {
			given := 0
			h.Authenticate = func(*fetch.Request, fetch.ResponseHead) (string, bool) {
				asked++
				given++
				return "Basic eA==", given%2 == 1
			}
		}), secureImage, []fetch.ResponseHead{{Status: 401}, {Status: 401}}, fetch.CodeOK, "", "Allowed."},
		{"a new connection", hooks(func(h *fetch.Hooks) { h.Misdirected = func(*fetch.Request) bool { asked++; return true } }), request(), []fetch.ResponseHead{{Status: 421}, shared}, fetch.CodeOK, "", "Allowed."},
		{"no new connection", hooks(func(h *fetch.Hooks) { h.Misdirected = func(*fetch.Request) bool { asked++; return false } }), request(), []fetch.ResponseHead{{Status: 421, Headers: shared.Headers}}, fetch.CodeOK, "", "Allowed."},
		{"the preflight is cached", cached, put, []fetch.ResponseHead{{Status: 200}}, fetch.CodeMissingAllowOrigin, "", "says nothing of CORS"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tr := trace(t, tt.agent, tt.request, tt.answers...)
			before := asked
			e := explain.Trace(tr)
			if tr.Result.Verdict.Code != tt.code || e.Engines != tt.engines || !strings.Contains(e.Happened, tt.happened) {
				t.Errorf("%s:\n%s\nwant %s, %q and %q", tr.Result.Verdict.Code, e, tt.code, tt.engines, tt.happened)
			}
			if asked != before {
				t.Errorf("%d calls of hooks", asked-before)
			}
		})
	}
}

// TestReplayKnowsTheAgent fails when an agent gets a field that doing a fetch again would have to know.
func TestReplayKnowsTheAgent(t *testing.T) {
	for agent, want := range map[reflect.Type]string{
		reflect.TypeFor[fetch.Agent](): "Cache SuffixList AcceptLanguage Profile Hooks",
		reflect.TypeFor[fetch.Hooks](): "UpgradeInsecure AllowMixedContent BlockRequest KnownHSTSHost OverrideFetch HandleFetch StoredResponse Authenticate Misdirected BlockResponse",
	} {
		var names []string
		for _, f := range reflect.VisibleFields(agent) {
			names = append(names, f.Name)
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%v has the fields %s; replay and hooksAsTraced know of %s", agent, got, want)
		}
	}
}

// TestTraceIsLinear explains fetches with 1 MiB of each.
func TestTraceIsLinear(t *testing.T) {
	many := func(size int) (l fetch.HeaderList) {
		for i := range size / 32 {
			l = append(l, [2]string{"x-" + strconv.Itoa(i), "1"})
		}
		return l
	}
	open := fetch.HeaderList{{acao, "*"}, {acam, "*"}, {acah, "*"}}
	for _, p := range fetch.Profiles() {
		for name, c := range map[string]func(size int) (fetch.Request, fetch.HeaderList){
			"request headers": func(n int) (fetch.Request, fetch.HeaderList) {
				return request(append(many(n), [2]string{"Authorization", "x"})...), open
			},
			"response headers": func(n int) (fetch.Request, fetch.HeaderList) {
				return request([2]string{"Authorization", "x"}), append(many(n), open...)
			},
			"a list": func(n int) (fetch.Request, fetch.HeaderList) {
				return request([2]string{"Authorization", "x"}), fetch.HeaderList{{acao, "*"}, {acah, strings.Repeat("x-a,", n/4)}}
			},
			"a malformed list": func(n int) (fetch.Request, fetch.HeaderList) {
				return request([2]string{"X", "x"}), fetch.HeaderList{{acao, "*"}, {acah, strings.Repeat("x a,", n/4)}}
			},
			"an origin": func(n int) (fetch.Request, fetch.HeaderList) {
				return request(), fetch.HeaderList{{acao, strings.Repeat("x", n)}}
			},
			"a URL": func(n int) (fetch.Request, fetch.HeaderList) {
				r := request()
				r.URLList = []origin.URL{origin.MustParseURL("https://b.example/" + strings.Repeat("a", n))}
				return r, nil
			},
		} {
			t.Run(p.String()+", "+name, func(t *testing.T) {
				lineartest.Check(t, func(size int) func() {
					r, l := c(size)
					m, err := (&fetch.Agent{Profile: p}).Start(epoch, r)
					if err != nil {
						t.Fatal(err)
					}
					for m.Action().Kind != fetch.ActionDone {
						m.Receive(epoch, fetch.ResponseHead{Status: 200, Headers: l})
					}
					tr := m.Trace()
					return func() {
						if s := explain.Trace(tr).String(); len(s) > 5000 {
							t.Errorf("%d bytes of text", len(s))
						}
					}
				})
			})
		}
	}
}

// FuzzTrace explains what any of the profiles makes of any answers: each verdict has words, and the trace of the
// standard itself is not said to differ from it.
func FuzzTrace(f *testing.F) {
	f.Add("PUT", "X-A", "1", "Content-Type", "text/plain", uint8(0), 302, "Location", "https://c.example/", 200, "*", "*", "PUT")
	f.Add("DELETE", "Authorization", "x", "Range", "bytes=+1-", uint8(255), 307, "Location", "", 204, "https://a.example", "*", "*")
	f.Add("POST", "Accept", "\xff", "accept", "b", uint8(37), 407, "Access-Control-Max-Age", "-1", 301, "null", "", "")
	f.Fuzz(func(t *testing.T, method, name1, value1, name2, value2 string, bits uint8, status int, header, value string, status2 int, origin, headers, methods string) {
		r := request([2]string{name1, value1}, [2]string{name2, value2}, [2]string{name1, value2})
		r.Method, r.Mode, r.Credentials, r.Redirect, r.UseCORSPreflight = method, fetch.Mode(bits&3), fetch.CredentialsMode(bits>>2&3), fetch.RedirectMode(bits>>4&3), bits&64 != 0
		answers := []fetch.ResponseHead{{Status: status2, Headers: fetch.HeaderList{{acao, origin}, {acah, headers}, {acam, methods}, {header, value}}},
			{Status: status, Headers: fetch.HeaderList{{acao, origin}, {header, value}, {acah, headers}}}}
		for _, p := range fetch.Profiles() {
			m, err := (&fetch.Agent{Profile: p}).Start(time.Unix(0, 0), r)
			if err != nil {
				return
			}
			for i := 0; m.Action().Kind != fetch.ActionDone; i++ {
				m.Receive(time.Unix(0, 0), answers[i%2])
			}
			e := explain.Trace(m.Trace())
			if e.Happened == "" || strings.HasPrefix(e.Happened, "Blocked:") || strings.Contains(e.String(), "{") && !strings.Contains(method+name1+value1+name2+value2+header+value+origin+headers+methods, "{") {
				t.Errorf("%v: %+v is explained so: %s", p, m.Trace().Result.Verdict, e)
			}
			if e.Engines != "" && p == fetch.ProfileStandard && strings.HasPrefix(e.Engines, "the standard") {
				t.Errorf("the standard differs from itself: %s", e.Engines)
			}
			var b strings.Builder
			explain.Printer{W: &b}.Trace(m.Trace(), r.Headers)
			if strings.ContainsAny(b.String(), "\x1b\r\x00") {
				t.Errorf("%v prints control bytes: %q", p, b.String())
			}
		}
	})
}
