package policyhttp_test

import (
	"bytes"
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
