package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/corspec/corspec/conformance/servertest"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/policy"
	"github.com/corspec/corspec/policy/policyhttp"
)

const probeAbout = `
Probe asks the server at URL what pages of which origins may read, and says where it lets in more than is meant, or less, or
lets a shared cache mix up answers. With -policy, what is meant is a policy in JSON, as lint reads it. Without, the policy is
observed: probe tries the origins of -origin, one that the server names by itself, and siblings of its own; prints what it found
allowed, as a policy; and looks around that.

With -html, a page with all findings, to look at in a browser: what was sent, what came back, what is wanted, and how to mend it.

It sends GET, HEAD, QUERY and preflights, without cookies and bodies, and one POST to a path that nobody has. Servers that are not
on this machine are asked only with -remote.

The exit status is 0 if nothing is found that is as bad as -fail-on says, 1 if something is, 2 for wrong usage, if nothing was
found allowed, and if the answers were inconclusive and nothing else was found.
`

// An originsFlag is a list of origins.
type originsFlag []string

func (f *originsFlag) String() string { return strings.Join(*f, " ") }
func (f *originsFlag) repeats()       {}

func (f *originsFlag) Set(s string) error {
	var o origin.Origin
	if err := (originFlag{&o}).Set(s); err != nil {
		return err
	}
	*f = append(*f, s)
	return nil
}

// A probeReport is what probe -json prints.
type probeReport struct {
	URL      string        `json:"url"`
	Observed bool          `json:"observed,omitempty"` // the policy is what was found allowed, of what was tried
	Policy   policy.Config `json:"policy"`
	servertest.Report
}

func runProbe(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	flags := newFlags("probe", stderr, probeAbout)
	policyFile := flags.String("policy", "", "the `FILE` of the policy that is meant, or - for standard input")
	var origins originsFlag
	flags.Var(&origins, "origin", "an `ORIGIN` to ask about, and around; may be repeated")
	remote := flags.Bool("remote", false, "ask a server that is not on this machine")
	limit := flags.Int("limit", 2000, "send no more than `N` requests")
	rate := flags.Int("rate", 0, "send no more than `N` requests a second; 0 is 20 with -remote, else no bound")
	timeout := durationFlag(5 * time.Minute)
	flags.Var(&timeout, "timeout", "give up after `DURATION`")
	failOn := servertest.SeverityBroken
	flags.Var(severityChoice.flag(&failOn), "fail-on", "the least `severity` that is a failure: unsafe, broken or wasteful")
	asJSON := flags.Bool("json", false, "print one JSON object")
	junit := flags.String("junit", "", "write the findings to `FILE` as JUnit's XML, too")
	pageName := flags.String("html", "", "write a page to look at to `FILE`, with everything in it; then only the counts are printed")
	arguments, status, ok := parseArguments(flags, args, nil, stdout)
	if !ok {
		return status
	}
	fail := func(err error) int {
		fmt.Fprintf(stderr, "corspec probe: %v\n", err)
		return exitUsage
	}
	if len(arguments) != 1 {
		return fail(fmt.Errorf("it takes one URL, got %d arguments", len(arguments)))
	}
	if err := needScheme(arguments[0]); err != nil {
		return fail(err)
	}
	u, err := origin.ParseURL(arguments[0], nil)
	switch {
	case err != nil:
		return fail(err)
	case u.Scheme() != "http" && u.Scheme() != "https":
		return fail(fmt.Errorf("the URL %s: want one of http or https", printable(u.String())))
	case *limit <= 0 || *rate < 0 || timeout <= 0:
		return fail(errors.New("-limit and -timeout have to be more than 0, and -rate not less"))
	case failOn == servertest.SeverityNote:
		return fail(errors.New("-fail-on note: notes are what no browser can meet; use unsafe, broken or wasteful"))
	case !isLoopback(u.Hostname()) && !*remote:
		return fail(fmt.Errorf("%s is not on this machine; give -remote if you may ask it up to %d requests", printable(u.Hostname()), *limit))
	}
	if *rate == 0 && *remote && !isLoopback(u.Hostname()) {
		*rate = 20
	}
	var oracle *policy.Policy
	if *policyFile != "" {
		data, err := readFile(*policyFile, stdin)
		if err != nil {
			return fail(err)
		}
		if oracle, err = policyhttp.Parse(data); err != nil {
			return fail(fmt.Errorf("%s: %w%s", *policyFile, err, where(data)))
		}
	}
	var page *htmlPage
	if *pageName != "" {
		if page, err = newPage(*pageName); err != nil {
			return fail(err)
		}
		defer page.close()
	}
	path := u.Pathname()
	if query, ok := u.Query(); ok {
		path += "?" + query
	}
	options := []servertest.Option{servertest.WithTargets(servertest.Target{Path: path}), servertest.WithOrigins(origins...), servertest.WithLimit(*limit)}
	if *rate > 0 {
		options = append(options, servertest.WithInterval(time.Second/time.Duration(*rate)))
	}
	progress := func() {}
	if isTerminal(stderr) {
		options = append(options, servertest.WithProgress(func(asked int) {
			if asked%10 == 0 {
				fmt.Fprintf(unescaped(stderr), "\r%d requests", asked)
			}
		}))
		progress = func() { fmt.Fprint(unescaped(stderr), "\r\x1b[K") }
	}
	if *remote {
		fmt.Fprintf(stderr, "corspec probe: up to %d requests to %s%s: GET, HEAD, QUERY and preflights, and one POST to a path that nobody has\n", *limit, u.Origin(), perSecond(*rate))
	}
	ctx, cancel := context.WithTimeoutCause(context.Background(), time.Duration(timeout), fmt.Errorf("it took %v, which -timeout sets", time.Duration(timeout)))
	defer cancel()
	report := probeReport{URL: u.WithoutFragment().String(), Observed: oracle == nil}
	base := u.Origin().String()
	if oracle != nil {
		report.Policy = oracle.Config()
		report.Report, err = servertest.Check(ctx, base, oracle, options...)
	} else {
		report.Policy, report.Report, err = servertest.Observe(ctx, base, options...)
	}
	progress()
	switch {
	case errors.Is(err, servertest.ErrNothingAllowed) && len(origins) > 0:
		return fail(fmt.Errorf("nothing found allowed, not to a page of %s either; why says corspec check -origin %[1]s %s", printable(origins[0]), printable(u.WithoutFragment().String())))
	case errors.Is(err, servertest.ErrNothingAllowed):
		return fail(errors.New("nothing found allowed; give -origin"))
	case err != nil:
		return fail(err)
	}
	if report.Findings == nil {
		report.Findings = []servertest.Finding{}
	}
	if *junit != "" {
		if err := report.writeJUnit(*junit, failOn); err != nil {
			return fail(err)
		}
	}
	if page != nil {
		if err := report.writePage(page); err != nil {
			return fail(err)
		}
	}
	switch p := newPrinter(stdout); {
	case *asJSON:
		printJSON(stdout, report)
	case page != nil:
		p.probeCounts(&report)
	default:
		p.probe(&report)
	}
	switch worst, ok := report.Worst(); {
	case ok && worst >= failOn:
		return exitBad
	case report.Inconclusive != "":
		return exitUsage
	}
	return exitOK
}

