package fetchhttp_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/publicsuffix"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/fetchhttp"
	"github.com/corspec/corspec/internal/lineartest"
	"github.com/corspec/corspec/origin"
)

// cookieServer sets a cookie at /set?the-line, sends to another site and back at /away, and tells the last Cookie
// header.
func cookieServer(got *string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set(acao, r.Header.Get("Origin"))
		w.Header().Set(acac, "true")
		switch r.URL.Path {
		case "/set":
			w.Header()["Set-Cookie"] = []string{strings.ReplaceAll(r.URL.RawQuery, "%20", " ")}
		case "/away":
			http.Redirect(w, r, "https://elsewhere.example/back?"+r.Host, http.StatusFound)
		case "/back":
			http.Redirect(w, r, "https://"+r.URL.RawQuery+"/", http.StatusFound)
		default:
			*got = strings.Join(r.Header["Cookie"], "|")
		}
	})
}

// TestSameSite logs in on a page and asks as whom another page is known.
func TestSameSite(t *testing.T) {
	const (
		api   = "https://api.example.com"
		local = "http://localhost:5173"
	)
	for _, tt := range []struct {
		name     string
		profile  fetch.Profile
		setBy    string // the page that logs in
		line     string
		page     string // the page that asks
		path     string
		sent     string
		withheld string // what is told of the cookie
	}{
		{"none", fetch.ProfileStandard, local, "id=1; SameSite=None; Secure", local, "/", "id=1", ""},
		{"none, without Secure", fetch.ProfileStandard, "https://www.example.com", "id=1; SameSite=None", "https://www.example.com", "/", "", "SameSite=None needs Secure"},
		{"strict, of the site's own", fetch.ProfileStandard, "https://www.example.com", "id=1; SameSite=Strict", "https://www.example.com", "/", "id=1", ""},
		{"strict, elsewhere", fetch.ProfileStandard, "https://www.example.com", "id=1; SameSite=Strict", local, "/", "", "SameSite=Strict, and the page's site is http://localhost"},
		{"lax, elsewhere", fetch.ProfileStandard, "https://www.example.com", "id=1; SameSite=Lax", local, "/", "", "SameSite=Lax, and the page's site is http://localhost"},
		{"lax, set elsewhere", fetch.ProfileStandard, local, "id=1; SameSite=Lax", "https://www.example.com", "/", "", "SameSite=Lax, and the page's site is http://localhost"},
		{"nothing, of the site's own", fetch.ProfileStandard, "https://www.example.com", "id=1", "https://www.example.com", "/", "id=1", ""},
		{"nothing, elsewhere", fetch.ProfileStandard, "https://www.example.com", "id=1", local, "/", "", "no SameSite, which counts as Lax"},
		{"an unknown value, elsewhere", fetch.ProfileChromium, "https://www.example.com", "id=1; SameSite=x", local, "/", "", "no SameSite, which counts as Lax"},
		{"nothing, set elsewhere", fetch.ProfileStandard, local, "id=1", local, "/", "", "no SameSite, which counts as Lax"},
		{"nothing, in Firefox", fetch.ProfileFirefox, local, "id=1", local, "/", "id=1", ""},
		{"lax, in Firefox", fetch.ProfileFirefox, "https://www.example.com", "id=1; SameSite=Lax", local, "/", "", "SameSite=Lax"},
		{"nothing, in WebKit", fetch.ProfileWebKitGTK, local, "id=1", local, "/", "id=1", ""},
		{"http is another site", fetch.ProfileStandard, "https://www.example.com", "id=1", "http://www.example.com", "/", "", "the page's site is http://example.com"},
		{"after a redirect over another site", fetch.ProfileStandard, "https://www.example.com", "id=1", "https://www.example.com", "/away", "", "no SameSite"},
		{"lax, after a redirect over another site, in Firefox", fetch.ProfileFirefox, "https://www.example.com", "id=1; SameSite=Lax", "https://www.example.com", "/away", "", "SameSite=Lax"},
		{"after a redirect over another site, in Chromium", fetch.ProfileChromium, "https://www.example.com", "id=1", "https://www.example.com", "/away", "id=1", ""},
		{"strict, after a redirect over another site, in WebKit", fetch.ProfileWebKitGTK, "https://www.example.com", "id=1; SameSite=Strict", "https://www.example.com", "/away", "id=1", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got string
			agent := &fetchhttp.Agent{Transport: fetchhttp.Handler(cookieServer(&got)), Jar: newJar(t)}
			agent.SuffixList, agent.Profile = publicsuffix.List, tt.profile
			include := fetchhttp.WithCredentials(fetch.CredentialsInclude)
			withheld := mustFetch(t, agent.Page(origin.MustParse(tt.setBy)), newRequest(t, "GET", api, nil), include, fetchhttp.WithURL(origin.MustParseURL(api+"/set?"+tt.line))).Withheld
			req := newRequest(t, "GET", api+tt.path, nil)
			resp, err := agent.Page(origin.MustParse(tt.page)).Fetch(req, include)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			withheld = append(withheld, resp.Withheld...)
			if got != tt.sent {
				t.Errorf("sent %q, want %q", got, tt.sent)
			}
			if told := fmt.Sprint(withheld); (tt.withheld == "") != (len(withheld) == 0) || !strings.Contains(told, tt.withheld) || tt.withheld != "" && !strings.Contains(told, `the cookie "id"`) {
				t.Errorf("withheld: %s, want %q", told, tt.withheld)
			}
		})
	}
}

