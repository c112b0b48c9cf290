package main

import (
	"fmt"
	"strings"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/internal/isomorphic"
	"github.com/corspec/corspec/safelist"
)

// harHeaders are headers as they stood on the wire, as far as the file tells, without the pseudo-headers of HTTP/2 and
// what is not a header.
type harHeaders struct {
	fetch.HeaderList
	given  bool // there is a list in the file, though it may be empty
	pseudo bool // pseudo-headers are in it
	unread harUnread
}

// A harUnread is the part of a list of headers that nobody can read: of several the first one, except that one with a
// name, which something depends on, goes before others. They may be any header.
type harUnread struct {
	found bool
	index int    // of the element, or -1 if it is not in a list
	name  string // of the header, or ""
}

// String returns where it is in a request or a response.
func (u harUnread) String() string {
	at := "headers"
	if u.index >= 0 {
		at = fmt.Sprintf("headers[%d]", u.index)
	}
	if u.name != "" {
		at += " (" + u.name + ")"
	}
	return at
}

// unreadable takes in what cannot be read. A header that nothing depends on stays, without its value.
func (h *harHeaders) unreadable(index int, name string) {
	switch {
	case name != "" && !decides(name):
		h.HeaderList = append(h.HeaderList, [2]string{name, notInTheFile})
	case !h.unread.found || h.unread.name == "" && name != "":
		h.unread = harUnread{true, index, name}
	}
}

// decides reports whether a verdict, or what a fetch is put together from, may depend on the value of a header.
func decides(name string) bool {
	name = strings.ToLower(name)
	switch name {
	case "access-control-expose-headers", "access-control-max-age":
		return false
	case "origin", "referer", "cookie", "user-agent", "upgrade", "service-worker", "location", "referrer-policy", "content-type",
		"x-content-type-options", "cross-origin-resource-policy", "cross-origin-embedder-policy", "non-authoritative-reason":
		return true
	}
	return strings.HasPrefix(name, "access-control-") || strings.HasPrefix(name, "sec-fetch-")
}

// headers reads a list of headers, or an object that has their values by name. Null is a list that is absent.
func (d *harDecoder) headers() (h harHeaders) {
	switch d.kind() {
	case '[':
		h.given = true
		i := 0
		d.array(func() {
			d.header(&h, i)
			i++
		})
	case '{':
		h.given = true
		members := 0
		d.object(func(name string) {
			value, more, ok := d.values()
			h.add(-1, name, value, more, ok)
			members++
		})
		if members == 2 && h.Contains("name") && h.Contains("value") { // one header in place of the list, it seems
			h.HeaderList = nil
			h.unreadable(-1, "")
		}
	case 'n':
		d.skip()
	default:
		d.skip()
		h.unreadable(-1, "")
	}
	return h
}

// header reads an element of a list: an object with the members name and value, in any case, or a list of these two.
func (d *harDecoder) header(h *harHeaders, index int) {
	var name, value string
	var more []string
	var hasName, hasValue bool
	switch d.kind() {
	case '{':
		d.object(func(member string) {
			switch {
			case member == "name", strings.EqualFold(member, "name"):
				name, hasName = d.scalar()
			case member == "value", strings.EqualFold(member, "value"):
				value, more, hasValue = d.values()
			default:
				d.skip()
			}
		})
	case '[':
		n := 0
		d.array(func() {
			switch n {
			case 0:
				name, hasName = d.scalar()
			case 1:
				value, more, hasValue = d.values()
			default:
				hasName = false
				d.skip()
			}
			n++
		})
	default:
		d.skip()
	}
	if !hasName {
		h.unreadable(index, "")
		return
	}
	h.add(index, name, value, more, hasValue)
}

// values reads the value of a header, or a list of values: more are those after the first.
func (d *harDecoder) values() (value string, more []string, ok bool) {
	if d.kind() != '[' {
		value, ok = d.scalar()
		return value, nil, ok
	}
	var all []string
	ok = true
	d.array(func() {
		v, is := d.scalar()
		all = append(all, v)
		ok = ok && is
	})
	if len(all) == 0 {
		return "", nil, false
	}
	return all[0], all[1:], ok
}

// add takes in the lines of a header, or, if its value could not be read, that it is there.
func (h *harHeaders) add(index int, name, value string, more []string, ok bool) {
	if !safelist.IsHeaderName(name) {
		h.pseudo = h.pseudo || strings.HasPrefix(name, ":")
		return
	}
	if !ok || !h.addLines(name, value) {
		h.unreadable(index, name)
		return
	}
	for _, value := range more {
		if !h.addLines(name, value) {
			h.unreadable(index, name)
			return
		}
	}
}

// addLines takes in the lines of a value, and reports whether a header can have them. Chromium writes several headers
// of one name as lines of one value.
func (h *harHeaders) addLines(name, value string) bool {
	if encoded, bad := isomorphic.Encode(value); bad < 0 { // else somebody has decoded it as UTF-8
		value = encoded
	}
	for range mostLines { // no response has more than these
		line, rest, several := strings.Cut(value, "\n")
		if line = safelist.NormalizeHeaderValue(line); !safelist.IsHeaderValue(line) {
			return false
		}
		h.HeaderList = append(h.HeaderList, [2]string{name, line})
		if value = rest; !several {
			break
		}
	}
	return true
}

const mostLines = 1000
