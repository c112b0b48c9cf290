package fetchhttp

import (
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/webapi"
	"github.com/corspec/corspec/origin"
)

// An Agent is a browser: a transport, a cookie jar and a preflight cache that its pages share. The zero value sends
// over [DefaultTransport] and keeps no cookies. Its fields are set before the first fetch; it must not be copied after
// it. Pages may fetch at the same time.
type Agent struct {
	// Agent holds the preflight cache, the suffix list, the hooks and the profile.
	fetch.Agent

	// Transport carries the requests, one at a time and without following redirects. Nil stands for [DefaultTransport],
	// which goes through the proxy that the environment names; [Handler] makes one of an http.Handler. Names of headers
	// come to it in the page's case, which http.Header.Get does not find where it is unusual.
	Transport http.RoundTripper

	// Jar keeps the cookies; net/http/cookiejar's will do. Nil keeps none. It is asked only for requests whose
	// credentials are included. What a browser would not keep never gets into it. What somebody else puts into it goes
	// along unless SendCookies holds it back, and what is taken out of it is gone.
	Jar http.CookieJar

	// SendCookies may hold back all cookies of a request whose credentials are included, and those of its response, as
	// rules for cookies of third parties do. Nil holds back none but those whose SameSite does. The request is the
	// page's, as it was before any redirect; the URL is the one that is requested.
	SendCookies func(r *fetch.Request, url origin.URL) bool

	// Blob returns what a blob: URL stands for, which has no fragment here; false where it stands for nothing. Nil:
	// none stands for anything.
	Blob func(url origin.URL) (webapi.Blob, bool)

	// Now is the clock of the preflight cache and of cookies. Nil stands for time.Now.
	Now func() time.Time

	cookies cookies
}

func (a *Agent) now() time.Time {
	if a.Now != nil {
		return a.Now()
	}
	return time.Now()
}

func (a *Agent) transport() http.RoundTripper {
	if a.Transport != nil {
		return a.Transport
	}
	return DefaultTransport()
}

// A Page is a document of some origin in an Agent. Its fields are set before its first fetch.
type Page struct {
	// PartitionKey is the network partition key: pages share preflights only within it. [Agent.Page] sets it to the
	// page's own site, as if it was the top-level document.
	PartitionKey string

	// URL is the document's, which Referer tells servers as far as the referrer policy allows. The zero URL is not
	// told.
	URL origin.URL

	// ReferrerPolicy is the document's referrer policy.
	ReferrerPolicy fetch.ReferrerPolicy

	// EmbedderPolicy is the document's embedder policy.
	EmbedderPolicy fetch.EmbedderPolicy

	agent  *Agent
	origin origin.Origin
}

var opaquePages atomic.Uint64

// Page opens a page of that origin.
func (a *Agent) Page(o origin.Origin) *Page {
	key := o.Site(a.SuffixList).String()
	if o.IsOpaque() {
		key = "opaque:" + strconv.FormatUint(opaquePages.Add(1), 10) // sites of opaque origins are never the same
	}
	return &Page{PartitionKey: key, agent: a, origin: o}
}

// Origin returns the page's origin.
func (p *Page) Origin() origin.Origin { return p.origin }
