package main

import (
	"fmt"
	"io"
	"os"

	"github.com/corspec/corspec/fetch/explain"
	"github.com/corspec/corspec/internal/quote"
)

// A printer writes for people: with colour on a terminal, plain elsewhere.
type printer struct {
	w      io.Writer
	colour bool
}

func newPrinter(w io.Writer) printer {
	return printer{w, isTerminal(w) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"}
}

// The SGR codes that a printer uses.
const (
	bold  = "1"
	dim   = "2"
	red   = "31"
	green = "32"
	cyan  = "36"
)

// style returns s in that style, if there is colour.
func (p printer) style(code, s string) string {
	if !p.colour {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func (p printer) line(format string, args ...any) { fmt.Fprintf(p.w, format+"\n", args...) }

// printable returns s with what a terminal would obey written as an escape.
func printable(s string) string { return quote.Line(s, len(s)) }

// short is printable, of a long text no more than the beginning.
func short(s string) string { return quote.Line(s, 300) }

// styles are the codes of what package explain prints.
var styles = map[explain.Style]string{explain.StyleStrong: bold, explain.StyleFaint: dim, explain.StyleArrow: cyan, explain.StyleGood: green, explain.StyleBad: red}

// explain is what prints fetches.
func (p printer) explain() explain.Printer {
	return explain.Printer{W: p.w, Style: func(s explain.Style, text string) string { return p.style(styles[s], text) }}
}
