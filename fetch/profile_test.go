package fetch

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/corspec/corspec/origin"
)

func TestProfiles(t *testing.T) {
	if ProfileStandard != (Profile{}) || len(ProfileStandard.Differences()) != 0 {
		t.Error("the standard's profile differs from it")
	}
	used := map[string]bool{}
	for _, p := range Profiles() {
		if got, ok := ProfileByName(p.String()); !ok || got != p {
			t.Errorf("ProfileByName(%q) = %v, %v", p, got, ok)
		}
		for _, d := range p.Differences() {
			used[d] = true
			if without := p.Without(d); slices.Contains(without.Differences(), d) || without.String() != p.String() || len(without.Differences()) != len(p.Differences())-1 {
				t.Errorf("%v without %v is %v", p, d, without.Differences())
			}
			if !p.Has(d) || p.Without(d).Has(d) || ProfileStandard.Has(d) || p.Has(d+"x") {
				t.Errorf("%v has %q, or without it, or the standard does", p, d)
			}
		}
	}
	if _, ok := ProfileByName("opera"); ok {
		t.Error("there is a profile of that name")
	}
	if p := ProfileFirefox.Without("nonsense", "client-hints-safelisted"); p != ProfileFirefox {
		t.Error("without what it has not, a profile is another")
	}
	seen := map[string]bool{}
	for _, d := range differences {
		if seen[d.name] || d.name == "" || !used[d.name] {
			t.Errorf("%q is there twice, or no profile has it", d.name)
		}
		seen[d.name] = true
	}
}

// A profileCase is a fetch from https://a.example to https://b.example/x, and how it goes: what is sent, and the code.
type profileCase struct {
	name    string
	change  func(*Request)
	answers []ResponseHead // in order; then the connection is closed
	want    map[string]string
}

