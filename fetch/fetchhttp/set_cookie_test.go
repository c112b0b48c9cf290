package fetchhttp_test

import (
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/publicsuffix"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/fetchhttp"
	"github.com/corspec/corspec/fetch/initiator"
	"github.com/corspec/corspec/origin"
)

// A browser has one agent, whose servers set what they are told and keep what came to them.
type browser struct {
	*fetchhttp.Agent
	t   *testing.T
	now time.Time
	set []string // by the next response
	got string   // the Cookie header of the last request
}

func newBrowser(t *testing.T) *browser {
	b := &browser{t: t, now: time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)}
	b.Agent = &fetchhttp.Agent{Jar: newJar(t), Now: func() time.Time { return b.now }, Transport: roundTripper(b.roundTrip)}
	b.SuffixList = publicsuffix.List
	return b
}

func (b *browser) roundTrip(r *http.Request) (*http.Response, error) {
	b.got = strings.Join(r.Header["Cookie"], "|")
	if _, ok := r.Header["Cookie"]; ok && b.got == "" {
		b.t.Error("an empty Cookie is sent")
	}
	h := http.Header{"Set-Cookie": b.set, acao: {r.Header.Get("Origin")}, acac: {"true"}}
	b.set = nil
	return &http.Response{StatusCode: 200, Header: h}, nil
}

// visit fetches a URL on a page of its own origin, whose response sets those cookies. It returns the cookies that went
// along, and why others were not kept.
func (b *browser) visit(url string, set ...string) (got, withheld string) {
	b.t.Helper()
	b.set = set
	resp := mustFetch(b.t, b.Page(origin.MustParseURL(url).Origin()), newRequest(b.t, "GET", url, nil))
	for _, w := range resp.Withheld {
		withheld += w.Why + "\n"
		if w.Set && !slices.ContainsFunc(set, func(line string) bool {
			return strings.HasPrefix(line, w.Name+"=") || w.Name == "" && strings.HasPrefix(line, "__Secure-a;")
		}) {
			b.t.Errorf("%q is withheld of %q", w.Name, set)
		}
	}
	return b.got, withheld
}

