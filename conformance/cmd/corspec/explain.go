package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"time"

	"github.com/corspec/corspec/fetch"
)

const explainAbout = `
Explain says what check says, without a network: what a browser makes of answers that are known already. They come from

  flags   corspec explain -status 200 -R 'Access-Control-Allow-Origin: *' https://api.example/x
          with -preflight-status and -P for the answer to the preflight;
  policy  corspec explain -policy FILE -X PUT https://api.example/x
          what a server with this policy answers, and what the browser makes of it;
  a file  corspec explain FILE, where - is standard input:
          a HAR file, whatever program wrote it, also gzipped or in a zip archive: every request across origins is judged;
          or the text of responses, as curl -si prints them, one behind the other; flags say the request, or
          the lines of curl -v do, and a URL beside FILE what it was for;
          or JSON as exec takes it for "fetch": {"requests": [...], "serve": {"URL": {"preflight": [...], "request": [...]}}}.

With -html, a page with all that is written, to look at in a browser: who tells whom what, what decides, and how to mend it.

For a HAR file, -origin and -credentials stand for what the file does not say, and -blocked leaves out what is allowed.
Nothing is guessed in it to somebody's cost: what the file does not tell is undecided. What no page made, such as a request
of curl's or Postman's, is judged as a page's only with -origin. It is the Fetch Standard that decides, or with -browser
that browser; where the browser that made the file decides otherwise, a note says so ("inBrowser" in JSON).

The exit status is that of who decides: 0 if all is allowed, 1 if something is blocked, 2 for wrong usage, for a file that
cannot be read, and where nothing is blocked but the file leaves something undecided.
`

// An answered is what one request of a file or of the flags came to.
type answered struct {
	request   *checkRequest
	url       string
	log       traced
	undecided string // why there is no verdict, or empty
	doubt     string // why a block would not be sure, or empty

	unread        string        // which header of a HAR file cannot be read, so that a block would not be sure; or empty
	contradiction string        // of what a HAR file shows, and what its entries come to; or empty
	inBrowser     *otherVerdict // what the browser that made the file decides, if that is known
	entries       []int         // of a HAR file, from 0
	notes         []string      // what else there is to say
}

// An otherVerdict is what another browser makes of a request.
type otherVerdict struct {
	Browser string `json:"browser"`
	Outcome string `json:"outcome"`
	Code    string `json:"code,omitempty"`
}

func (a *answered) outcome() string {
	switch {
	case a.undecided != "":
		return "undecided"
	case a.log.Result.Response.IsNetworkError():
		return "blocked"
	}
	return "allowed"
}

// code returns the outcome and, of a block, its code.
func (a *answered) code() string {
	if a.outcome() == "blocked" {
		return string(a.log.Result.Verdict.Code)
	}
	return a.outcome()
}

// said returns the outcome for people.
func (a *answered) said() string {
	if a.outcome() == "blocked" {
		return fmt.Sprintf("blocked (%s)", a.code())
	}
	return a.outcome()
}

func runExplain(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	flags := newFlags("explain", stderr, explainAbout)
	r := requestFlags(flags)
	asJSON := flags.Bool("json", false, "print one JSON object")
	onlyBlocked := flags.Bool("blocked", false, "leave out what is allowed")
	pageName := flags.String("html", "", "write a page to look at to `FILE`, with everything in it; then only the counts are printed")
	var f answerFlags
	f.add(flags)
	arguments, status, ok := parseArguments(flags, args, r.line, stdout)
	if !ok {
		return status
	}
	fail := func(err error) int {
		fmt.Fprintf(stderr, "corspec explain: %v\n", err)
		return exitUsage
	}
	given := given(flags)
	var report explanations
	url, source, err := r.explained(arguments, f.given(), stdin)
	switch {
	case err != nil:
	case source == "":
		report.Source, r.url = "flags", url
		report.add(f.explain(r, given))
	default:
		report.Source, r.url = source, url
		err = report.readFile(source, stdin, r, given)
	}
	if err == nil {
		err = report.err
	}
	if err != nil {
		return fail(err)
	}
	if *pageName != "" {
		if report.page, err = newPage(*pageName); err != nil {
			return fail(err)
		}
		defer report.page.close()
	}
	if report.page != nil || !isTerminal(stdout) { // else what is printed shows how far it is
		report.watch = newProgress(stderr, "entries", report.entries)
	}
	switch {
	case *asJSON:
		report.printJSON(stdout, *onlyBlocked)
	case report.page != nil:
		report.each(*onlyBlocked, func(*answered) []byte { return nil }, func(*answered, []byte) {})
	default:
		report.print(newPrinter(stdout), *onlyBlocked)
	}
	if report.page != nil {
		if err := report.page.write(report.pageHead(*onlyBlocked)); err != nil {
			return fail(err)
		}
		if !*asJSON {
			fmt.Fprintf(stdout, "%s: %s\n", printable(*pageName), report.counts())
		}
	}
	return report.exitStatus()
}

