package fetch

import (
	"github.com/corspec/corspec/internal/enum"
	"github.com/corspec/corspec/origin"
)

// An ActionKind says what a [Machine] wants done.
type ActionKind uint8

// The kinds of action.
const (
	ActionSendPreflight ActionKind = iota + 1 // send this CORS-preflight request and do not follow redirects
	ActionSendRequest                         // send this request and do not follow redirects
	ActionFetchLocal                          // get what this blob: URL stands for
	ActionDone                                // nothing more: ask for the Result
)

var actionKinds = enum.From1[ActionKind]("fetch: kind of action", "preflight", "request", "local", "done")

// String returns the kind's name.
func (k ActionKind) String() string { return actionKinds.String(k) }

// A BodyAction says what to do about the request's body in one exchange.
type BodyAction uint8

// What to do about a body.
const (
	BodyActionNone   BodyAction = iota // send none
	BodyActionSend                     // send it, for the first time
	BodyActionReplay                   // send it once more from its source
)

var bodyActions = enum.New[BodyAction]("fetch: body action", "none", "send", "replay")

// String returns the action's name.
func (b BodyAction) String() string { return bodyActions.String(b) }

// An Action is what a [Machine] wants done next.
type Action struct {
	Kind   ActionKind
	Hop    int             // redirects followed so far
	Reason PreflightReason // why a preflight is sent; [PreflightReasonNone] for other kinds
	Method string          // byte for byte
	URL    origin.URL

	// Headers are to be sent as they are, ahead of what the transport adds by itself. The list is the caller's to keep.
	// The first Own of them are those of the request: the author's, Accept, what a preflight asks. Fetching adds the
	// others.
	Headers HeaderList
	Own     int

	// IncludeCredentials says whether cookies and other credentials go with the request, and so whether the Set-Cookie
	// headers of its response are stored: they are even if the response is blocked afterwards.
	IncludeCredentials bool

	// Authentication says that this is an authentication fetch, with an Authorization that a person, or the URL, gave.
	// NewConnection says that the request goes out on a connection of its own.
	Authentication, NewConnection bool

	Body BodyAction
}

// A Result is the end of a fetch.
type Result struct {
	// Response is what the page gets: a filtered response, or a network error.
	Response Response

	// Verdict is [CodeOK] or says why the response is a network error.
	Verdict Verdict

	// Hop counts the redirects that were followed.
	Hop int

	// Reached says that a request other than a preflight was answered: the server's handler ran, whether or not the
	// page may read the response.
	Reached bool
}