// navigate is a navigation of a page of that origin, with a form.
func (b *browser) navigate(page, method, url string, set ...string) (got, withheld string) {
	b.t.Helper()
	b.set = set
	r, ok := initiator.Request(initiator.KindForm, origin.MustParseURL(url), origin.MustParse(page), initiator.Settings{})
	if r.Method = method; !ok {
		b.t.Fatal("a form makes no request")
	}
	resp, err := b.Page(origin.MustParse(page)).Do(b.t.Context(), r, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	resp.Body.Close()
	for _, w := range resp.Withheld {
		withheld += w.String() + "\n"
	}
	return b.got, withheld
}

// TestSetCookie has what is kept of a line, where it goes to, and what is told of one that is not kept. What the drafts
// say of parsing and storing stands here sentence by sentence.
func TestSetCookie(t *testing.T) {
	const (
		home = "https://www.shop.example/a/b"
		web  = "http://www.shop.example/a/b"
	)
	long := strings.Repeat("x", 1025)
	for _, tt := range []struct {
		name, from, line string
		to               string // where it goes to, or would
		want             string
		why              string
	}{
		// Name and value.
		{"plain", home, "a=1", home, "a=1", ""},
		{"white space", home, " \ta \t= \t1\t ; Path=/", home, "a=1", ""},
		{"several =", home, "a=b=c", home, "a=b=c", ""},
		{"no =", home, "a", home, "a", ""},
		{"no name", home, "=a", home, "a", ""},
		{"no name, with =", home, "==a", home, "=a", ""},
		{"no value", home, "a=", home, "a=", ""},
		{"nothing", home, "", home, "", ""},
		{"nothing but attributes", home, "; Path=/", home, "", ""},
		{"nothing but =", home, " = ;Secure", home, "", ""},
		{"tab inside", home, "a=b\tc", home, "a=b\tc", ""},
		{"NUL", home, "a=b\x00c", home, "", "byte 0x00 at index 3 is a control byte"},
		{"control byte first", home, "\x01a=1", home, "", "byte 0x01 at index 0"},
		{"control byte in the name", home, "a\x08=b", home, "", "byte 0x08 at index 1"},
		{"control byte in an attribute", home, "a=b; x\x1f", home, "", "byte 0x1f at index 6"},
		{"DEL", home, "a=\x7f", home, "", "byte 0x7f at index 2"},
		{"bytes above", home, "\xe9=\xff", home, "\xe9=\xff", ""},
		{"4096 bytes", home, strings.Repeat("a", 2000) + "=" + strings.Repeat("b", 2096), home, strings.Repeat("a", 2000) + "=" + strings.Repeat("b", 2096), ""},
		{"4097 bytes", home, strings.Repeat("a", 2000) + "=" + strings.Repeat("b", 2097), home, "", "have 4097 bytes, and browsers keep 4096"},
		{"unknown attributes", home, "a=1; x; y=z; ;=;", home, "a=1", ""},
		{"attributes in any case", home, "a=1; sEcUrE; pAtH=/a; sAmEsItE=nOnE; HTTPONLY", home, "a=1", ""},
		{"attribute with a value that it does not have", home, "a=1; Secure=false", web, "", ""},

		// Path.
		{"default path", home, "a=1", "https://www.shop.example/a", "a=1", ""},
		{"default path, below", home, "a=1", "https://www.shop.example/a/x/y", "a=1", ""},
		{"default path, beside", home, "a=1", "https://www.shop.example/ab", "", ""},
		{"default path, above", home, "a=1", "https://www.shop.example/", "", ""},
		{"default path of /a", "https://www.shop.example/a", "a=1", "https://www.shop.example/", "a=1", ""},
		{"default path of /a/", "https://www.shop.example/a/", "a=1", "https://www.shop.example/a", "a=1", ""},
		{"path", home, "a=1; Path=/c", "https://www.shop.example/c/d", "a=1", ""},
		{"path, elsewhere", home, "a=1; Path=/c", home, "", ""},
		{"path with / at its end", home, "a=1; Path=/c/", "https://www.shop.example/c/d", "a=1", ""},
		{"path with / at its end, without", home, "a=1; Path=/c/", "https://www.shop.example/c", "", ""},
		{"path is case-sensitive", home, "a=1; Path=/A", home, "", ""},
		{"path without /", home, "a=1; Path=c", home, "a=1", ""},
		{"empty path", home, "a=1; Path=", home, "a=1", ""},
		{"last path", home, "a=1; Path=/c; Path=/a", home, "a=1", ""},
		{"last path, which is empty", home, "a=1; Path=/c; Path", home, "a=1", ""},
		{"path in quotes", home, `a=1; Path="/c"`, home, "a=1", ""},
		{"path of 1024 bytes", home, "a=1; Path=/" + long[2:], home, "", ""},
		{"path of 1025 bytes", home, "a=1; Path=/" + long[1:], home, "a=1", ""},
		{"path of 1025 bytes is not the last", home, "a=1; Path=/c; Path=/" + long[1:], "https://www.shop.example/c", "a=1", ""},

		// Domain.
		{"host alone", home, "a=1; Path=/", "https://x.www.shop.example/", "", ""},
		{"host alone, above", home, "a=1; Path=/", "https://shop.example/", "", ""},
		{"domain", home, "a=1; Path=/; Domain=shop.example", "https://x.shop.example/", "a=1", ""},
		{"domain itself", home, "a=1; Path=/; Domain=shop.example", "https://shop.example/", "a=1", ""},
		{"domain, as the end of a name", home, "a=1; Path=/; Domain=shop.example", "https://workshop.example/", "", ""},
		{"domain with a dot", home, "a=1; Path=/; Domain=.shop.example", "https://x.shop.example/", "a=1", ""},
		{"domain with two dots", home, "a=1; Domain=..shop.example", home, "", "Domain=.shop.example does not match"},
		{"domain with a dot at its end", home, "a=1; Domain=shop.example.", home, "", "does not match the host"},
		{"dot alone", home, "a=1; Domain=.", home, "", "Domain=. is not a host"},
		{"domain in upper case", home, "a=1; Domain=SHOP.Example", home, "a=1", ""},
		{"domain in quotes", home, `a=1; Domain="shop.example"`, home, "", "Domain="},
		{"domain with a port", home, "a=1; Domain=shop.example:443", home, "", "is not a host"},
		{"domain outside ASCII", "https://xn--bcher-kva.example/", "a=1; Domain=b\u00fccher.example", "https://xn--bcher-kva.example/", "", "is not a host"},
		{"domain that begins outside ASCII", "https://xn--cher-0ra.example/", "a=1; Domain=\u00fccher.example", "https://xn--cher-0ra.example/", "", "is not a host"},
		{"domain below", home, "a=1; Domain=x.www.shop.example", home, "", "Domain=x.www.shop.example does not match the host www.shop.example"},
		{"another domain", home, "a=1; Domain=evil.example", home, "", "does not match the host"},
		{"public suffix", home, "a=1; Domain=example", home, "", "Domain=example is a public suffix"},
		{"public suffix of the list", "https://shop.co.uk/", "a=1; Domain=co.uk", "https://shop.co.uk/", "", "Domain=co.uk is a public suffix"},
		{"public suffix that is the host", "https://github.io/", "a=1; Domain=github.io", "https://github.io/", "a=1", ""},
		{"public suffix that is the host, below", "https://github.io/", "a=1; Domain=github.io", "https://x.github.io/", "", ""},
		{"empty domain", home, "a=1; Path=/; Domain=", "https://www.shop.example/", "a=1", ""},
		{"empty domain after another", home, "a=1; Path=/; Domain=shop.example; Domain=", "https://x.shop.example/", "a=1", ""},
		{"last domain", home, "a=1; Domain=evil.example; Domain=shop.example", home, "a=1", ""},
		{"last domain, another", home, "a=1; Domain=shop.example; Domain=evil.example", home, "", "does not match the host"},
		{"domain of 1025 bytes", home, "a=1; Domain=" + long, home, "a=1", ""},
		{"address", "https://192.0.2.1/", "a=1; Domain=192.0.2.1", "https://192.0.2.1/", "a=1", ""},
		{"end of an address", "https://192.0.2.1/", "a=1; Domain=2.1", "https://192.0.2.1/", "", "does not match the host"},
		{"IPv6 address", "https://[2001:db8::1]/", "a=1", "https://[2001:db8::1]/", "a=1", ""},
		{"localhost", "http://localhost:8080/", "a=1; Domain=localhost", "http://localhost:8081/", "a=1", ""},
		{"any port", home, "a=1; Path=/", "https://www.shop.example:8443/", "a=1", ""},
		{"dot at the host's end", "https://www.shop.example./", "a=1", "https://www.shop.example./", "a=1", ""},
		{"dot at the host's end, domain", "https://www.shop.example./", "a=1; Domain=shop.example", "https://www.shop.example./", "a=1", ""},
		{"two dots at the host's end", "https://www.shop.example../", "a=1; Domain=shop.example", home, "", "does not match the host"},

		// Secure and HttpOnly.
		{"secure", home, "a=1; Secure", home, "a=1", ""},
		{"secure, to http", home, "a=1; Secure", web, "", ""},
		{"secure, from http", web, "a=1; Secure", home, "", "Secure, and the response came over http"},
		{"secure on a loopback address", "http://127.0.0.1:8080/", "a=1; Secure", "http://127.0.0.1:8080/", "a=1", ""},
		{"secure on localhost", "http://app.localhost/", "a=1; Secure", "http://app.localhost/", "a=1", ""},
		{"not secure, to http", home, "a=1", web, "a=1", ""},
		{"HttpOnly", home, "a=1; HttpOnly", home, "a=1", ""},

		// SameSite.
		{"None without Secure", home, "a=1; SameSite=None", home, "", "SameSite=None needs Secure"},
		{"last SameSite", home, "a=1; SameSite=None; SameSite=Lax", home, "a=1", ""},
		{"last SameSite, None", home, "a=1; SameSite=Lax; SameSite=None", home, "", "SameSite=None needs Secure"},
		{"last SameSite, unknown", home, "a=1; SameSite=None; SameSite=x", home, "a=1", ""},

		// Prefixes of names.
		{"__Secure-", home, "__Secure-a=1; Secure", home, "__Secure-a=1", ""},
		{"__Secure- without", home, "__Secure-a=1", home, "", "a name that begins with __secure- needs Secure"},
		{"__sEcUrE- without", home, "__sEcUrE-a=1", home, "", "needs Secure"},
		{"__Secure-, no more", home, "__Secure-=1", home, "", "needs Secure"},
		{"__Secure, without -", home, "__Secure=1", home, "__Secure=1", ""},
		{"not at the beginning", home, "a__Host-=1", home, "a__Host-=1", ""},
		{"__Host-", home, "__Host-a=1; Secure; Path=/", home, "__Host-a=1", ""},
		{"__Host- without Secure", home, "__Host-a=1; Path=/", home, "", "a name that begins with __host- needs Secure, Path=/ and no Domain"},
		{"__Host- without Path", "https://www.shop.example/", "__Host-a=1; Secure", "https://www.shop.example/", "", "needs Secure, Path=/ and no Domain"},
		{"__Host- with an empty Path", "https://www.shop.example/", "__Host-a=1; Secure; Path=", "https://www.shop.example/", "", "needs Secure, Path=/ and no Domain"},
		{"__Host- with another path", home, "__Host-a=1; Secure; Path=/a", home, "", "needs Secure, Path=/ and no Domain"},
		{"__Host- with Domain", home, "__Host-a=1; Secure; Path=/; Domain=www.shop.example", home, "", "needs Secure, Path=/ and no Domain"},
		{"__Host- with empty Domain", home, "__Host-a=1; Secure; Path=/; Domain=", home, "__Host-a=1", ""},
		{"__HOST- without", home, "__HOST-a=1; Path=/", home, "", "needs Secure, Path=/ and no Domain"},
		{"__Http-", home, "__Http-a=1; Secure; HttpOnly", home, "__Http-a=1", ""},
		{"__Http- without HttpOnly", home, "__Http-a=1; Secure", home, "", "a name that begins with __http- needs Secure and HttpOnly"},
		{"__Http- without Secure", home, "__Http-a=1; HttpOnly", home, "", "needs Secure and HttpOnly"},
		{"__Host-Http-", home, "__Host-Http-a=1; Secure; HttpOnly; Path=/", home, "__Host-Http-a=1", ""},
		{"__Host-Http- without HttpOnly", home, "__Host-Http-a=1; Secure; Path=/", home, "", "needs Secure, HttpOnly, Path=/ and no Domain"},
		{"__Host-Http- without Path", home, "__host-http-a=1; Secure; HttpOnly", home, "", "needs Secure, HttpOnly, Path=/ and no Domain"},
		{"no name, a value with a prefix", home, "=__Host-a=1; Secure; Path=/", home, "", "it has no name, and its value begins with __host-"},
		{"no =, a value with a prefix", home, "__Secure-a; Secure", home, "", "it has no name, and its value begins with __secure-"},
		{"no name, a value with __Http-", home, "=__Http-a=1; Secure; HttpOnly", home, "", "it has no name"},
		{"no name, a value with __Host-Http-", home, "=__Host-Http-a=1; Secure; HttpOnly; Path=/", home, "", "it has no name"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBrowser(t)
			_, why := b.visit(tt.from, tt.line)
			if got, _ := b.visit(tt.to); got != tt.want {
				t.Errorf("to %s goes %.100q, want %.100q", tt.to, got, tt.want)
			}
			if !strings.Contains(why, tt.why) || (tt.why == "") != (why == "") {
				t.Errorf("told %.300q, want %q", why, tt.why)
			}
		})
	}
}