// pageHead returns what stands above the requests of the page.
func (e *explanations) pageHead(onlyBlocked bool) pageHead {
	h := pageHead{Title: "corspec: " + clean(e.Source), Heading: clean(e.Source), Browser: clean(e.Browser), Skipped: e.skipped, Remarks: cleanAll(e.remarks), Unread: cleanAll(e.unread.lines(mostNamed))}
	if e.Source == "flags" {
		h.Title, h.Heading = "corspec explain", "What a browser makes of these answers"
	}
	if onlyBlocked {
		h.LeftOut = e.tally["allowed"]
	}
	return h
}

// counts says how many requests there are of each outcome.
func (e *explanations) counts() string {
	total := 0
	for _, n := range e.tally {
		total += n
	}
	requests := plural(total, "request", "requests")
	if e.har != nil {
		requests = plural(total, "request across origins", "requests across origins")
	}
	return fmt.Sprintf("%s: %d allowed, %d blocked, %d undecided", requests, e.tally["allowed"], e.tally["blocked"], e.tally["undecided"])
}

// run lets the machine fetch, with answers that are known, and keeps the trace.
func (a *answered) run(agent *fetch.Agent, at time.Time, req fetch.Request, answer func(fetch.Action) (fetch.ResponseHead, string)) error {
	m, err := a.finish(agent, at, req, answer)
	if err == nil {
		a.log.Trace = m.Trace()
	}
	return err
}

// finish lets the machine fetch, with answers that are known, and keeps the result. A text in place of an answer says
// why it is not.
func (a *answered) finish(agent *fetch.Agent, at time.Time, req fetch.Request, answer func(fetch.Action) (fetch.ResponseHead, string)) (*fetch.Machine, error) {
	m, err := agent.Start(at, req)
	if err != nil {
		return nil, err
	}
	for action := m.Action(); action.Kind != fetch.ActionDone; action = m.Action() {
		resp, unknown := answer(action)
		if unknown != "" {
			a.undecided = unknown
			err = m.Fail(nil)
		} else {
			err = m.Receive(at, resp)
		}
		if err != nil {
			return nil, err
		}
	}
	a.log.Result, err = m.Result()
	return m, err
}

// explanations are what explain prints.
type explanations struct {
	Source  string
	Browser string // that made the HAR file
	har     *harReader
	fetches []*answered // of what is not a HAR file
	tally   map[string]int
	entries int
	skipped int // requests to the page's own origin, and navigations
	unread  unreadList
	remarks []string  // on the file
	page    *htmlPage // that shows them as well, or nil
	watch   *progress
	err     error
}

func (e *explanations) add(a *answered, err error) {
	if err != nil && e.err == nil {
		e.err = err
	}
	if err == nil {
		e.fetches = append(e.fetches, a)
	}
}

// each calls use with the requests, in order, and with what render makes of them, which is asked for several of them at
// a time: those that are blocked or undecided, or all. It counts all of them. Those of a HAR file are judged meanwhile
// and not kept: there may be very many.
func (e *explanations) each(onlyBlocked bool, render func(a *answered) []byte, use func(a *answered, rendered []byte)) {
	e.tally = map[string]int{}
	defer e.watch.done()
	isShown := func(a *answered) bool { return !onlyBlocked || a.outcome() != "allowed" }
	renderShown := func(a *answered) []byte {
		if !isShown(a) {
			return nil
		}
		return render(a)
	}
	visit := func(a *answered, rendered []byte) {
		if len(a.entries) > 0 {
			e.watch.at(a.entries[0])
		}
		e.tally[a.outcome()]++
		if isShown(a) {
			if e.page != nil {
				e.page.add(a)
			}
			use(a, rendered)
		}
	}
	if e.har != nil {
		e.har.each(renderShown, visit)
	}
	for _, a := range e.fetches {
		visit(a, renderShown(a))
	}
}

