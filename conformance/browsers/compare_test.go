package main

import (
	"strings"
	"testing"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/origin"
)

func TestDifferencesAreSeen(t *testing.T) {
	yes, no := true, false
	base := func() Observation {
		return Observation{
			Network: []Sent{{Method: "GET", URL: "http://b/x", Headers: map[string]string{"origin": "http://a"}, Credentials: &no}},
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
	o.Network[0].Headers["user-agent"], o.Network[0].Headers["sec-fetch-mode"] = "x", "cors"
	if d := differences(base(), o); d != nil {
		t.Errorf("headers of the browser's own differ: %q", d)
	}
	w := base()
	w.Network[0].Headers["user-agent"] = "mine"
	if d := differences(w, o); len(d) != 1 {
		t.Errorf("a header that the author set is not compared: %q", d)
	}
}

func TestJudge(t *testing.T) {
	origins := map[byte]string{'a': "http://localhost:1111", 'b': "http://localhost:1112", 'c': "http://127.0.0.1:1113", 'd': "http://d.localhost:1114"}
	page := origin.MustParse(origins['a'])
	s := single("request-header/x", get("{b/}x", "Authorization", "x"), serve(answer(204, acao, "*", acah, "*"), answer(200, acao, "*")))
	e := s.expand(origins, "/s/x/1/")
	as := func(p fetch.Profile) performed {
		o, err := predict(e, page, p)
		if err != nil {
			t.Fatal(err)
		}
		return performed{expanded: e, observed: o}
	}
	j, err := judge(as(fetch.Standard), page, fetch.Firefox)
	if err != nil || len(j.standard) != 0 || len(j.unexplained) == 0 || j.exception != "" {
		t.Errorf("a browser that does as the standard and not as its profile: %+v, %v", j, err)
	}
	j, err = judge(as(fetch.Firefox), page, fetch.Firefox)
	if err != nil || len(j.standard) == 0 || len(j.unexplained) != 0 || strings.Join(j.names, " ") != "wildcard-covers-authorization" {
		t.Errorf("a browser that does as its profile: %+v, %v", j, err)
	}
	r := &Measured{Differences: map[string][]string{}, Exceptions: map[string][]string{}}
	r.add("x", j)
	r.add("y", judgement{standard: []string{"z"}, unexplained: []string{"z"}})
	r.add("z", judgement{})
	r.add("e", judgement{standard: []string{"z"}, exception: "n"})
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
	if r.Compared != 3 || r.Different != 1 || !strings.HasPrefix(r.Examples[0], "c: ") {
		t.Errorf("they are compared as %+v", r)
	}
}
