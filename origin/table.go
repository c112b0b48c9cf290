package origin

import (
	"hash/maphash"
	"math/bits"
	"strings"
)

// A table is a set of strings, none of them empty. Among very many, a lookup waits for memory: here for that of a slot
// and of the string, and both are packed; in a map for that of more.
type table struct {
	slots   []slot // half of them free, so that what is not there is soon known; of very many, a third
	text    string // all strings, one behind another
	lengths uint64 // a bit for each length that a string has, modulo 64
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

// find returns the slot of s, or -1 if it is not there.
func (t *table) find(s string) (i int) {
	if t.lengths&lengthBit(s) == 0 {
		return -1
	}
	return t.search(s)
}

// lengthBit is the bit of the length of s.
func lengthBit(s string) uint64 { return 1 << (uint(len(s)) % 64) }

// search is find without regard to lengths.
func (t *table) search(s string) (i int) {
	slots := t.slots
	if len(slots) <= tiny {
		for i := range slots {
			if own := t.at(i); own == s && own != "" {
				return i
			}
		}
		return -1
	}
	hash := maphash.String(tableSeed, s)
	for i := home(hash, len(slots)); ; i++ {
		if i == len(slots) {
			i = 0
		}
		if slots[i].hash == uint32(hash) {
			if own := t.at(i); own == s && own != "" {
				return i
			}
		}
		if slots[i].length == 0 {
			return -1
		}
	}
}

// at returns the string of a slot.
func (t *table) at(i int) string {
	at := &t.slots[i]
	return t.text[at.start:][:at.length]
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
		t.values[t.keys.find(key)] = value
	}
	return t
}

// tableBuilder is a table that is being made.
type tableBuilder struct {
	slots   []slot
	text    strings.Builder
	lengths uint64
}

// grow makes room in an empty table for n strings of size bytes together.
func (b *tableBuilder) grow(n, size int) {
	if n == 0 {
		return
	}
	slots := 2 * n
	if n > 1<<15 { // These are more than the processor keeps at hand: the fewer, the sooner one is there.
		slots = n + n/2
	}
	b.slots = make([]slot, slots)
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
	b.lengths |= lengthBit(s)
	return true
}

// made returns the table.
func (b *tableBuilder) made() table { return table{b.slots, b.text.String(), b.lengths} }

// home returns where among n slots the search for a string with this hash starts.
func home(hash uint64, n int) int {
	i, _ := bits.Mul64(hash, uint64(n))
	return int(i)
}
