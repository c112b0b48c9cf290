package fetchhttp

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"net/http"
	"slices"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/explain"
)

// A Response is what the page gets. Of the embedded http.Response the page may see StatusCode, Header and Body; Request
// is the last request that was sent. Status is the status line's, and empty where the page sees none of it.
type Response struct {
	*http.Response
	Type       fetch.ResponseType
	URL        string // of the response, without fragment; empty for an opaque response
	Redirected bool
	Trace      fetch.Trace

	// Ignored are the headers of the request that a page must not set. Browsers drop them without a word.
	Ignored fetch.HeaderList

	// Withheld are the cookies that did not go along, or were not kept.
	Withheld []Withheld
}

// A BlockedError is a network error: what a page sees as a rejected promise. It says what the page is not told.
type BlockedError struct {
	Trace    fetch.Trace
	Ignored  fetch.HeaderList // the headers of the request that a page must not set
	Withheld []Withheld       // the cookies that did not go along, or were not kept
	Err      error            // the transport's error, or what was wrong with a WebSocket's handshake, if that was the reason
}

// Error explains the verdict.
func (e *BlockedError) Error() string {
	v := e.Trace.Result.Verdict
	if v.OK() && e.Err != nil {
		return "fetchhttp: " + e.Err.Error()
	}
	return "fetchhttp: " + explain.Verdict(v).Happened + " [" + string(v.Code) + "]"
}

// Unwrap returns the transport's error.
func (e *BlockedError) Unwrap() error { return e.Err }

// response returns what the page gets of the last response, if there was one, whose context cancel ends.
func (c *call) response(trace fetch.Trace, last *http.Response, cancel func()) *Response {
	r := &trace.Result.Response
	if answeredByHook(trace) {
		end(last) // that of a redirect
		last = nil
	}
	out := &Response{Type: r.Type, Redirected: r.Redirected(), Trace: trace, Ignored: c.ignored, Withheld: c.withheld}
	if u, ok := r.URL(); ok {
		out.URL = u.WithoutFragment().String()
	}
	resp := &http.Response{Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Body: http.NoBody}
	if last != nil {
		*resp = *last
		resp.Trailer, resp.TLS = nil, nil
		resp.Body = whenClosed{last.Body, cancel}
	}
	resp.StatusCode = r.Status
	switch {
	case r.Status == 0:
		resp.Status = ""
	case resp.Status == "" || last.StatusCode != r.Status:
		resp.Status = fmt.Sprintf("%d %s", r.Status, cmp.Or(r.StatusMessage, http.StatusText(r.Status)))
	}
	resp.Header = make(http.Header, len(r.Headers))
	for _, h := range r.Headers {
		resp.Header.Add(h[0], h[1])
	}
	switch u, _ := r.URL(); {
	case r.NullBody && !c.opens: // a WebSocket takes what follows
		end(last)
		cancel()
		resp.Body, resp.ContentLength, resp.Uncompressed = http.NoBody, 0, false
	case last == nil && u.Scheme() == "data":
		_, body, _ := fetch.ProcessDataURL(u)
		resp.Body, resp.ContentLength = whenClosed{io.NopCloser(bytes.NewReader(body)), cancel}, int64(len(body))
	case last == nil:
		cancel()
	}
	out.Response = resp
	return out
}

// answeredByHook reports whether the response that the page gets came from a hook, and not over the network.
func answeredByHook(trace fetch.Trace) bool {
	return slices.ContainsFunc(trace.Events, func(e fetch.Event) bool {
		return e.Hop == trace.Result.Hop && (e.Outcome == fetch.OutcomeOverridden || e.Outcome == fetch.OutcomeServiceWorker || e.Outcome == fetch.OutcomeStoredResponse)
	})
}
