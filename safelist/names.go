package safelist

import "github.com/corspec/corspec/internal/header"

// nameSet holds header names by their length, so that most names are told apart from them by one look-up.
type nameSet [33][]string

func newNameSet(names ...string) (s nameSet) {
	for _, name := range names {
		s[len(name)] = append(s[len(name)], name)
	}
	return s
}

// contains reports whether name is a byte-case-insensitive match for a name of the set.
func (s *nameSet) contains(name string) bool {
	if len(name) >= len(s) {
		return false
	}
	for _, n := range s[len(name)] {
		if header.EqualFold(name, n) {
			return true
		}
	}
	return false
}
