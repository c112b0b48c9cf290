package main

import (
	"bufio"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/corspec/corspec/conformance"
	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/explain"
	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/internal/quote"
	"github.com/corspec/corspec/safelist"
)

var (
	//go:embed page/page.html
	pageTemplate string
	//go:embed page/page.css
	pageStyle string
	//go:embed page/page.js
	pageScript string
)

var pageParts = template.Must(template.New("page").Parse(pageTemplate))

// pagePolicy is the Content-Security-Policy of a page: nothing is loaded from anywhere, and of style and script, only
// those of the file itself count.
var pagePolicy = "default-src 'none'; style-src " + cspHash(pageStyle) + "; script-src " + cspHash(pageScript) + "; base-uri 'none'; form-action 'none'"

func cspHash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// A htmlPage is a file that shows requests for people to look at. It holds everything itself, and asks for nothing.
type htmlPage struct {
	name   string
	list   *os.File // the requests, until the page is written: what stands above them is known last
	w      *bufio.Writer
	counts map[string]int
	of     string    // what it shows: requests, or findings
	first  pageFetch // kept back: it is open if it is the only one
	number int
	err    error
}

// newPage starts the page in a file of that name.
func newPage(name string) (*htmlPage, error) {
	list, err := os.CreateTemp(filepath.Dir(name), ".corspec-*.html")
	if err != nil {
		return nil, fmt.Errorf("-html: %w", err)
	}
	return &htmlPage{name: name, list: list, w: bufio.NewWriter(list), counts: map[string]int{}, of: "requests"}, nil
}

// add shows a request.
func (p *htmlPage) add(a *answered) { p.show(newPageFetch(a)) }

func (p *htmlPage) show(f pageFetch) {
	p.number++
	f.Number = p.number
	p.counts[f.Outcome]++
	if p.number == 1 {
		p.first = f
		return
	}
	if p.number == 2 {
		p.execute(p.w, "fetch", p.first)
	}
	p.execute(p.w, "fetch", f)
}

func (p *htmlPage) execute(w io.Writer, part string, data any) {
	if p.err == nil {
		p.err = pageParts.ExecuteTemplate(w, part, data)
	}
}

// A pageHead is what stands above the requests.
type pageHead struct {
	Policy, Title, Heading, Browser, Of string
	Style                               template.CSS
	Counts                              []pageCount
	LeftOut, Skipped                    int // requests that are allowed and not shown; and not across origins
	Remarks, Unread                     []string
}

// pageOutcomes are those that there are, in the order in which they are counted.
var pageOutcomes = map[string][]string{
	"requests": {"blocked", "failed", "undecided", "allowed"},
	"findings": {"unsafe", "broken", "wasteful", "note"},
}

type pageCount struct {
	Outcome string
	N       int
}

// write finishes the page, or removes what there is of it. A page that was there before is replaced at the end.
func (p *htmlPage) write(head pageHead) error {
	defer os.Remove(p.list.Name())
	defer p.list.Close()
	if p.number == 1 {
		p.first.Open = true
		p.execute(p.w, "fetch", p.first)
	}
	head.Policy, head.Style, head.Of = pagePolicy, template.CSS(pageStyle), p.of
	for _, outcome := range pageOutcomes[p.of] {
		if outcome == "allowed" && head.LeftOut > 0 {
			continue
		}
		if n := p.counts[outcome]; n > 0 || outcome != "failed" {
			head.Counts = append(head.Counts, pageCount{outcome, n})
		}
	}
	whole, err := os.CreateTemp(filepath.Dir(p.name), ".corspec-*.html")
	if err != nil {
		return fmt.Errorf("-html: %w", err)
	}
	defer os.Remove(whole.Name())
	w := bufio.NewWriter(whole)
	p.execute(w, "head", head)
	if err = p.w.Flush(); err == nil {
		_, err = p.list.Seek(0, io.SeekStart)
	}
	if err == nil {
		_, err = io.Copy(w, p.list)
	}
	p.execute(w, "foot", struct {
		Version, Standard string
		Script            template.JS
	}{version(), conformance.Standard[:7], template.JS(pageScript)})
	err = errors.Join(err, p.err, w.Flush(), whole.Chmod(0o644), whole.Close())
	if err == nil {
		err = os.Rename(whole.Name(), p.name)
	}
	if err != nil {
		return fmt.Errorf("-html %s: %w", p.name, err)
	}
	return nil
}

// writePage writes a page of requests that are known.
func writePage(name string, head pageHead, all []*answered) error {
	p, err := newPage(name)
	if err != nil {
		return err
	}
	for _, a := range all {
		p.add(a)
	}
	return p.write(head)
}

// close gives up the page.
func (p *htmlPage) close() {
	if p != nil {
		p.list.Close()
		os.Remove(p.list.Name())
	}
}

// What comes from outside is cut where it is long, and shown without what is not printable.
const (
	mostOfURL   = 400
	mostOfValue = 1000
	mostOfList  = 100
)

func clean(s string) string { return quote.Line(s, 4000) }

