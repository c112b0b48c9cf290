package servertest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/corspec/corspec/policy"
)

// An oracleFunc is an oracle without a configuration.
type oracleFunc func(origin, method string, headers []string, credentials bool) bool

func (f oracleFunc) MayRead(origin, method string, headers []string, credentials bool) bool {
	return f(origin, method, headers, credentials)
}

// Without a configuration of the oracle, almost everything is found all the same.
func TestSmallOracle(t *testing.T) {
	p := mustPolicy(t, meant)
	oracle := oracleFunc(p.MayRead)
	origins := WithOrigins("https://app.example", "https://sub.tenant.example.com", "https://a.b.tenant.example.com", "https://admin.example.net:8443")
	for _, w := range wrongServers {
		switch w.id {
		case "exposed-not-meant", "not-exposed", "list-shape":
			continue // the oracle says nothing of these
		}
		if w.name == "the first header of what is asked" || w.name == "one header is missing" {
			continue // nobody says that there is another
		}
		s := rightSite()
		w.change(s)
		report, err := Check(t.Context(), s, oracle, origins, WithReached(s.runs), WithTargets(w.targets...))
		if err != nil || !slices.ContainsFunc(report.Findings, func(f Finding) bool { return f.ID == w.id && f.Severity == w.severity }) {
			t.Errorf("%s: %+v, %v", w.name, report, err)
		}
	}
	if report, err := Check(t.Context(), rightSite(), oracle, origins); err != nil || len(report.Findings) > 0 {
		t.Errorf("the right server: %+v, %v", report, err)
	}
}

// A recorder is a test that keeps what it is told.
type recorder struct{ errors, logs []string }

func (r *recorder) Helper() {}
func (r *recorder) Errorf(format string, args ...any) {
	r.errors = append(r.errors, fmt.Sprintf(format, args...))
}
func (r *recorder) Logf(format string, args ...any) {
	r.logs = append(r.logs, fmt.Sprintf(format, args...))
}

func TestRun(t *testing.T) {
	Run(t, rightSite(), mustPolicy(t, meant))
	var r recorder
	s := rightSite()
	s.credentials = ""
	s.isPreflight = func(r *http.Request) bool { return r.Method == "OPTIONS" && r.Header.Get("Origin") != "" }
	Run(&r, s, mustPolicy(t, meant))
	if len(r.errors) == 0 || !strings.HasPrefix(r.errors[0], "broken credentials-refused\n") || len(r.logs) != 1 || !strings.HasPrefix(r.logs[0], "note options-swallowed\n") {
		t.Errorf("%q", r)
	}
	r = recorder{}
	Run(&r, rightSite(), mustPolicy(t, meant), WithLimit(10))
	if len(r.errors) != 0 || len(r.logs) != 1 || r.logs[0] != "inconclusive: the limit of 10 requests is reached" {
		t.Errorf("%q", r)
	}
	r = recorder{}
	Run(&r, nil, mustPolicy(t, meant))
	if len(r.errors) != 1 {
		t.Errorf("%q", r)
	}
}

