package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/webapi"
	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/origin"
)

// A checkRequest is a page's request.
type checkRequest struct {
	url         string
	origin      origin.Origin
	method      string
	headers     fetch.HeaderList // the script's, and what it tries to set
	body        *string
	mode        fetch.Mode
	credentials fetch.CredentialsMode
	redirect    fetch.RedirectMode
	destination fetch.Destination
	browser     fetch.Profile

	own      fetch.HeaderList // headers that are taken for the browser's own
	cookies  []string         // pairs that the browser has for the URL
	insecure bool             // certificates do not count
	notes    []string

	words *requestWords // what it is settled from
	line  *curlLine     // the same words, for options of curl
}

// requestFlags adds the flags that describe a page's request.
func requestFlags(flags *flag.FlagSet) *checkRequest {
	r := &checkRequest{origin: origin.MustParse("https://app.example"), mode: fetch.ModeCORS, words: &requestWords{}}
	r.line = &curlLine{words: r.words}
	flags.Var(originFlag{&r.origin}, "origin", "the `ORIGIN` of the page, or null")
	flags.StringVar(&r.method, "X", "", "the `METHOD` (default GET, or POST with -d)")
	flags.Var(&r.words.headers, "H", "a header, 'Name: value', or several lines of them; may be repeated. Origin is the page, Cookie means\ncredentials, Sec-Fetch-Mode is the mode; what browsers add by themselves causes no preflight, except\nif -H says that the script sets it: 'script Cache-Control: no-cache'")
	flags.Var(dataFlag{r.line}, "d", "a `BODY`, or @FILE, sent as text/plain unless -H says otherwise")
	flags.TextVar(&r.mode, "mode", r.mode, "the mode: cors, no-cors, same-origin")
	flags.TextVar(&r.credentials, "credentials", r.credentials, "the credentials mode: omit, same-origin, include")
	flags.Var(browserFlag{&r.browser}, "browser", "decide as this `BROWSER`: standard, chromium, firefox, webkitgtk")
	flags.TextVar(&r.redirect, "redirect", r.redirect, "the redirect mode: follow, error, manual")
	return r
}

// takeArguments returns the URLs that a command's arguments, or a text among them, give.
func (r *checkRequest) takeArguments(arguments []string) ([]string, error) {
	w := r.words
	switch {
	case r.line.named:
	case len(arguments) == 1 && isPaste(arguments[0]):
		return w.urls, w.parsePaste(arguments[0])
	}
	w.urls = append(w.urls, arguments...)
	err := r.line.finish()
	return w.urls, err
}

// isPaste tells a text from a URL and the name of a file.
func isPaste(s string) bool {
	first, _, more := strings.Cut(strings.TrimSpace(s), " ")
	return more && isCurl(first) || isPowerShell(s) || isFetchCall(s)
}

// given returns the names of the flags that were given.
func given(flags *flag.FlagSet) map[string]bool {
	names := map[string]bool{}
	flags.Visit(func(f *flag.Flag) { names[f.Name] = true })
	return names
}

// effectiveMethod returns the method: that of -X, or what the body asks for.
func (r *checkRequest) effectiveMethod() string {
	switch {
	case r.method != "":
		return r.method
	case r.body != nil:
		return http.MethodPost
	}
	return http.MethodGet
}

// httpRequest makes the request, but for its URL.
func (r *checkRequest) httpRequest(ctx context.Context) (*http.Request, error) {
	var body io.Reader
	if r.body != nil {
		body = strings.NewReader(*r.body)
	}
	// What the method may be is for the page's fetch to judge.
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://url.invalid/", body)
	if err != nil {
		return nil, err
	}
	req.Method = r.effectiveMethod()
	for _, h := range r.headers {
		req.Header[h[0]] = append(req.Header[h[0]], h[1])
	}
	return req, nil
}

// request returns the request for the machine, and the headers that a browser drops.
func (r *checkRequest) request() (fetch.Request, fetch.HeaderList, error) {
	method := r.effectiveMethod()
	init := webapi.RequestInit{Method: &method, Mode: &r.mode, Credentials: &r.credentials, Redirect: &r.redirect}
	if r.body != nil {
		init.Body = new(fetch.BodyBytes)
	}
	o, err := webapi.NewRequest(webapi.Client{Origin: r.origin}, webapi.RequestInfo{URL: r.url}, init)
	if err != nil {
		return fetch.Request{}, nil, err
	}
	headers := o.Headers()
	ignored, err := headers.Fill(r.headers)
	if err != nil {
		return fetch.Request{}, nil, err
	}
	o.Request.Destination = r.destination
	return o.Request, ignored, nil
}

// needScheme returns the error for a URL that begins with its host, where it does.
func needScheme(s string) error {
	host := s[:strings.IndexAny(s+"/", "/?#")]
	if strings.Contains(s, "://") || host == "" || host[0] == ':' {
		return nil
	}
	if _, err := origin.ParseURL("http://"+s, nil); err != nil {
		return nil
	}
	name, port := host, ""
	if colon := strings.LastIndexByte(host, ':'); colon >= 0 {
		name, port = host[:colon], host[colon+1:]
	}
	isFile := name[:1] == "." || strings.HasSuffix(s, ".har") || strings.HasSuffix(s, ".json") || strings.HasSuffix(s, ".txt")
	if header.IsDigits(port) || host == "localhost" || strings.Contains(name, ".") && len(host) < len(s) && port == "" && !isFile {
		return fmt.Errorf("URL %q: the scheme is missing (write http://%s)", s, s)
	}
	return nil
}
