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

// overWire returns the header of a request or a response as the other side reads it: names in net/http's case, without
// what is not a name, and with spaces for CR and LF. With another control byte in a value, nothing arrives.
func overWire(set http.Header) (http.Header, error) {
	h, room := make(http.Header, len(set)), make([]string, 0, len(set))
	for name, values := range set {
		if !header.IsToken(name) {
			continue
		}
		canonical := textproto.CanonicalMIMEHeaderKey(name)
		for _, value := range values {
			value = header.TrimTabOrSpace(newlines.Replace(value))
			if i := indexControl(value); i >= 0 {
				return nil, fmt.Errorf("malformed MIME header line: the value %s of %s, byte %#02x at index %d", quote.Quote(value), quote.Quote(name), value[i], i)
			}
			room = add(h, room, canonical, value)
		}
	}
	return h, nil
}

// indexControl returns where a value has a byte that HTTP does not carry, or -1.
func indexControl(s string) int {
	for i := range len(s) {
		if b := s[i]; b < ' ' && b != '\t' || b == 0x7F {
			return i
		}
	}
	return -1
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