func TestCheckErrors(t *testing.T) {
	closed := httptest.NewServer(nil)
	closed.Close()
	p := mustPolicy(t, meant)
	for name, tt := range map[string]struct {
		server  any
		oracle  Oracle
		options []Option
		want    string
	}{
		"no server":          {nil, p, nil, "want an http.Handler"},
		"a number":           {7, p, nil, "type int"},
		"not a URL":          {"://", p, nil, "the server's URL"},
		"another scheme":     {"ftp://a.example/", p, nil, "want one of http or https"},
		"nobody there":       {closed.URL, p, nil, "does not answer"},
		"no oracle":          {rightSite(), nil, nil, "no oracle"},
		"a nil policy":       {rightSite(), (*policy.Policy)(nil), nil, "no oracle"},
		"a forbidden method": {rightSite(), p, []Option{WithTargets(Target{}, Target{Method: "TRACE"})}, "targets[1].Method"},
		"not a method":       {rightSite(), p, []Option{WithTargets(Target{Method: "GET /"})}, "targets[0].Method"},
		"not a header":       {rightSite(), p, []Option{WithTargets(Target{Headers: []string{"X-A", "X B"}})}, "targets[0].Headers[1]"},
		"not a path":         {rightSite(), p, []Option{WithTargets(Target{Path: "/%zz"})}, "targets[0].Path"},
		"no origin":          {rightSite(), oracleFunc(p.MayRead), nil, "WithOrigins"},
		"a URL as origin":    {rightSite(), p, []Option{WithOrigins("https://app.example/")}, "want one such as"},
		"null as origin":     {rightSite(), p, []Option{WithOrigins("null")}, "want one such as"},
		"a bare path":        {rightSite(), p, []Option{WithTargets(Target{Path: "items"})}, "begins with a slash"},
	} {
		report, err := Check(t.Context(), tt.server, tt.oracle, tt.options...)
		if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "servertest: ") || report.Asked != 0 {
			t.Errorf("%s: %+v, %v", name, report, err)
		}
	}
}

// A counter lets a server change after so many requests.
func after(n int64, change func(w http.ResponseWriter, r *http.Request) bool) *site {
	s := rightSite()
	var asked atomic.Int64
	s.first = func(w http.ResponseWriter, r *http.Request) bool { return asked.Add(1) > n && change(w, r) }
	return s
}

// A server that changes, or is busy, or is not the one that answers, is not to blame.
func TestInconclusive(t *testing.T) {
	busy := func(status int, name, value string) func(w http.ResponseWriter, r *http.Request) bool {
		return func(w http.ResponseWriter, r *http.Request) bool {
			w.Header().Set(name, value)
			w.WriteHeader(status)
			return true
		}
	}
	drifts := func(w http.ResponseWriter, r *http.Request) bool { rightHandler(w, r); return true }
	for _, n := range []int64{0, 1, 2, 5, 23, 60, 150, 260} {
		for name, tt := range map[string]struct {
			server *site
			want   string
		}{
			"429":   {after(n, busy(429, "Retry-After", "1")), "429"},
			"503":   {after(n, busy(503, "Retry-After", "1")), "503"},
			"Age":   {after(n, busy(200, "Age", "3")), "from a cache"},
			"drift": {after(n, drifts), "another answer"},
		} {
			if name == "drift" && n == 0 {
				continue // then it is the answer
			}
			report, err := Check(t.Context(), tt.server, mustPolicy(t, meant))
			if err != nil || !strings.Contains(report.Inconclusive, tt.want) {
				t.Errorf("%s after %d: %q, %v", name, n, report.Inconclusive, err)
			}
			if worst, ok := report.Worst(); ok && worst > SeverityNote {
				t.Errorf("%s after %d: %v", name, n, report.Findings)
			}
		}
	}
	flaps := rightSite()
	var asked atomic.Int64
	flaps.actual = func(h http.Header, _ bool, _ *http.Request) {
		if asked.Add(1)%2 == 0 {
			deleteCORS(h)
		}
	}
	if report, err := Check(t.Context(), flaps, mustPolicy(t, meant)); err != nil || report.Inconclusive == "" || len(report.Findings) > 0 {
		t.Errorf("a server that answers now so, now so: %+v, %v", report, err)
	}
}

