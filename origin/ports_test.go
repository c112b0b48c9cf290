package origin

import (
	"slices"
	"testing"
)

// A union holds each port once, however often it is added.
func TestPortsAdd(t *testing.T) {
	var union ports
	for range 3 {
		union.add(&ports{null: true, list: []uint16{2, 4}})
		union.add(&ports{list: []uint16{1, 2, 3}})
	}
	if !union.null || union.any || !slices.Equal(union.list, []uint16{1, 2, 3, 4}) {
		t.Errorf("%+v", union)
	}
}

// What a look-up walks over does not grow with the patterns.
func TestBelowLengths(t *testing.T) {
	if s := MustParseSet("https://*.a.com", "https://*.b.com", "http://*.a.com", "https://*.ab.com", "https://*.a.com:1"); !slices.Equal(s.belowLengths, []int{5, 6}) {
		t.Errorf("%v", s.belowLengths)
	}
}
