package policyhttp

import (
	"log/slog"
	"net/http"
	"strings"

	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/policy"
)

// maxLogged bounds what is logged of a value that a client sent.
const maxLogged = 256

// Log returns a function for [Middleware.Decided] that writes to l: refusals at level Info, since anybody can cause
// them, and what is allowed at level Debug. So is what a site's own pages send, with an Origin that nobody needs to
// allow: by Sec-Fetch-Site, or where that is absent, by the request's own host. Where level Debug is enabled, refusals
// are explained. Nil stands for the default logger when Log is called.
func Log(l *slog.Logger) func(http.ResponseWriter, *http.Request, policy.Decision) {
	if l == nil {
		l = slog.Default()
	}
	return func(_ http.ResponseWriter, r *http.Request, d policy.Decision) {
		if d.Kind() == policy.KindNone {
			return
		}
		level, message := slog.LevelInfo, "CORS request refused"
		switch {
		case d.Allowed():
			level, message = slog.LevelDebug, "CORS request allowed"
		case d.Kind() == policy.KindActual && isSameOrigin(r):
			level, message = slog.LevelDebug, "same-origin request"
		}
		ctx := r.Context()
		if !l.Enabled(ctx, level) {
			return
		}
		asked := requestOf(r)
		attrs := []slog.Attr{
			slog.String("kind", d.Kind().String()),
			slog.String("method", bounded(r.Method)),
			slog.String("origin", bounded(asked.Origin)),
		}
		if r.URL != nil {
			attrs = append(attrs, slog.String("path", bounded(r.URL.Path)))
		}
		if d.Kind() == policy.KindPreflight {
			attrs = append(attrs, slog.String("requestMethod", bounded(asked.RequestMethod)))
		}
		if level == slog.LevelInfo {
			attrs = append(attrs, slog.String("code", string(d.Code())))
			if l.Enabled(ctx, slog.LevelDebug) {
				attrs = append(attrs, slog.String("why", d.Policy().Explain(asked)))
			}
		}
		l.LogAttrs(ctx, level, message, attrs...)
	}
}

// isSameOrigin reports whether a page of the request's own origin sent it.
func isSameOrigin(r *http.Request) bool {
	if site := r.Header["Sec-Fetch-Site"]; len(site) > 0 {
		return len(site) == 1 && site[0] == "same-origin"
	}
	// Which scheme the client uses is not known here; a proxy may have removed TLS.
	_, host, ok := strings.Cut(policy.Join(r.Header[originKey]), "://")
	return ok && header.EqualFold(host, r.Host)
}

func bounded(s string) string {
	if len(s) > maxLogged {
		return s[:maxLogged] + "…"
	}
	return s
}
