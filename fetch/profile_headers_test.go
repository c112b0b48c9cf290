package fetch

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/corspec/corspec/origin"
)

// followed does a fetch on a page whose URL is the referrer, through the URLs, each of which redirects to the next; all
// let everybody read. It returns what was sent. The policies are what the redirects' Referrer-Policy says.
func followed(t *testing.T, a *Agent, page string, urls []string, change func(*Request), policies ...string) (sent []Action) {
	t.Helper()
	u := origin.MustParseURL(page)
	r := Request{Method: "GET", URLList: []origin.URL{origin.MustParseURL(urls[0])}, Origin: u.Origin(), Referrer: u, Mode: ModeCORS, Credentials: CredentialsOmit, UnsafeRequest: true, MixedContent: MixedContentUnrestricted}
	if change != nil {
		change(&r)
	}
	m, err := a.Start(time.Unix(0, 0), r)
	if err != nil {
		t.Fatal(err)
	}
	for next := m.Action(); next.Kind != ActionDone; next = m.Action() {
		sent = append(sent, next)
		head := ResponseHead{Status: 200, Headers: HeaderList{{allowOrigin, "*"}, {allowMethods, "PUT"}, {allowHeaders, "*"}, {maxAge, "600"}}}
		if next.Kind == ActionSendRequest && next.Hop+1 < len(urls) {
			head.Status = 307
			head.Headers.Append("Location", urls[next.Hop+1])
			if next.Hop < len(policies) {
				head.Headers.Append("Referrer-Policy", policies[next.Hop])
			}
		}
		if err := m.Receive(time.Unix(0, 0), head); err != nil {
			t.Fatal(err)
		}
	}
	return sent
}

// told has the values of some headers in each request, "-" for none, and a "p" ahead of preflights.
func told(sent []Action, names ...string) string {
	var all []string
	for _, a := range sent {
		kind := ""
		if a.Kind == ActionSendPreflight {
			kind = "p"
		}
		for _, name := range names {
			value, ok := a.Headers.Get(name)
			if !ok {
				value = "-"
			}
			all = append(all, kind+value)
		}
	}
	return strings.Join(all, " ")
}

// byProfile is the value for a profile, or the standard's.
func byProfile(want map[string]string, p Profile) string {
	if w, ok := want[p.String()]; ok {
		return w
	}
	return want["standard"]
}

