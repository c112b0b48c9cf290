package main

import (
	"strings"
	"testing"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/origin"
)

func TestDifferencesAreSeen(t *testing.T) {
	yes, no := true, false
	cookies := "c"
	base := func() Observation {
		return Observation{
			Network: []Sent{{Method: "GET", URL: "http://b/x", Headers: map[string]string{"origin": "http://a"}, Credentials: &no, Cookies: &cookies}},
			Results: []Outcome{{Outcome: "response", Type: "cors", Status: 200, URL: "http://b/x", Headers: [][2]string{{"x", "1"}}}},
		}
	}
	if d := differences(base(), base()); d != nil {
		t.Errorf("what is the same differs: %q", d)
	}
	for name, change := range map[string]func(o *Observation){
		"not sent":         func(o *Observation) { o.Network = nil },
		"sent":             func(o *Observation) { o.Network = append(o.Network, o.Network[0]) },
		"preflight":        func(o *Observation) { o.Network[0].Preflight = true },
		"PUT":              func(o *Observation) { o.Network[0].Method = "PUT" },
		"http://b/y":       func(o *Observation) { o.Network[0].URL = "http://b/y" },
		"origin":           func(o *Observation) { o.Network[0].Headers = map[string]string{"origin": "null"} },
		"(absent)":         func(o *Observation) { o.Network[0].Headers = map[string]string{} },
		"x-more":           func(o *Observation) { o.Network[0].Headers = map[string]string{"origin": "http://a", "x-more": "1"} },
		"cookies":          func(o *Observation) { none := ""; o.Network[0].Cookies = &none },
		"credentials":      func(o *Observation) { o.Network[0].Credentials = &yes },
		"ends with error":  func(o *Observation) { o.Results[0] = Outcome{Outcome: "error"} },
		"type basic":       func(o *Observation) { o.Results[0].Type = "basic" },
		"status 201":       func(o *Observation) { o.Results[0].Status = 201 },
		"gives URL":        func(o *Observation) { o.Results[0].URL = "" },
		"redirected":       func(o *Observation) { o.Results[0].Redirected = true },
		"shows x \"2\"":    func(o *Observation) { o.Results[0].Headers = [][2]string{{"x", "2"}} },
		"shows y \"1\"":    func(o *Observation) { o.Results[0].Headers = append(o.Results[0].Headers, [2]string{"y", "1"}) },
		"0 results, not 1": func(o *Observation) { o.Results = nil },
	} {
		o := base()
		change(&o)
		if d := strings.Join(differences(base(), o), "; "); !strings.Contains(d, name) {
			t.Errorf("%s: it says %q", name, d)
		}
	}
	o := base()
	o.Network[0].Headers["user-agent"], o.Network[0].Headers["sec-ch-ua"] = "x", "y"
	if d := differences(base(), o); d != nil {
		t.Errorf("headers of the browser's own differ: %q", d)
	}
	for _, name := range []string{"cache-control", "pragma", "referer", "sec-fetch-dest", "sec-fetch-mode", "sec-fetch-site", "sec-fetch-user"} {
		more := base()
		more.Network[0].Headers[name] = "x"
		if d := differences(base(), more); len(d) != 1 || !strings.Contains(d[0], name+" \"x\", not (absent)") {
			t.Errorf("a %s that the standard does not have is passed over: %q", name, d)
		}
		if d := differences(more, base()); len(d) != 1 || !strings.Contains(d[0], name+" (absent), not \"x\"") {
			t.Errorf("a %s that the standard has is not missed: %q", name, d)
		}
	}
	w := base()
	w.Network[0].Headers["user-agent"] = "mine"
	if d := differences(w, o); len(d) != 1 {
		t.Errorf("a header that the author set is not compared: %q", d)
	}
}

