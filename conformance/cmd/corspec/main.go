// Corspec answers questions about the CORS protocol on the command line.
//
//	corspec check [flags] [URL]         what a browser does with this request to this server, and why
//	corspec explain [flags] URL | FILE  the same for answers that you already have, such as a HAR file
//	corspec lint FILE                   what is wrong with a server's policy
//	corspec probe [flags] URL           where a server lets pages read more than is meant, or less
//	corspec clients -run PROGRAM        where a user agent does not do what a browser does
//	corspec exec                        one decision for each line of JSON on standard input
//	corspec vectors [flags] [ID ...]    the vectors that the executor is held against
//	corspec version                     the version, and the commits of the standards
//
// Each command prints its flags with -h.
package main

import (
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"

	"github.com/corspec/corspec/conformance"
)

// The exit statuses of all commands. What "bad" is depends on the command: blocked, invalid, failed.
const (
	exitOK    = 0
	exitBad   = 1
	exitUsage = 2
)

func main() {
	// With this, writing to a closed pipe is an error, which is told, and not the end.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// A command runs with its arguments, the command's name left out, and returns the exit status.
type command struct {
	name, usage, short string
	run                func(args []string, stdin io.Reader, stdout, stderr io.Writer) int
}

func commands() []command {
	return []command{
		{"check", "check [flags] [URL]", "what a browser does with this request to this server, and why", runCheck},
		{"explain", "explain [flags] URL | FILE", "what check says, for answers that you already have, such as a HAR file", runExplain},
		{"lint", "lint FILE", "what is wrong with a server's policy", runLint},
		{"probe", "probe [flags] URL", "where a server lets pages read more than is meant, or less", runProbe},
		{"clients", "clients -run PROGRAM [flags]", "where a user agent does not do what a browser does", runClients},
		{"exec", "exec", "one decision for each line of JSON on standard input", runExec},
		{"vectors", "vectors [flags] [ID ...]", "the vectors that the executor is held against; -run holds another against them", runVectors},
		{"version", "version", "the version, and the commits of the standards", runVersion},
	}
}

func lookUp(name string) (command, bool) {
	for _, c := range commands() {
		if c.name == name {
			return c, true
		}
	}
	return command{}, false
}

// run is main without the process.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	out, errs := newOutput(stdout), escaper{stderr}
	status := runCommand(args, stdin, out, errs)
	if err := out.flush(); err != nil {
		name := ""
		if len(args) > 0 {
			name = " " + args[0]
		}
		fmt.Fprintf(errs, "corspec%s: standard output: %v\n", name, err)
		return exitUsage
	}
	return status
}

func runCommand(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	if len(args) == 0 {
		printUsage(stderr)
		return exitUsage
	}
	switch args[0] {
	case "help", "-h", "-help", "--help":
		printUsage(stdout)
		return exitOK
	case "-version", "--version":
		args[0] = "version"
	}
	c, ok := lookUp(args[0])
	if !ok {
		fmt.Fprintf(stderr, "corspec: there is no command %q\n\n", args[0])
		printUsage(stderr)
		return exitUsage
	}
	return c.run(args[1:], stdin, stdout, stderr)
}

func printUsage(w io.Writer) {
	fmt.Fprint(w, "Usage: corspec COMMAND [flags] [arguments]\n\n")
	for _, c := range commands() {
		fmt.Fprintf(w, "  corspec %-10s %s\n", c.name, c.short)
	}
	fmt.Fprint(w, "\ncorspec COMMAND -h prints the flags of a command.\n")
}

// newFlags returns the flags of a command, whose usage text is what the command says and the list of its flags.
func newFlags(name string, stderr io.Writer, about string) *flag.FlagSet {
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		c, _ := lookUp(name)
		fmt.Fprintf(flags.Output(), "Usage: corspec %s\n\n%s\n", c.usage, strings.TrimSpace(about))
		any := false
		flags.VisitAll(func(*flag.Flag) { any = true })
		if any {
			fmt.Fprintln(flags.Output(), "\nFlags:")
			flags.PrintDefaults()
		}
	}
	return flags
}

// version returns the version of the module that the program was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "devel"
	}
	return info.Main.Version
}

func runVersion(args []string, _ io.Reader, stdout, stderr io.Writer) int {
	flags := newFlags("version", stderr, "Version prints the program's version and the commits of the standards that it implements.")
	arguments, status, ok := parseArguments(flags, args, nil, stdout)
	if !ok {
		return status
	}
	if len(arguments) > 0 {
		fmt.Fprintf(stderr, "corspec version: it takes no arguments, got %q\n", arguments)
		return exitUsage
	}
	fmt.Fprintf(stdout, "corspec %s\n", version())
	commits := conformance.Standards()
	for _, repository := range slices.Sorted(maps.Keys(commits)) {
		fmt.Fprintf(stdout, "%-31s %s\n", repository, commits[repository])
	}
	return exitOK
}
