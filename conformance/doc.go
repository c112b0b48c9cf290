// Package conformance holds what proves an implementation of the CORS protocol right or wrong: the vectors, and the
// reference executor that evaluates them with this module.
//
// A [Vector] is one decision of one algorithm: an input, the output that the standard demands, and the step that
// decides. [Vectors] returns all of them; they are embedded, one file for each algorithm, and also stand as JSON lines
// under vectors/, described by vectors/schema.json. [Evaluate] makes one decision with this module's packages. Inputs
// and outputs have one shape in the vectors, in Evaluate and in the command corspec exec, which puts Evaluate behind a
// pipe. [Vector.Accepts] compares an output of whatever implementation; corspec vectors -run does so for a program
// behind such a pipe.
//
// # Values
//
// Methods, header names and header values are byte sequences, carried as JSON strings in which each code point U+0000
// to U+00FF is one byte. URLs, hosts and origins are ordinary strings. A header list is [["Name", "value"], …]. Failure
// of an algorithm is {"failure": true}, null is null. An origin is given in its serialized form; "null" is a fresh
// opaque origin, and "opaque:NAME" an opaque origin that is the same wherever the name occurs in one input.
//
// Input is read strictly: an unknown field, an unknown name in an enumeration or a value of the wrong type is an
// [*InputError], never an output. Failure of an algorithm is an output, never an error.
//
// # Standards
//
// Steps and anchors are those of the commits below; see [Standard].
package conformance

import "github.com/corspec/corspec/internal/standards"

// Standard is the commit of whatwg/fetch, https://fetch.spec.whatwg.org/, that this module implements. Steps in
// verdicts and vectors are numbered as it numbers them; codes do not depend on it.
const Standard = standards.Fetch

// Standards returns the commits of all standards that this module takes something from, by the names of their
// repositories.
func Standards() map[string]string { return standards.Commits() }
