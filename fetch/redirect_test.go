package fetch_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/origin"
)

func TestLocationURL(t *testing.T) {
	const fail = "failure"
	for _, tt := range []struct {
		name      string
		base      string
		status    int
		locations []string
		want      string // "" is null
	}{
		{"T147 status 300", "https://b.com/", 300, []string{"/y"}, ""},
		{"T147 status 304", "https://b.com/", 304, []string{"/y"}, ""},
		{"status 200", "https://b.com/", 200, []string{"/y"}, ""},
		{"T146 none", "https://b.com/", 302, nil, ""},
		{"301", "https://b.com/x", 301, []string{"/y"}, "https://b.com/y"},
		{"302", "https://b.com/x", 302, []string{"y"}, "https://b.com/y"},
		{"303", "https://b.com/x", 303, []string{"//c.com"}, "https://c.com/"},
		{"307", "https://b.com/x", 307, []string{"?q"}, "https://b.com/x?q"},
		{"308", "https://b.com/x", 308, []string{"http:y"}, "http://y/"},
		{"same scheme without slashes is relative", "https://b.com/x/", 302, []string{"https:y"}, "https://b.com/x/y"},
		{"two lines", "https://b.com/", 302, []string{"/y", "/y"}, fail},
		{"two lines, one empty", "https://b.com/", 302, []string{"", "/y"}, fail},
		{"a comma is part of a URL", "https://b.com/", 302, []string{"/y, /z"}, "https://b.com/y,%20/z"},
		{"empty", "https://b.com/x?y", 302, []string{""}, "https://b.com/x?y"},
		{"white space is stripped", "https://b.com/", 302, []string{" \t/y\v"}, "https://b.com/y"},
		{"tabs are removed", "https://b.com/", 302, []string{"/a\tb"}, "https://b.com/ab"},
		{"backslashes are slashes", "https://b.com/", 302, []string{`\\c.com\y`}, "https://c.com/y"},
		{"bad host", "https://b.com/", 302, []string{"https://a b/"}, fail},
		{"bad port", "https://b.com/", 302, []string{"https://c.com:99999/"}, fail},
		{"UTF-8", "https://b.com/", 302, []string{"/\xc3\xa9?\xc3\xa9"}, "https://b.com/%C3%A9?%C3%A9"},
		{"bytes that are not UTF-8", "https://b.com/", 302, []string{"/\xe9\xff"}, "https://b.com/%E9%FF"},
		{"high bytes behind ASCII", "https://b.com/", 302, []string{"/" + strings.Repeat("a", 100) + "\x80"}, "https://b.com/" + strings.Repeat("a", 100) + "%80"},
		{"high bytes in a host", "https://b.com/", 302, []string{"https://\xc3\xa9.com/"}, "https://xn--9ca.com/"},
		{"other scheme", "https://b.com/", 302, []string{"data:,x"}, "data:,x"},
		{"constructed response, relative", "", 302, []string{"/y"}, fail},
		{"constructed response, absolute", "", 302, []string{"https://c.com/y"}, "https://c.com/y"},
	} {
		resp := fetch.Response{Status: tt.status}
		if tt.base != "" {
			resp.URLList = []origin.URL{origin.MustParseURL(tt.base)}
		}
		for _, l := range tt.locations {
			resp.Headers = append(resp.Headers, [2]string{"location", l})
		}
		u, ok, err := fetch.LocationURL(&resp, "", false)
		got := ""
		switch {
		case err != nil:
			got = fail
		case ok:
			got = u.String()
		}
		if got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// No API of pages sends a GET with a body, but a Request can say so: 303 does not drop it then, and it cannot be sent
// again.
func TestRedirectOfGETWithStream(t *testing.T) {
	r := checkRequest(fetch.CredentialsOmit)
	r.Body = fetch.BodyStream
	m := start(t, new(fetch.Agent), r)
	receive(t, m, 303, acao, "*", "Location", "/y")
	blocked(t, m, fetch.CodeRedirectBodyNotReplayable, "http-redirect-fetch:14")
}

func TestSetReferrerPolicyOnRedirect(t *testing.T) {
	for _, tt := range []struct {
		lines []string
		want  fetch.ReferrerPolicy
	}{
		{nil, fetch.ReferrerPolicyUnsafeURL},
		{[]string{""}, fetch.ReferrerPolicyUnsafeURL},
		{[]string{"unknown"}, fetch.ReferrerPolicyUnsafeURL},
		{[]string{"no-referrer"}, fetch.ReferrerPolicyNoReferrer},
		{[]string{"NO-Referrer"}, fetch.ReferrerPolicyNoReferrer},
		{[]string{"origin, no-referrer, unknown,"}, fetch.ReferrerPolicyNoReferrer},
		{[]string{"no-referrer", "origin"}, fetch.ReferrerPolicyOrigin},
		{[]string{"no-referrer-when-downgrade \t,"}, fetch.ReferrerPolicyNoReferrerWhenDowngrade},
		{[]string{"same-origin"}, fetch.ReferrerPolicySameOrigin},
		{[]string{"strict-origin"}, fetch.ReferrerPolicyStrictOrigin},
		{[]string{"origin-when-cross-origin"}, fetch.ReferrerPolicyOriginWhenCrossOrigin},
		{[]string{"strict-origin-when-cross-origin"}, fetch.ReferrerPolicyStrictOriginWhenCrossOrigin},
		{[]string{"no-referrer", ", unknown-policy,\t"}, fetch.ReferrerPolicyNoReferrer},
		{[]string{"no-referrer, 5"}, fetch.ReferrerPolicyNoReferrer},
		{[]string{"5, no-referrer"}, fetch.ReferrerPolicyNoReferrer},
		{[]string{"no-referrer", "\"origin\""}, fetch.ReferrerPolicyNoReferrer},
		{[]string{"no-referrer same-origin", "origin"}, fetch.ReferrerPolicyOrigin},
		{[]string{"no-referrer;origin, origin"}, fetch.ReferrerPolicyOrigin},
		{[]string{"no-referrer, @[`{\x0d"}, fetch.ReferrerPolicyNoReferrer},
		{[]string{"no-referrer, \xcf"}, fetch.ReferrerPolicyNoReferrer},
	} {
		r := fetch.Request{ReferrerPolicy: fetch.ReferrerPolicyUnsafeURL}
		resp := fetch.Response{}
		for _, l := range tt.lines {
			resp.Headers = append(resp.Headers, [2]string{"referrer-policy", l})
		}
		fetch.SetReferrerPolicyOnRedirect(&r, &resp)
		if r.ReferrerPolicy != tt.want {
			t.Errorf("%q: %s, want %s", tt.lines, r.ReferrerPolicy, tt.want)
		}
	}
}

// FuzzLocation holds locationURL against the URL parser, and a redirect against what the standard lets through.
func FuzzLocation(f *testing.F) {
	for _, s := range []string{"/y", "//c.com", "https://u:p@c.com/", "data:,x", "", "\xe9", "https://[::1]:25/#", "?a#b", "http:\\c.com"} {
		f.Add(s, "", false)
		f.Add(s, "f", true)
	}
	base := origin.MustParseURL("https://b.com/x?y")
	f.Fuzz(func(t *testing.T, location, fragment string, has bool) {
		for _, c := range []byte(fragment) {
			if c <= ' ' || c > '~' || strings.IndexByte("\"<>`", c) >= 0 {
				return // no serialized URL has such a fragment
			}
		}
		resp := fetch.Response{Status: 302, URLList: []origin.URL{base}, Headers: headers("Location", location)}
		u, ok, failure := fetch.LocationURL(&resp, fragment, has)
		var escaped strings.Builder
		for _, c := range []byte(location) {
			if c > 0x7F {
				escaped.WriteString("%" + strings.ToUpper(string("0123456789abcdef"[c>>4])+string("0123456789abcdef"[c&15])))
			} else {
				escaped.WriteByte(c)
			}
		}
		want, err := origin.ParseURL(escaped.String(), &base)
		if ok == (failure != nil) || ok != (err == nil) {
			t.Fatalf("%q: %v, %v, want %v", location, ok, failure, err)
		}
		if err != nil {
			return
		}
		if _, own := want.Fragment(); !own && has {
			want = origin.MustParseURL(want.String() + "#" + fragment)
		}
		if u != want {
			t.Errorf("%q: %q, want %q", location, u, want)
		}
		r := checkRequest(fetch.CredentialsOmit)
		m := start(t, new(fetch.Agent), r)
		receive(t, m, 302, acao, "*", "Location", location)
		if a := m.Action(); a.Kind != fetch.ActionDone {
			if s := a.URL.Scheme(); s != "http" && s != "https" || a.URL.IncludesCredentials() {
				t.Errorf("%q: redirected to %q", location, a.URL)
			}
			if p, ok := a.URL.Port(); ok && fetch.IsBadPort(p) {
				t.Errorf("%q: redirected to bad port %d", location, p)
			}
		}
	})
}

// TestRequestUnderWay follows a request from its own origin to another: what a transport may have to know of it besides
// the action, as it is then.
func TestRequestUnderWay(t *testing.T) {
	r, err := fetch.NewRequest("PUT", "https://a.com/x", origin.MustParse("https://a.com"))
	if err != nil {
		t.Fatal(err)
	}
	r.ReferrerPolicy = fetch.ReferrerPolicyOrigin
	m, err := (&fetch.Agent{}).Start(time.Time{}, r)
	if err != nil {
		t.Fatal(err)
	}
	answers := []fetch.ResponseHead{
		{Status: 307, Headers: fetch.HeaderList{{"Location", "https://b.com/y"}, {"Referrer-Policy", "no-referrer"}}},
		{Status: 204, Headers: fetch.HeaderList{{"Access-Control-Allow-Origin", "*"}, {"Access-Control-Allow-Methods", "PUT"}}},
		{Status: 200, Headers: fetch.HeaderList{{"Access-Control-Allow-Origin", "*"}}},
	}
	var got []string
	for i := 0; m.Action().Kind != fetch.ActionDone; i++ {
		now := m.Request()
		got = append(got, fmt.Sprintf("%s %s %s %s %d", m.Action().Method, now.CurrentURL(), now.ReferrerPolicy, now.ResponseTainting, len(now.URLList)))
		now.URLList[0] = origin.MustParseURL("https://c.com/") // a copy
		if err := m.Receive(time.Time{}, answers[i]); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"PUT https://a.com/x origin basic 1", "OPTIONS https://b.com/y no-referrer cors 2", "PUT https://b.com/y no-referrer cors 2"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if urls := m.Request().URLList; urls[0].String() != "https://a.com/x" {
		t.Errorf("what a caller writes is read again: %s", urls[0])
	}
}

// TestLocationHighBytes holds that each byte above 0x7F of Location is percent-encoded as it is.
func TestLocationHighBytes(t *testing.T) {
	for c := 0x80; c <= 0xFF; c++ {
		resp := fetch.Response{Status: 302, URLList: []origin.URL{origin.MustParseURL("https://b.com/")}, Headers: fetch.HeaderList{{"Location", "/a" + string([]byte{byte(c)}) + "b"}}}
		u, ok, _ := fetch.LocationURL(&resp, "", false)
		if want := fmt.Sprintf("https://b.com/a%%%02Xb", c); !ok || u.String() != want {
			t.Errorf("%#x: %v, want %s", c, u, want)
		}
	}
}
