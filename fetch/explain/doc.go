// Package explain says in words what became of a fetch: what happened, why the standard has it so, what to change, and
// which engines do otherwise. [Trace] explains a whole fetch, [Verdict] the outcome of a single check, and a [Printer]
// shows what went over the wire.
//
//	x := explain.Trace(m.Trace())
//	fmt.Println(x)              // all of it, as corspec check prints it
//	fmt.Println(x.Where, x.Send) // the header lines that the server has to send, and where
//
// The examples are a check alone, as an implementer of one has it, and a tool for the command line.
//
// The words are made of the data of package [github.com/corspec/corspec/fetch], and are for people: to decide by, a
// program has the verdict's code.
package explain