// sentence is clean for a text that begins in the middle of one elsewhere.
func sentence(s string) string {
	if s == "" {
		return ""
	}
	return clean(strings.ToUpper(s[:1]) + s[1:])
}

func cleanAll(list []string) (out []string) {
	for _, s := range list {
		out = append(out, clean(s))
	}
	return out
}

// A pageFetch is what the page shows of one request.
type pageFetch struct {
	Number                    int
	Open                      bool
	Outcome, Word             string
	Method, URL, Host, Origin string
	Settings, Entries         string
	Lanes                     []pageLane
	Steps                     []pageStep
	Verdict, Code, Step, Link string
	Happened, Wanted, Why     string
	Fix, Send, Ask            string
	Causes, Facts, Notes      []string
	Sometimes, Engines        string
}

// A pageLane is one who takes part: the page, the browser, a server.
type pageLane struct{ Kind, Name string }

// A pageStep is something that one tells another.
type pageStep struct {
	from, to    int // lanes, from 1
	First, Last int
	From, To    string
	Direction   string // "right" or "left"
	Label, Note string
	Headers     []pageHeader
	Others      []pageHeader
	Deciding    bool
	Bad, Good   bool
}

type pageHeader struct {
	Name, Value string
	Deciding    bool
	Missing     bool
}

func newPageFetch(a *answered) pageFetch {
	t, r := a.log.Trace, a.request
	result := &t.Result
	f := pageFetch{Outcome: a.outcome(), Method: quote.Line(r.effectiveMethod(), 40), URL: quote.Line(a.url, mostOfURL), Origin: clean(r.origin.String()), Settings: clean(r.settings())}
	if f.Outcome == "blocked" && exitStatus(*result) == exitUsage {
		f.Outcome = "failed"
	}
	f.Word = f.Outcome
	if len(t.Request.URLList) > 0 {
		f.Host = quote.Line(t.Request.URLList[0].Hostname(), 100)
	}
	var entries []string
	for _, n := range a.entries {
		entries = append(entries, fmt.Sprintf("entries[%d]", n))
	}
	f.Entries = strings.Join(entries[:min(len(entries), mostOfList)], ", ")
	f.Lanes = []pageLane{{"page", f.Origin}, {"browser", browserName(r)}}

	e := explain.Trace(t)
	f.Sometimes, f.Engines = sentence(e.Sometimes), clean(e.Engines)
	for _, c := range e.Causes {
		f.Causes = append(f.Causes, sentence(c.String()+". "+c.Avoid()))
	}
	switch f.Outcome {
	case "undecided":
		f.Verdict, f.Happened = "Undecided", clean(a.undecided)
		f.Engines, f.Sometimes = "", ""
	case "allowed":
		f.Verdict = "Allowed: " + explain.Seen(&result.Response)
	default:
		f.Verdict, f.Code = "Blocked: "+clean(string(result.Verdict.Code)), clean(string(result.Verdict.Code))
		if f.Outcome == "failed" {
			f.Verdict = "Failed: " + f.Code
		}
		f.Happened, f.Why, f.Fix, f.Ask = clean(e.Happened), clean(e.Why), sentence(e.Fix), clean(e.URL)
		f.Step, f.Link = string(e.Step), e.Link
		var send []string
		for _, h := range e.Send {
			send = append(send, clean(h[0]+": "+h[1]))
		}
		f.Send = strings.Join(send, "\n")
		if result.Reached && f.Outcome == "blocked" {
			f.Facts = append(f.Facts, "The server has handled the request all the same; only the page may not see what came back.")
		}
	}
	f.Notes = cleanAll(append(slices.Clone(r.notes), a.notes...))
	if names := headerNames(a.log.ignored); names != "" {
		f.Notes = append(f.Notes, "Headers that a page cannot set, and that the browser ignores: "+names+".")
	}
	if names := headerNames(r.own); names != "" {
		f.Notes = append(f.Notes, "Headers that were taken for the browser's own: "+names+".")
	}
	f.addSteps(a, &e)
	return f
}

func browserName(r *checkRequest) string {
	if r.browser == fetch.ProfileStandard {
		return "by the standard"
	}
	return r.browser.String()
}