func TestProfilesDecide(t *testing.T) {
	open := ResponseHead{Status: 200, Headers: HeaderList{{allowOrigin, "*"}, {allowHeaders, "*"}, {allowMethods, "PUT"}}}
	redirect := func(location ...string) ResponseHead {
		r := ResponseHead{Status: 302, Headers: HeaderList{{allowOrigin, "*"}, {allowHeaders, "*"}}}
		for _, l := range location {
			r.Headers = append(r.Headers, [2]string{"Location", l})
		}
		return r
	}
	for _, c := range []profileCase{
		{"wildcard-covers-authorization", func(r *Request) { r.Headers = HeaderList{{"Authorization", "x"}} }, []ResponseHead{open, open}, map[string]string{
			"standard": "OPTIONS authorization-not-covered-by-wildcard", "chromium": "OPTIONS GET ok", "firefox": "OPTIONS GET ok", "webkitgtk": "OPTIONS GET ok"}},
		{"client-hints-safelisted", func(r *Request) { r.Headers = HeaderList{{"DPR", "1"}} }, []ResponseHead{open, open}, map[string]string{
			"standard": "OPTIONS GET ok", "chromium": "GET ok", "firefox": "OPTIONS GET ok", "webkitgtk": "OPTIONS GET ok"}},
		{"user-agent-forbidden", func(r *Request) { r.Headers = HeaderList{{"User-Agent", "x"}} }, []ResponseHead{open, open}, map[string]string{
			"standard": "OPTIONS GET ok", "chromium": "GET ok", "firefox": "OPTIONS GET ok", "webkitgtk": "OPTIONS GET ok"}},
		{"request-headers-combined", func(r *Request) {
			r.Headers = HeaderList{{"Content-Type", "text/plain"}, {"Content-Type", "text/plain"}}
		}, []ResponseHead{open, open}, map[string]string{
			"standard": "GET ok", "chromium": "OPTIONS GET ok", "firefox": "GET ok", "webkitgtk": "OPTIONS GET ok"}},
		{"upload-method-must-be-listed", func(r *Request) { r.Method, r.UseCORSPreflight, r.Body = "PUT", true, BodyBytes }, []ResponseHead{{Status: 200, Headers: HeaderList{{allowOrigin, "*"}}}, open}, map[string]string{
			"standard": "OPTIONS PUT ok", "chromium": "OPTIONS method-disallowed-by-preflight", "firefox": "OPTIONS method-disallowed-by-preflight", "webkitgtk": "OPTIONS method-disallowed-by-preflight"}},
		{"equal-locations-allowed", func(r *Request) {}, []ResponseHead{redirect("/y", "/y"), open}, map[string]string{
			"standard": "GET redirect-invalid-location", "chromium": "GET GET ok", "firefox": "GET GET ok", "webkitgtk": "GET GET ok"}},
		{"empty-location", func(r *Request) {}, []ResponseHead{redirect(""), open}, map[string]string{
			"standard": "GET GET ok", "chromium": "GET ok", "firefox": "GET GET ok", "webkitgtk": "GET redirect-invalid-location"}},
		{"proxy-authentication-is-response", func(r *Request) {}, []ResponseHead{{Status: 407, Headers: open.Headers}}, map[string]string{
			"standard": "GET proxy-authentication-required", "chromium": "GET proxy-authentication-required", "firefox": "GET ok", "webkitgtk": "GET ok"}},
		{"delete-becomes-get", func(r *Request) { r.Method = "DELETE" }, []ResponseHead{{Status: 200, Headers: HeaderList{{allowOrigin, "*"}, {allowMethods, "DELETE"}}}, redirect("https://c.example/"),
			{Status: 200, Headers: HeaderList{{allowOrigin, "*"}, {allowMethods, "DELETE"}}}, open}, map[string]string{
			"standard": "OPTIONS DELETE OPTIONS DELETE ok", "chromium": "OPTIONS DELETE OPTIONS DELETE ok", "firefox": "OPTIONS DELETE OPTIONS DELETE ok", "webkitgtk": "OPTIONS DELETE OPTIONS GET ok"}},
		{"newer-bad-ports-allowed", func(r *Request) { r.URLList = []origin.URL{origin.MustParseURL("https://b.example:4190/")} }, []ResponseHead{open}, map[string]string{
			"standard": "bad-port", "chromium": "GET ok", "firefox": "bad-port", "webkitgtk": "bad-port"}},
		{"upload-method-exempt-in-cache", func(r *Request) { r.Method, r.UseCORSPreflight, r.Body = "POST", true, BodyBytes }, []ResponseHead{open, {Status: 303, Headers: redirect("/x").Headers}, open, open}, map[string]string{
			"standard": "OPTIONS POST OPTIONS GET ok", "chromium": "OPTIONS POST GET ok", "firefox": "OPTIONS POST GET ok", "webkitgtk": "OPTIONS POST GET ok"}},
		{"stream-mode-becomes-cors", func(r *Request) {
			r.Method, r.UseCORSPreflight, r.Body, r.Mode = "POST", true, BodyStream, ModeSameOrigin
		}, []ResponseHead{open, open}, map[string]string{
			"standard": "disallowed-by-mode", "chromium": "OPTIONS POST ok", "firefox": "disallowed-by-mode", "webkitgtk": "disallowed-by-mode"}},
		{"unknown-resource-policy-passes", func(r *Request) { r.Mode, r.EmbedderPolicy.Value = ModeNoCORS, EmbedderPolicyRequireCORP }, []ResponseHead{{Status: 200, Headers: HeaderList{{resourcePolicy, "x"}}}}, map[string]string{
			"standard": "GET corp-not-same-origin-after-defaulted-by-coep", "chromium": "GET corp-not-same-origin-after-defaulted-by-coep", "firefox": "GET ok", "webkitgtk": "GET corp-not-same-origin-after-defaulted-by-coep"}},
		{"credentialless-unknown", func(r *Request) {
			r.Mode, r.Credentials, r.EmbedderPolicy.Value = ModeNoCORS, CredentialsInclude, EmbedderPolicyCredentialless
		}, []ResponseHead{redirect("https://a.example/"), open}, map[string]string{
			"standard": "GET GET ok", "chromium": "GET GET ok", "firefox": "GET GET ok", "webkitgtk": "GET with credentials GET with credentials ok"}},
		{"client-hints-safelisted by value", func(r *Request) { r.Headers = HeaderList{{"DPR", "1."}} }, []ResponseHead{open, open}, map[string]string{
			"standard": "OPTIONS GET ok", "chromium": "OPTIONS GET ok", "firefox": "OPTIONS GET ok", "webkitgtk": "OPTIONS GET ok"}},
		{"unassigned-statuses-redirect", func(r *Request) { r.Method = "POST" }, []ResponseHead{{Status: 350, Headers: redirect("/y").Headers}, open}, map[string]string{
			"standard": "POST ok", "chromium": "POST ok", "firefox": "POST ok", "webkitgtk": "POST POST ok"}},
		{"unassigned-statuses-redirect without a Location", func(r *Request) {}, []ResponseHead{{Status: 399, Headers: redirect().Headers}, open}, map[string]string{
			"standard": "GET ok", "chromium": "GET ok", "firefox": "GET ok", "webkitgtk": "GET ok"}},
		{"unassigned-statuses-redirect, mode error", func(r *Request) { r.Redirect = RedirectError }, []ResponseHead{{Status: 309, Headers: redirect("/y").Headers}}, map[string]string{
			"standard": "GET ok", "chromium": "GET ok", "firefox": "GET ok", "webkitgtk": "GET redirect-mode-error"}},
		{"redirect-error-needs-location", func(r *Request) { r.Redirect = RedirectError }, []ResponseHead{redirect()}, map[string]string{
			"standard": "GET redirect-mode-error", "chromium": "GET ok", "firefox": "GET redirect-mode-error", "webkitgtk": "GET ok"}},
		{"redirect-manual-needs-url", func(r *Request) { r.Redirect = RedirectManual }, []ResponseHead{redirect("http://[")}, map[string]string{
			"standard": "GET ok", "chromium": "GET redirect-invalid-location", "firefox": "GET ok", "webkitgtk": "GET ok"}},
		{"redirect-manual-needs-url, a URL", func(r *Request) { r.Redirect = RedirectManual }, []ResponseHead{redirect("/y")}, map[string]string{
			"standard": "GET ok", "chromium": "GET ok", "firefox": "GET ok", "webkitgtk": "GET ok"}},
		{"malformed-types-blocked", func(r *Request) { r.Mode, r.Destination = ModeNoCORS, DestinationScript }, []ResponseHead{{Status: 200, Headers: HeaderList{{"Content-Type", "image/"}}}}, map[string]string{
			"standard": "GET ok", "chromium": "GET mime-type-blocked", "firefox": "GET mime-type-blocked", "webkitgtk": "GET mime-type-blocked"}},
		{"malformed-types-blocked, no script", func(r *Request) { r.Mode, r.Destination = ModeNoCORS, DestinationImage }, []ResponseHead{{Status: 200, Headers: HeaderList{{"Content-Type", "image/"}}}}, map[string]string{
			"standard": "GET ok", "chromium": "GET ok", "firefox": "GET ok", "webkitgtk": "GET ok"}},
		{"csv-types-blocked", func(r *Request) { r.Mode, r.Destination = ModeNoCORS, DestinationScript }, []ResponseHead{{Status: 200, Headers: HeaderList{{"Content-Type", "text/csv-schema"}}}}, map[string]string{
			"standard": "GET ok", "chromium": "GET mime-type-blocked", "firefox": "GET mime-type-blocked", "webkitgtk": "GET ok"}},
		{"first-content-type-counts", func(r *Request) { r.Mode, r.Destination = ModeNoCORS, DestinationScript }, []ResponseHead{{Status: 200, Headers: HeaderList{{"Content-Type", "image/png, text/javascript"}}}}, map[string]string{
			"standard": "GET ok", "chromium": "GET ok", "firefox": "GET ok", "webkitgtk": "GET mime-type-blocked"}},
		{"sum-of-values-unlimited", func(r *Request) {
			for range 9 {
				r.Headers = append(r.Headers, [2]string{"Accept", strings.Repeat("a", 120)})
			}
		}, []ResponseHead{open, open}, map[string]string{"standard": "OPTIONS GET ok", "chromium": "OPTIONS GET ok", "firefox": "GET ok", "webkitgtk": "OPTIONS GET ok"}},
	} {
		for _, p := range Profiles() {
			t.Run(c.name+"/"+p.String(), func(t *testing.T) {
				r := Request{Method: "GET", URLList: []origin.URL{origin.MustParseURL("https://b.example/x")}, Origin: origin.MustParse("https://a.example"), Mode: ModeCORS, UnsafeRequest: true}
				c.change(&r)
				m, err := (&Agent{Profile: p}).Start(time.Time{}, r)
				if err != nil {
					t.Fatal(err)
				}
				var went []string
				for i := 0; m.Action().Kind != ActionDone; i++ {
					went = append(went, m.Action().Method)
					if m.Action().IncludeCredentials {
						went = append(went, "with credentials")
					}
					if i < len(c.answers) {
						m.Receive(time.Time{}, c.answers[i])
					} else {
						m.Fail(errors.New("closed"))
					}
				}
				result, err := m.Result()
				if err != nil {
					t.Fatal(err)
				}
				if got := strings.Join(append(went, string(result.Verdict.Code)), " "); got != c.want[p.String()] {
					t.Errorf("got %s, want %s", got, c.want[p.String()])
				}
			})
		}
	}
}

