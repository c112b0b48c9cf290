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