// TestWithheldString holds that what is said of a cookie shows no password, is on one line and not long.
func TestWithheldString(t *testing.T) {
	u := origin.MustParseURL("https://user:secret@a.example/" + strings.Repeat("x", 1000))
	for _, w := range []fetchhttp.Withheld{{Name: strings.Repeat("n", 5000), URL: u, Why: "y"}, {Name: "\n", URL: u, Set: true, Why: "y"}} {
		if s := w.String(); strings.ContainsAny(s, "\n") || strings.Contains(s, "secret") || len(s) > 700 {
			t.Errorf("%s", s)
		}
	}
}

// TestCookiesAsTheyCame holds that a cookie comes back as the server has set it.
func TestCookiesAsTheyCame(t *testing.T) {
	for line, want := range map[string]string{
		"x=a b, c":                       "x=a b, c",
		`x="a b"`:                        `x="a b"`,
		`x=a"b\c`:                        `x=a"b\c`,
		"x y=\xe9":                       "x y=\xe9",
		"x= a = b ;Path=/":               "x=a = b",
		"=x":                             "x",
		"x":                              "x",
		"x=":                             "x=",
		"":                               "",
		"=":                              "",
		"x=a\x01b":                       "",
		"x=" + strings.Repeat("a", 4095): "x=" + strings.Repeat("a", 4095),
		"x=" + strings.Repeat("a", 4096): "",
		"x=a; Path=/" + strings.Repeat("a", 1025): "x=a", // the attribute is ignored
		"x=a; Max-Age=0":       "",
		"x=a; Path=/elsewhere": "",
	} {
		var got string
		h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/set" {
				w.Header()["Set-Cookie"] = []string{line}
				return
			}
			got = strings.Join(r.Header["Cookie"], "|")
		})
		transport := roundTripper(func(r *http.Request) (*http.Response, error) { // a wire would not carry all of them
			if r.URL.Path == "/set" {
				return &http.Response{StatusCode: 200, Header: http.Header{"Set-Cookie": {line}}}, nil
			}
			return fetchhttp.Handler(h).RoundTrip(r)
		})
		p := (&fetchhttp.Agent{Transport: transport, Jar: newJar(t)}).Page(app)
		mustFetch(t, p, newRequest(t, "GET", app.String()+"/set", nil))
		mustFetch(t, p, newRequest(t, "GET", app.String()+"/", nil))
		if got != want {
			t.Errorf("%.40q comes back as %.40q, want %.40q", line, got, want)
		}
	}
}

// TestManyCookies has a server that sets as many as it can, which costs nobody much time, and of which as many stay as
// in browsers.
func TestManyCookies(t *testing.T) {
	var got string
	n := 0
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for range 8_000 {
			n++
			w.Header().Add("Set-Cookie", fmt.Sprintf("c%d=1", n))
		}
		got = r.Header.Get("Cookie")
	})
	p := (&fetchhttp.Agent{Transport: fetchhttp.Handler(h), Jar: newJar(t)}).Page(app)
	lineartest.Within(t, 20*time.Second, func() {
		for range 5 {
			mustFetch(t, p, newRequest(t, "GET", app.String()+"/", nil))
		}
	})
	if cookies := strings.Split(got, "; "); len(cookies) != 180 {
		t.Errorf("%d cookies are sent, want 180", len(cookies))
	}

	// One after another, from two hosts of a site.
	p = (&fetchhttp.Agent{Transport: fetchhttp.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r.Header.Get("Cookie")
		n++
		http.SetCookie(w, &http.Cookie{Name: fmt.Sprint("c", n), Value: "1", Path: "/", Domain: r.URL.Query().Get("domain")})
	})), Jar: newJar(t)}).Page(app)
	for i := range 400 {
		url := app.String() + "/"
		if i%2 == 0 {
			url += "?domain=app.example"
		}
		mustFetch(t, p, newRequest(t, "GET", url, nil))
	}
	cookies := strings.Split(got, "; ")
	if len(cookies) != 180 || !strings.Contains(got, fmt.Sprintf("c%d=1", n-1)) {
		t.Errorf("%d cookies are sent, want 180 with the latest: %s", len(cookies), got)
	}
}