// TestProfilesBlockTypes gives scripts and styles types that are malformed, or of text/csv's kind.
func TestProfilesBlockTypes(t *testing.T) {
	for contentType, want := range map[string]string{ // who blocks it, of the standard, Chromium, Firefox and WebKitGTK
		"image/":                         "-cfw",
		"audio/":                         "-cfw",
		"video/":                         "-cfw",
		"IMAGE/":                         "-cfw",
		" \timage/\t ":                   "-cfw",
		"video/;x=y":                     "-cfw",
		"audio/ ;":                       "-cfw",
		"image/a b":                      "-cfw",
		"image/png":                      "scfw",
		"font/":                          "----",
		"image":                          "----",
		"text/image/":                    "----",
		"text/csv":                       "scfw",
		"text/csv-schema":                "-cf-",
		"TEXT/CSVX;charset=utf-8":        "-cf-",
		"text/csv/":                      "-cf-",
		"text/cs":                        "----",
		"application/text/csv":           "----",
		"text/javascript":                "----",
		"text/javascript, image/png":     "scf-",
		"image/png, text/javascript":     "---w",
		"x, image/png":                   "scf-",
		"image/, text/javascript":        "---w",
		"text/javascript;x=\",image/,\"": "----",
	} {
		for i, p := range Profiles() {
			for _, d := range []Destination{DestinationScript, DestinationStyle} {
				r := Request{Method: "GET", URLList: []origin.URL{origin.MustParseURL("https://b.example/x")}, Origin: origin.MustParse("https://a.example"), Mode: ModeNoCORS, Destination: d}
				m, err := (&Agent{Profile: p}).Start(time.Time{}, r)
				if err != nil {
					t.Fatal(err)
				}
				m.Receive(time.Time{}, ResponseHead{Status: 200, Headers: HeaderList{{"Content-Type", contentType}}})
				result, err := m.Result()
				if blocked := want[i] != '-' && d == DestinationScript; err != nil || blocked != (result.Verdict.Code == CodeMIMETypeBlocked) || !blocked && !result.Verdict.OK() {
					t.Errorf("%v, %v, %q: %v, %v", p, d, contentType, result.Verdict.Code, err)
				}
			}
		}
	}
}

