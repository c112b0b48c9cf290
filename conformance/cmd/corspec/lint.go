package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/corspec/corspec/internal/quote"
	"github.com/corspec/corspec/internal/strictjson"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/policy"
	"github.com/corspec/corspec/policy/policyhttp"
)

const lintAbout = `
Lint reads a server's policy in JSON from FILE, or from standard input where FILE is -, and prints everything that is wrong
with it, or what is legal but dead or surprising: where, what, why, and what to write instead.

  {"origins": ["https://*.example.com"], "credentials": true, "methods": ["PUT"], "requestHeaders": ["Content-Type"]}

What policy.WithOrigins adds to it is not looked at; -with-origins says that it will add some, so that FILE need not list any.

The exit status is 0 for a policy without errors, 1 for one with errors, 2 for bad flags and a file that cannot be read.
`

func runLint(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	flags := newFlags("lint", stderr, lintAbout)
	withOrigins := flags.Bool("with-origins", false, "the server adds origins of its own")
	arguments, status, ok := parseArguments(flags, args, nil, stdout)
	if !ok {
		return status
	}
	if len(arguments) != 1 {
		fmt.Fprintf(stderr, "corspec lint: it takes one file, got %d\n", len(arguments))
		flags.Usage()
		return exitUsage
	}
	name := arguments[0]
	data, err := readFile(name, stdin)
	if err != nil {
		fmt.Fprintf(stderr, "corspec lint: %v\n", err)
		return exitUsage
	}
	if name == "-" {
		name = "standard input"
	}
	p := newPrinter(stdout)
	var options []policy.Option
	if *withOrigins {
		options = append(options, policy.WithOrigins(policy.OriginsFunc(func(origin.Origin) bool { return false })))
	}
	made, err := policyhttp.Parse(data, options...)
	found := policy.ConfigError{Warnings: made.Warnings()}
	if invalid, ok := errors.AsType[*policy.ConfigError](err); ok {
		found = *invalid
	} else if err != nil {
		p.line("%s  %s%s", p.style(red, "error"), printable(err.Error()), where(data))
		p.line("%s: %s", printable(name), p.style(red, "no policy"))
		return exitBad
	}
	for _, f := range found.Errors {
		p.finding(red, "error", f)
	}
	for _, f := range found.Warnings {
		p.finding(cyan, "warning", f)
	}
	colour := green
	if err != nil {
		status, colour = exitBad, red
	}
	p.line("%s: %s, %s", printable(name), p.style(colour, count(len(found.Errors), "error")), count(len(found.Warnings), "warning"))
	return status
}

func readFile(name string, stdin io.Reader) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(stdin)
	}
	return os.ReadFile(name)
}

// finding prints an error or a warning.
func (p printer) finding(colour, kind string, f policy.Finding) {
	place := f.Field
	if f.Index >= 0 {
		place = fmt.Sprintf("%s[%d]", f.Field, f.Index)
	}
	value := ""
	if f.Value != "" {
		value = " " + quote.Quote(f.Value)
	}
	p.line("%s  %s%s  %s", p.style(colour, kind), p.style(bold, printable(place)), value, p.style(dim, string(f.Code)))
	p.line("       %s", printable(f.Detail))
	if f.Suggestion != "" {
		p.line("       Instead: %s", p.style(green, printable(f.Suggestion)))
	}
}

// count returns a number and a noun in its number.
func count(n int, noun string) string {
	switch n {
	case 0:
		return "no " + noun + "s"
	case 1:
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// where returns the line and column of a mistake in the syntax of JSON, in brackets, or nothing.
func where(data []byte) string {
	fault := strictjson.Check(data)
	if fault == nil {
		return ""
	}
	line, column, _ := strings.Cut(place(data, int64(fault.Offset)), ":")
	return fmt.Sprintf(" (line %s, column %s)", line, column)
}