// TestProfilesReferrers asks what Referer says of a page, given its policy, that of its redirects, and how far they
// lead.
func TestProfilesReferrers(t *testing.T) {
	put := func(r *Request) { r.Method = "PUT" }
	with := func(p ReferrerPolicy, changes ...func(*Request)) func(*Request) {
		return func(r *Request) {
			r.ReferrerPolicy = p
			for _, change := range changes {
				change(r)
			}
		}
	}
	const page, local = "https://a.example/p?q", "http://localhost/p"
	const a, s, b, c, l = "https://a.example/", "https://s.a.example/", "https://b.example/", "http://b.example/", "http://localhost/"
	for _, test := range []struct {
		name     string
		page     string
		urls     []string
		change   func(*Request)
		policies []string
		want     map[string]string
	}{
		{"https to this machine", page, []string{l}, nil, nil, map[string]string{"standard": a, "chromium": "-", "firefox": "-", "webkitgtk": "-"}},
		{"this machine to others", local, []string{c}, nil, nil, map[string]string{"standard": "-", "chromium": l, "firefox": l, "webkitgtk": l}},
		{"this machine to https", local, []string{b}, nil, nil, map[string]string{"standard": l}},
		{"http to this machine", "http://a.example/p", []string{l}, nil, nil, map[string]string{"standard": "http://a.example/"}},
		{"the default across sites", page, []string{b}, nil, nil, map[string]string{"standard": a}},
		{"unsafe-url at home", page, []string{a}, with(ReferrerPolicyUnsafeURL), nil, map[string]string{"standard": page}},
		{"unsafe-url within the site", page, []string{s}, with(ReferrerPolicyUnsafeURL), nil, map[string]string{"standard": page}},
		{"unsafe-url to the same host of http", page, []string{"http://a.example/"}, with(ReferrerPolicyUnsafeURL), nil, map[string]string{"standard": page}},
		{"unsafe-url across sites", page, []string{b}, with(ReferrerPolicyUnsafeURL), nil, map[string]string{"standard": page, "firefox": a, "webkitgtk": a}},
		{"unsafe-url across sites, and down", page, []string{c}, with(ReferrerPolicyUnsafeURL), nil, map[string]string{"standard": page, "firefox": "-", "webkitgtk": a}},
		{"no-referrer-when-downgrade across sites", page, []string{b}, with(ReferrerPolicyNoReferrerWhenDowngrade), nil, map[string]string{"standard": page, "firefox": a, "webkitgtk": a}},
		{"origin across sites", page, []string{c}, with(ReferrerPolicyOrigin), nil, map[string]string{"standard": a}},
		{"no-referrer across sites", page, []string{b}, with(ReferrerPolicyNoReferrer), nil, map[string]string{"standard": "-"}},
		{"unsafe-url away and home", page, []string{a, b, a}, with(ReferrerPolicyUnsafeURL), nil, map[string]string{"standard": page + " " + page + " " + page, "firefox": page + " " + a + " " + page, "webkitgtk": page + " " + a + " " + page}},
		{"origin-when-cross-origin away and home", page, []string{b, a}, with(ReferrerPolicyOriginWhenCrossOrigin), nil, map[string]string{"standard": a + " " + a, "firefox": a + " " + page}},
		{"origin-when-cross-origin within the site and home", page, []string{s, a}, with(ReferrerPolicyOriginWhenCrossOrigin), nil, map[string]string{"standard": a + " " + a}},
		{"strict-origin-when-cross-origin away and home", page, []string{b, a}, with(ReferrerPolicyStrictOriginWhenCrossOrigin), nil, map[string]string{"standard": a + " " + a}},
		{"unsafe-url by each redirect", page, []string{a, b, a}, nil, []string{"unsafe-url", "unsafe-url"}, map[string]string{"standard": page + " " + page + " " + page, "firefox": page + " " + a + " " + a, "webkitgtk": page + " " + a + " " + page}},
		{"a preflight", page, []string{b}, put, nil, map[string]string{"standard": "p" + a + " " + a}},
		{"unsafe-url with a preflight", page, []string{b}, with(ReferrerPolicyUnsafeURL, put), nil, map[string]string{"standard": "p" + page + " " + page, "firefox": "p" + a + " " + a, "webkitgtk": "p" + a + " " + a}},
		{"a preflight within the site, after a redirect", page, []string{a, s}, put, nil, map[string]string{"standard": page + " p" + a + " " + a, "webkitgtk": page + " p" + page + " " + a}},
		{"same-origin, a preflight across sites after a redirect", page, []string{a, b}, with(ReferrerPolicySameOrigin, put), nil, map[string]string{"standard": page + " p- -", "webkitgtk": page + " p" + a + " -"}},
		{"same-origin, a preflight at home after others", page, []string{s, a}, with(ReferrerPolicySameOrigin, put), nil, map[string]string{"standard": "p- - p- -"}},
	} {
		for _, p := range Profiles() {
			if got, want := told(followed(t, &Agent{Profile: p}, test.page, test.urls, test.change, test.policies...), "Referer"), byProfile(test.want, p); got != want {
				t.Errorf("%s, %v: Referer is %s, want %s", test.name, p, got, want)
			}
		}
	}
}