// TestCookieDates reads dates in every form, and says of each when the cookie is gone.
func TestCookieDates(t *testing.T) {
	const never = ""
	for date, want := range map[string]string{
		"Sun, 06 Nov 1994 08:49:37 GMT":     "1994-11-06T08:49:37Z",
		"Sunday, 06-Nov-94 08:49:37 GMT":    "1994-11-06T08:49:37Z",
		"Sun Nov  6 08:49:37 1994":          "1994-11-06T08:49:37Z",
		"6 nov 1994 8:9:7":                  "1994-11-06T08:09:07Z",
		"1994 NOVEMBER 6th 08:49:37.5":      "1994-11-06T08:49:37Z",
		"08:49:37 06/Nov/1994":              "1994-11-06T08:49:37Z",
		"Nov-06-1994 08:49:37 PM":           "1994-11-06T08:49:37Z",
		"Thu, 01-Jan-1970 00:00:00 GMT":     "1970-01-01T00:00:00Z",
		"Thu, 01-Jan-1970 00:00:01 +0200":   "1970-01-01T00:00:01Z", // zones are not read
		"1 jan 69 0:0:0":                    "2069-01-01T00:00:00Z",
		"1 jan 70 0:0:0":                    "1970-01-01T00:00:00Z",
		"1 jan 99 0:0:0":                    "1999-01-01T00:00:00Z",
		"1 jan 00 0:0:0":                    "2000-01-01T00:00:00Z",
		"1 jan 099 0:0:0":                   "1999-01-01T00:00:00Z",
		"1 jan 1601 0:0:0":                  "1601-01-01T00:00:00Z",
		"29 feb 2024 23:59:59":              "2024-02-29T23:59:59Z",
		"\t29;feb<2024>23:59:59~":           "2024-02-29T23:59:59Z",
		"01 02 jan 1999 0:0:0":              "2002-01-01T00:00:00Z", // 02 is the year, which nobody means
		"1 jan 2000 1:2:3 4:5:6":            "2000-01-01T01:02:03Z", // of several, the first
		"1 jan feb 2000 0:0:0":              "2000-01-01T00:00:00Z",
		"1 jan 2000 2001 0:0:0":             "2000-01-01T00:00:00Z",
		"6@nov[1994`8:9:7":                  "1994-11-06T08:09:07Z",
		"6 may 1994 8:9:7":                  "1994-05-06T08:09:07Z",
		"6 Apr 1994 8:9:7":                  "1994-04-06T08:09:07Z",
		"6 jul 1994 8:9:7":                  "1994-07-06T08:09:07Z",
		"6 mar 1994 8:9:7":                  "1994-03-06T08:09:07Z",
		"6 jun 1994 8:9:7":                  "1994-06-06T08:09:07Z",
		"6{nov~1994\t8:9:7":                 "1994-11-06T08:09:07Z",
		"6\xffnov 1994 8:9:7":               never,
		"6^nov 1994 8:9:7":                  "1994-11-06T08:09:07Z",
		"6 nov 1994 :9:7":                   never,
		"6 nov 1994 8::7":                   never,
		"0 6 nov 1994 8:9:7":                never,
		"001 jan 2000 0:0:0":                never,
		"1 jan 5 0:0:0":                     never,
		"29 feb 2023 0:0:0":                 never,
		"31 apr 2023 0:0:0":                 never,
		"1 jan 1600 0:0:0":                  never,
		"1 jan 100 0:0:0":                   never,
		"0 jan 2000 0:0:0":                  never,
		"32 jan 2000 0:0:0":                 never,
		"1 jan 2000 24:0:0":                 never,
		"1 jan 2000 0:60:0":                 never,
		"1 jan 2000 0:0:60":                 never,
		"1 jan 2000 0:0":                    never,
		"1 jan 2000 0:0:000":                never,
		"1 jan 2000 000:0:0":                never,
		"1 jan 20000 0:0:0":                 never,
		"1 ja 2000 0:0:0":                   never,
		"1 anf 2000 0:0:0":                  never,
		"jan 2000 0:0:0":                    never,
		"1 2000 0:0:0":                      never,
		"1 jan 0:0:0":                       never,
		"1 jan 2000":                        never,
		"tomorrow":                          never,
		"":                                  never,
		"0":                                 never,
		"-1":                                never,
		"Sun, 06 Nov 1994 08:49:37 GMT\xff": "1994-11-06T08:49:37Z",
	} {
		b := newBrowser(t)
		const home = "https://shop.example/"
		at, err := time.Parse(time.RFC3339, want)
		if want == never {
			b.visit(home, "a=1; Expires="+date)
			b.now = b.now.AddDate(50, 0, 0)
			if got, _ := b.visit(home); got != "a=1" {
				t.Errorf("%q is a date", date)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		b.now = at.Add(-time.Hour)
		if strings.Contains(date, ";") { // in a header it ends the attribute
			date = strings.ReplaceAll(date, ";", "-")
		}
		b.visit(home, "a=1; Expires="+date)
		b.now = at.Add(-time.Second)
		if got, _ := b.visit(home); got != "a=1" {
			t.Errorf("%q: the cookie is gone before %s", date, want)
		}
		b.now = at
		if got, _ := b.visit(home); got != "" {
			t.Errorf("%q: the cookie is there at %s", date, want)
		}
		// A logout.
		b = newBrowser(t)
		b.now = at.Add(time.Second)
		b.visit(home, "a=1")
		if b.visit(home, "a=; Expires="+date); b.now.After(at) {
			if got, _ := b.visit(home); got != "" {
				t.Errorf("%q: the logout is not noticed", date)
			}
		}
	}
}

// TestCookieAges says of attributes when the cookie is gone.
func TestCookieAges(t *testing.T) {
	const (
		day     = 24 * time.Hour
		session = 0
		past    = -1
	)
	for attributes, want := range map[string]time.Duration{
		"":                                      session,
		"Max-Age=1":                             time.Second,
		"Max-Age=007":                           7 * time.Second,
		"max-age = 60 ":                         time.Minute,
		"Max-Age=0":                             past,
		"Max-Age=00":                            past,
		"Max-Age=-1":                            past,
		"Max-Age=-0":                            past,
		"Max-Age=":                              session,
		"Max-Age":                               session,
		"Max-Age=-":                             session,
		"Max-Age=+1":                            session,
		"Max-Age=1.5":                           session,
		"Max-Age=1s":                            session,
		"Max-Age=--1":                           session,
		"Max-Age=34560000":                      400 * day,
		"Max-Age=34560001":                      400 * day,
		"Max-Age=9" + strings.Repeat("9", 900):  400 * day,
		"Max-Age=-9" + strings.Repeat("9", 900): past,
		"Max-Age=1" + strings.Repeat("0", 1100): session, // the attribute is too long
		"Max-Age=1; Max-Age=2":                  2 * time.Second,
		"Max-Age=2; Max-Age=x":                  2 * time.Second,
		"Expires=Sun, 29 Nov 2026 13:00:00 GMT": time.Hour,
		"Expires=Sun, 29 Nov 2026 13:00:00 GMT; Max-Age=1":       time.Second,
		"Max-Age=1; Expires=Sun, 29 Nov 2026 13:00:00 GMT":       time.Second,
		"Max-Age=0; Expires=Sun, 29 Nov 2026 13:00:00 GMT":       past,
		"Max-Age=1; Expires=Sun, 06 Nov 1994 08:49:37 GMT":       time.Second,
		"Max-Age=x; Expires=Sun, 29 Nov 2026 13:00:00 GMT":       time.Hour,
		"Expires=Sun, 29 Nov 2026 13:00:00 GMT; Expires=x":       time.Hour,
		"Expires=x; Expires=Sun, 29 Nov 2026 13:00:00 GMT":       time.Hour,
		"Expires=1 jan 1970 0:0:0; Expires=29 nov 2026 13:00:00": time.Hour,
		"Expires=Fri, 31 Dec 9999 23:59:59 GMT":                  400 * day,
		"Expires=Sun, 29 Nov 2026 12:00:00 GMT":                  past, // it is that time
	} {
		b := newBrowser(t)
		const home = "https://shop.example/"
		b.visit(home, "a=0") // a logout has something to take away
		b.visit(home, "a=1; "+attributes)
		start := b.now
		for _, probe := range []struct {
			after time.Duration
			there bool
		}{
			{0, want != past},
			{max(want, 0) + 1000*day, want == session},
		} {
			b.now = start.Add(probe.after)
			if got, _ := b.visit(home); (got == "a=1") != probe.there {
				t.Errorf("%.80q: after %v there is %q", attributes, probe.after, got)
			}
		}
		if want <= 0 {
			continue
		}
		b.now = start
		b.visit(home, "a=1; "+attributes)
		b.now = start.Add(want - time.Millisecond)
		if got, _ := b.visit(home); got != "a=1" {
			t.Errorf("%.80q: the cookie is gone before %v", attributes, want)
		}
		b.now = start.Add(want)
		if got, _ := b.visit(home); got != "" {
			t.Errorf("%.80q: the cookie is there after %v", attributes, want)
		}
	}
}

// TestSecureCookiesAreLeftAlone holds that what comes over http neither replaces a Secure cookie nor is sent before it.
func TestSecureCookiesAreLeftAlone(t *testing.T) {
	for _, tt := range []struct {
		name      string
		secure    string // what https://www.shop.example/login/x sets
		from      string // what comes over http
		line      string
		forbidden bool
	}{
		{"the same", "a=1; Secure; Path=/login", "http://www.shop.example/", "a=2; Path=/login", true},
		{"a path below", "a=1; Secure; Path=/login", "http://www.shop.example/", "a=2; Path=/login/en", true},
		{"a path above", "a=1; Secure; Path=/login", "http://www.shop.example/", "a=2; Path=/", false},
		{"a path beside", "a=1; Secure; Path=/login", "http://www.shop.example/", "a=2; Path=/foo", false},
		{"the default path", "a=1; Secure; Path=/login", "http://www.shop.example/login/x", "a=2", true},
		{"another name", "a=1; Secure; Path=/login", "http://www.shop.example/", "A=2; Path=/login", false},
		{"the domain above", "a=1; Secure; Path=/login", "http://www.shop.example/", "a=2; Path=/login; Domain=shop.example", true},
		{"the host below", "a=1; Secure; Path=/login; Domain=shop.example", "http://x.shop.example/", "a=2; Path=/login", true},
		{"a host beside", "a=1; Secure; Path=/login", "http://x.shop.example/", "a=2; Path=/login", false},
		{"from a host beside, for the domain above", "a=1; Secure; Path=/login", "http://x.shop.example/", "a=2; Path=/login; Domain=shop.example", true},
		{"one that is not Secure", "a=1; Path=/login", "http://www.shop.example/", "a=2; Path=/login", false},
		{"over https", "a=1; Secure; Path=/login", "https://www.shop.example/", "a=2; Path=/login", false},
		{"its end", "a=1; Secure; Path=/login", "http://www.shop.example/", "a=; Path=/login; Max-Age=0", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBrowser(t)
			b.visit("https://www.shop.example/login/x", tt.secure)
			_, why := b.visit(tt.from, tt.line)
			if strings.Contains(why, "one of that name is Secure, for ") != tt.forbidden || (why == "") == tt.forbidden {
				t.Errorf("told %q", why)
			}
			if got, _ := b.visit("https://www.shop.example/login/x"); tt.forbidden && got != "a=1" {
				t.Errorf("after that goes %q", got)
			}
		})
	}
	b := newBrowser(t)
	b.visit("https://shop.example/", "a=1; Secure; Max-Age=60")
	b.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
		b.now = b.now.Add(time.Hour) // after somebody has looked for it
		return b.roundTrip(r)
	})
	b.visit("http://shop.example/", "a=2")
	if got, _ := b.visit("http://shop.example/"); got != "a=2" {
		t.Errorf("a Secure cookie that has expired is in the way: %q", got)
	}
}