// TestFirefoxSendsSingleHeadersOnce gives several headers of names that HTTP allows once.
func TestFirefoxSendsSingleHeadersOnce(t *testing.T) {
	for _, name := range []string{"Authorization", "Content-Disposition", "From", "If-Modified-Since", "If-Unmodified-Since", "Location", "Max-Forwards", "User-Agent", "Content-Type", "X-A"} {
		want := "2"
		switch name {
		case "Content-Type":
			want = "1"
		case "X-A":
			want = "1, 2"
		}
		r := Request{Method: "GET", URLList: []origin.URL{origin.MustParseURL("https://a.example/x")}, Origin: origin.MustParse("https://a.example"), Mode: ModeCORS,
			Headers: HeaderList{{name, "1"}, {strings.ToLower(name), "2"}}}
		for _, p := range Profiles() {
			m, err := (&Agent{Profile: p}).Start(time.Time{}, r)
			if err != nil {
				t.Fatal(err)
			}
			value, _ := m.Action().Headers.Get(name)
			if p == ProfileFirefox && value != want || p == ProfileStandard && value != "1, 2" {
				t.Errorf("%v: %s: %s", p, name, value)
			}
		}
	}
}

// TestProfilesLimitMaxAge asks each profile's cache just before and after its limit.
func TestProfilesLimitMaxAge(t *testing.T) {
	for _, c := range []struct {
		profile Profile
		limit   time.Duration // of the cache; 0 for the profile's
		want    time.Duration
	}{{ProfileStandard, 0, 7200 * time.Second}, {ProfileChromium, 0, 7200 * time.Second}, {ProfileFirefox, 0, 86400 * time.Second}, {ProfileWebKitGTK, 0, 600 * time.Second}, {ProfileWebKitGTK, time.Minute, time.Minute}} {
		a := &Agent{Profile: c.profile, Cache: PreflightCache{MaxAgeLimit: c.limit}}
		r := Request{Method: "PUT", URLList: []origin.URL{origin.MustParseURL("https://b.example/x")}, Origin: origin.MustParse("https://a.example"), Mode: ModeCORS, UnsafeRequest: true}
		m, err := a.Start(time.Unix(0, 0), r)
		if err != nil {
			t.Fatal(err)
		}
		m.Receive(time.Unix(0, 0), ResponseHead{Status: 200, Headers: HeaderList{{allowOrigin, "*"}, {allowMethods, "PUT"}, {maxAge, "999999"}}})
		for _, at := range []struct {
			after time.Duration
			kind  ActionKind
		}{{c.want - time.Second, ActionSendRequest}, {c.want, ActionSendPreflight}} {
			if m, err = a.Start(time.Unix(0, 0).Add(at.after), r); err != nil || m.Action().Kind != at.kind {
				t.Errorf("%v: after %v it sends a %v, %v", c.profile, at.after, m.Action().Kind, err)
			}
		}
	}
}

