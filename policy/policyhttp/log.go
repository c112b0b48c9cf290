package policyhttp

import (
	"log/slog"
	"net/http"

	"github.com/corspec/corspec/policy"
)

// maxLogged bounds what is logged of a value that a client sent.
const maxLogged = 256

// Log returns an observer for [Middleware] that writes to l: refusals at level
// Info, since anybody can cause them, and what is allowed at level Debug. Nil
// stands for the default logger when Log is called.
func Log(l *slog.Logger) func(*http.Request, policy.Decision) {
	if l == nil {
		l = slog.Default()
	}
	return func(r *http.Request, d policy.Decision) {
		if d.Kind() == policy.KindNone {
			return
		}
		level, message := slog.LevelDebug, "CORS request allowed"
		if !d.Allowed() {
			level, message = slog.LevelInfo, "CORS request refused"
		}
		ctx := r.Context()
		if !l.Enabled(ctx, level) {
			return
		}
		attrs := make([]slog.Attr, 0, 7)
		attrs = append(attrs,
			slog.String("kind", d.Kind().String()),
			slog.String("method", bounded(r.Method)),
			slog.String("origin", first(r.Header[originKey])))
		if r.URL != nil {
			attrs = append(attrs, slog.String("path", bounded(r.URL.Path)))
		}
		if d.Kind() == policy.KindPreflight {
			attrs = append(attrs, slog.String("requestMethod", first(r.Header[requestMethodKey])))
		}
		if !d.Allowed() {
			attrs = append(attrs, slog.String("code", string(d.Code())), slog.String("why", d.Explain()))
		}
		l.LogAttrs(ctx, level, message, attrs...)
	}
}

func first(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	return bounded(lines[0])
}

func bounded(s string) string {
	if len(s) > maxLogged {
		return s[:maxLogged] + "…"
	}
	return s
}
