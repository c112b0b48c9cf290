package frameworks

import (
	"net/http"

	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/policy"
)

// CheckOrigin returns a function that says whether a WebSocket handshake may go on: CORS has no say in it, and a page
// of any origin can open a connection, with the user's cookies, and read what comes. The set has the site's own origin
// and those of all pages that may. A client without Origin is not a browser.
//
// It is the CheckOrigin of a gorilla/websocket Upgrader. Before coder/websocket's Accept, it goes with
// InsecureSkipVerify, since Accept compares hosts alone.
func CheckOrigin(set *origin.Set) func(*http.Request) bool {
	return func(r *http.Request) bool {
		lines := r.Header["Origin"]
		_, ok := set.Match(policy.Join(lines))
		return ok || len(lines) == 0
	}
}