func perSecond(rate int) string {
	if rate == 0 {
		return ""
	}
	return fmt.Sprintf(", no more than %d a second", rate)
}

// unescaped is where a line of progress goes: it is the command's own, and made for a terminal.
func unescaped(w io.Writer) io.Writer {
	if e, ok := w.(escaper); ok {
		return e.w
	}
	return w
}

// isLoopback reports whether a host of a URL is this machine by its name.
func isLoopback(host string) bool {
	if a, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return a.IsLoopback()
	}
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// probe prints a report for people.
func (p printer) probe(r *probeReport) {
	if observed := r.observed(); observed != "" {
		p.line("%s", p.style(dim, "observed, of what was tried:"))
		p.line("%s", printable(observed))
	}
	colours := map[servertest.Severity]string{servertest.SeverityUnsafe: red, servertest.SeverityBroken: red, servertest.SeverityWasteful: cyan, servertest.SeverityNote: dim}
	for _, f := range r.Findings {
		head, rest, _ := strings.Cut(f.String(), "\n")
		p.line("\n%s\n%s", p.style(colours[f.Severity], head), rest)
	}
	if len(r.Findings) > 0 {
		p.line("")
	}
	p.probeCounts(r)
}

// observed is the policy as JSON in one line, if it is what was found.
func (r *probeReport) observed() string {
	if !r.Observed || len(r.Policy.Origins) == 0 {
		return ""
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.Encode(r.Policy) // a Config encodes
	return strings.TrimSpace(b.String())
}

// probeCounts prints how many findings there are of each severity.
func (p printer) probeCounts(r *probeReport) {
	counts := map[servertest.Severity]int{}
	for _, f := range r.Findings {
		counts[f.Severity]++
	}
	var texts []string
	for _, s := range []servertest.Severity{servertest.SeverityUnsafe, servertest.SeverityBroken, servertest.SeverityWasteful} {
		if n := counts[s]; n > 0 {
			texts = append(texts, fmt.Sprintf("%d %s", n, s))
		}
	}
	if n := counts[servertest.SeverityNote]; n > 0 {
		texts = append(texts, count(n, "note"))
	}
	colour, text := red, strings.Join(texts, ", ")
	if texts == nil {
		colour, text = green, "nothing found"
	}
	p.line("%s: %s, %s", printable(r.URL), p.style(colour, text), count(r.Asked, "request"))
	if r.Inconclusive != "" {
		p.line("%s %s", p.style(red, "inconclusive:"), printable(r.Inconclusive))
	}
}

// writeJUnit writes the findings as XML that tools for continuous integration read: a case for each id.
func (r *probeReport) writeJUnit(file string, failOn servertest.Severity) error {
	report := junitReport{Name: "corspec probe"}
	add := func(name string, failure, skipped *junitReason) {
		report.add(r.URL, junitCase{Class: "probe", Name: name, Failure: failure, Skipped: skipped})
	}
	var ids []string
	for _, f := range r.Findings {
		if !slices.Contains(ids, f.ID) {
			ids = append(ids, f.ID)
		}
	}
	for _, id := range ids {
		reason := junitReason{}
		worst := servertest.SeverityNote
		for _, f := range r.Findings {
			if f.ID != id {
				continue
			}
			if reason.Message == "" {
				reason.Message = f.Why
			}
			reason.Text += f.String() + "\n"
			worst = max(worst, f.Severity)
		}
		if worst >= failOn {
			add(id, &reason, nil)
		} else {
			add(id, nil, &reason)
		}
	}
	if r.Inconclusive != "" {
		add("conclusive", nil, &junitReason{Message: r.Inconclusive})
	} else {
		add("conclusive", nil, nil)
	}
	return report.write(file)
}
