package webapi

import (
	"slices"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/internal/enum"
	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/safelist"
)

// A Guard says what a [Headers] object lets a script do. The zero value is "none".
//
// https://fetch.spec.whatwg.org/#headers-guard
type Guard uint8

// The guards.
const (
	GuardNone          Guard = iota // of new Headers(): anything that is well-formed
	GuardRequest                    // of a Request: no forbidden request-headers
	GuardRequestNoCORS              // of a Request with mode "no-cors": no-CORS-safelisted request-headers only
	GuardResponse                   // of a Response: no forbidden response-header names
	GuardImmutable                  // of a response from the network: nothing
)

var guards = enum.New[Guard]("webapi: headers guard", "none", "request", "request-no-cors", "response", "immutable")

// String returns the standard's name of g.
func (g Guard) String() string { return guards.String(g) }

// MarshalText returns the standard's name of g.
func (g Guard) MarshalText() ([]byte, error) { return guards.MarshalText(g) }

// UnmarshalText takes the standard's name, and nothing else.
func (g *Guard) UnmarshalText(text []byte) error { return guards.UnmarshalText(g, text) }

// Headers is a Headers object. The zero value is that of new Headers(). Names and values are byte sequences, as a
// ByteString has them. The methods return an [*Exception] where the object's method throws.
//
// https://fetch.spec.whatwg.org/#headers-class
type Headers struct {
	Guard   Guard
	Profile fetch.Profile // the user agent: in Chromium, the guard "request" keeps User-Agent out

	// List is the header list, which the object shares with the request or response whose headers it is: what the
	// methods write is written there. Nil stands for an empty list of its own.
	List *fetch.HeaderList
}

// list is the header list, which is made if it does not exist.
func (h *Headers) list() *fetch.HeaderList {
	if h.List == nil {
		h.List = new(fetch.HeaderList)
	}
	return h.List
}

// validate decides whether the header may be written; false without an error is a silent no.
//
// https://fetch.spec.whatwg.org/#headers-validate
func (h *Headers) validate(name, value string) (bool, error) {
	// Validate, step 1.
	if err := checkHeader("TypeError", name, value); err != nil {
		return false, err
	}
	switch h.Guard {
	case GuardImmutable:
		// Validate, step 2.
		return false, typeError("header name", name, "the headers are immutable; copy them with new Headers() first")
	case GuardRequest:
		// Validate, step 3.
		return !isForbidden(h.Profile, name, value), nil
	case GuardResponse:
		// Validate, step 4.
		return !safelist.IsForbiddenResponseHeaderName(name), nil
	}
	// Validate, step 5.
	return true, nil
}

// isForbidden reports whether the user agent alone may set the header on a request.
func isForbidden(p fetch.Profile, name, value string) bool {
	return safelist.IsForbiddenRequestHeader(name, value) ||
		header.EqualFold(name, "User-Agent") && p.Has("user-agent-forbidden")
}

// Append adds a header, its value normalized. It reports whether the guard let it in: browsers drop the others without
// a word.
//
// https://fetch.spec.whatwg.org/#concept-headers-append
func (h *Headers) Append(name, value string) (kept bool, err error) {
	// Append, step 1.
	value = safelist.NormalizeHeaderValue(value)
	// Append, step 2.
	if ok, err := h.validate(name, value); !ok {
		return false, err
	}
	if h.Guard == GuardRequestNoCORS {
		// Append, steps 3.1 to 3.3.
		joined := value
		if v, ok := h.list().Get(name); ok {
			joined = v + ", " + value
		}
		// Append, step 3.4.
		if !safelist.IsNoCORSSafelistedRequestHeader(name, joined) {
			return false, nil
		}
	}
	// Append, step 4.
	h.list().Append(name, value)
	// Append, step 5.
	h.removePrivileged()
	return true, nil
}

// removePrivileged takes away what only the user agent may have put there, as soon as a script writes.
//
// https://fetch.spec.whatwg.org/#concept-headers-remove-privileged-no-cors-request-headers
func (h *Headers) removePrivileged() {
	// Append, step 5. The method delete(), step 5. The method set(), step 5.
	if h.Guard != GuardRequestNoCORS {
		return
	}
	// Remove privileged no-CORS request-headers, step 1.
	h.list().Delete("Range")
}