// TestProfilesMaxAge asks each profile's cache at once, before and after what failure means, and later.
func TestProfilesMaxAge(t *testing.T) {
	times := []time.Duration{0, 4 * time.Second, 6 * time.Second, 599 * time.Second}
	for _, c := range []struct {
		value string
		want  map[string]int // how many of those times the cache still answers at
	}{
		{"600", map[string]int{"standard": 4, "chromium": 4, "firefox": 4, "webkitgtk": 4}},
		{"", map[string]int{"standard": 2, "chromium": 2, "firefox": 2, "webkitgtk": 2}},
		{"x", map[string]int{"standard": 2, "chromium": 2, "firefox": 0, "webkitgtk": 2}},
		{"0", map[string]int{"standard": 0, "chromium": 0, "firefox": 0, "webkitgtk": 0}},
		{"-1", map[string]int{"standard": 2, "chromium": 0, "firefox": 0, "webkitgtk": 0}},
		{"- 600", map[string]int{"standard": 2, "chromium": 2, "firefox": 0, "webkitgtk": 2}},
		{"+600", map[string]int{"standard": 2, "chromium": 4, "firefox": 0, "webkitgtk": 4}},
		{"++600", map[string]int{"standard": 2, "chromium": 2, "firefox": 0, "webkitgtk": 2}},
		{"\f600", map[string]int{"standard": 2, "chromium": 2, "firefox": 0, "webkitgtk": 4}},
		{"9223372036854775807", map[string]int{"standard": 4, "chromium": 4, "firefox": 4, "webkitgtk": 4}},
		{"9223372036854775808", map[string]int{"standard": 4, "chromium": 2, "firefox": 4, "webkitgtk": 2}},
		{"99999999999999999999", map[string]int{"standard": 4, "chromium": 2, "firefox": 4, "webkitgtk": 2}},
		{"-99999999999999999999", map[string]int{"standard": 2, "chromium": 2, "firefox": 0, "webkitgtk": 2}},
	} {
		for _, p := range Profiles() {
			a := &Agent{Profile: p}
			r := Request{Method: "PUT", URLList: []origin.URL{origin.MustParseURL("https://b.example/x")}, Origin: origin.MustParse("https://a.example"), Mode: ModeCORS, UnsafeRequest: true}
			m, err := a.Start(time.Unix(0, 0), r)
			if err != nil {
				t.Fatal(err)
			}
			m.Receive(time.Unix(0, 0), ResponseHead{Status: 200, Headers: HeaderList{{allowOrigin, "*"}, {allowMethods, "PUT"}, {maxAge, c.value}}})
			got := 0
			for _, after := range times {
				if m, err = a.Start(time.Unix(0, 0).Add(after), r); err != nil {
					t.Fatal(err)
				} else if m.Action().Kind == ActionSendRequest {
					got++
				}
			}
			if got != c.want[p.String()] {
				t.Errorf("%q in %v: the cache answers %d times, not %d", c.value, p, got, c.want[p.String()])
			}
		}
	}
}

// TestProfilesClearCache asks each profile's cache for a preflight again once something failed after it.
func TestProfilesClearCache(t *testing.T) {
	ok := ResponseHead{Status: 200, Headers: HeaderList{{allowOrigin, "*"}}}
	redirect := func(to string) *ResponseHead {
		return &ResponseHead{Status: 302, Headers: HeaderList{{allowOrigin, "*"}, {"Location", to}}}
	}
	for _, c := range []struct {
		name   string
		method string
		answer *ResponseHead // nil: the connection is closed
		change func(*Request)
		clears string // the profiles in which the cache is cleared
	}{
		{"nothing fails", "GET", &ok, nil, ""},
		{"closed", "GET", nil, nil, "firefox"},
		{"closed, with a preflight", "PUT", nil, nil, "standard firefox"},
		{"no CORS", "GET", &ResponseHead{Status: 200}, nil, "firefox"},
		{"no CORS, with a preflight", "PUT", &ResponseHead{Status: 200}, nil, "standard firefox"},
		{"no URL", "GET", redirect("http://"), nil, "firefox"},
		{"data", "GET", redirect("data:,x"), nil, "firefox"},
		{"bad port", "GET", redirect("https://b.example:25/"), nil, "firefox"},
		{"bad port, with a preflight", "PUT", redirect("https://b.example:25/"), nil, "firefox"},
		{"mode error", "GET", redirect("/y"), func(r *Request) { r.Redirect = RedirectError }, ""},
		{"mode error, with a preflight", "PUT", redirect("/y"), func(r *Request) { r.Redirect = RedirectError }, "standard"},
		{"mode no-cors", "GET", nil, func(r *Request) { r.Mode = ModeNoCORS }, ""},
		{"mode same-origin", "GET", nil, func(r *Request) { r.Mode = ModeSameOrigin }, ""},
	} {
		for _, p := range Profiles() {
			a := &Agent{Profile: p}
			put := Request{Method: "PUT", URLList: []origin.URL{origin.MustParseURL("https://b.example/x")}, Origin: origin.MustParse("https://a.example"), Mode: ModeCORS, UnsafeRequest: true}
			start := func(r Request) *Machine {
				m, err := a.Start(time.Unix(0, 0), r)
				if err != nil {
					t.Fatal(err)
				}
				return m
			}
			start(put).Receive(time.Unix(0, 0), ResponseHead{Status: 200, Headers: HeaderList{{allowOrigin, "*"}, {allowMethods, "PUT"}, {maxAge, "600"}}})
			fails := put
			fails.Method = c.method
			if c.change != nil {
				c.change(&fails)
			}
			if m := start(fails); c.answer != nil {
				m.Receive(time.Unix(0, 0), *c.answer)
			} else {
				m.Fail(errors.New("closed"))
			}
			cleared := start(put).Action().Kind == ActionSendPreflight
			if want := slices.Contains(strings.Fields(c.clears), p.String()); cleared != want {
				t.Errorf("%s, %v: it is cleared: %v", c.name, p, cleared)
			}
		}
	}
}

