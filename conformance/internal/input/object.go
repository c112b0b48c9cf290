package input

import (
	"fmt"
	"iter"

	"github.com/corspec/corspec/internal/strictjson"
)

// An Object is a JSON object whose fields are taken one after another.
type Object struct {
	itself  Value
	members []strictjson.Member
	taken   []bool
}

// Object reads an object.
func (v Value) Object() *Object {
	o := &Object{itself: v}
	if !v.is("an object") {
		return o
	}
	members, fault := strictjson.Members(v.raw)
	if fault != nil {
		at := o.field(strictjson.Member{Name: fault.Name, Offset: fault.Offset})
		at.Fail("%s", fault.Reason)
	}
	o.members, o.taken = members, make([]bool, len(members))
	return o
}

// field returns a member as the field of that name.
func (o *Object) field(m strictjson.Member) Value {
	path := m.Name
	if o.itself.path != "" {
		path = o.itself.path + "." + m.Name
	}
	return Value{o.itself.scope, m.Value, path, o.itself.start + m.Offset, o.itself.start + m.Start}
}

// Take returns the field of that name, which may be absent.
func (o *Object) Take(name string) Value {
	for i, m := range o.members {
		if m.Name == name && !o.taken[i] {
			o.taken[i] = true
			return o.field(m)
		}
	}
	absent := o.field(strictjson.Member{Name: name})
	absent.offset = o.itself.offset
	return absent
}

// Need is Take for a field that must be there.
func (o *Object) Need(name string) Value {
	v := o.Take(name)
	if !v.Present() {
		v.Fail("missing field")
	}
	return v
}

// Entries takes all fields of an object that is a map, by their names.
func (o *Object) Entries() iter.Seq2[string, Value] {
	return func(yield func(string, Value) bool) {
		for i, m := range o.members {
			o.taken[i] = true
			v := o.field(m)
			v.path = fmt.Sprintf("%s[%q]", o.itself.path, m.Name)
			if v.err != nil || !yield(m.Name, v) {
				return
			}
		}
	}
}

// Close fails where a field is left that nobody took.
func (o *Object) Close() {
	for i, m := range o.members {
		if !o.taken[i] {
			o.field(m).Fail("unknown field")
			return
		}
	}
}

// Err returns the first error of all, an [*Error]. Fields that nobody took are not known.
func (o *Object) Err() error { return o.itself.err }

// End closes the outermost object and returns the first error of all, an [*Error].
func (o *Object) End() error {
	o.Close()
	return o.itself.err
}
