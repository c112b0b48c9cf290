package origin

import (
	"hash/maphash"
	"math/bits"
	"strings"
)

// A table is a set of strings, none of them empty. Among very many, a lookup waits for memory: here for that of a slot
// and of the string, and both are packed; in a map for that of more.
type table struct {
	slots []slot // a third of them free
	text  string // all strings, one behind another
}

// slot says where in the text a string is. It is free if the length is 0.
type slot struct {
	hash   uint32 // half of it; the other half leads to the slot
	length uint32
	start  int
}

// tableSeed is of this process only, so that nobody can choose strings that have one hash.
var tableSeed = maphash.MakeSeed()

// tiny is the number of slots of one or two strings, which are found sooner without a hash.
const tiny = 4

// find returns the table's own copy of s and the number of its slot, or -1 if it is not there.
func (t *table) find(s string) (own string, i int) {
	if len(t.slots) <= tiny {
		for i, at := range t.slots {
			if own := t.text[at.start:][:at.length]; own == s && own != "" {
				return own, i
			}
		}
		return "", -1
	}
	hash := maphash.String(tableSeed, s)
	for i := home(hash, len(t.slots)); ; i++ {
		if i == len(t.slots) {
			i = 0
		}
		at := &t.slots[i]
		if at.hash == uint32(hash) {
			if own := t.text[at.start:][:at.length]; own == s && own != "" {
				return own, i
			}
		}
		if at.length == 0 {
			return "", -1
		}
	}
}

// tableOf is a table that has values, and where they are: each at the number of its key's slot.
type tableOf[V any] struct {
	keys   table
	values []V
}

func newTableOf[V any](m map[string]V) tableOf[V] {
	size := 0
	for key := range m {
		size += len(key)
	}
	var b tableBuilder
	b.grow(len(m), size)
	for key := range m {
		b.add(key)
	}
	t := tableOf[V]{b.made(), make([]V, len(b.slots))}
	for key, value := range m {
		_, i := t.keys.find(key)
		t.values[i] = value
	}
	return t
}

// tableBuilder is a table that is being made.
type tableBuilder struct {
	slots []slot
	text  strings.Builder
}

// grow makes room in an empty table for n strings of size bytes together.
func (b *tableBuilder) grow(n, size int) {
	if n == 0 {
		return
	}
	b.slots = make([]slot, n+n/2+1)
	b.text.Grow(size)
}

// add puts s into the table, and reports whether it was not there yet.
func (b *tableBuilder) add(s string) bool {
	hash := maphash.String(tableSeed, s)
	i := home(hash, len(b.slots))
	for ; b.slots[i].length > 0; i = (i + 1) % len(b.slots) {
		if at := b.slots[i]; at.hash == uint32(hash) && b.text.String()[at.start:][:at.length] == s {
			return false
		}
	}
	b.slots[i] = slot{uint32(hash), uint32(len(s)), b.text.Len()}
	b.text.WriteString(s)
	return true
}

// made returns the table.
func (b *tableBuilder) made() table { return table{b.slots, b.text.String()} }

// home returns where among n slots the search for a string with this hash starts.
func home(hash uint64, n int) int {
	i, _ := bits.Mul64(hash, uint64(n))
	return int(i)
}