// exitStatus returns the exit status, of what each has gone through.
func (e *explanations) exitStatus() int {
	switch {
	case e.tally["blocked"] > 0:
		return exitBad
	case e.tally["undecided"] > 0 || len(e.unread.reasons) > 0:
		return exitUsage
	}
	return exitOK
}

func (e *explanations) print(p printer, onlyBlocked bool) {
	if e.har != nil {
		browser := ""
		if e.Browser != "" {
			browser = " by " + e.Browser
		}
		p.line("%s: HAR file%s, %s", printable(e.Source), printable(browser), plural(e.entries, "entry", "entries"))
	}
	first, total := e.har == nil, 0
	var notes noteList
	if e.har != nil {
		notes.notes = map[string]*printedNote{}
	}
	e.each(onlyBlocked, func(a *answered) []byte {
		var b bytes.Buffer
		a.print(printer{&b, p.colour})
		return b.Bytes()
	}, func(a *answered, text []byte) {
		if !first {
			p.line("")
		}
		first = false
		p.w.Write(text)
		for _, n := range a.notes {
			notes.print(p, n)
		}
	})
	for _, n := range e.tally {
		total += n
	}
	if e.har == nil && total == 1 {
		return
	}
	p.line("")
	for _, s := range e.unread.lines(mostNamed) {
		p.line("%s", printable(s))
	}
	notes.printCounts(p)
	for _, s := range e.remarks {
		p.line("Note: %s", printable(s))
	}
	p.line("%s", e.counts())
	if e.har != nil && e.tally["undecided"] > 0 {
		p.line("%s", p.style(dim, "What the file leaves open, the server can be asked: corspec check -origin ORIGIN URL"))
	}
	if e.skipped > 0 {
		p.line("%s", p.style(dim, plural(e.skipped, "entry is", "entries are")+" of the page's own origin, a navigation, or no HTTP request"))
	}
}

func plural(n int, one, several string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, several)
}

// print prints all but the notes.
func (a *answered) print(p printer) {
	p.request(a.request, a.url)
	if len(a.entries) > 0 {
		p.line("  %s", p.style(dim, entryNames(a.entries, len(a.entries))))
	}
	for _, e := range a.log.exchanges() {
		p.explain().Action(e.Action)
		if e.Answered || a.undecided == "" {
			p.explain().Response(e)
		}
	}
	p.explain().Ignored(a.log.ignored)
	p.told(a.request)
	if a.undecided != "" {
		p.line("  %s %s", p.style(cyan, "UNDECIDED"), printable(a.undecided))
	} else {
		p.explain().Result(a.log.Trace)
	}
}

// An explanationsReport is what explain -json prints.
type explanationsReport struct {
	explanationsHead
	Fetches []explainReport `json:"fetches"`
	explanationsTail
}

type explanationsHead struct {
	Source  string `json:"source"`
	Browser string `json:"browser,omitempty"`
	Entries *int   `json:"entries,omitempty"`
}

// An explanationsTail is what is known when all requests have been judged.
type explanationsTail struct {
	Skipped   *int     `json:"skipped,omitempty"`
	Unread    []string `json:"unread,omitempty"`
	Notes     []string `json:"notes,omitempty"` // on the file
	Allowed   int      `json:"allowed"`
	Blocked   int      `json:"blocked"`
	Undecided int      `json:"undecided"`
}

type explainReport struct {
	HAREntries []int `json:"entries,omitempty"`
	checkReport
	Undecided string        `json:"undecided,omitempty"`
	InBrowser *otherVerdict `json:"inBrowser,omitempty"` // of the browser that made the file
}