// TestHostAndDomain holds that a cookie of a host and one of the same name for the hosts below it too are two, as in
// browsers, so that a logout has to end the one that the login has set.
func TestHostAndDomain(t *testing.T) {
	const home, below = "https://shop.example/", "https://www.shop.example/"
	steps := func(set ...string) *browser {
		b := newBrowser(t)
		for _, line := range set {
			b.visit(home, line)
		}
		return b
	}
	for _, tt := range []struct {
		set         []string
		home, below string // what goes there
	}{
		{[]string{"a=1", "a=2; Domain=shop.example"}, "a=1; a=2", "a=2"},
		{[]string{"a=2; Domain=shop.example", "a=1"}, "a=2; a=1", "a=2"},
		{[]string{"a=1", "a=2; Domain=shop.example", "a=3"}, "a=3; a=2", "a=2"},
		{[]string{"a=1", "a=2; Domain=shop.example", "a=3; Domain=shop.example"}, "a=1; a=3", "a=3"},
		{[]string{"a=1", "a=1; Domain=shop.example"}, "a=1; a=1", "a=1"},
		{[]string{"a=1", "a=; Domain=shop.example; Max-Age=0"}, "a=1", ""},
		{[]string{"a=1; Domain=shop.example", "a=; Max-Age=0"}, "a=1", "a=1"},
		{[]string{"a=1", "a=2; Domain=shop.example", "a=; Max-Age=0"}, "a=2", "a=2"},
		{[]string{"a=1", "a=2; Domain=shop.example", "a=; Domain=shop.example; Max-Age=0"}, "a=1", ""},
		{[]string{"a=1", "a=2; Domain=shop.example", "a=; Domain=shop.example; Max-Age=0", "a=; Max-Age=0"}, "", ""},
		{[]string{"a=1; Path=/x", "a=1"}, "a=1", ""},
		{[]string{"b=0; Domain=shop.example", "a=1", "c=3", "a=2; Domain=shop.example"}, "b=0; a=1; c=3; a=2", "b=0; a=2"},
	} {
		b := steps(tt.set...)
		if got, _ := b.visit(home); got != tt.home {
			t.Errorf("%q: at home goes %q, want %q", tt.set, got, tt.home)
		}
		if got, _ := b.visit(below); got != tt.below {
			t.Errorf("%q: below goes %q, want %q", tt.set, got, tt.below)
		}
	}
}

