// Package conformance holds what proves an implementation of the CORS protocol right or wrong: the vectors, and the
// reference executor that evaluates them with this module.
//
// A [Vector] is one decision of one algorithm: an input, the output that the standard demands, and the step that decides.
// [Vectors] returns all of them; they are embedded, one file for each algorithm, and also stand as JSON lines under vectors/,
// described by vectors/schema.json. [Evaluate] makes one decision with this module's packages. Inputs and outputs have one
// shape in the vectors, in Evaluate and in the command corspec exec, which puts Evaluate behind a pipe.
// [Vector.Accepts] compares an output of whatever implementation; corspec vectors -run does so for a program behind such a
// pipe.
//
// # Values
//
// Methods, header names and header values are byte sequences, carried as JSON strings in which each code point U+0000 to
// U+00FF is one byte. URLs, hosts and origins are ordinary strings. A header list is [["Name", "value"], …]. Failure of an
// algorithm is {"failure": true}, null is null. An origin is given in its serialized form; "null" is a fresh opaque origin,
// and "opaque:NAME" an opaque origin that is the same wherever the name occurs in one input.
//
// Input is read strictly: an unknown field, an unknown name in an enumeration or a value of the wrong type is an
// [*InputError], never an output. Failure of an algorithm is an output, never an error.
//
// # Standards
//
// Steps and anchors are those of the commits below; see [Standard].
package conformance

// The commits of the standards that this module implements. Steps in verdicts and vectors are numbered as these number
// them; codes do not depend on them.
const (
	// Standard is the commit of whatwg/fetch, of 2026-07-02: https://fetch.spec.whatwg.org/.
	Standard = "586cd2a44c2a865b37c166dc0740f3fb8bb220d6"
	// URLStandard is the commit of whatwg/url, of 2026-07-02: https://url.spec.whatwg.org/.
	URLStandard = "6ae84860d12800bcf563668e7cc821360dce6062"
	// HTMLStandard is the commit of whatwg/html, of 2026-08-21: https://html.spec.whatwg.org/multipage/.
	HTMLStandard = "508a037333d8a1806504303aeb489d931fabbef6"
	// MIMESniffStandard is the commit of whatwg/mimesniff, of 2026-01-20: https://mimesniff.spec.whatwg.org/.
	MIMESniffStandard = "8a3b9185a9e9f12de6ef2f9d7e434f0e5d3146c2"
)