// printJSON prints the report: the requests one after the other, so that no more than a few of them take memory.
func (e *explanations) printJSON(w io.Writer, onlyBlocked bool) {
	head := explanationsHead{Source: e.Source, Browser: e.Browser}
	if e.har != nil {
		head.Entries = &e.entries
	}
	w.Write(bytes.TrimSuffix(indentedJSON(head, ""), []byte("\n}\n")))
	io.WriteString(w, ",\n  \"fetches\": [")
	between, end := "\n    ", "],"
	e.each(onlyBlocked, func(a *answered) []byte {
		report := explainReport{HAREntries: a.entries, checkReport: newReport(a.request, a.url, a.log), Undecided: a.undecided, InBrowser: a.inBrowser}
		report.Notes = append(report.Notes, a.notes...)
		if a.undecided != "" {
			report.Outcome, report.Code, report.Step, report.Explanation, report.Engines = "undecided", "", "", nil, ""
		}
		return bytes.TrimSuffix(indentedJSON(report, "    "), []byte("\n"))
	}, func(_ *answered, text []byte) {
		io.WriteString(w, between)
		w.Write(text)
		between, end = ",\n    ", "\n  ],"
	})
	io.WriteString(w, end)
	tail := explanationsTail{Unread: e.unread.lines(math.MaxInt), Notes: e.remarks, Allowed: e.tally["allowed"], Blocked: e.tally["blocked"], Undecided: e.tally["undecided"]}
	if e.har != nil {
		tail.Skipped = &e.skipped
	}
	w.Write(bytes.TrimPrefix(indentedJSON(tail, ""), []byte("{")))
}

// readFile reads a HAR file or a file of the executor's kind, and judges what is in it.
func (e *explanations) readFile(name string, stdin io.Reader, r *checkRequest, given map[string]bool) error {
	var f answerFlags
	allowed := map[string]bool{"json": true, "blocked": true, "html": true}
	wrong := func(kind string) error {
		for _, flag := range slices.Concat(f.names(), requestFlagNames, []string{"origin", "credentials", "browser"}) {
			if given[flag] && !allowed[flag] {
				return fmt.Errorf("-%s is not for %s: that says it all by itself", flag, kind)
			}
		}
		return nil
	}
	if name == "-" {
		e.Source = "standard input"
	}
	text, err := readText(name, stdin)
	if err != nil {
		return err
	}
	if text, err = unpack(text, mostUnpacked); err != nil {
		return fmt.Errorf("%s: %w", e.Source, err)
	}
	if isResponseText(text) {
		if err := wrongAnswers(f, given); err != nil {
			return err
		}
		e.add(explainText(r, given, text))
		return nil
	}
	d := &harDecoder{jsonScanner{data: text}}
	var log *harLog
	isObject, isRequests := d.kind() == '{', false
	d.members(func(name string) {
		switch name {
		case "log":
			log = d.log()
		case "requests", "serve":
			isRequests = true
			fallthrough
		default:
			d.skip()
		}
	})
	if d.end(); d.failed || !isObject {
		if isPaste(text) {
			return fmt.Errorf("%s: that is a request, and what came back is not there: add -R and -status, or let corspec check ask the server", e.Source)
		}
		return fileError(e.Source, []byte(text))
	}
	switch {
	case log != nil:
		allowed["origin"], allowed["credentials"], allowed["browser"] = true, true, true
		if err := wrong("a HAR file"); err != nil {
			return err
		}
		return e.readHAR(log, r, given)
	case isRequests:
		if err := wrong("a file of requests"); err != nil {
			return err
		}
		return e.readRequests([]byte(text))
	}
	return fmt.Errorf("%s: neither a HAR file, which has \"log\", nor a file of requests, which has \"requests\" and \"serve\"", e.Source)
}

// fileError says where a file is not a JSON object.
func fileError(source string, data []byte) error {
	var syntax *json.SyntaxError
	var mismatch *json.UnmarshalTypeError
	switch err := json.Unmarshal(data, new(map[string]json.RawMessage)); {
	case errors.As(err, &syntax):
		return fmt.Errorf("%s:%s: not JSON: %v", source, place(data, syntax.Offset-1), err)
	case errors.As(err, &mismatch):
		return fmt.Errorf("%s:%s: is a JSON %s, want an object", source, place(data, mismatch.Offset-1), mismatch.Value)
	default:
		return fmt.Errorf("%s: not a JSON object: %v", source, err)
	}
}

// place returns the line and the column of a byte of a file, both from 1.
func place(data []byte, offset int64) string {
	offset = max(0, min(offset, int64(len(data))))
	before := data[:offset]
	return fmt.Sprintf("%d:%d", bytes.Count(before, []byte("\n"))+1, len(before)-bytes.LastIndexByte(before, '\n'))
}
