package clienttest

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/corspec/corspec/conformance/servertest"
	"github.com/corspec/corspec/fetch"
)

// A Client is a user agent, or what drives one. [Hello], advancing time and closing sessions are further methods that
// it may have: see [Greeter], [Advancer] and [SessionCloser].
type Client interface {
	// Fetch does what a script or an element of a page does, in the browser that the request's session names, and
	// returns what the page gets. Requests of one session share a cookie jar and a CORS-preflight cache; a session that
	// was not named before is a new browser. The error is [ErrUnsupported], [ErrLost], [ErrNoAnswer], or says how the
	// driver failed, which says nothing of the user agent. If the client says so in its Hello, several goroutines call
	// it at the same time, each for a session of its own.
	Fetch(ctx context.Context, r *Request) (Answer, error)
}

// A Greeter is a Client that says what it is. One that is not is asked everything, one request at a time.
type Greeter interface {
	Hello(ctx context.Context) (Hello, error)
}

// An Advancer is a Client whose time can be advanced: of its preflight cache, in one session. The error is as that of
// Client.Fetch. Where time cannot be advanced, it is waited for.
type Advancer interface {
	Advance(ctx context.Context, session string, d time.Duration) error
}

// A SessionCloser is a Client that is told when a session will not be used again.
type SessionCloser interface {
	CloseSession(ctx context.Context, session string) error
}

// Errors of a Client.
var (
	// ErrUnsupported says that the user agent does not have what the request needs: it is not asked to.
	ErrUnsupported = errors.New("clienttest: unsupported")

	// ErrLost says that the session was lost because of another one, as where a browser had to be started again. The
	// case is done once more in a new session, by itself.
	ErrLost = errors.New("clienttest: the session was lost")

	// ErrNoAnswer says that the user agent broke off at this request, or hung: that is a finding.
	ErrNoAnswer = errors.New("clienttest: no answer")
)

// A Hello is what a client says of itself.
type Hello struct {
	Name, Version string

	// Supports lists what it can do. What is not listed is not asked, and Referer not looked at. Nil: everything is
	// asked.
	Supports []Ability

	// Concurrency is how many requests it takes at the same time; less than 1 stands for 1.
	Concurrency int
}

// An Ability is something that not every user agent has.
type Ability string

// The abilities. All that is not named here belongs to fetch().
const (
	AbilityFetch    Ability = "fetch"    // fetch()
	AbilityXHR      Ability = "xhr"      // XMLHttpRequest
	AbilityElement  Ability = "element"  // elements that load something
	AbilityNoCORS   Ability = "no-cors"  // mode "no-cors"
	AbilityStream   Ability = "stream"   // request bodies that are streams, over HTTP/1.1 too
	AbilityAdvance  Ability = "advance"  // time that can be advanced
	AbilityAbort    Ability = "abort"    // signals
	AbilityReferrer Ability = "referrer" // referrers and their policies, and so the header Referer
	AbilityTLS      Ability = "tls"      // https, with an authority of one's own
)

// Abilities returns all abilities.
func Abilities() []Ability {
	return []Ability{AbilityFetch, AbilityXHR, AbilityElement, AbilityNoCORS, AbilityStream, AbilityAdvance, AbilityAbort, AbilityReferrer, AbilityTLS}
}

// A Request is something that a page does. Methods and headers are byte sequences. It has a form in JSON, which
// conformance/PROTOCOL.md describes.
type Request struct {
	Session string
	PageURL string // of the document that does it, which a server has, and which is empty
	URL     string

	// Via is "fetch", "xhr", or the name of an element, such as "img" or "script". CrossOrigin is its attribute of that
	// name; nil: it does not have one.
	Via         string
	CrossOrigin *string

	// AbortAfter is when the page gives up; 0: never.
	AbortAfter time.Duration

	Init Init
}

// An Init is what fetch() is given beside the URL. All strings have a value, which may be the default. An
// XMLHttpRequest has withCredentials where Credentials is "include"; to elements it says nothing.
type Init struct {
	Method         string
	Headers        [][2]string
	Body           *Body // nil: null
	Mode           string
	Credentials    string
	Redirect       string
	Referrer       string // "about:client", "", or a URL
	ReferrerPolicy string
	Cache          string
	Keepalive      bool
}