func TestJar(t *testing.T) {
	page := origin.MustParse("https://e.localhost:1")
	u := origin.MustParseURL
	f, g, h := u("https://e.localhost:2/x"), u("https://g.e.localhost:3/x"), u("https://h.localhost:4/x")
	for _, p := range fetch.Profiles() {
		j := newJar(&Scenario{visited: []origin.URL{g}}, p)
		j.store(page, []origin.URL{f}, [][2]string{{"Set-Cookie", "b=1; Path=/x; Secure; SameSite=None"}, {"set-cookie", "a=2"}, {"X", "x=1"}})
		j.store(page, []origin.URL{h}, [][2]string{{"Set-Cookie", "c=1; SameSite=None"}, {"Set-Cookie", "d=1"}, {"Set-Cookie", "l=1; SameSite=Lax"}, {"Set-Cookie", "s=1; SameSite=Strict"}})
		j.store(page, []origin.URL{h, f}, [][2]string{{"Set-Cookie", "z=1; SameSite=Lax"}})
		byDefault, redirects := p == fetch.ProfileFirefox || p == fetch.ProfileWebKitGTK, p == fetch.ProfileChromium || p == fetch.ProfileWebKitGTK
		either := func(yes bool, a, b string) string {
			if yes {
				return a
			}
			return b
		}
		for _, test := range []struct {
			page origin.Origin
			urls []origin.URL
			want string
		}{{page, []origin.URL{f}, "a b" + either(redirects, " z", "")}, {page, []origin.URL{g}, "visit-absent visit-lax visit-none visit-strict"}, {h.Origin(), []origin.URL{g}, either(byDefault, "visit-absent ", "") + "visit-none"}, {page, []origin.URL{h}, "c" + either(byDefault, " d", "")},
			{h.Origin(), []origin.URL{f}, either(byDefault, "a ", "") + "b"}, {origin.NewOpaque(), []origin.URL{f}, either(byDefault, "a ", "") + "b"},
			{page, []origin.URL{h, f}, either(byDefault || redirects, "a ", "") + "b" + either(redirects, " z", "")}, {page, []origin.URL{g, f}, "a b" + either(redirects, " z", "")}} {
			if got := j.sent(test.page, test.urls); got != test.want {
				t.Errorf("%v: from %v through %v go %q, want %q", p, test.page, test.urls, got, test.want)
			}
		}
		j.store(page, []origin.URL{f}, [][2]string{{"Set-Cookie", "b=; Max-Age=0; SameSite=None"}, {"Set-Cookie", "z=; Max-Age=0; SameSite=None"}})
		if got := j.sent(page, []origin.URL{f}); got != "a" {
			t.Errorf("%v: once b and z are removed, %q go", p, got)
		}
	}
	if got := cookieNames("b=1; a=2;c"); got != "a b c" {
		t.Errorf("the names are read as %q", got)
	}
}

func TestChunks(t *testing.T) {
	all := Scenarios()
	seen := 0
	before := ""
	for _, c := range chunks(all) {
		for _, s := range c {
			if s.document() != c[0].document() {
				t.Fatalf("%s and %s are given to one document", c[0].ID, s.ID)
			}
			seen++
		}
		if len(c) == 0 || len(c) > chunkSize || c[0].document() < before {
			t.Errorf("a chunk of %d for %q after %q", len(c), c[0].document(), before)
		}
		before = c[0].document()
	}
	if seen != len(all) {
		t.Errorf("%d of %d scenarios are given", seen, len(all))
	}
}

