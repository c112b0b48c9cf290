// Package explain says in words what became of a fetch: what happened, why the standard has it so, what to change, and which
// engines do otherwise. [Trace] explains a whole fetch, [Verdict] the outcome of a single check, and a [Printer] shows what went
// over the wire.
//
// The words are made of the data of package [github.com/corspec/corspec/fetch], and are for people: to decide by, a program has
// the verdict's code.
package explain
