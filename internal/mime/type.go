package mime

import (
	"slices"
	"strings"

	"github.com/corspec/corspec/internal/header"
)

// A Type is a MIME type record. The zero value is not a type.
//
// https://mimesniff.spec.whatwg.org/#mime-type
type Type struct {
	essence string
	written string  // what followed it: the parameters, which are parsed when somebody asks for them
	set     []Param // parameters that count before those
}

// A Param is a parameter of a MIME type. Its name is lowercase.
type Param struct{ Name, Value string }

// Essence returns the type and the subtype, lowercase, with a slash between.
//
// https://mimesniff.spec.whatwg.org/#mime-type-essence
func (t Type) Essence() string { return t.essence }

// Param returns the value of the parameter called name, which must be lowercase, and whether there is one.
func (t Type) Param(name string) (value string, ok bool) {
	for _, p := range t.set {
		if p.Name == name {
			return p.Value, true
		}
	}
	for n, value := range parameters(t.written) {
		if header.EqualFold(n, name) {
			return value, true
		}
	}
	return "", false
}

// WithParam returns t with that value of the parameter called name, which must
// be lowercase. One that is there keeps its place.
func (t Type) WithParam(name, value string) Type {
	t.set = append([]Param{{name, value}}, t.set...)
	return t
}

// params returns all parameters, each name once.
func (t Type) params() []Param {
	params := record(t.written)
	for _, p := range slices.Backward(t.set) {
		if i := slices.IndexFunc(params, func(q Param) bool { return q.Name == p.Name }); i >= 0 {
			params[i] = p
		} else {
			params = append(params, p)
		}
	}
	return params
}

// String serializes t.
//
// https://mimesniff.spec.whatwg.org/#serialize-a-mime-type
func (t Type) String() string {
	// Serialize a MIME type, step 1.
	params := t.params()
	if len(params) == 0 {
		return t.essence
	}
	var b strings.Builder
	b.WriteString(t.essence)
	// Serialize a MIME type, step 2.
	for _, p := range params {
		b.WriteByte(';')
		b.WriteString(p.Name)
		b.WriteByte('=')
		if header.IsToken(p.Value) {
			b.WriteString(p.Value)
			continue
		}
		b.WriteByte('"')
		for i := 0; i < len(p.Value); i++ {
			if c := p.Value[i]; c == '"' || c == '\\' {
				b.WriteByte('\\')
			}
			b.WriteByte(p.Value[i])
		}
		b.WriteByte('"')
	}
	// Serialize a MIME type, step 3.
	return b.String()
}
