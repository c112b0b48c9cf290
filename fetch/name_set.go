package fetch

import "github.com/corspec/corspec/internal/header"

// A nameSet answers whether a list holds a name, byte-case-insensitively. Long lists are hashed, so that asking for
// many names stays linear; short ones are searched, so that asking for a few allocates nothing.
type nameSet struct {
	list []string
	set  map[string]struct{}
}

const nameSetSearched = 16 // a search this short costs less than hashing

func newNameSet(list []string) nameSet {
	s := nameSet{list: list}
	if len(list) > nameSetSearched {
		s.set = make(map[string]struct{}, len(list))
		for _, n := range list {
			s.set[header.Lower(n)] = struct{}{}
		}
	}
	return s
}

func (s nameSet) contains(name string) bool {
	if s.set != nil {
		_, ok := s.set[header.Lower(name)]
		return ok
	}
	for _, n := range s.list {
		if header.EqualFold(n, name) {
			return true
		}
	}
	return false
}
