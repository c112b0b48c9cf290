package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/signal"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/corspec/corspec/conformance/clienttest"
	"github.com/corspec/corspec/fetch"
)

const clientsAbout = `
Clients holds a user agent against what a browser does: what it sends, and what a script gets. The user agent is driven by
PROGRAM, a few lines in any language: corspec writes what a page does, a line of JSON each, and reads what the page gets. Servers
on this machine play the other part. conformance/PROTOCOL.md describes the lines.

  corspec clients -run 'node driver.js'                 all cases
  corspec clients -run 'node driver.js' -case '^cors-check/'   some of them
  corspec clients -list                                 what they are about

What the program does not support is counted apart. A case at which it hangs or breaks off has failed, and the program is started
again behind it. Where time cannot be advanced, it is waited for: some seconds for all cases together.

With -tls there are servers with https too. The certificate of their authority is in a file, whose name the program is told in the
line "hello", and by the variables SSL_CERT_FILE and NODE_EXTRA_CA_CERTS; -tls=FILE says which file.

The exit status is 0 if nothing is found that is as bad as -fail-on says, 1 if something is, and if no case passed; 2 for wrong
usage, if the program does not keep to the protocol, and if cases were inconclusive and nothing else was found.
`

// A fileFlag is a flag that may have the name of a file as its value.
type fileFlag struct {
	given bool
	name  string
}

func (f *fileFlag) String() string   { return "" }
func (f *fileFlag) IsBoolFlag() bool { return true }

func (f *fileFlag) Set(s string) error {
	switch s {
	case "true":
		f.given = true
	case "false", "":
		*f = fileFlag{}
	default:
		f.given, f.name = true, s
	}
	return nil
}

// A clientsReport is what clients -json prints.
type clientsReport struct {
	Browser string `json:"browser"`
	clienttest.Report

	// Faults are lines of the program that are not of the protocol; there may be more of them than are listed.
	Faults []string `json:"faults,omitempty"`
}

func runClients(args []string, _ io.Reader, stdout, stderr io.Writer) int {
	flags := newFlags("clients", stderr, clientsAbout)
	program := flags.String("run", "", "the `PROGRAM` and its arguments, separated by spaces; no shell reads them")
	browser := flags.String("browser", "standard", "compare with `NAME`: standard, chromium, firefox or webkitgtk")
	only := flags.String("case", "", "only the cases whose ids match the `REGEXP`")
	list := flags.Bool("list", false, "print ids and what the cases are about")
	limit := durationFlag(10 * time.Second)
	flags.Var(&limit, "timeout", "what the program may take for an answer, a `DURATION`")
	failOn := clienttest.SeverityBroken
	flags.Var(severityChoice.flag(&failOn), "fail-on", "the least `severity` that is a failure: unsafe, broken or wasteful")
	asJSON := flags.Bool("json", false, "print one JSON object")
	junit := flags.String("junit", "", "write what became of each case to `FILE`, as JUnit's XML")
	var secure fileFlag
	flags.Var(&secure, "tls", "do the cases with https too")
	arguments, status, ok := parseArguments(flags, args, nil, stdout)
	if !ok {
		return status
	}
	fail := func(err error) int {
		fmt.Fprintf(stderr, "corspec clients: %v\n", err)
		return exitUsage
	}
	command := strings.Fields(*program)
	profile, known := fetch.ProfileByName(*browser)
	pattern, err := regexp.Compile(*only)
	switch {
	case len(arguments) > 0:
		return fail(fmt.Errorf("it takes no arguments, got %q; -run names the program with its arguments in one", arguments))
	case err != nil:
		return fail(fmt.Errorf("-case %q: %w", *only, err))
	case !known:
		return fail(fmt.Errorf("-browser %q: it has to be standard, chromium, firefox or webkitgtk", *browser))
	case limit <= 0:
		return fail(fmt.Errorf("-timeout %v: it has to be more than 0", time.Duration(limit)))
	case failOn == clienttest.SeverityNote:
		return fail(errors.New("-fail-on note: notes make no difference to pages and servers; use unsafe, broken or wasteful"))
	case len(command) == 0 && !*list:
		return fail(errors.New("-run names no program"))
	}
	if *list {
		for _, c := range clienttest.Cases() {
			if pattern.MatchString(c.ID) {
				fmt.Fprintf(stdout, "%s: %s\n", c.ID, printable(c.About))
			}
		}
		return exitOK
	}

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	p := newClientProgram(command, stderr)
	options := []clienttest.Option{clienttest.WithProfile(profile), clienttest.WithTimeout(time.Duration(limit)), clienttest.WithCases(pattern)}
	if secure.given {
		if secure.name == "" {
			file, err := os.CreateTemp("", "corspec-authority-*.pem")
			if err != nil {
				return fail(err)
			}
			file.Close()
			secure.name = file.Name()
			defer os.Remove(secure.name)
		}
		p.authority, p.environment = secure.name, []string{"SSL_CERT_FILE=" + secure.name, "NODE_EXTRA_CA_CERTS=" + secure.name}
		options = append(options, clienttest.WithTLS(func(pem []byte) error { return os.WriteFile(secure.name, pem, 0o666) }))
	}
	var watch *progress
	options = append(options, clienttest.WithProgress(func(done, of int) {
		if watch == nil {
			watch = newProgress(stderr, "cases", of)
		}
		watch.at(done)
	}))
	report := clientsReport{Browser: *browser}
	report.Report, err = clienttest.Check(ctx, p, options...)
	p.close()
	watch.done()
	report.Faults = p.faults()
	switch {
	case ctx.Err() != nil:
		return fail(errors.New("interrupted"))
	case err != nil:
		return fail(fmt.Errorf("%s: %w", command[0], err))
	case p.broken() != nil:
		return fail(fmt.Errorf("%s: %w", command[0], p.broken()))
	}
	if *junit != "" {
		if err := report.writeJUnit(*junit, failOn); err != nil {
			return fail(err)
		}
	}
	if *asJSON {
		printJSON(stdout, report)
	} else {
		newPrinter(stdout).clients(&report)
	}
	switch worst, ok := report.Worst(); {
	case ok && worst >= failOn:
		return exitBad
	case report.Inconclusive > 0 || len(report.Faults) > 0:
		return exitUsage
	case report.Passed == 0:
		return exitBad
	}
	return exitOK
}

