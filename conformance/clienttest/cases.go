package clienttest

import (
	"slices"
	"strings"
	"sync"
)

// allCases are all cases, in their order.
var allCases = func() func() []*testCase {
	once := sync.OnceValue(makeCases)
	return func() []*testCase { return append([]*testCase(nil), once()...) }
}()

// makeCases returns the cases, those of a family together: what stands before the slash in their ids.
func makeCases() (all []*testCase) {
	order := map[string]int{}
	for _, c := range append(families(), fromVectors()...) {
		family, _, _ := strings.Cut(c.ID, "/")
		if _, known := order[family]; !known {
			order[family] = len(order)
		}
		all = append(all, c)
	}
	slices.SortStableFunc(all, func(a, b *testCase) int {
		familyA, _, _ := strings.Cut(a.ID, "/")
		familyB, _, _ := strings.Cut(b.ID, "/")
		return order[familyA] - order[familyB]
	})
	return all
}
