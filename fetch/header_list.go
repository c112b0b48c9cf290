package fetch

import (
	"slices"
	"strings"

	"github.com/corspec/corspec/internal/header"
)

// A HeaderList is a header list: names and values as they stand on the wire, in order, with duplicates and case kept.
// Names and values are byte sequences. It is assignable to and from [][2]string.
//
// https://fetch.spec.whatwg.org/#concept-header-list
type HeaderList [][2]string

// Contains reports whether l has a header of that name.
//
// https://fetch.spec.whatwg.org/#header-list-contains
func (l HeaderList) Contains(name string) bool { return header.Contains(l, name) }

// Get returns the values of all headers of that name, in order, joined by a comma and a space; ok is false where there
// is not one. It allocates only if there are several.
//
// https://fetch.spec.whatwg.org/#concept-header-list-get
func (l HeaderList) Get(name string) (value string, ok bool) { return header.Get(l, name) }

// Append adds a header. Its name takes the case of the first header of the same name.
//
// https://fetch.spec.whatwg.org/#concept-header-list-append
func (l *HeaderList) Append(name, value string) { *l = header.Append(*l, name, value) }

// Delete removes all headers of that name.
//
// https://fetch.spec.whatwg.org/#concept-header-list-delete
func (l *HeaderList) Delete(name string) {
	*l = slices.DeleteFunc(*l, func(h [2]string) bool { return header.EqualFold(h[0], name) })
}

// Set gives the first header of that name the value and removes the others, or appends the header if there is none.
//
// https://fetch.spec.whatwg.org/#concept-header-list-set
func (l *HeaderList) Set(name, value string) {
	i := header.Index(*l, name, 0)
	if i < 0 {
		*l = append(*l, [2]string{name, value})
		return
	}
	(*l)[i][1] = value
	rest := (*l)[i+1:]
	rest.Delete(name)
	*l = (*l)[:i+1+len(rest)]
}

// Combine adds the value to the first header of that name, after a comma and a space, or appends the header where there
// is not one.
//
// https://fetch.spec.whatwg.org/#concept-header-list-combine
func (l *HeaderList) Combine(name, value string) {
	if i := header.Index(*l, name, 0); i >= 0 {
		(*l)[i][1] += ", " + value
		return
	}
	l.Append(name, value)
}

// SortAndCombine returns what iterating a Headers object gives: lowercase names in byte order, the values of each
// joined, but one entry for each Set-Cookie.
//
// https://fetch.spec.whatwg.org/#concept-header-list-sort-and-combine
func (l HeaderList) SortAndCombine() HeaderList {
	sorted := slices.Clone(l)
	for i := range sorted {
		sorted[i][0] = header.Lower(sorted[i][0])
	}
	slices.SortStableFunc(sorted, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
	var out HeaderList
	for i := 0; i < len(sorted); {
		name, end := sorted[i][0], i+1
		for name != "set-cookie" && end < len(sorted) && sorted[end][0] == name {
			end++
		}
		value, _ := header.Get(sorted[i:end], name)
		out = append(out, [2]string{name, value})
		i = end
	}
	return out
}
