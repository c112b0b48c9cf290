package policy

import (
	"slices"
	"strings"

	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/safelist"
)

// wildcard is what a list holds that allows everything.
const wildcard = "*"

// safelistedMethods is what an Access-Control-Allow-Methods starts with. They need no permission; browsers keep them
// with the others in their cache, so that no later request with one of them needs a preflight for its method.
const safelistedMethods = "GET,HEAD,POST"

// methodList is the methods that a policy allows.
type methodList struct {
	all  bool
	list []string // those that are not safelisted
}

func newMethodList(normal []string) methodList {
	return methodList{all: slices.Contains(normal, wildcard), list: normal}
}

// value returns Access-Control-Allow-Methods. With credentials there is no wildcard in it, so that it does not stand
// for all methods, if they are allowed; see echoes.
func (l *methodList) value(credentials bool) string {
	switch {
	case l.all && !credentials:
		return wildcard
	case l.all || len(l.list) == 0:
		return safelistedMethods
	}
	return safelistedMethods + "," + strings.Join(l.list, ",")
}

// echoes reports whether only the method that was asked for can say that it is allowed.
func (l *methodList) echoes(credentials bool) bool { return l.all && credentials }

// allows judges a method that a preflight asks for.
func (l *methodList) allows(method string, credentials bool) bool {
	if safelist.IsCORSSafelistedMethod(method) {
		return true
	}
	if !l.all {
		return slices.Contains(l.list, method)
	}
	// Echoed, a method that is called * would be a wildcard to requests without
	// credentials.
	return safelist.IsMethod(method) && !safelist.IsForbiddenMethod(method) && !(credentials && (method == wildcard || isCut(method)))
}

// headerList is the names of the request headers that a policy allows.
type headerList struct {
	all           bool
	authorization bool // whether it is listed
	names         []string
	table         nameTable
}

func newHeaderList(normal []string) headerList {
	return headerList{
		all:           slices.Contains(normal, wildcard),
		authorization: slices.Contains(normal, "authorization"),
		names:         normal,
		table:         newNameTable(normal),
	}
}

// value returns Access-Control-Allow-Headers, or "" if it is not sent or echoes.
func (l *headerList) value(credentials bool) string {
	if l.echoes(credentials) {
		return ""
	}
	return strings.Join(l.names, ",")
}

// echoes reports whether only the names that were asked for can say that they are allowed.
func (l *headerList) echoes(credentials bool) bool { return l.all && credentials }

// skipListed returns how much of the start of list is names that are allowed, with their commas, as browsers write
// them: in lower case and ascending order, with nothing but commas between them. Of what comes after, nothing is known.
func (l *headerList) skipListed(list string) (n int) {
	const few = 16 // with more names than that, a table finds them sooner
	if l.all || len(l.names) > few {
		return 0
	}
	for _, name := range l.names {
		if rest, ok := strings.CutPrefix(list[n:], name); ok {
			switch {
			case rest == "":
				return len(list)
			case rest[0] == ',':
				n += len(name) + 1
			}
		}
	}
	return n
}

// nameTable is a set of lowercase header names, to be looked up in any case and
// with a hash that was made while the name was read.
type nameTable struct {
	slots []string // as many as a power of two, at most half of them taken
}

func newNameTable(names []string) nameTable {
	if len(names) == 0 {
		return nameTable{}
	}
	size := 2
	for size < 2*len(names) {
		size *= 2
	}
	t := nameTable{make([]string, size)}
	for _, name := range names {
		hash := hashSeed
		for i := range len(name) {
			hash = hashByte(hash, name[i])
		}
		i := int(hash) & (size - 1)
		for t.slots[i] != "" {
			i = (i + 1) & (size - 1)
		}
		t.slots[i] = name
	}
	return t
}

// contains reports whether name, whose hash in lower case is the one given, is in t.
func (t *nameTable) contains(name string, hash uint32) bool {
	if len(t.slots) == 0 {
		return false
	}
	for i := int(hash) & (len(t.slots) - 1); t.slots[i] != ""; i = (i + 1) & (len(t.slots) - 1) {
		if header.EqualFold(t.slots[i], name) {
			return true
		}
	}
	return false
}

// FNV-1a.
const hashSeed uint32 = 2166136261

func hashByte(hash uint32, b byte) uint32 { return (hash ^ uint32(b)) * 16777619 }