// A Body is that of a request.
type Body struct {
	Bytes  []byte
	Stream [][]byte // if not nil, the body is a stream of these parts, and Bytes does not count
}

// An Answer is what the page gets: a response, or a rejection. It has a form in JSON.
type Answer struct {
	Response *Response
	Rejected string // where Response is nil, the name of the error: "TypeError"; "error" of an element or an XMLHttpRequest
}

// A Response is what the page sees of one. Of an element that has loaded it may be empty.
type Response struct {
	Type       string // "basic", "cors", "opaque", "opaqueredirect"; "": the API does not tell that, nor URL and Redirected
	Status     int
	StatusText string
	Headers    [][2]string
	Body       []byte
	URL        string
	Redirected bool
}

// A T is a test: a *testing.T.
type T = servertest.T

type settings struct {
	profile   fetch.Profile
	only      *regexp.Regexp
	timeout   time.Duration
	tls       bool
	authority func(pem []byte) error
	progress  func(done, of int)
}

// An Option says how a client is asked.
type Option func(*settings)

// WithProfile compares with a browser instead of the standard.
func WithProfile(p fetch.Profile) Option { return func(s *settings) { s.profile = p } }

// WithCases does only the cases whose id matches.
func WithCases(only *regexp.Regexp) Option { return func(s *settings) { s.only = only } }

// WithTimeout bounds how long an answer may take. Otherwise it is 10 seconds.
func WithTimeout(d time.Duration) Option { return func(s *settings) { s.timeout = d } }

// WithTLS does the cases with https too. The function gets the certificate of the authority in PEM, for the client to
// trust, before the client is asked anything.
func WithTLS(authority func(pem []byte) error) Option {
	return func(s *settings) { s.tls, s.authority = true, authority }
}

// WithProgress calls a function after each case, with how many are done.
func WithProgress(f func(done, of int)) Option { return func(s *settings) { s.progress = f } }

// Run reports each finding of Check that is worse than a note as an error, and notes in the log. What is inconclusive
// is logged, and how much is not supported.
func Run(t T, client Client, options ...Option) {
	t.Helper()
	report, err := Check(context.Background(), client, options...)
	if err != nil {
		t.Errorf("%v", err)
		return
	}
	for _, f := range report.Findings {
		if f.Severity == SeverityNote {
			t.Logf("%s", f)
		} else {
			t.Errorf("%s", f)
		}
	}
	for _, c := range report.Cases {
		if c.Outcome == OutcomeInconclusive {
			t.Logf("inconclusive: %s: %s", c.ID, c.Reason)
		}
	}
	t.Logf("%d cases pass, %d fail, %d are unsupported, %d inconclusive", report.Passed, report.Failed, report.Unsupported, report.Inconclusive)
}

// Check asks a client, and returns what it found. The error is about what it was given: no client, no case of that id;
// or the servers could not be started, or the client does not say what it is.
func Check(ctx context.Context, client Client, options ...Option) (Report, error) {
	if client == nil {
		return Report{}, errors.New("clienttest: no client")
	}
	r := &runner{client: client, settings: settings{timeout: 10 * time.Second}}
	for _, o := range options {
		o(&r.settings)
	}
	if r.timeout <= 0 {
		return Report{}, fmt.Errorf("clienttest: a timeout of %v; want more than 0", r.timeout)
	}
	chosen := slices.DeleteFunc(allCases(), func(c *testCase) bool {
		return r.only != nil && !r.only.MatchString(c.ID) || c.needs(AbilityTLS) && !r.tls
	})
	if len(chosen) == 0 {
		return Report{}, fmt.Errorf("clienttest: there is no case %s", r.only)
	}
	return r.run(ctx, chosen)
}

// Cases returns the ids of all cases and what they are about, in the order in which they are reported.
func Cases() []Case {
	var all []Case
	for _, c := range allCases() {
		all = append(all, Case{ID: c.ID, About: c.About})
	}
	return all
}