func TestJudge(t *testing.T) {
	s := single("request-header/x", get("{b/}x", "Authorization", "x"), serve(answer(204, acao, "*", acah, "*"), answer(200, acao, "*")))
	e := s.expand(exampleOrigins(), "/s/x/1/", "token")
	as := func(p fetch.Profile) performed {
		o, err := predict(e, p)
		if err != nil {
			t.Fatal(err)
		}
		return performed{expanded: e, observed: o}
	}
	j, err := judge(as(fetch.ProfileStandard), fetch.ProfileFirefox)
	if err != nil || len(j.standard) != 0 || len(j.unexplained) == 0 || j.exceptions != nil {
		t.Errorf("a browser that does as the standard and not as its profile: %+v, %v", j, err)
	}
	j, err = judge(as(fetch.ProfileFirefox), fetch.ProfileFirefox)
	if err != nil || len(j.standard) == 0 || len(j.unexplained) != 0 || strings.Join(j.names, " ") != "wildcard-covers-authorization" {
		t.Errorf("a browser that does as its profile: %+v, %v", j, err)
	}
	// What an exception says that the browser does instead is held against the browser.
	s = single("initiator/track-a-refused", Step{Via: "track", URL: "{a/}x"}, serve(answer(204), answer(200)))
	p := performed{expanded: s.expand(exampleOrigins(), "/s/x/1/", "token")}
	p.observed, err = predict(p.expanded, fetch.ProfileFirefox, notesFor(notes().Exceptions, "firefox", s.ID)...)
	if err != nil {
		t.Fatal(err)
	}
	excepted, err := judge(p, fetch.ProfileFirefox)
	if err != nil || strings.Join(excepted.exceptions, " ") != "tracks-without-referrer" || len(excepted.unexplained) != 0 {
		t.Errorf("a browser that does what its exception says: %+v, %v", excepted, err)
	}
	p.observed.Network[0].Headers["x"] = "1"
	excepted, err = judge(p, fetch.ProfileFirefox)
	if err != nil || excepted.exceptions != nil || len(excepted.unexplained) != 1 {
		t.Errorf("a browser that does more than its exception says: %+v, %v", excepted, err)
	}
	r := &Measured{Differences: map[string][]string{}, Exceptions: map[string][]string{}}
	r.add("x", j)
	r.add("y", judgement{standard: []string{"z"}, unexplained: []string{"z"}})
	r.add("z", judgement{})
	r.add("e", judgement{standard: []string{"z"}, exceptions: []string{"n"}})
	if r.Scenarios != 4 || r.Standard != 1 || r.Profile != 2 || len(r.Unexplained) != 1 || len(r.Differences["wildcard-covers-authorization"]) != 1 || len(r.Exceptions["n"]) != 1 || r.ok() {
		t.Errorf("they are counted as %+v", r)
	}
}

func TestConsoleReasons(t *testing.T) {
	printed := `[1:2:INFO:CONSOLE:0] "Access to fetch at 'http://localhost:1/s/k/3/x' from origin 'http://localhost:2' has been blocked by CORS policy: Response to preflight request doesn't pass access control check: No 'Access-Control-Allow-Origin' header is present on the requested resource.", source: http://localhost:2/ (0)
[1:2:INFO:CONSOLE:0] "Access to script at 'http://localhost:1/s/k/4/y' (redirected from 'http://localhost:1/s/k/4/x') from origin 'null' has been blocked by CORS policy: The 'Access-Control-Allow-Origin' header has a value 'http://x' that is not equal to the supplied origin.", source: x (0)
`
	codes := consoleReasons(printed)
	if len(codes) != 2 || codes["/s/k/3/"][0] != "preflight-missing-allow-origin" || codes["/s/k/4/"][0] != "allow-origin-mismatch" {
		t.Errorf("they are read as %q", codes)
	}
	var r Reasons
	r.compare("a", []Outcome{{Outcome: "error", Code: "preflight-missing-allow-origin"}}, codes["/s/k/3/"])
	r.compare("b", []Outcome{{Outcome: "error", Code: "invalid-allow-origin-value"}}, codes["/s/k/4/"])
	r.compare("c", []Outcome{{Outcome: "error", Code: "invalid-allow-credentials"}}, codes["/s/k/4/"])
	r.compare("d", []Outcome{{Outcome: "error", Code: "transport-error"}}, nil)
	r.compare("e", []Outcome{{Outcome: "none", Code: "preflight-missing-allow-origin"}}, codes["/s/k/3/"]) // of a beacon
	if r.Compared != 4 || r.Different != 1 || !strings.HasPrefix(r.Examples[0], "c: ") {
		t.Errorf("they are compared as %+v", r)
	}
}