// TestProfilesFetchMetadata asks what Sec-Fetch-Site and -Mode say.
func TestProfilesFetchMetadata(t *testing.T) {
	put := func(r *Request) { r.Method = "PUT" }
	noCORS := func(r *Request) { r.Mode = ModeNoCORS }
	const a, s, b, c, k, l, l2, l3 = "https://a.example/", "https://s.a.example/", "https://b.example/", "http://b.example/", "http://a.example/", "http://localhost/", "http://localhost:2/", "https://localhost:3/"
	const same, site, cross = "same-origin cors", "same-site cors", "cross-site cors"
	for _, test := range []struct {
		name, page string
		urls       []string
		change     func(*Request)
		want       map[string]string
	}{
		{"home", a, []string{a}, nil, map[string]string{"standard": same}},
		{"the site", a, []string{s}, nil, map[string]string{"standard": site}},
		{"away", a, []string{b}, nil, map[string]string{"standard": cross}},
		{"no trust", a, []string{c}, nil, map[string]string{"standard": "- -"}},
		{"no trust, a preflight", a, []string{c}, put, map[string]string{"standard": "p- p- - -", "chromium": "p- pcors - -"}},
		{"an image's own mode", a, []string{b}, noCORS, map[string]string{"standard": "cross-site no-cors"}},
		{"a WebSocket", a, []string{b}, func(r *Request) { r.Mode = ModeWebSocket }, map[string]string{"standard": "cross-site websocket", "chromium": "- -"}},
		{"this machine, another port", l, []string{l2}, nil, map[string]string{"standard": site}},
		{"this machine, with TLS", l, []string{l3}, nil, map[string]string{"standard": cross, "firefox": site}},
		{"this machine of a page with TLS", l3, []string{l}, nil, map[string]string{"standard": cross, "firefox": site}},
		{"http to https, without trust", k, []string{a}, nil, map[string]string{"standard": cross}},
		{"home to the site", a, []string{a, s}, nil, map[string]string{"standard": same + " " + site, "webkitgtk": same + " - -"}},
		{"the site to home", a, []string{s, a}, nil, map[string]string{"standard": site + " " + site, "webkitgtk": site + " - -"}},
		{"away and home", a, []string{b, a}, nil, map[string]string{"standard": cross + " " + cross, "webkitgtk": cross + " - -"}},
		{"away and away", a, []string{b, b}, nil, map[string]string{"standard": cross + " " + cross}},
		{"away and home, no-cors", a, []string{b, a}, noCORS, map[string]string{"standard": "cross-site no-cors cross-site no-cors"}},
		{"this machine, from port to port", l, []string{l, l2}, nil, map[string]string{"standard": same + " " + site, "firefox": same + " " + cross, "webkitgtk": same + " - -"}},
		{"this machine, by itself", l, []string{l, l}, nil, map[string]string{"standard": same + " " + same}},
		{"this machine, from TLS", l, []string{l3, l2}, nil, map[string]string{"standard": cross + " " + cross, "firefox": site + " " + site, "webkitgtk": cross + " - -"}},
		{"this machine, from no TLS", l3, []string{l, l3}, nil, map[string]string{"standard": cross + " " + cross, "firefox": site + " " + cross, "webkitgtk": cross + " - -"}},
		{"a preflight", a, []string{b}, put, map[string]string{"standard": "pcross-site pcors " + cross}},
		{"a preflight at home after others", a, []string{b, a}, put, map[string]string{"standard": "pcross-site pcors " + cross + " pcross-site pcors " + cross, "chromium": "pcross-site pcors " + cross + " psame-origin pcors " + cross,
			"firefox": "pcross-site pcors " + cross + " psame-origin pcors " + cross, "webkitgtk": "pcross-site pcors " + cross + " pcross-site pcors - -"}},
		{"a preflight at home after the site", a, []string{s, a}, put, map[string]string{"standard": "psame-site pcors " + site + " psame-site pcors " + site, "chromium": "psame-site pcors " + site + " psame-origin pcors " + site,
			"firefox": "psame-site pcors " + site + " psame-origin pcors " + site, "webkitgtk": "psame-site pcors " + site + " pcross-site pcors - -"}},
		{"a preflight after what has no trust", a, []string{c, b}, put, map[string]string{"standard": "p- p- - - pcross-site pcors " + cross, "chromium": "p- pcors - - pcross-site pcors " + cross, "webkitgtk": "p- p- - - p- p- - -"}},
		{"a preflight of what no page started", a, []string{a}, func(r *Request) { r.Mode, r.Destination, r.UserInitiated = ModeNavigate, DestinationDocument, true }, map[string]string{"standard": "none navigate"}},
	} {
		for _, p := range Profiles() {
			sent := followed(t, &Agent{Profile: p}, test.page, test.urls, test.change)
			got := told(sent, "Sec-Fetch-Site", "Sec-Fetch-Mode")
			if want := byProfile(test.want, p); got != want {
				t.Errorf("%s, %v: they are %s, want %s", test.name, p, got, want)
			}
			for _, next := range sent {
				if d, ok := next.Headers.Get("Sec-Fetch-Dest"); ok != next.Headers.Contains("Sec-Fetch-Site") || ok && d != "empty" && d != "document" {
					t.Errorf("%s, %v: Sec-Fetch-Dest is %q", test.name, p, d)
				}
			}
		}
	}
}

