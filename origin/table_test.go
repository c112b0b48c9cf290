package origin

import (
	"hash/maphash"
	"strconv"
	"testing"
)

// Strings that have one hash are still told apart.
func TestTableHashes(t *testing.T) {
	const absent = "https://absent.example"
	hash := uint32(maphash.String(tableSeed, absent))
	var b tableBuilder
	b.grow(20, 100)
	for i := range 19 {
		if text := strconv.Itoa(i); !b.add(text) || b.add(text) {
			t.Errorf("%s is added not at all, or twice", text)
		}
	}
	for i := range b.slots {
		b.slots[i].hash = hash
	}
	made := b.made()
	if i := made.search(absent); i >= 0 {
		t.Errorf("it finds %q for %s", made.at(i), absent)
	}
	empty := uint32(maphash.String(tableSeed, ""))
	for i := range b.slots {
		b.slots[i].hash = empty
	}
	for _, made := range []table{b.made(), {slots: make([]slot, tiny)}} {
		if i := made.search(""); i >= 0 {
			t.Errorf("of %d slots, it finds the free one %d for nothing", len(made.slots), i)
		}
	}
	for i := range b.slots {
		b.slots[i].hash = hash
	}
	if !b.add(absent) || b.add(absent) {
		t.Errorf("%s is not added, or twice", absent)
	}
	made = b.made()
	if i := made.search(absent); i < 0 || made.at(i) != absent {
		t.Errorf("it finds %d for %s", i, absent)
	}
}