// TestCookieOrder holds that longer paths come first, and then what is older, which a new value does not change.
func TestCookieOrder(t *testing.T) {
	b := newBrowser(t)
	const home = "https://shop.example/a/b"
	b.visit(home, "z=1; Path=/", "y=1; Path=/a/b", "x=1; Path=/a", "w=1; Path=/", "v=1; Path=/a")
	b.visit(home, "z=2; Path=/", "y=1; Path=/")
	if got, _ := b.visit(home); got != "y=1; x=1; v=1; z=2; w=1; y=1" {
		t.Errorf("%q", got)
	}

	// The jar gets them in the order in which they were set.
	for range 10 { // so that chance does not make it right
		b = newBrowser(t)
		b.visit(home, "h=1", "g=1", "f=1", "e=1", "d=1", "c=1", "b=1", "a=1")
		if got := fmt.Sprint(b.Jar.Cookies(newRequest(t, "GET", home, nil).URL)); got != "[h=1 g=1 f=1 e=1 d=1 c=1 b=1 a=1]" {
			t.Errorf("the jar has %s", got)
		}
	}
}

// TestNavigationsAcrossSites holds what a navigation carries and sets, which only a safe method takes along across
// sites.
func TestNavigationsAcrossSites(t *testing.T) {
	const (
		shop = "https://shop.example/"
		evil = "https://evil.example"
		own  = "https://www.shop.example"
	)
	all := []string{"none=1; SameSite=None; Secure", "lax=1; SameSite=Lax", "strict=1; SameSite=Strict", "unset=1"}
	for _, tt := range []struct {
		profile      fetch.Profile
		page, method string
		want         string
		withheld     string
	}{
		{fetch.ProfileStandard, own, "GET", "none lax strict unset", ""},
		{fetch.ProfileStandard, own, "POST", "none lax strict unset", ""},
		{fetch.ProfileStandard, evil, "GET", "none lax unset", `the cookie "strict" did not go to https://shop.example/: SameSite=Strict, and the page's site is https://evil.example` + "\n"},
		{fetch.ProfileStandard, evil, "HEAD", "none lax unset", "SameSite=Strict"},
		{fetch.ProfileStandard, evil, "POST", "none", "SameSite=Lax, and the page's site is https://evil.example, from which a navigation with POST brings none"},
		{fetch.ProfileChromium, evil, "POST", "none", "no SameSite, which counts as Lax"},
		{fetch.ProfileFirefox, evil, "POST", "none unset", "SameSite=Lax"},
		{fetch.ProfileFirefox, evil, "GET", "none lax unset", "SameSite=Strict"},
		{fetch.ProfileStandard, "http://shop.example", "GET", "none lax unset", "SameSite=Strict, and the page's site is http://shop.example"},
	} {
		b := newBrowser(t)
		b.Profile = tt.profile
		b.visit(shop, all...)
		got, withheld := b.navigate(tt.page, tt.method, shop)
		if want := strings.ReplaceAll(tt.want, " ", "=1; ") + "=1"; got != want {
			t.Errorf("%v, %s, %s: goes %q, want %q", tt.profile, tt.page, tt.method, got, want)
		}
		if !strings.Contains(withheld, tt.withheld) || (tt.withheld == "") != (withheld == "") {
			t.Errorf("%v, %s, %s: told %q, want %q", tt.profile, tt.page, tt.method, withheld, tt.withheld)
		}

		// What comes back is kept, whatever went there.
		b = newBrowser(t)
		b.Profile = tt.profile
		if _, withheld := b.navigate(tt.page, tt.method, shop, all...); withheld != "" {
			t.Errorf("%v, %s, %s: not kept: %s", tt.profile, tt.page, tt.method, withheld)
		}
		if got, _ := b.visit(shop); got != "none=1; lax=1; strict=1; unset=1" {
			t.Errorf("%v, %s, %s: kept %q", tt.profile, tt.page, tt.method, got)
		}
	}

	// Nor does it take along more over http, or from a host with a dot at its end.
	for _, line := range []string{"http://shop.example/ strict=1; SameSite=Strict", "https://shop.example./ strict=1; SameSite=Strict", "http://shop.example/ strict=1; SameSite=Strict; Path=c"} {
		b := newBrowser(t)
		from, set, _ := strings.Cut(line, " ")
		b.visit(from, set)
		if got, _ := b.navigate("http://evil.example", "GET", "http://shop.example/"); got != "" {
			t.Errorf("of %s goes %q", line, got)
		}
	}

	// A frame is not a navigation at the top.
	b := newBrowser(t)
	b.visit(shop, all...)
	resp, err := b.Page(origin.MustParse(evil)).Load(t.Context(), initiator.KindIframe, shop, initiator.Settings{})
	if err != nil {
		t.Fatal(err)
	}
	if resp.Body.Close(); b.got != "none=1" {
		t.Errorf("a frame takes along %q", b.got)
	}
}

