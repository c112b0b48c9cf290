package main

import (
	"context"
	"io"
	"net/http"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/fetchhttp"
)

// doRequest stands in for Page.Do.
func doRequest(p *fetchhttp.Page, ctx context.Context, r fetch.Request, body io.Reader, options ...fetchhttp.Option) (*fetchhttp.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://url.invalid/", body)
	if err != nil {
		return nil, err
	}
	req.Method = r.Method
	for _, h := range r.Headers {
		req.Header[h[0]] = append(req.Header[h[0]], h[1])
	}
	p.EmbedderPolicy, p.ReferrerPolicy = r.EmbedderPolicy, r.ReferrerPolicy
	options = append(options, fetchhttp.WithURL(r.CurrentURL()), fetchhttp.WithMode(r.Mode), fetchhttp.WithCredentials(r.Credentials), fetchhttp.WithRedirect(r.Redirect), fetchhttp.WithDestination(r.Destination))
	if r.UseCORSPreflight {
		options = append(options, fetchhttp.WithUploadListener())
	}
	return p.Fetch(req, options...)
}
