package policyhttp

import (
	"bufio"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"

	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/policy"
)

// WrapOver is [Middleware.Wrap] for handlers that have CORS headers of their own, or that set Vary: a
// [net/http/httputil.ReverseProxy] whose upstream does CORS, a framework's middleware, [http.TimeoutHandler]. It sets
// its headers before it calls next, as Wrap does, and again when the header is written or next returns or panics: what
// next did to CORS headers is of no effect, Access-Control-Expose-Headers included, and Vary has what was there before,
// what next put there, and the policy's names, each once. Informational responses go without CORS headers. If there is
// no policy, next does as it likes.
//
// The [http.ResponseWriter] that next gets is not the server's own, but can all that that one can through
// [http.ResponseController]; Flush, Hijack, ReadFrom and CloseNotify it also has itself.
func (m *Middleware) WrapOver(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d, vary := m.decide(r)
		if m.begin(w, r, &d, vary) {
			return
		}
		if d.Policy() == nil && vary == "" {
			next.ServeHTTP(w, r)
			return
		}
		before := w.Header().Clone()
		o := &overWriter{ResponseWriter: w, decision: d, before: before, vary: splitNames(splitNames(nil, before[varyKey]), []string{vary})}
		defer o.impose() // for a handler that wrote nothing, and for whoever recovers from its panic
		next.ServeHTTP(o, r)
	})
}

// overWriter is the ResponseWriter below [Middleware.WrapOver].
type overWriter struct {
	http.ResponseWriter
	decision policy.Decision
	before   http.Header // what there was when the handler was called
	vary     []string    // the names in it of Vary, with the policy's
	written  bool        // the final header
	interim  bool        // an informational response
}

// Header returns the header map. A ReverseProxy clears it after an informational
// response: what was there before the handler comes back.
func (o *overWriter) Header() http.Header {
	h := o.ResponseWriter.Header()
	if o.interim && len(h) == 0 {
		maps.Copy(h, o.before.Clone())
	}
	return h
}

// impose makes the header say what the policy does, whatever the handler did.
func (o *overWriter) impose() {
	h := o.Header()
	names := splitNames(o.vary, h[varyKey])
	var others []string
	for key := range h {
		if key != varyKey && header.EqualFold(key, varyKey) {
			others = append(others, key)
		}
	}
	slices.Sort(others)
	for _, key := range others {
		names = splitNames(names, h[key])
		delete(h, key)
	}
	o.decision.ApplyToMap(h, "")
	delete(h, varyKey)
	if len(names) > 0 {
		h[varyKey] = []string{strings.Join(names, ", ")}
	}
}

func (o *overWriter) WriteHeader(status int) {
	if status <= 199 && status != http.StatusSwitchingProtocols {
		o.writeInterim(status)
		return
	}
	o.beforeWriting()
	o.ResponseWriter.WriteHeader(status)
}

// writeInterim writes an informational response without CORS headers.
func (o *overWriter) writeInterim(status int) {
	h := o.Header()
	removeCORS(&o.decision, h)
	o.ResponseWriter.WriteHeader(status)
	o.decision.ApplyToMap(h, "")
	o.interim = true
}

// removeCORS removes the headers that are the policy's, however somebody spelled their keys.
func removeCORS(d *policy.Decision, h http.Header) {
	for name := range h {
		if d.Removes(name) {
			delete(h, name)
		}
	}
}

// beforeWriting is for all that makes the server write the header.
func (o *overWriter) beforeWriting() {
	if !o.written {
		o.written = true
		o.impose()
	}
}

func (o *overWriter) Write(b []byte) (int, error) {
	o.beforeWriting()
	return o.ResponseWriter.Write(b)
}

func (o *overWriter) WriteString(s string) (int, error) {
	o.beforeWriting()
	return io.WriteString(o.ResponseWriter, s)
}

func (o *overWriter) ReadFrom(r io.Reader) (int64, error) {
	o.beforeWriting()
	if to, ok := o.ResponseWriter.(io.ReaderFrom); ok {
		return to.ReadFrom(r)
	}
	return io.Copy(struct{ io.Writer }{o.ResponseWriter}, r)
}

func (o *overWriter) Flush() { o.FlushError() }

// FlushError is what [http.ResponseController] calls.
func (o *overWriter) FlushError() error {
	o.beforeWriting()
	return http.NewResponseController(o.ResponseWriter).Flush()
}

func (o *overWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return http.NewResponseController(o.ResponseWriter).Hijack()
}

// CloseNotify is for frameworks that call it without asking whether it is there, as gin does to stream. If the server's
// writer has none, nothing comes out of the channel.
func (o *overWriter) CloseNotify() <-chan bool {
	for w := o.ResponseWriter; ; {
		switch of := w.(type) {
		case interface{ CloseNotify() <-chan bool }:
			return of.CloseNotify()
		case interface{ Unwrap() http.ResponseWriter }:
			w = of.Unwrap()
		default:
			return nil
		}
	}
}

// Unwrap is for [http.ResponseController], and what it can besides.
func (o *overWriter) Unwrap() http.ResponseWriter { return o.ResponseWriter }

// splitNames appends the names in lines of Vary that are not among names. So many
// that they match no other request anyway are "*".
func splitNames(names, lines []string) []string {
	names = slices.Clip(names)
	for _, line := range lines {
		for name := range strings.SplitSeq(line, ",") {
			name = header.TrimTabOrSpace(name)
			if name == "" || slices.ContainsFunc(names, func(other string) bool { return header.EqualFold(other, name) }) {
				continue
			}
			if len(names) == maxNames {
				return []string{"*"}
			}
			names = append(names, name)
		}
	}
	return names
}

const maxNames = 64