// mostOfKind is how many findings of a kind and severity are printed whole.
const mostOfKind = 3

// clients prints a report for people.
func (p printer) clients(r *clientsReport) {
	colours := map[clienttest.Severity]string{clienttest.SeverityUnsafe: red, clienttest.SeverityBroken: red, clienttest.SeverityWasteful: cyan, clienttest.SeverityNote: dim}
	type sort struct {
		severity clienttest.Severity
		kind     string
	}
	var order []sort
	bySort := map[sort][]*clienttest.Finding{}
	for i := range r.Findings {
		f := &r.Findings[i]
		s := sort{f.Severity, f.Kind}
		if bySort[s] == nil {
			order = append(order, s)
		}
		bySort[s] = append(bySort[s], f)
	}
	for _, s := range order {
		findings := bySort[s]
		for i, f := range findings {
			if i == mostOfKind {
				var ids []string
				for _, f := range findings[i:] {
					ids = append(ids, f.ID)
				}
				slices.Sort(ids)
				ids = slices.Compact(ids)
				p.line("\n%s", p.style(colours[s.severity], fmt.Sprintf("%s %s %d more times: %s", s.severity, s.kind, len(findings)-i, short(strings.Join(ids, " ")))))
				break
			}
			head, rest, _ := strings.Cut(f.String(), "\n")
			p.line("\n%s\n%s", p.style(colours[f.Severity], head), rest)
		}
	}
	for _, fault := range r.Faults {
		p.line("\n%s %s", p.style(red, "fault:"), short(fault))
	}
	unsupported, inconclusive := map[string]int{}, 0
	for _, c := range r.Cases {
		switch c.Outcome {
		case clienttest.OutcomeUnsupported:
			unsupported[familyOf(c.ID)]++
		case clienttest.OutcomeInconclusive:
			if inconclusive++; inconclusive <= mostOfKind {
				p.line("\n%s %s\n  %s", p.style(red, "inconclusive"), c.ID, short(c.Reason))
			}
		}
	}
	if len(r.Findings) > 0 || len(r.Faults) > 0 || inconclusive > 0 {
		p.line("")
	}
	name := r.Client
	if name == "" {
		name = "the client"
	}
	counts := map[clienttest.Severity]int{}
	for _, f := range r.Findings {
		counts[f.Severity]++
	}
	var texts []string
	for _, s := range []clienttest.Severity{clienttest.SeverityUnsafe, clienttest.SeverityBroken, clienttest.SeverityWasteful} {
		if n := counts[s]; n > 0 {
			texts = append(texts, fmt.Sprintf("%d %s", n, s))
		}
	}
	colour := red
	if texts == nil {
		colour = green
	}
	if n := counts[clienttest.SeverityNote]; n > 0 {
		texts = append(texts, count(n, "note"))
	}
	if texts == nil {
		texts = []string{"nothing found"}
	}
	p.line("%s, compared with %s: %s", printable(name), r.Browser, p.style(colour, strings.Join(texts, ", ")))
	p.line("%d cases: %d pass, %d fail, %d unsupported, %d inconclusive", len(r.Cases), r.Passed, r.Failed, r.Unsupported, r.Inconclusive)
	for _, family := range slices.Sorted(maps.Keys(unsupported)) {
		p.line("  unsupported: %s (%d)", family, unsupported[family])
	}
}

// familyOf returns the first part of a case's id.
func familyOf(id string) string {
	family, _, _ := strings.Cut(id, "/")
	return family
}

// writeJUnit writes what became of the cases: a suite for each family.
func (r *clientsReport) writeJUnit(file string, failOn clienttest.Severity) error {
	findings := map[string][]*clienttest.Finding{}
	for i := range r.Findings {
		f := &r.Findings[i]
		findings[f.ID] = append(findings[f.ID], f)
	}
	report := junitReport{Name: "corspec clients"}
	for _, c := range r.Cases {
		family := familyOf(c.ID)
		out := junitCase{Class: family, Name: c.ID}
		reason, worst := junitReason{Message: c.About}, clienttest.SeverityNote
		for _, f := range findings[c.ID] {
			reason.Text += f.String() + "\n"
			worst = max(worst, f.Severity)
		}
		switch {
		case worst >= failOn:
			out.Failure = &reason
		case c.Outcome == clienttest.OutcomeUnsupported || c.Outcome == clienttest.OutcomeInconclusive:
			out.Skipped = &junitReason{Message: string(c.Outcome) + ": " + c.Reason}
		}
		report.add(family, out)
	}
	return report.write(file)
}
