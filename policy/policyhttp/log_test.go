package policyhttp_test

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/corspec/corspec/policy"
	"github.com/corspec/corspec/policy/policyhttp"
)

func TestLog(t *testing.T) {
	m := middleware(t, matrixConfig)
	var out bytes.Buffer
	logger := func(level slog.Level) *slog.Logger {
		return slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: level, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		}}))
	}
	m.Decided = policyhttp.Log(logger(slog.LevelInfo))
	h := m.Wrap(hello)
	serve(h, "GET")
	serve(h, "GET", "Origin", "https://app.example.com")
	if out.Len() > 0 {
		t.Errorf("what is allowed is logged: %s", &out)
	}
	serve(h, "OPTIONS", "Origin", "https://evil.example", "Access-Control-Request-Method", "PUT")
	line := out.String()
	if strings.Contains(line, "why=") {
		t.Errorf("a long text at level Info: %s", line)
	}
	for _, want := range []string{"level=INFO", `msg="CORS request refused"`, "kind=preflight", "method=OPTIONS", "path=/x", "origin=https://evil.example", "requestMethod=PUT", "code=origin-not-allowed"} {
		if !strings.Contains(line, want) {
			t.Errorf("%s is missing in %s", want, line)
		}
	}

	out.Reset()
	serve(h, "GET", "Origin", strings.Repeat("x", 1<<16))
	if out.Len() > 2048 {
		t.Errorf("a long Origin makes a line of %d bytes", out.Len())
	}

	for n, want := range map[int]string{256: strings.Repeat("x", 256), 257: strings.Repeat("x", 256) + "…", 258: strings.Repeat("x", 256) + "…"} {
		out.Reset()
		serve(h, "GET", "Origin", strings.Repeat("x", n))
		if !strings.Contains(out.String(), " origin="+want+" ") {
			t.Errorf("an Origin of %d bytes: %s", n, &out)
		}
	}

	out.Reset()
	m.Decided = policyhttp.Log(logger(slog.LevelDebug))
	serve(h, "GET", "Origin", "https://app.example.com")
	if line := out.String(); !strings.Contains(line, "level=DEBUG") || !strings.Contains(line, `msg="CORS request allowed"`) {
		t.Errorf("allowed: %s", line)
	}

	out.Reset()
	p := m.Load()
	m.Decided(nil, &http.Request{Method: "GET"}, p.Evaluate(policy.Request{Method: "GET", Origin: "https://evil.example"}))
	if !strings.Contains(out.String(), "code=origin-not-allowed") {
		t.Errorf("a request without URL: %s", &out)
	}
}

// What a site's own pages send is not refused: nobody has to allow it.
func TestLogSameOrigin(t *testing.T) {
	const own, other = "level=DEBUG msg=\"same-origin request\"", "level=INFO msg=\"CORS request refused\""
	m := middleware(t, matrixConfig)
	var out bytes.Buffer
	m.Decided = policyhttp.Log(slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug})))
	h := m.Wrap(hello)
	for _, c := range []struct {
		method string
		fields []string
		want   string
	}{
		{"POST", []string{"Origin", "https://api.example.com"}, own}, // serve's host
		{"POST", []string{"Origin", "http://api.example.com"}, own},  // TLS may end at a proxy
		{"POST", []string{"Origin", "https://API.example.com"}, own}, // not an origin, but not another site either
		{"POST", []string{"Origin", "https://api.example.com:8443"}, other},
		{"POST", []string{"Origin", "https://xapi.example.com"}, other},
		{"POST", []string{"Origin", "null"}, other},
		{"POST", []string{"Origin", "api.example.com"}, other},
		{"POST", []string{"Origin", "https://front.example", "Sec-Fetch-Site", "same-origin"}, own}, // a proxy changed Host
		{"POST", []string{"Origin", "http://api.example.com", "Sec-Fetch-Site", "cross-site"}, other},
		{"POST", []string{"Origin", "https://evil.example", "Sec-Fetch-Site", "same-site"}, other},
		{"POST", []string{"Origin", "https://evil.example", "Sec-Fetch-Site", "same-origin", "Sec-Fetch-Site", "cross-site"}, other},
		{"OPTIONS", []string{"Origin", "https://api.example.com", "Access-Control-Request-Method", "PUT"}, other},
		{"POST", []string{"Origin", "https://app.example.com", "Sec-Fetch-Site", "same-origin"}, "level=DEBUG msg=\"CORS request allowed\""},
	} {
		out.Reset()
		serve(h, c.method, c.fields...)
		if !strings.Contains(out.String(), c.want) {
			t.Errorf("%s with %q: %s", c.method, c.fields, &out)
		}
		if long := strings.Contains(out.String(), "why="); long != (c.want == other) {
			t.Errorf("%s with %q: explained: %v: %s", c.method, c.fields, long, &out)
		}
	}
}

func TestLogDefault(t *testing.T) {
	var out bytes.Buffer
	defer slog.SetDefault(slog.Default())
	slog.SetDefault(slog.New(slog.NewTextHandler(&out, nil)))
	m := middleware(t, matrixConfig)
	m.Decided = policyhttp.Log(nil)
	serve(m.Wrap(hello), "GET", "Origin", "https://evil.example")
	if !strings.Contains(out.String(), "CORS request refused") {
		t.Errorf("%q", out.String())
	}
}

// What no level takes costs nothing.
func TestLogDisabled(t *testing.T) {
	m := middleware(t, matrixConfig)
	log := policyhttp.Log(slog.New(slog.NewTextHandler(io.Discard, &slog.HandlerOptions{Level: slog.LevelWarn})))
	r := &http.Request{Method: "GET", Header: http.Header{"Origin": {"https://evil.example"}}}
	d := m.Load().Evaluate(policy.Request{Method: "GET", Origin: "https://evil.example"})
	if n := testing.AllocsPerRun(100, func() { log(nil, r, d) }); n != 0 {
		t.Errorf("%v allocations for a line that is not written", n)
	}
}