// TestProfilesSafelistRanges asks which ranges need no preflight.
func TestProfilesSafelistRanges(t *testing.T) {
	for value, want := range map[string]string{
		"bytes=0-1":                          "standard chromium firefox webkitgtk",
		"BYTES=0-1":                          "webkitgtk",
		"bytes=+0-1":                         "webkitgtk",
		"bytes=0-+1":                         "webkitgtk",
		"bytes=\f+0\v-\v1\f":                 "webkitgtk",
		"bytes=+\f0-1":                       "",
		"bytes=++0-1":                        "",
		"bytes=+-1":                          "",
		"bytes=1":                            "",
		"bytes= 0-1":                         "",
		"bytes=5-+4":                         "",
		"bytes=9223372036854775806-":         "standard chromium firefox webkitgtk",
		"bytes=9223372036854775807-":         "standard firefox webkitgtk",
		"bytes=0-18446744073709551615":       "standard firefox webkitgtk",
		"bytes=0-0000018446744073709551615":  "standard firefox webkitgtk",
		"bytes=18446744073709551616-":        "standard",
		"bytes=0-99999999999999999999999999": "standard",
	} {
		for _, p := range Profiles() {
			r := Request{Method: "GET", URLList: []origin.URL{origin.MustParseURL("https://b.example/x")}, Origin: origin.MustParse("https://a.example"), Mode: ModeCORS, UnsafeRequest: true, Headers: HeaderList{{"Range", value}}}
			m, err := (&Agent{Profile: p}).Start(time.Time{}, r)
			if err != nil {
				t.Fatal(err)
			}
			if got := m.Action().Kind == ActionSendRequest; got != slices.Contains(strings.Fields(want), p.String()) {
				t.Errorf("%q in %v: it is safelisted: %v", value, p, got)
			}
		}
	}
}

// TestProfilesJudgeMixedContent follows requests of a page of https to what is http, at once and from
// https://c.example.
func TestProfilesJudgeMixedContent(t *testing.T) {
	for _, c := range []struct {
		to          string
		destination Destination
		redirected  bool
		want        map[string]string
	}{
		{"http://b.example/", DestinationImage, false, map[string]string{"standard": "https", "chromium": "https", "firefox": "http", "webkitgtk": "https"}},
		{"http://b.example/", DestinationImage, true, map[string]string{"standard": "https", "chromium": "http", "firefox": "http", "webkitgtk": "https"}},
		{"http://192.0.2.1/", DestinationImage, false, map[string]string{"standard": "", "chromium": "", "firefox": "http", "webkitgtk": ""}},
		{"http://192.0.2.1/", DestinationImage, true, map[string]string{"standard": "", "chromium": "", "firefox": "http", "webkitgtk": ""}},
		{"http://localhost/", DestinationImage, false, map[string]string{"standard": "http", "chromium": "http", "firefox": "http", "webkitgtk": "http"}},
		{"http://localhost/", DestinationImage, true, map[string]string{"standard": "http", "chromium": "http", "firefox": "http", "webkitgtk": ""}},
		{"http://localhost/", DestinationScript, false, map[string]string{"standard": "http", "chromium": "http", "firefox": "http", "webkitgtk": ""}},
		{"http://b.example/", DestinationScript, false, map[string]string{"standard": "", "chromium": "", "firefox": "", "webkitgtk": ""}},
		{"http://b.example/", DestinationScript, true, map[string]string{"standard": "", "chromium": "", "firefox": "", "webkitgtk": ""}},
	} {
		for _, p := range Profiles() {
			r := Request{Method: "GET", URLList: []origin.URL{origin.MustParseURL(c.to)}, Origin: origin.MustParse("https://a.example"), Mode: ModeNoCORS, Destination: c.destination}
			if c.redirected {
				r.URLList[0] = origin.MustParseURL("https://c.example/")
			}
			m, err := (&Agent{Profile: p}).Start(time.Time{}, r)
			if err != nil {
				t.Fatal(err)
			}
			if c.redirected {
				m.Receive(time.Time{}, ResponseHead{Status: 302, Headers: HeaderList{{"Location", c.to}}})
			}
			a, got := m.Action(), ""
			if a.Kind == ActionSendRequest {
				got = a.URL.Scheme()
			} else if result, err := m.Result(); err != nil || result.Verdict.Code != CodeMixedContent {
				t.Errorf("%s, redirected %v, %v: it ends with %v, %v", c.to, c.redirected, p, result.Verdict, err)
			}
			if got != c.want[p.String()] {
				t.Errorf("%s, %v, redirected %v, %v: it is sent to %q", c.to, c.destination, c.redirected, p, got)
			}
		}
	}
}

