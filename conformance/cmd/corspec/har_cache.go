package main

import (
	"slices"
	"strings"

	"github.com/corspec/corspec/fetch"
)

// conditionals are the headers of a request that ask whether what is stored is still good.
var conditionals = []string{"If-None-Match", "If-Modified-Since"}

// isRevalidation reports whether the browser itself asked whether what it had stored was still good, and it was. A
// script that sets such a header gets the 304 itself; with a preflight it is asked for.
func (x *harEntry) isRevalidation(preflight *harEntry) bool {
	if x.response.status != 304 {
		return false
	}
	if preflight != nil {
		for name := range strings.SplitSeq(preflight.header("Access-Control-Request-Headers"), ",") {
			name = strings.Trim(name, " \t")
			if slices.ContainsFunc(conditionals, func(c string) bool { return strings.EqualFold(c, name) }) {
				return false
			}
		}
	}
	return true
}

// takesStored reports whether the response may be one that the browser had stored.
func (x *harEntry) takesStored() bool { return x.response.status == 304 || x.response.status == 0 }

// stored returns the response earlier in the file that a 304 says is still good.
func (h *harReader) stored(x *harEntry) *harEntry {
	const near = 32 // entries of the same URL that are looked at
	list := h.byURL[urlKey(x.url)]
	at, _ := slices.BinarySearchFunc(list, x.pos, func(o harLink, pos int) int { return o.pos - pos })
	for i := at - 1; i >= max(0, at-near); i-- {
		o := &list[i]
		if o.storable && validates(x.header("If-None-Match"), o.tag) && validates(x.header("If-Modified-Since"), o.modified) {
			return h.entry(o.harExchange)
		}
	}
	return nil
}

// validates reports whether the condition of a request can be from a response with that validator.
func validates(asked, has string) bool {
	return asked == "" || has == "" || strings.TrimPrefix(asked, "W/") == strings.TrimPrefix(has, "W/")
}

// freshen returns the headers of a stored response with those of the 304 in their place.
func freshen(stored, by fetch.HeaderList) fetch.HeaderList {
	l := make(fetch.HeaderList, 0, len(stored)+len(by))
	newer := map[string]bool{}
	for _, h := range by {
		newer[strings.ToLower(h[0])] = true
	}
	for _, h := range stored {
		if !newer[strings.ToLower(h[0])] {
			l = append(l, h)
		}
	}
	return append(l, by...)
}

// effectiveHeaders returns the headers that a document's response has for the browser.
func (h *harReader) effectiveHeaders(x *harEntry) fetch.HeaderList {
	if x.takesStored() {
		if o := h.stored(x); o != nil {
			return freshen(o.response.headers.HeaderList, x.response.headers.HeaderList)
		}
	}
	return x.response.headers.HeaderList
}
