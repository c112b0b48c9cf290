package header

import (
	"slices"
	"strings"
)

// Index returns the index of the first line of l, at from or after it, whose
// name is a byte-case-insensitive match for name, or -1. It walks the lines of
// a name without allocating:
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

// Get returns the values of all headers called name, in order, with a comma
// and a space between them; ok is false where the standard returns null. It
// allocates only where there are two or more.
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

// GetIs reports whether l has headers called name whose value, as [Get] would
// join it, is want. It never allocates.
func GetIs(l [][2]string, name, want string) bool {
	i := Index(l, name, 0)
	if i < 0 {
		return false
	}
	for {
		rest, ok := strings.CutPrefix(want, l[i][1])
		if !ok {
			return false
		}
		if i = Index(l, name, i+1); i < 0 {
			return rest == ""
		}
		if want, ok = strings.CutPrefix(rest, ", "); !ok {
			return false
		}
	}
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

// Delete removes all headers called name from l, in place, and returns the
// shortened list.
//
// https://fetch.spec.whatwg.org/#concept-header-list-delete
func Delete(l [][2]string, name string) [][2]string {
	return slices.DeleteFunc(l, func(h [2]string) bool { return EqualFold(h[0], name) })
}

// Set gives value to the first header called name and removes the others, in
// place, or appends (name, value) where there is none. It returns the list.
//
// https://fetch.spec.whatwg.org/#concept-header-list-set
func Set(l [][2]string, name, value string) [][2]string {
	// Set, step 1.
	if i := Index(l, name, 0); i >= 0 {
		l[i][1] = value
		rest := Delete(l[i+1:], name)
		return l[:i+1+len(rest)]
	}
	// Set, step 2.
	return append(l, [2]string{name, value})
}

// Combine joins value onto the first header called name, with a comma and a
// space, in place, or appends (name, value) where there is none. It returns
// the list.
//
// https://fetch.spec.whatwg.org/#concept-header-list-combine
func Combine(l [][2]string, name, value string) [][2]string {
	// Combine, step 1.
	if i := Index(l, name, 0); i >= 0 {
		l[i][1] += ", " + value
		return l
	}
	// Combine, step 2.
	return append(l, [2]string{name, value})
}

// SortedLowercaseSet returns names byte-lowercased, without duplicates, in
// ascending byte order. The slice is new.
//
// https://fetch.spec.whatwg.org/#convert-header-names-to-a-sorted-lowercase-set
func SortedLowercaseSet(names []string) []string {
	return ToSortedLowercaseSet(slices.Clone(names))
}

// ToSortedLowercaseSet does what [SortedLowercaseSet] does, in place.
func ToSortedLowercaseSet(names []string) []string {
	// Convert header names to a sorted-lowercase set, steps 1 and 2.
	lowerAll(names)
	// Convert header names to a sorted-lowercase set, step 3.
	slices.Sort(names)
	return slices.Compact(names)
}

// lowerAll byte-lowercases names in place. All that have to be copied share one
// buffer.
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

// SortAndCombine returns l with its names lowercased and sorted and the values
// of each name joined as [Get] does, but for Set-Cookie, each of whose values
// stays a header of its own. The list is new.
//
// https://fetch.spec.whatwg.org/#concept-header-list-sort-and-combine
func SortAndCombine(l [][2]string) [][2]string {
	// Sort and combine, steps 1 and 2. A stable sort by lowercased name puts the
	// values of a name next to each other and leaves them in order, so that
	// nothing has to be looked up name by name.
	sorted := make([][2]string, len(l))
	for i, h := range l {
		sorted[i] = [2]string{Lower(h[0]), h[1]}
	}
	slices.SortStableFunc(sorted, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })

	// Sort and combine, step 3.
	headers := sorted[:0]
	for i := 0; i < len(sorted); {
		name, end := sorted[i][0], i+1
		for end < len(sorted) && sorted[end][0] == name {
			end++
		}
		if name == "set-cookie" {
			headers = append(headers, sorted[i:end]...)
		} else {
			value, _ := Get(sorted[i:end], name)
			headers = append(headers, [2]string{name, value})
		}
		i = end
	}
	// Sort and combine, step 4.
	return headers
}
