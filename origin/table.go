package origin

import (
	"hash/maphash"
	"math/bits"
	"strings"
)

// A table is a set of strings, none of them empty. Among very many, a lookup
// waits for memory: here for a slot and a string, and the strings lie close
// together; in a map for more.
type table struct {
	slots []slot // a third of them free
}

// slot holds a string and its hash. It is free if the string is empty.
type slot struct {
	hash uint64
	text string
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
		for i := range t.slots {
			if own := t.slots[i].text; own == s {
				return own, own != ""
			}
		}
		return "", false
	}
	at := t.probe(s, maphash.String(tableSeed, s))
	return at.text, at.text != ""
}

// probe returns the slot of s, or the free one where it is to be.
func (t *table) probe(s string, hash uint64) *slot {
	i, _ := bits.Mul64(hash, uint64(len(t.slots)))
	for {
		at := &t.slots[i]
		if at.hash == hash && at.text == s || at.text == "" {
			return at
		}
		if i++; i == uint64(len(t.slots)) {
			i = 0
		}
	}
}

// tableBuilder is a table that is being made.
type tableBuilder struct {
	table
	block strings.Builder // what the strings are cut from
}

// grow makes room in an empty table for n strings of size bytes together.
func (b *tableBuilder) grow(n, size int) {
	b.slots = make([]slot, n+n/2+1)
	b.block.Grow(size)
}

// add puts s into the table, and reports whether it was not there yet.
func (b *tableBuilder) add(s string) bool {
	hash := maphash.String(tableSeed, s)
	at := b.probe(s, hash)
	if at.text != "" {
		return false
	}
	start := b.block.Len()
	b.block.WriteString(s)
	*at = slot{hash, b.block.String()[start:]}
	return true
}