// What the handler does is bounded by the context and by the limit; nothing that may do harm is sent.
func TestPolite(t *testing.T) {
	methods, bodies := map[string]int{}, 0
	s := rightSite()
	s.first = func(_ http.ResponseWriter, r *http.Request) bool {
		key := r.Method
		if r.URL.Path == "/corspec-no-such-page-7f3a" {
			key += " nowhere"
		}
		methods[key]++
		if r.ContentLength != 0 || r.Header.Get("Cookie") != "" || r.Header.Get("Authorization") != "" {
			bodies++
		}
		return false
	}
	if _, err := Check(t.Context(), s, mustPolicy(t, meant)); err != nil {
		t.Fatal(err)
	}
	for method := range methods {
		if !slices.Contains([]string{"GET", "HEAD", "OPTIONS", "QUERY", "GET nowhere", "POST nowhere"}, method) {
			t.Errorf("%s was sent", method)
		}
	}
	if bodies > 0 {
		t.Errorf("%d requests with a body or credentials", bodies)
	}

	for _, limit := range []int{0, 1, 2, 50} {
		s := rightSite()
		s.credentials = "" // findings ask again
		n := 0
		s.first = func(http.ResponseWriter, *http.Request) bool { n++; return false }
		report, err := Check(t.Context(), s, mustPolicy(t, meant), WithLimit(limit))
		if err != nil || n != limit || report.Asked != limit || report.Inconclusive == "" {
			t.Errorf("limit %d: %d requests, %d are told, %q, %v", limit, n, report.Asked, report.Inconclusive, err)
		}
	}

	ctx, cancel := context.WithCancelCause(t.Context())
	last := 0
	report, err := Check(ctx, rightSite(), mustPolicy(t, meant), WithInterval(time.Microsecond), WithProgress(func(asked int) {
		if last = asked; asked == 20 {
			cancel(errors.New("enough"))
		}
	}))
	if err != nil || report.Inconclusive != "enough" || last != 20 {
		t.Errorf("%+v, %v, last %d", report, err, last)
	}
}

// A base URL may have a path, which is in front of all targets; a redirect away is not followed.
func TestBaseURL(t *testing.T) {
	s := rightSite()
	var paths []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		paths = append(paths, r.URL.RequestURI())
		http.StripPrefix("/api", s).ServeHTTP(w, r)
	}))
	defer server.Close()
	u, err := url.Parse(server.URL + "/api/")
	if err != nil {
		t.Fatal(err)
	}
	report, err := Check(t.Context(), u, mustPolicy(t, meant), WithTargets(Target{Path: "/items/1?a=b"}))
	if err != nil || len(report.Findings) > 0 {
		t.Errorf("%+v, %v", report, err)
	}
	for _, p := range paths {
		if p != "/api/items/1?a=b" && p != "/api/items/corspec-no-such-page-7f3a" {
			t.Errorf("%s was asked for", p)
		}
	}
	away := rightSite()
	away.handler = func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://elsewhere.example/", http.StatusFound)
	}
	if report, err := Check(t.Context(), away, mustPolicy(t, meant)); err != nil || len(report.Findings) > 0 {
		t.Errorf("%+v, %v", report, err)
	}
}

func TestReportJSON(t *testing.T) {
	s := rightSite()
	s.anybody = func() string { return "*" }
	report, err := Check(t.Context(), s, mustPolicy(t, meant))
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(report)
	if err != nil {
		t.Fatal(err)
	}
	var back Report
	if err := json.Unmarshal(text, &back); err != nil || !cmp.Equal(back, report) {
		t.Errorf("%v: %s", err, text)
	}
	if !slices.IsSortedFunc(report.Findings, func(a, b Finding) int { return int(b.Severity) - int(a.Severity) }) {
		t.Error("the worst do not come first")
	}
	if s := Severity(9).String(); s == "" {
		t.Error("a severity out of range prints nothing")
	}
}

// A server that never answers does not cost for ever.
func TestHanging(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := rightSite()
		s.first = func(_ http.ResponseWriter, r *http.Request) bool {
			if r.Header.Get("Origin") == "https://app.example" {
				return false
			}
			<-r.Context().Done()
			return true
		}
		started := time.Now()
		report, err := Check(t.Context(), s, mustPolicy(t, meant), WithOrigins("https://app.example"))
		if took := time.Since(started); err != nil || took > time.Minute || !strings.Contains(report.Inconclusive, "30s were spent waiting") || len(report.Findings) == 0 || report.Findings[0].ID != "no-answer" {
			t.Errorf("after %v: %+v, %v", took, report, err)
		}
	})
}
