package main

import (
	"errors"
	"flag"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/initiator"
	"github.com/corspec/corspec/fetch/webapi"
	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/internal/quote"
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

	page           origin.URL // the document's URL, if that is known
	referrerPolicy fetch.ReferrerPolicy
	embedderPolicy fetch.EmbedderPolicyValue
	element        initiator.Kind // what makes the request; 0: fetch()
	crossOrigin    string         // its attribute
	hasCrossOrigin bool           // the attribute is there
	as             string
	upload         bool // somebody listens to the progress of the upload

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
	flags.Var(modeChoice.flag(&r.mode), "mode", "the mode: cors, no-cors, same-origin")
	flags.Var(credentialsChoice.flag(&r.credentials), "credentials", "the credentials mode: omit, same-origin, include")
	flags.Var(browserFlag{&r.browser}, "browser", "decide as this `BROWSER`: standard, chromium, firefox, webkitgtk")
	flags.Var(redirectChoice.flag(&r.redirect), "redirect", "the redirect mode: follow, error, manual")
	flags.Var(pageFlag{r}, "page", "the `URL` of the page, in place of its origin: it is the referrer, too")
	flags.Var(referrerPolicyChoice.flag(&r.referrerPolicy), "referrer-policy", "the referrer `policy`, such as no-referrer")
	flags.Var(embedderPolicyChoice.flag(&r.embedderPolicy), "coep", "the page's Cross-Origin-Embedder-Policy: unsafe-none, require-corp, credentialless")
	flags.Var(elementFlag{&r.element}, "element", "let this `ELEMENT` or API make the request instead of fetch(), such as img, script, font, xhr")
	flags.StringVar(&r.crossOrigin, "crossorigin", "", "the `value` of the element's attribute: anonymous, use-credentials; without the flag it has none")
	flags.StringVar(&r.as, "as", "", "of link-preload and link-modulepreload, what is preloaded: `script`, style, font and so on")
	flags.Var(destinationChoice.flag(&r.destination), "destination", "the destination, such as image or script: of requests that no script makes")
	flags.BoolVar(&r.upload, "upload-listener", false, "somebody listens to the progress of the upload, as XMLHttpRequest allows")
	return r
}

// A pageFlag is the URL of a document.
type pageFlag struct{ r *checkRequest }

func (f pageFlag) String() string { return "" }

func (f pageFlag) Set(s string) error {
	u, err := origin.ParseURL(s, nil)
	if err != nil {
		return err
	}
	f.r.page, f.r.origin = u, u.Origin()
	return nil
}

// An elementFlag is an element or an API.
type elementFlag struct{ k *initiator.Kind }

func (f elementFlag) String() string { return "" }

func (f elementFlag) Set(s string) error { return elementChoice.read(f.k, s) }

// requestFlagNames are the names of those flags, without the ones that a HAR file takes as well.
var requestFlagNames = []string{"X", "H", "d", "mode", "redirect", "page", "referrer-policy", "coep", "element", "crossorigin", "as", "destination", "upload-listener"}

// withoutCORS are the elements and APIs whose requests are nothing to check.
var withoutCORS = []initiator.Kind{initiator.KindWebSocket, initiator.KindIframe, initiator.KindObject, initiator.KindEmbed, initiator.KindForm}

