package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"
)

// An output is standard output: it collects what is written and remembers the first error, so that a full disk or a
// closed pipe is told once, at the end of every command, whoever wrote.
type output struct {
	w     io.Writer
	lines *bufio.Writer
	err   error
}

func newOutput(w io.Writer) *output { return &output{w: w, lines: bufio.NewWriterSize(w, 64<<10)} }

// Write keeps p, or writes it at once where somebody watches.
func (o *output) Write(p []byte) (int, error) {
	if o.err != nil {
		return 0, o.err
	}
	var n int
	if n, o.err = o.lines.Write(p); o.err == nil && isTerminal(o.w) {
		o.err = o.lines.Flush()
	}
	return n, o.err
}

// flush writes what has been kept, and returns the first error of all.
func (o *output) flush() error {
	if o.err == nil {
		o.err = o.lines.Flush()
	}
	return o.err
}

// flush writes what w keeps, if it is an output.
func flush(w io.Writer) {
	switch w := w.(type) {
	case *output:
		w.flush()
	case *gate:
		w.flush()
	}
}

// isTerminal reports whether what is written to w is seen by somebody.
func isTerminal(w io.Writer) bool {
	switch w := w.(type) {
	case *output:
		return isTerminal(w.w)
	case *gate:
		return isTerminal(w.w)
	case escaper:
		return isTerminal(w.w)
	case *os.File:
		info, err := w.Stat()
		return err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	return false
}

// A gate is a writer that can be closed to those who still write to it.
type gate struct {
	mu     sync.Mutex
	w      io.Writer
	closed bool
}

func (g *gate) Write(p []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return 0, io.ErrClosedPipe
	}
	return g.w.Write(p)
}

func (g *gate) close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
}

func (g *gate) flush() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.closed {
		flush(g.w)
	}
}

// An escaper is standard error: what a terminal would obey is written as an escape, such as in the name of a file.
type escaper struct{ w io.Writer }

func (e escaper) Write(p []byte) (int, error) {
	var b strings.Builder
	for line := range strings.Lines(string(p)) {
		text, ended := strings.CutSuffix(line, "\n")
		for i, part := range strings.Split(text, "\t") { // a tab is part of the help
			if i > 0 {
				b.WriteByte('\t')
			}
			b.WriteString(printable(part))
		}
		if ended {
			b.WriteByte('\n')
		}
	}
	if _, err := io.WriteString(e.w, b.String()); err != nil {
		return 0, err
	}
	return len(p), nil
}

// raw returns what is below an escaper.
func raw(stderr io.Writer) io.Writer {
	if e, ok := stderr.(escaper); ok {
		return e.w
	}
	return stderr
}

// A progress says on a terminal how far a long piece of work is; elsewhere it says nothing.
type progress struct {
	w      io.Writer // nil where nobody watches
	noun   string
	total  int
	start  time.Time
	said   time.Time
	longer bool // something stands on the line
}

// newProgress starts to count things of that noun.
func newProgress(stderr io.Writer, noun string, total int) *progress {
	p := &progress{noun: noun, total: total, start: time.Now()}
	if isTerminal(stderr) {
		p.w = raw(stderr)
	}
	return p
}

// at says that n are done. It is cheap to call for each.
func (p *progress) at(n int) {
	if p == nil || p.w == nil {
		return
	}
	if now := time.Now(); now.Sub(p.start) > time.Second && now.Sub(p.said) > 200*time.Millisecond {
		p.said, p.longer = now, true
		fmt.Fprintf(p.w, "\r%d of %d %s\x1b[K", n, p.total, p.noun)
	}
}

// done clears the line.
func (p *progress) done() {
	if p != nil && p.longer {
		p.longer = false
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}
