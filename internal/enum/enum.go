// Package enum gives enumerations the names that the standards have for their values.
package enum

import (
	"fmt"
	"slices"

	"github.com/corspec/corspec/internal/quote"
)

// Names are the names of an enumeration: what String, MarshalText and UnmarshalText of its type say and take.
type Names[E ~uint8] struct {
	what  string // "fetch: request mode"
	first int    // the value that has the first name
	names []string
}

// New returns the names of the values 0, 1, 2 and so on. What names the enumeration in errors: the package, a colon,
// and the standard's term.
func New[E ~uint8](what string, names ...string) Names[E] { return Names[E]{what, 0, names} }

// From1 is New for an enumeration whose zero value stands for nothing.
func From1[E ~uint8](what string, names ...string) Names[E] { return Names[E]{what, 1, names} }

// Has reports whether e has a name.
func (n *Names[E]) Has(e E) bool { return int(e) >= n.first && int(e)-n.first < len(n.names) }

// String returns the name of e, or "invalid(99)" for one that has none.
func (n *Names[E]) String(e E) string {
	if n.Has(e) {
		return n.names[int(e)-n.first]
	}
	return fmt.Sprintf("invalid(%d)", uint8(e))
}

// MarshalText returns the name of e, or an error for one that has none.
func (n *Names[E]) MarshalText(e E) ([]byte, error) {
	if !n.Has(e) {
		return nil, fmt.Errorf("%s %d does not exist", n.what, uint8(e))
	}
	return []byte(n.String(e)), nil
}

// Value returns the value of that name. Names are compared byte for byte.
func (n *Names[E]) Value(name string) (e E, ok bool) {
	i := slices.Index(n.names, name)
	return E(i + n.first), i >= 0
}

// UnmarshalText sets e to the value of that name, or returns an error that lists the names.
func (n *Names[E]) UnmarshalText(e *E, text []byte) error {
	v, ok := n.Value(string(text))
	if !ok {
		return fmt.Errorf("%s %s does not exist; use one of %q", n.what, quote.Quote(string(text)), n.names)
	}
	*e = v
	return nil
}
