package origin

import (
	"hash/maphash"
	"math/bits"
	"strings"
)

// A table is a set of strings, none of them empty. Among very many, a lookup
// waits for memory: here for that of a slot and of the string, and both are
// packed; in a map for that of more.
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

// tableSeed is of this process only, so that nobody can choose strings that
// have one hash.
var tableSeed = maphash.MakeSeed()

// tiny is the number of slots of one or two strings, which are found sooner
// without a hash.
const tiny = 4

// find returns the table's own copy of s, if it is there.
func (t *table) find(s string) (own string, ok bool) {
	if len(t.slots) <= tiny {
		for _, at := range t.slots {
			if own := t.text[at.start:][:at.length]; own == s {
				return own, own != ""
			}
		}
		return "", false
	}
	hash := maphash.String(tableSeed, s)
	for i := home(hash, len(t.slots)); ; i++ {
		if i == len(t.slots) {
			i = 0
		}
		at := &t.slots[i]
		if at.hash == uint32(hash) {
			if own := t.text[at.start:][:at.length]; own == s {
				return own, own != ""
			}
		}
		if at.length == 0 {
			return "", false
		}
	}
}

// tableBuilder is a table that is being made.
type tableBuilder struct {
	slots []slot
	text  strings.Builder
}

// grow makes room in an empty table for n strings of size bytes together.
func (b *tableBuilder) grow(n, size int) {
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

// home returns where among n slots the search for a string with this hash
// starts.
func home(hash uint64, n int) int {
	i, _ := bits.Mul64(hash, uint64(n))
	return int(i)
}