// TestProfilesCombineLines looks at what goes out of two headers of one name.
func TestProfilesCombineLines(t *testing.T) {
	for _, p := range Profiles() {
		r := Request{Method: "GET", URLList: []origin.URL{origin.MustParseURL("https://b.example/x")}, Origin: origin.MustParse("https://b.example"), Mode: ModeCORS, UnsafeRequest: true, Headers: HeaderList{{"X-a", "1"}, {"X-B", "3"}, {"x-A", "2"}}}
		m, err := (&Agent{Profile: p}).Start(time.Time{}, r)
		if err != nil {
			t.Fatal(err)
		}
		want := HeaderList{{"X-a", "1, 2"}, {"X-B", "3"}}
		if p == ProfileStandard {
			want = r.Headers
		}
		a := m.Action()
		got := slices.DeleteFunc(a.Headers, func(h [2]string) bool { return !strings.HasPrefix(strings.ToLower(h[0]), "x-") })
		if !slices.Equal(got, want) {
			t.Errorf("%v sends %q, want %q", p, got, want)
		}
	}
}

// TestProfilesFragments asks whether a preflight for a URL with an empty fragment counts for the URL without.
func TestProfilesFragments(t *testing.T) {
	for _, p := range Profiles() {
		for fragment, want := range map[string]bool{"": true, "#": p == ProfileFirefox, "#f": false} {
			a := &Agent{Profile: p}
			r := Request{Method: "PUT", URLList: []origin.URL{origin.MustParseURL("https://b.example/x" + fragment)}, Origin: origin.MustParse("https://a.example"), Mode: ModeCORS, UnsafeRequest: true}
			m, err := a.Start(time.Time{}, r)
			if err != nil {
				t.Fatal(err)
			}
			m.Receive(time.Time{}, ResponseHead{Status: 200, Headers: HeaderList{{allowOrigin, "*"}, {allowMethods, "PUT"}}})
			r.URLList = []origin.URL{origin.MustParseURL("https://b.example/x")}
			if m, err = a.Start(time.Time{}, r); err != nil {
				t.Fatal(err)
			}
			if got := m.Action().Kind == ActionSendRequest; got != want {
				t.Errorf("%v, %q: the preflight counts: %v", p, fragment, got)
			}
		}
	}
}

// FuzzProfiles holds that every profile comes to an end, and that one whose differences are taken away decides as the
// standard.
func FuzzProfiles(f *testing.F) {
	f.Add("PUT", "X-A", "1", "Content-Type", "text/plain", uint8(0), 302, "Location", "https://c.example/", 200, "*", "*", "PUT")
	f.Add("DELETE", "Authorization", "x", "Range", "bytes=+1-", uint8(255), 307, "Location", "", 204, "https://a.example", "*", "*")
	f.Add("POST", "Accept", "\xff", "accept", "b", uint8(37), 407, "Access-Control-Max-Age", "-1", 301, "null", "", "")
	f.Fuzz(func(t *testing.T, method, name1, value1, name2, value2 string, bits uint8, status int, header, value string, status2 int, acao, acah, acam string) {
		r := Request{Method: method, URLList: []origin.URL{origin.MustParseURL("https://b.example/x#y")}, Origin: origin.MustParse("https://a.example"), UnsafeRequest: true,
			Headers: HeaderList{{name1, value1}, {name2, value2}, {name1, value2}}, Mode: Mode(bits & 3), Credentials: CredentialsMode(bits >> 2 & 3), Redirect: RedirectMode(bits >> 4 & 3), UseCORSPreflight: bits&64 != 0}
		if bits&128 != 0 {
			r.Body = BodyBytes
		}
		answers := []ResponseHead{{Status: status2, Headers: HeaderList{{allowOrigin, acao}, {allowHeaders, acah}, {allowMethods, acam}, {header, value}}},
			{Status: status, Headers: HeaderList{{allowOrigin, acao}, {header, value}, {allowHeaders, acah}}}}
		run := func(p Profile) (sent string, result Result, ok bool) {
			a := &Agent{Profile: p}
			var b strings.Builder
			for range 2 {
				m, err := a.Start(time.Unix(0, 0), r)
				if err != nil {
					return "", Result{}, false
				}
				for i := 0; m.Action().Kind != ActionDone; i++ {
					if i > 3*MaxRedirects {
						t.Fatalf("%v does not come to an end", p)
					}
					next := m.Action()
					b.WriteString(next.Kind.String() + " " + next.Method + " " + next.URL.String())
					for _, h := range next.Headers {
						b.WriteString(" " + h[0] + ": " + h[1])
					}
					m.Receive(time.Unix(0, 0), answers[i%2])
				}
				result, _ = m.Result()
				b.WriteString(" " + string(result.Verdict.Code) + "\n")
			}
			return b.String(), result, true
		}
		want, _, ok := run(ProfileStandard)
		for _, p := range Profiles() {
			run(p)
			if !ok {
				continue
			}
			if got, _, _ := run(p.Without(p.Differences()...)); got != want {
				t.Errorf("%v without its differences does\n%s\nand the standard\n%s", p, got, want)
			}
		}
	})
}

