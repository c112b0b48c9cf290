package header

import (
	"slices"
	"strings"
)

// Index returns the index of the first line of l, at from or after it, whose name is a byte-case-insensitive match for
// name, or -1. It walks the lines of a name without allocating:
//
//	for i := header.Index(l, name, 0); i >= 0; i = header.Index(l, name, i+1) {
//		value := l[i][1]
//	}
func Index(l [][2]string, name string, from int) int {
	for i := from; i < len(l); i++ {
		if EqualFold(l[i][0], name) {
			return i
		}
	}
	return -1
}

// Contains reports whether l has a header called name.
//
// https://fetch.spec.whatwg.org/#header-list-contains
func Contains(l [][2]string, name string) bool { return Index(l, name, 0) >= 0 }

// Get returns the values of all headers called name, in order, with a comma and a space between them; ok is false where
// the standard returns null. It allocates only if there are two or more.
//
// https://fetch.spec.whatwg.org/#concept-header-list-get
func Get(l [][2]string, name string) (value string, ok bool) {
	// Get, step 1.
	first := Index(l, name, 0)
	if first < 0 {
		return "", false
	}
	// Get, step 2.
	next := Index(l, name, first+1)
	if next < 0 {
		return l[first][1], true
	}
	size := len(l[first][1])
	for i := next; i >= 0; i = Index(l, name, i+1) {
		size += len(", ") + len(l[i][1])
	}
	var b strings.Builder
	b.Grow(size)
	b.WriteString(l[first][1])
	for i := next; i >= 0; i = Index(l, name, i+1) {
		b.WriteString(", ")
		b.WriteString(l[i][1])
	}
	return b.String(), true
}

// Append appends (name, value) to l under the name of the first header that
// has the same name in whatever case, and returns the extended list.
//
// https://fetch.spec.whatwg.org/#concept-header-list-append
func Append(l [][2]string, name, value string) [][2]string {
	// Append, step 1.
	if i := Index(l, name, 0); i >= 0 {
		name = l[i][0]
	}
	// Append, step 2.
	return append(l, [2]string{name, value})
}

// SortedLowercaseSet turns names, in place, into a set: byte-lowercased, without duplicates, in ascending byte order.
//
// https://fetch.spec.whatwg.org/#convert-header-names-to-a-sorted-lowercase-set
func SortedLowercaseSet(names []string) []string {
	// Convert header names to a sorted-lowercase set, steps 1 and 2.
	lowerAll(names)
	// Convert header names to a sorted-lowercase set, step 3.
	slices.Sort(names)
	return slices.Compact(names)
}

// lowerAll byte-lowercases names in place. All that have to be copied share one buffer.
func lowerAll(names []string) {
	size := 0
	for _, name := range names {
		if !isLower(name) {
			size += len(name)
		}
	}
	if size == 0 {
		return
	}
	var b strings.Builder
	b.Grow(size) // so that it never moves
	for i, name := range names {
		if isLower(name) {
			continue
		}
		start := b.Len()
		for j := 0; j < len(name); j++ {
			b.WriteByte(lower[name[j]])
		}
		names[i] = b.String()[start:]
	}
}