// Fill appends all headers, until one is an error, and returns those that the guard kept out, their values normalized.
// It takes the time of one pass over the lists, however long those are.
//
// https://fetch.spec.whatwg.org/#concept-headers-fill
func (h *Headers) Fill(list fetch.HeaderList) (dropped fetch.HeaderList, err error) {
	first := make(map[string]string, len(*h.list())+len(list)) // the name as the first header of that name has it
	joined := map[string]string{}                              // the values of the names that the guard "request-no-cors" lets in
	for _, e := range *h.list() {
		lower := header.Lower(e[0])
		if first[lower] == "" {
			first[lower] = e[0]
			if h.Guard == GuardRequestNoCORS && safelist.IsNoCORSSafelistedRequestHeaderName(lower) {
				value, _ := h.List.Get(lower)
				joined[lower] = value[:min(len(value), safelist.MaxSafelistedValueLength)] // what is longer takes no more
			}
		}
	}
	// Fill, steps 1 and 2: a record and a sequence of pairs are the same here.
	for i, e := range list {
		value := safelist.NormalizeHeaderValue(e[1])
		kept, err := h.validate(e[0], value)
		if err != nil {
			return dropped, err
		}
		lower := header.Lower(e[0])
		if h.Guard == GuardRequestNoCORS {
			all := value
			before, again := joined[lower]
			tooLong := again && len(before)+len(", ")+len(value) > safelist.MaxSafelistedValueLength
			if again && !tooLong {
				all = before + ", " + value
			}
			if kept = !tooLong && safelist.IsNoCORSSafelistedRequestHeader(lower, all); kept {
				joined[lower] = all
			}
		}
		if !kept {
			if dropped == nil {
				dropped = make(fetch.HeaderList, 0, len(list)-i)
			}
			dropped = append(dropped, [2]string{e[0], value})
			continue
		}
		if first[lower] == "" {
			first[lower] = e[0]
		}
		if len(*h.List) == cap(*h.List) {
			*h.List = slices.Grow(*h.List, len(list)-i)
		}
		*h.List = append(*h.List, [2]string{first[lower], value})
		if h.Guard == GuardRequestNoCORS && first["range"] != "" {
			h.removePrivileged()
			delete(first, "range")
		}
	}
	return dropped, nil
}

// Delete removes the headers of that name.
//
// https://fetch.spec.whatwg.org/#dom-headers-deletename
func (h *Headers) Delete(name string) error {
	// The method delete(), step 1.
	if ok, err := h.validate(name, ""); !ok {
		return err
	}
	// The method delete(), step 2.
	if h.Guard == GuardRequestNoCORS && !safelist.IsNoCORSSafelistedRequestHeaderName(name) && !safelist.IsPrivilegedNoCORSRequestHeaderName(name) {
		return nil
	}
	// The method delete(), step 3.
	if !h.list().Contains(name) {
		return nil
	}
	// The method delete(), step 4.
	h.list().Delete(name)
	// The method delete(), step 5.
	h.removePrivileged()
	return nil
}

// Get returns the values of the headers of that name, joined; ok is false where the method returns null.
//
// https://fetch.spec.whatwg.org/#dom-headers-getname
func (h *Headers) Get(name string) (value string, ok bool, err error) {
	// The method get(), step 1.
	if err := checkHeaderName("TypeError", name); err != nil {
		return "", false, err
	}
	// The method get(), step 2.
	value, ok = h.list().Get(name)
	return value, ok, nil
}

// GetSetCookie returns the values of the Set-Cookie headers.
//
// https://fetch.spec.whatwg.org/#dom-headers-getsetcookie
func (h *Headers) GetSetCookie() []string {
	// The method getSetCookie(), steps 1 and 2.
	var values []string
	for _, e := range *h.list() {
		if header.EqualFold(e[0], "Set-Cookie") {
			values = append(values, e[1])
		}
	}
	return values
}

// Has reports whether there is a header of that name.
//
// https://fetch.spec.whatwg.org/#dom-headers-hasname
func (h *Headers) Has(name string) (bool, error) {
	// The method has(), step 1.
	if err := checkHeaderName("TypeError", name); err != nil {
		return false, err
	}
	// The method has(), step 2.
	return h.list().Contains(name), nil
}

// Set gives the header of that name the value, normalized, or adds it. It reports whether the guard let it in.
//
// https://fetch.spec.whatwg.org/#dom-headers-setname-value
func (h *Headers) Set(name, value string) (kept bool, err error) {
	// The method set(), step 1.
	value = safelist.NormalizeHeaderValue(value)
	// The method set(), step 2.
	if ok, err := h.validate(name, value); !ok {
		return false, err
	}
	// The method set(), step 3. Unlike append, it looks at the new value alone.
	if h.Guard == GuardRequestNoCORS && !safelist.IsNoCORSSafelistedRequestHeader(name, value) {
		return false, nil
	}
	// The method set(), step 4.
	h.list().Set(name, value)
	// The method set(), step 5.
	h.removePrivileged()
	return true, nil
}

// Pairs returns what iterating the object gives: the names in lower case and in order.
//
// https://fetch.spec.whatwg.org/#headers-class
func (h *Headers) Pairs() fetch.HeaderList { return h.list().SortAndCombine() }