// checkFlags fails for flags that say nothing beside each other.
func (r *checkRequest) checkFlags(given map[string]bool) error {
	switch {
	case given["origin"] && given["page"]:
		return errors.New("-page says the origin, too: give one of -origin and -page")
	case (given["crossorigin"] || given["as"]) && r.element == 0:
		return errors.New("-crossorigin and -as are attributes of an element: give -element")
	case r.element == 0 || r.element == initiator.KindXHR:
	case slices.Contains(withoutCORS, r.element):
		return fmt.Errorf("-element %s: CORS has no part in what it requests", r.element)
	default:
		for _, name := range []string{"X", "mode", "redirect", "destination", "upload-listener"} {
			if given[name] {
				return fmt.Errorf("-%s is for fetch() and XMLHttpRequest: -element %s has it from the standard", name, r.element)
			}
		}
	}
	return nil
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

// request returns the request for the machine, and the headers that a browser drops.
func (r *checkRequest) request() (req fetch.Request, ignored fetch.HeaderList, err error) {
	if r.element == 0 || r.element == initiator.KindXHR {
		req, ignored, err = r.scriptRequest()
	} else {
		req, ignored, err = r.elementRequest()
	}
	if err != nil {
		return fetch.Request{}, nil, err
	}
	req.EmbedderPolicy.Value = r.embedderPolicy
	req.ReferrerPolicy = r.referrerPolicy
	if req.Referrer = r.page; !r.page.IsValid() && !r.origin.IsOpaque() {
		req.Referrer, _ = origin.ParseURL(r.origin.String()+"/", nil)
	}
	return req, ignored, nil
}

// scriptRequest is what fetch() or XMLHttpRequest makes.
func (r *checkRequest) scriptRequest() (fetch.Request, fetch.HeaderList, error) {
	method := r.effectiveMethod()
	init := webapi.RequestInit{Method: &method, Mode: &r.mode, Credentials: &r.credentials, Redirect: &r.redirect}
	if r.body != nil {
		init.Body = new(fetch.BodyBytes)
	}
	o, err := webapi.NewRequest(webapi.Client{Origin: r.origin, Profile: r.browser}, webapi.RequestInfo{URL: r.url}, init)
	if err != nil {
		return fetch.Request{}, nil, err
	}
	headers := o.Headers()
	ignored, err := headers.Fill(r.headers)
	if err != nil {
		return fetch.Request{}, nil, err
	}
	o.Request.UseCORSPreflight = r.upload
	if o.Request.Destination = r.destination; r.destination != fetch.DestinationEmpty {
		o.Request.UnsafeRequest = false // scripts have none
	}
	return o.Request, ignored, nil
}

// elementRequest is what an element makes, which has no headers of a script.
func (r *checkRequest) elementRequest() (fetch.Request, fetch.HeaderList, error) {
	u, err := origin.ParseURL(r.url, nil)
	if err != nil {
		return fetch.Request{}, nil, err
	}
	settings := initiator.Settings{As: r.as, Credentials: r.credentials, WithCredentials: r.credentials == fetch.CredentialsInclude}
	if r.hasCrossOrigin {
		settings.CrossOrigin = initiator.ParseCORSSettings(r.crossOrigin)
	}
	req, ok := initiator.Request(r.element, u, r.origin, settings)
	if !ok {
		var requested []string
		for _, as := range append([]string{"fetch"}, destinationChoice.names...) {
			settings.As = as
			if _, ok := initiator.Request(r.element, u, r.origin, settings); ok {
				requested = append(requested, as)
			}
		}
		return fetch.Request{}, nil, fmt.Errorf("-element %s with -as %q requests nothing; use one of %s", r.element, r.as, strings.Join(requested, ", "))
	}
	r.method, r.mode, r.credentials, r.redirect, r.destination = req.Method, req.Mode, req.Credentials, req.Redirect, req.Destination
	return req, r.headers, nil
}

// needScheme returns the error for a URL that begins with its host, where it does.
func needScheme(s string) error {
	host := s[:strings.IndexAny(s+"/", "/?#")]
	scheme, _, _ := strings.Cut(header.Lower(host), ":")
	if strings.Contains(s, "://") || scheme == "" || host != scheme && (scheme == "http" || scheme == "https") { // which need no slashes
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
		meant := quote.Line("http://"+s, mostOfURL)
		return fmt.Errorf("URL \"%s\": the scheme is missing (write %s)", meant[len("http://"):], meant)
	}
	return nil
}