// TestTheJarIsWhatCounts holds that what somebody else does with the jar counts.
func TestTheJarIsWhatCounts(t *testing.T) {
	b := newBrowser(t)
	home := origin.MustParseURL("https://shop.example/")
	at := newRequest(t, "GET", home.String(), nil).URL
	b.visit(home.String(), "a=1; Secure", "b=1", "c=1")
	b.Jar.SetCookies(at, []*http.Cookie{{Name: "a", MaxAge: -1}, {Name: "b", Value: "2"}, {Name: "d", Value: "4"}})
	if got, _ := b.visit(home.String()); got != "b=2; c=1; d=4" {
		t.Errorf("%q", got)
	}
	if _, why := b.visit("http://shop.example/", "a=2"); why != "" {
		t.Errorf("a Secure cookie that is not in the jar is in the way: %s", why)
	}
	b.visit(home.String(), "d=; Max-Age=0", "b=3; Max-Age=60", "e=5", "e=; Max-Age=0")
	if got, _ := b.visit(home.String()); got != "c=1; a=2; b=3" {
		t.Errorf("%q", got)
	}
	if got := fmt.Sprint(b.Jar.Cookies(at)); got != "[b=3 c=1 a=2]" {
		t.Errorf("the jar has %s", got)
	}
	b.now = b.now.Add(time.Hour) // which the jar's clock does not know
	b.visit(home.String())
	if got := fmt.Sprint(b.Jar.Cookies(at)); got != "[c=1 a=2]" {
		t.Errorf("after an hour the jar has %s", got)
	}

	// It gets all that there is to know of a cookie, for others who read it.
	quoted := newBrowser(t)
	jar := &recorder{CookieJar: quoted.Jar}
	quoted.Jar, quoted.now = jar, time.Now()
	quoted.Now = nil
	for line, want := range map[string]string{
		`a="1"; Path=/x; Domain=shop.example; Secure; HttpOnly; SameSite=Lax; Max-Age=60`: `https://shop.example/x {a 1 true /x shop.example 60 true true 2}`,
		`b=""; SameSite=Strict`:         `https://shop.example/ {b  true /  0 false false 3}`,
		`c="`:                           `https://shop.example/ {c " false /  0 false false 0}`,
		`d="1`:                          `https://shop.example/ {d "1 false /  0 false false 0}`,
		`e=1"`:                          `https://shop.example/ {e 1" false /  0 false false 0}`,
		`f=; Max-Age=0; Secure; Path=/`: `https://shop.example/ {f  false /  -1 true false 0}`,
	} {
		jar.set = nil
		quoted.visit("https://shop.example/", line)
		if len(jar.set) != 1 || jar.set[0] != want {
			t.Errorf("%s: the jar gets %q, want %q", line, jar.set, want)
		}
	}

	// Two that the jar gives back alike are told apart.
	b.visit(home.String(), "f=1; Path=/x; SameSite=Strict", "f=1; Path=/; SameSite=None; Secure")
	if got, withheld := b.navigate("https://evil.example", "POST", home.String()+"x"); strings.Count(got, "f=1") != 1 || strings.Count(withheld, `"f"`) != 1 {
		t.Errorf("goes %q, told %q", got, withheld)
	}

	// A jar without a list of public suffixes.
	plain := newBrowser(t)
	plain.Jar, _ = cookiejar.New(nil)
	plain.visit("https://github.io/", "a=1; Domain=github.io")
	if got, _ := plain.visit("https://evil.github.io/"); got != "" {
		t.Errorf("a cookie of a public suffix goes to those below: %q", got)
	}

	slow := newBrowser(t) // whose clock stands still
	slow.visit(home.String(), "a=1; Max-Age=1")

	// By the real clock the jar knows of the end, too.
	b.Agent = &fetchhttp.Agent{Jar: newJar(t), Transport: b.Transport}
	b.visit(home.String(), "a=1; Max-Age=1")
	for start := time.Now(); len(b.Jar.Cookies(at)) > 0; time.Sleep(50 * time.Millisecond) {
		if time.Since(start) > 30*time.Second {
			t.Fatal("a cookie of one second is in the jar after thirty")
		}
	}
	if got, _ := slow.visit(home.String()); got != "a=1" {
		t.Errorf("where the clock stands still, a second has passed: %q", got)
	}
}