// TestProfilesCacheModes asks what cache modes add to requests and preflights, and what becomes of preflights' own
// cache.
func TestProfilesCacheModes(t *testing.T) {
	mode := func(c CacheMode, headers ...[2]string) func(*Request) {
		return func(r *Request) { r.Cache, r.Headers = c, headers }
	}
	put := func(c CacheMode) func(*Request) { return func(r *Request) { r.Cache, r.Method = c, "PUT" } }
	const page, a, b = "https://a.example/p", "https://a.example/", "https://b.example/"
	names := []string{"Cache-Control", "Pragma", "Accept-Encoding"}
	for _, test := range []struct {
		name   string
		urls   []string
		change func(*Request)
		want   map[string]string
	}{
		{"default", []string{b}, mode(CacheModeDefault), map[string]string{"standard": "- - -"}},
		{"no-store", []string{b}, mode(CacheModeNoStore), map[string]string{"standard": "no-cache no-cache -"}},
		{"reload", []string{b}, mode(CacheModeReload), map[string]string{"standard": "no-cache no-cache -"}},
		{"no-cache", []string{b}, mode(CacheModeNoCache), map[string]string{"standard": "max-age=0 - -"}},
		{"force-cache", []string{b}, mode(CacheModeForceCache), map[string]string{"standard": "- - -"}},
		{"no-store with a preflight", []string{b}, put(CacheModeNoStore), map[string]string{"standard": "p- p- p- no-cache no-cache -", "chromium": "pno-cache pno-cache p- no-cache no-cache -", "firefox": "pno-cache pno-cache p- no-cache no-cache -"}},
		{"no-cache with a preflight", []string{b}, put(CacheModeNoCache), map[string]string{"standard": "p- p- p- max-age=0 - -", "chromium": "pmax-age=0 p- p- max-age=0 - -", "firefox": "pmax-age=0 p- p- max-age=0 - -"}},
		{"a condition", []string{a}, mode(CacheModeDefault, [2]string{"If-None-Match", "x"}), map[string]string{"standard": "no-cache no-cache -", "chromium": "max-age=0 - -"}},
		{"a condition and a mode", []string{a}, mode(CacheModeReload, [2]string{"If-None-Match", "x"}), map[string]string{"standard": "no-cache no-cache -"}},
		{"a condition with a preflight", []string{b}, mode(CacheModeDefault, [2]string{"If-None-Match", "x"}), map[string]string{"standard": "p- p- p- no-cache no-cache -", "chromium": "pmax-age=0 p- p- max-age=0 - -", "firefox": "pno-cache pno-cache p- no-cache no-cache -"}},
		{"no-store and a range, redirected", []string{a, b}, mode(CacheModeNoStore, [2]string{"Range", "bytes=0-1"}), map[string]string{"standard": "no-cache no-cache identity no-cache no-cache identity", "webkitgtk": "no-cache no-cache identity - - -"}},
		{"no-store and a range, redirected at home", []string{a, a}, mode(CacheModeNoStore, [2]string{"Range", "bytes=0-1"}), map[string]string{"standard": "no-cache no-cache identity no-cache no-cache identity"}},
		{"only-if-cached", []string{a}, func(r *Request) { r.Cache, r.Mode = CacheModeOnlyIfCached, ModeSameOrigin }, map[string]string{"standard": "", "webkitgtk": "- - -"}},
		{"credentialless", []string{b}, func(r *Request) {
			r.Mode, r.Credentials, r.EmbedderPolicy.Value = ModeNoCORS, CredentialsInclude, EmbedderPolicyCredentialless
		}, map[string]string{"standard": "- - -", "chromium": "no-cache no-cache -"}},
		{"credentialless at home", []string{a}, func(r *Request) {
			r.Mode, r.Credentials, r.EmbedderPolicy.Value = ModeNoCORS, CredentialsInclude, EmbedderPolicyCredentialless
		}, map[string]string{"standard": "- - -"}},
		{"credentialless with CORS", []string{b}, func(r *Request) { r.EmbedderPolicy.Value = EmbedderPolicyCredentialless }, map[string]string{"standard": "- - -"}},
	} {
		for _, p := range Profiles() {
			if got, want := told(followed(t, &Agent{Profile: p}, page, test.urls, test.change), names...), byProfile(test.want, p); got != want {
				t.Errorf("%s, %v: they are %s, want %s", test.name, p, got, want)
			}
		}
	}
	// The requests that are preceded by a preflight.
	for _, test := range []struct {
		modes []CacheMode
		want  map[string]string
	}{
		{[]CacheMode{CacheModeDefault, CacheModeDefault}, map[string]string{"standard": "0"}},
		{[]CacheMode{CacheModeForceCache, CacheModeForceCache}, map[string]string{"standard": "0"}},
		{[]CacheMode{CacheModeNoStore, CacheModeNoStore}, map[string]string{"standard": "0", "chromium": "0 1", "firefox": "0 1"}},
		{[]CacheMode{CacheModeReload, CacheModeReload, CacheModeDefault}, map[string]string{"standard": "0", "chromium": "0 1", "firefox": "0 1"}},
		{[]CacheMode{CacheModeNoCache, CacheModeNoCache, CacheModeDefault}, map[string]string{"standard": "0", "chromium": "0 1"}},
		{[]CacheMode{CacheModeNoStore, CacheModeDefault}, map[string]string{"standard": "0", "chromium": "0 1"}},
		{[]CacheMode{CacheModeDefault, CacheModeNoStore, CacheModeDefault}, map[string]string{"standard": "0", "chromium": "0 1", "firefox": "0 1"}},
	} {
		for _, p := range Profiles() {
			agent, preflighted := &Agent{Profile: p}, []string(nil)
			for i, c := range test.modes {
				if sent := followed(t, agent, page, []string{b}, put(c)); slices.ContainsFunc(sent, func(a Action) bool { return a.Kind == ActionSendPreflight }) {
					preflighted = append(preflighted, string(rune('0'+i)))
				}
			}
			if got, want := strings.Join(preflighted, " "), byProfile(test.want, p); got != want {
				t.Errorf("%v, %v: there is a preflight ahead of %s, want %s", test.modes, p, got, want)
			}
		}
	}
}