// TestProfilesKeepNothingOfOpaqueOrigins holds that what is never found in the cache is not stored either, and that
// what another page has stored as "null" is not found.
func TestProfilesKeepNothingOfOpaqueOrigins(t *testing.T) {
	now := time.Unix(0, 0)
	put := func(agent *Agent, page origin.Origin, urls ...string) (preflights int) {
		m, err := agent.Start(now, Request{Method: "PUT", URLList: []origin.URL{origin.MustParseURL(urls[0])}, Origin: page, Mode: ModeCORS, UnsafeRequest: true})
		if err != nil {
			t.Fatal(err)
		}
		for _, next := range append(urls[1:], "") {
			for ; m.Action().Kind == ActionSendPreflight; preflights++ {
				m.Receive(now, ResponseHead{Status: 204, Headers: HeaderList{{allowOrigin, "*"}, {allowMethods, "PUT"}, {maxAge, "60"}}})
			}
			head := ResponseHead{Status: 307, Headers: HeaderList{{allowOrigin, "*"}, {"Location", next}}}
			if next == "" {
				head.Status = 200
			}
			if err := m.Receive(now, head); err != nil {
				t.Fatal(err)
			}
		}
		return preflights
	}
	const a, b, c = "https://a.example/", "https://b.example/", "https://c.example/"
	for _, p := range Profiles() {
		agent := &Agent{Profile: p}
		put(agent, origin.NewOpaque(), c)
		put(agent, origin.MustParse("https://a.example"), b) // which is not tainted
		tainted := put(agent, origin.MustParse("https://a.example"), b, c, a)
		want := map[string][2]int{"standard": {1, 3}, "chromium": {2, 1}, "firefox": {2, 4}, "webkitgtk": {2, 2}}[p.String()]
		if got := [2]int{tainted, len(agent.Cache.Entries(now))}; got != want {
			t.Errorf("%v: preflights and entries are %d, want %d: %v", p, got, want, agent.Cache.Entries(now))
		}
	}
}

// TestRoomOfHeaders holds that headers that just fit into a machine are kept there.
func TestRoomOfHeaders(t *testing.T) {
	for n, fits := range map[int]bool{0: true, 1: true, 2: false} {
		r := Request{Method: "GET", URLList: []origin.URL{origin.MustParseURL("https://b.example/")}, Origin: origin.MustParse("https://a.example"), Referrer: origin.MustParseURL("https://a.example/")}
		for range n {
			r.Headers.Append("X-A", "1")
		}
		m, err := new(Agent).Start(time.Unix(0, 0), r)
		if err != nil {
			t.Fatal(err)
		}
		if (&m.start.Headers[0] == &m.headerBuffer[0]) != fits || fits && &m.Action().Headers[0] != &m.headerBuffer[n+1] {
			t.Errorf("%d headers: they are in the machine, or not", n)
		}
	}
}

// TestRoomFor holds that what goes out, and what the trace keeps of it, just fits.
func TestRoomFor(t *testing.T) {
	for _, referrer := range []origin.URL{{}, origin.MustParseURL("https://a.example/")} {
		r := Request{Method: "GET", URLList: []origin.URL{origin.MustParseURL("https://b.example/")}, Origin: origin.MustParse("https://a.example"), Mode: ModeCORS, Referrer: referrer, Headers: HeaderList{{"X-A", "1"}}}
		m, err := new(Agent).Start(time.Unix(0, 0), r)
		if err != nil {
			t.Fatal(err)
		}
		a := m.Action()
		if got := roomFor(&m.req, a.Own); got != 2*len(a.Headers) {
			t.Errorf("there is room for %d headers, and %q go out", got, a.Headers)
		}
	}
}

// TestOnlyAboutBlank holds that URLs of other schemes that end like about:blank are not it.
func TestOnlyAboutBlank(t *testing.T) {
	for url, want := range map[string]Code{"about:blank": CodeOK, "about:blan": CodeSchemeNotSupported, "x:blank": CodeSchemeNotSupported, "data:blank": CodeSchemeNotSupported} {
		r := Request{Method: "GET", URLList: []origin.URL{origin.MustParseURL(url)}, Origin: origin.MustParse("https://a.example"), Mode: ModeNavigate}
		m, err := new(Agent).Start(time.Unix(0, 0), r)
		if err != nil {
			t.Fatal(err)
		}
		if result, err := m.Result(); err != nil || result.Verdict.Code != want {
			t.Errorf("%s: %v, %v, want %s", url, result.Verdict, err, want)
		}
	}
}

func TestIsASCII(t *testing.T) {
	for s, want := range map[string]bool{"": true, "a\x7F": true, "\x7F\u0080": false, "\x80": false, "a\xFF": false, "\u00E9": false} {
		if isASCII(s) != want {
			t.Errorf("isASCII(%+q) = %v", s, !want)
		}
	}
}
