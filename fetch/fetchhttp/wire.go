package fetchhttp

import (
	"fmt"
	"net/http"
	"net/textproto"
	"strings"

	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/internal/quote"
)

// This file has what a wire between net/http's client and server does to headers, for handlers in this process.

var newlines = strings.NewReplacer("\n", " ", "\r", " ")

// received returns the header of a request as a server reads it: names in net/http's case.
func received(sent http.Header) http.Header {
	h, room := make(http.Header, len(sent)), make([]string, 0, len(sent))
	for name, values := range sent {
		canonical := textproto.CanonicalMIMEHeaderKey(name)
		for _, value := range values {
			room = add(h, room, canonical, value)
		}
	}
	return h
}

// sentHeader returns the header of a handler's response as a client reads it. A server leaves out what is not a name,
// and makes spaces of CR and LF; a client gives up a response with another control byte in a value.
func sentHeader(set http.Header) (http.Header, error) {
	h, room := make(http.Header, len(set)), make([]string, 0, len(set))
	for name, values := range set {
		if !header.IsToken(name) {
			continue
		}
		canonical := textproto.CanonicalMIMEHeaderKey(name)
		for _, value := range values {
			value = header.TrimTabOrSpace(newlines.Replace(value))
			for i := range len(value) {
				if b := value[i]; b < ' ' && b != '\t' || b == 0x7F {
					return nil, fmt.Errorf("malformed MIME header line: the value %s of %s, byte %#02x at index %d", quote.Quote(value), quote.Quote(name), b, i)
				}
			}
			room = add(h, room, canonical, value)
		}
	}
	return h, nil
}

// add adds a header to h. The first value of a name lies in the room that all share.
func add(h http.Header, room []string, name, value string) []string {
	if known := h[name]; known != nil {
		h[name] = append(known, value)
		return room
	}
	n := len(room)
	room = append(room, value)
	h[name] = room[n : n+1 : n+1]
	return room
}