func headerNames(l fetch.HeaderList) string {
	var names []string
	for _, h := range l {
		if name := quote.Line(h[0], 100); !slices.Contains(names, name) && len(names) < mostOfList {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

// mostLanes is how many lanes there are at most; servers beyond share the last.
const mostLanes = 6

// lane returns the lane of a server, which is added if it is new.
func (f *pageFetch) lane(name string) int {
	for i, l := range f.Lanes[2:] {
		if l.Name == name {
			return i + 3
		}
	}
	if len(f.Lanes) == mostLanes {
		f.Lanes[mostLanes-1] = pageLane{"servers", "several more"}
		return mostLanes
	}
	f.Lanes = append(f.Lanes, pageLane{"server", name})
	return len(f.Lanes)
}

// addSteps shows the exchanges, between what the page asks for and what it gets.
func (f *pageFetch) addSteps(a *answered, e *explain.Explanation) {
	result := &a.log.Result
	asks := pageStep{from: 1, to: 2}
	switch r := a.request; {
	case r.element != 0:
		asks.Label = r.element.String()
	case a.entries != nil: // What made the requests of a HAR file is not known.
		asks.Label = "asks for it"
	default:
		asks.Label = "fetch() " + f.Method
	}
	for _, h := range a.request.headers[:min(len(a.request.headers), mostOfList)] {
		asks.Headers = append(asks.Headers, newPageHeader(h))
	}
	steps := []pageStep{asks}
	exchanges := a.log.exchanges()
	for i, x := range exchanges {
		server := f.lane(quote.Line(x.Action.URL.Origin().String(), 80))
		steps = append(steps, requestStep(x.Action, server, e))
		last := i == len(exchanges)-1
		switch {
		case x.Answered:
			steps = append(steps, responseStep(x, server, last, a, f.Outcome))
		case f.Outcome != "undecided" || !last:
			steps = append(steps, pageStep{from: server, to: 2, Label: "no response", Bad: true, Deciding: last})
		}
	}
	gets := pageStep{from: 2, to: 1}
	switch f.Outcome {
	case "undecided":
		gets.Label = "not known"
	case "allowed":
		gets.Label, gets.Good = fmt.Sprintf("status %d, type %q", result.Response.Status, result.Response.Type), true
	default:
		gets.Label, gets.Bad, gets.Note = "network error", true, "the page is not told why"
		gets.Deciding = len(exchanges) == 0
	}
	steps = append(steps, gets)
	f.setSteps(steps)
}

func (f *pageFetch) setSteps(steps []pageStep) {
	for i := range steps {
		s := &steps[i]
		s.First, s.Last, s.Direction = min(s.from, s.to), max(s.from, s.to), "right"
		if s.from > s.to {
			s.Direction = "left"
		}
		s.From, s.To = f.laneName(s.from), f.laneName(s.to)
	}
	f.Steps = steps
}

func (f *pageFetch) laneName(i int) string {
	if l := f.Lanes[i-1]; i > 2 {
		return l.Name
	}
	return [...]string{"the page", "the browser"}[i-1]
}

func newPageHeader(h [2]string) pageHeader {
	name := quote.Line(h[0], 100)
	if !safelist.IsHeaderName(h[0]) { // "Access-Control-Allow-Origin ", say, is not that header
		name = `"` + name + `"`
	}
	switch header.Lower(h[0]) {
	case "authorization", "proxy-authorization", "cookie", "set-cookie": // The page may be given to others.
		return pageHeader{Name: name, Value: fmt.Sprintf("(%d bytes, not shown)", len(h[1]))}
	}
	return pageHeader{Name: name, Value: quote.Line(h[1], mostOfValue)}
}

func requestStep(x fetch.Action, server int, e *explain.Explanation) pageStep {
	target := strings.TrimPrefix(x.URL.WithoutFragment().String(), x.URL.Origin().String())
	s := pageStep{from: 2, to: server, Label: quote.Line(x.Method+" "+target, 200)}
	switch {
	case x.Kind == fetch.ActionSendPreflight && len(e.Causes) > 0:
		s.Note = "preflight: " + clean(e.Causes[0].String())
	case x.Kind == fetch.ActionSendPreflight:
		s.Note = "preflight"
	case x.IncludeCredentials:
		s.Note = "with credentials"
	}
	for _, h := range explain.Shown(x) {
		if len(s.Headers) < mostOfList {
			s.Headers = append(s.Headers, newPageHeader(h))
		}
	}
	return s
}

// responseStep shows a response: the headers that matter, with the one that decides marked, and the others behind.
func responseStep(x fetch.Exchange, server int, last bool, a *answered, outcome string) pageStep {
	s := pageStep{from: server, to: 2, Label: quote.Line(fmt.Sprintf("%d %s", x.Response.Status, x.Response.StatusMessage), 120)}
	v := a.log.Result.Verdict
	deciding := ""
	switch {
	case !last || outcome == "undecided":
	case outcome == "allowed" && a.log.Result.Response.Type == fetch.ResponseTypeCORS:
		deciding = "Access-Control-Allow-Origin"
	case outcome == "blocked":
		s.Deciding, s.Bad, deciding = true, true, v.Header
	}
	found := false
	for _, h := range x.Response.Headers {
		line := newPageHeader(h)
		if deciding != "" && strings.EqualFold(h[0], deciding) {
			line.Deciding, found = true, true
		}
		switch {
		case (line.Deciding || explain.Matters(h[0])) && len(s.Headers) < mostOfList:
			s.Headers = append(s.Headers, line)
		case len(s.Others) < mostOfList:
			s.Others = append(s.Others, line)
		}
	}
	if deciding != "" && !found && s.Bad && safelist.IsHeaderName(deciding) {
		s.Headers = append(s.Headers, pageHeader{Name: deciding, Deciding: true, Missing: true})
	}
	if s.Bad && deciding == "" && (header.HasPrefixFold(string(v.Code), "preflight-")) {
		s.Note = "this status decides"
	}
	return s
}