// A recorder is a jar that notes what is put into it.
type recorder struct {
	http.CookieJar
	set []string
}

func (r *recorder) SetCookies(u *url.URL, cookies []*http.Cookie) {
	for _, k := range cookies {
		r.set = append(r.set, fmt.Sprintf("%s {%s %s %t %s %s %d %t %t %d}", u, k.Name, k.Value, k.Quoted, k.Path, k.Domain, k.MaxAge, k.Secure, k.HttpOnly, k.SameSite))
	}
	r.CookieJar.SetCookies(u, cookies)
}

// TestWhichCookiesAreForgotten holds that those that are not Secure go first, and of them what was not used for
// longest.
func TestWhichCookiesAreForgotten(t *testing.T) {
	b := newBrowser(t)
	const home = "https://shop.example/"
	b.visit(home, "s=1; Secure; Path=/", "old=1; Secure; Path=/old")
	for i := range 178 {
		b.visit(fmt.Sprintf("%sp%d/", home, i), fmt.Sprintf("c%d=1", i))
	}
	b.visit(home + "p0/")                           // is used
	b.visit(home, "n1=1; Path=/x", "n2=1; Path=/x") // two too many
	var gone []string
	for i := range 178 {
		if got, _ := b.visit(fmt.Sprintf("%sp%d/", home, i)); got != fmt.Sprintf("c%d=1; s=1", i) {
			gone = append(gone, fmt.Sprint(i, " ", got))
		}
	}
	if !slices.Equal(gone, []string{"1 s=1", "2 s=1"}) {
		t.Errorf("gone are %q", gone)
	}
	if got, _ := b.visit(home + "old"); got != "old=1; s=1" {
		t.Errorf("a Secure one is gone before others: %q", got)
	}
	if got, _ := b.visit(home + "x"); got != "n1=1; n2=1; s=1" {
		t.Errorf("%q", got)
	}

	// Those that were sent last, and set last, stay longest; what ends a cookie needs no place.
	for name, tt := range map[string]struct {
		lines []string
		gone  string
	}{
		"in order":        {[]string{"n=1; Path=/"}, "c0"},
		"set again":       {[]string{"c0=1; Path=/c0", "n=1; Path=/"}, "c1"},
		"the end of one":  {[]string{"n=; Path=/; Max-Age=0"}, "none"},
		"sent":            {nil, "c178"},
		"a Secure one":    {[]string{"s=1; Path=/s; Secure", "n=1; Path=/"}, "c0"},
		"its replacement": {[]string{"c0=1; Path=/c0; Secure", "n=1; Path=/"}, "c1"},
	} {
		b = newBrowser(t)
		lines, kept := []string{}, 180
		if name == "a Secure one" || name == "sent" {
			kept = 179
		}
		for i := range kept {
			lines = append(lines, fmt.Sprintf("c%d=1; Path=/c%d", i, i))
		}
		if name == "sent" {
			b.visit(home, lines...)
			for i := range kept {
				b.visit(fmt.Sprintf("%sc%d", home, kept-1-i))
			}
			lines = []string{"n=1; Path=/n", "m=1; Path=/m"}
		}
		b.visit(home, append(lines, tt.lines...)...)
		gone := "none"
		for i := range kept {
			if got, _ := b.visit(fmt.Sprintf("%sc%d", home, i)); !strings.HasPrefix(got, fmt.Sprintf("c%d=", i)) {
				gone = fmt.Sprintf("c%d", i)
				break
			}
		}
		if gone != tt.gone {
			t.Errorf("%s: %s is gone, want %s", name, gone, tt.gone)
		}
	}

	// Of all sites.
	b = newBrowser(t)
	for i := range 3301 {
		b.visit(fmt.Sprintf("https://shop%d.example/", i), "c=1")
	}
	for i, want := range map[int]string{0: "", 1: "c=1", 3300: "c=1"} {
		if got, _ := b.visit(fmt.Sprintf("https://shop%d.example/", i)); got != want {
			t.Errorf("of %d there is %q, want %q", i, got, want)
		}
	}
}
