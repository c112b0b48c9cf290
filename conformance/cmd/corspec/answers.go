package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/policy"
	"github.com/corspec/corspec/policy/policyhttp"
	"github.com/corspec/corspec/safelist"
)

// explained finds out what explain is to explain: the URL of a request whose answers are given by flags, or a file and,
// if it is known, the URL that this is about.
func (r *checkRequest) explained(arguments []string, answers bool, stdin io.Reader) (url, file string, err error) {
	if answers && len(arguments) == 1 && arguments[0] == "-" && !r.line.named {
		text, err := io.ReadAll(io.LimitReader(stdin, maxBody))
		if err != nil {
			return "", "", fmt.Errorf("standard input: %w", err)
		}
		if err := r.words.parsePaste(string(text)); err != nil {
			return "", "", fmt.Errorf("standard input: with -R, -P or -status the answers are known, and the request is asked for: %w", err)
		}
		arguments = nil
	}
	if arguments, err = r.takeArguments(arguments); err != nil {
		return "", "", err
	}
	var urls, files []string
	for _, a := range arguments {
		if isURL(a) || answers && isAbsoluteURL(a) || r.line.named {
			urls = append(urls, a)
		} else {
			files = append(files, a)
		}
	}
	switch {
	case len(urls)+len(files) == 0:
		return "", "", errors.New("there is nothing to explain: give a URL with what it answers (-R, -policy), or a file, such as a HAR file; -h says more")
	case len(urls) > 1 || len(files) > 1:
		return "", "", fmt.Errorf("want one URL or one file, got %q", arguments)
	case len(files) == 0:
		return urls[0], "", nil
	case len(urls) == 0:
		urls = []string{""}
	}
	if _, err := os.Stat(files[0]); err != nil && files[0] != "-" {
		if hint := needScheme(files[0]); hint != nil {
			return "", "", hint
		}
	}
	return urls[0], files[0], nil
}

// isURL tells a URL from the name of a file.
func isURL(s string) bool {
	u, err := origin.ParseURL(s, nil)
	return err == nil && (u.Scheme() == "http" || u.Scheme() == "https") && strings.Contains(s, ":")
}

// isAbsoluteURL reports whether s is a URL of any scheme, and not a host with its port.
func isAbsoluteURL(s string) bool {
	u, err := origin.ParseURL(s, nil)
	return err == nil && !isHostAndPort(u)
}

// isHostAndPort reports whether the URL looks like a host and a port, as in localhost:8080/x, of which the host has
// become the scheme.
func isHostAndPort(u origin.URL) bool {
	rest := u.String()[len(u.Scheme())+1:]
	return u.Origin().IsOpaque() && u.Scheme() != "data" && u.Scheme() != "about" && rest != "" && rest[0] >= '0' && rest[0] <= '9'
}

// answerFlags are the flags for what the server answers.
type answerFlags struct {
	status, preflightStatus   int
	headers, preflightHeaders headFlag
	policy                    string // the name of a file
}

// A headFlag collects the head of a response: header lines, of which the first may be a status line.
type headFlag struct {
	headers fetch.HeaderList
	status  int
}

func (h *headFlag) String() string { return "" }
func (h *headFlag) repeats()       {}

// Set takes a line, or a block of them.
func (h *headFlag) Set(text string) error {
	b, err := parseHeaderBlock(text)
	if err != nil {
		return err
	}
	if b.status != 0 {
		h.status = b.status
	}
	h.headers = append(h.headers, b.headers...)
	return nil
}

func (f *answerFlags) add(flags *flag.FlagSet) {
	flags.IntVar(&f.status, "status", 0, "the `STATUS` of the response (default 200 with -R)")
	flags.Var(&f.headers, "R", "a header of the response, 'Name: value', or several lines of them; may be repeated")
	flags.IntVar(&f.preflightStatus, "preflight-status", 0, "the `STATUS` of the response to the preflight (default 204 with -P)")
	flags.Var(&f.preflightHeaders, "P", "a header of the response to the preflight, 'Name: value', or several lines of them; may be repeated")
	flags.StringVar(&f.policy, "policy", "", "a `FILE` with a policy, as lint reads it: it answers, over the application's response of -status and -R")
}

// names are the names of those flags.
func (f *answerFlags) names() []string {
	return []string{"status", "R", "preflight-status", "P", "policy"}
}

// given reports whether one of them was given.
func (f *answerFlags) given() bool {
	return f.policy != "" || f.status != 0 || f.preflightStatus != 0 || f.headers.status != 0 || f.headers.headers != nil || f.preflightHeaders.status != 0 || f.preflightHeaders.headers != nil
}

// response returns what the flags say of one response; nil if that is nothing.
func (h *headFlag) response(status, usual int) (*fetch.ResponseHead, error) {
	switch {
	case status == 0 && h.status != 0:
		status = h.status
	case status == 0 && h.headers != nil:
		status = usual
	case status == 0:
		return nil, nil
	}
	if status < 200 || status > 999 {
		return nil, fmt.Errorf("status %d is not that of a response: want 200 to 999", status)
	}
	for _, line := range h.headers {
		if !safelist.IsHeaderName(line[0]) {
			return nil, fmt.Errorf("%.80q is not a header name, byte %d: it has to be a token", line[0], header.IndexNonToken(line[0]))
		}
	}
	return &fetch.ResponseHead{Status: status, Headers: h.headers}, nil
}

// explain judges the request of the flags.
func (f *answerFlags) explain(r *checkRequest, given map[string]bool) (*answered, error) {
	actual, err := f.headers.response(f.status, 200)
	if err != nil {
		return nil, err
	}
	preflight, err := f.preflightHeaders.response(f.preflightStatus, 204)
	if err != nil {
		return nil, err
	}
	switch {
	case f.policy != "" && preflight != nil:
		return nil, errors.New("-policy answers preflights: -P and -preflight-status are not for it")
	case f.policy != "":
		return f.explainPolicy(r, given, actual)
	case actual == nil && preflight == nil:
		return nil, errors.New("there is no answer to explain; give -status or -R, and -preflight-status or -P for a preflight, or -policy")
	}
	return explainRequest(r, given, func(action fetch.Action) (fetch.ResponseHead, string) {
		switch {
		case action.Kind == fetch.ActionSendPreflight && preflight == nil:
			return fetch.ResponseHead{}, "the browser sends a preflight, and its answer is not given: use -P and -preflight-status"
		case action.Kind == fetch.ActionSendPreflight:
			return *preflight, ""
		case action.Hop > 0:
			return fetch.ResponseHead{}, "the redirect is followed, and what comes then is not given: explain a file with all answers"
		case actual == nil:
			return fetch.ResponseHead{}, "the request is sent, and its answer is not given: use -R and -status"
		}
		return *actual, ""
	})
}

// explainPolicy judges the request by what a policy answers, over the response of an application.
func (f *answerFlags) explainPolicy(r *checkRequest, given map[string]bool, application *fetch.ResponseHead) (*answered, error) {
	data, err := os.ReadFile(f.policy)
	if err != nil {
		return nil, err
	}
	p, err := policyhttp.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("%s is not a policy; corspec lint says all that is wrong with it: %w", f.policy, err)
	}
	if application == nil {
		application = &fetch.ResponseHead{Status: 200}
	}
	var notes []string
	a, err := explainRequest(r, given, func(action fetch.Action) (fetch.ResponseHead, string) {
		if action.Hop > 0 {
			return fetch.ResponseHead{}, "the redirect is followed, and what answers there is not known"
		}
		get := func(name string) string { value, _ := action.Headers.Get(name); return value }
		asked := policy.Request{Method: action.Method, Origin: get("Origin"), RequestMethod: get("Access-Control-Request-Method"), RequestHeaders: get("Access-Control-Request-Headers")}
		d := p.Evaluate(asked)
		head := fetch.ResponseHead{Status: d.Status()}
		if head.Status == 0 { // the application answers
			head = *application
		}
		headers := responseHeaders{slices.Clone(head.Headers)}
		d.ApplyTo(&headers)
		head.Headers = headers.list
		notes = append(notes, fmt.Sprintf("The policy, of the %s: %s", action.Kind, p.Explain(asked)))
		return head, ""
	})
	if err != nil {
		return nil, err
	}
	a.notes = append(a.notes, notes...)
	return a, nil
}

// responseHeaders are headers that a policy writes to.
type responseHeaders struct{ list fetch.HeaderList }

func (h *responseHeaders) Set(name, value string) { h.list.Set(name, value) }
func (h *responseHeaders) Add(name, value string) { h.list.Append(name, value) }
func (h *responseHeaders) Del(name string)        { h.list.Delete(name) }

// explainRequest settles the request and judges it by those answers.
func explainRequest(r *checkRequest, given map[string]bool, answer func(fetch.Action) (fetch.ResponseHead, string)) (*answered, error) {
	if err := r.settle(given); err != nil {
		return nil, err
	}
	req, ignored, err := r.request()
	if err != nil {
		return nil, err
	}
	a := &answered{request: r, url: r.url}
	err = a.run(&fetch.Agent{SuffixList: publicsuffix.List, Profile: r.browser}, time.Time{}, req, answer)
	a.log.ignored = ignored
	return a, err
}

// wrongAnswers fails if answers are given by flags beside a file that has them.
func wrongAnswers(f answerFlags, given map[string]bool) error {
	for _, name := range append(f.names(), "blocked") {
		if given[name] && name != "blocked" {
			return fmt.Errorf("-%s is not for a file of responses: that says it all by itself", name)
		}
	}
	return nil
}

// isResponseText tells the text of responses from JSON.
func isResponseText(all string) bool {
	text := strings.TrimLeft(all[:min(len(all), 1<<10)], " \t\r\n")
	if text == "" || text[0] == '{' || text[0] == '[' {
		return false
	}
	line, _, _ := strings.Cut(text, "\n")
	line = strings.TrimSuffix(line, "\r")
	if _, _, ok := statusLine(line); ok {
		return true
	}
	if line[0] == '*' || line[0] == '<' || line[0] == '>' { // curl -v
		return strings.Contains(all, "\n< HTTP/") || strings.HasPrefix(line, "< HTTP/")
	}
	name, _, ok := strings.Cut(strings.TrimPrefix(line, ":"), ":")
	return ok && header.IsToken(name)
}

// A responseText is the text of one response.
type responseText struct {
	head fetch.ResponseHead
}

// answersPreflight reports whether the response answers a preflight, by what it has.
func (r *responseText) answersPreflight() bool {
	return r.head.Headers.Contains("Access-Control-Allow-Methods") || r.head.Headers.Contains("Access-Control-Max-Age") ||
		r.head.Headers.Contains("Access-Control-Allow-Headers")
}

// mayAnswerPreflight reports whether a response may be that to a preflight.
func (r *responseText) mayAnswerPreflight() bool {
	return r.answersPreflight() || r.head.Status == 204 || !safelist.IsOKStatus(r.head.Status)
}

// parseResponses reads responses that stand one behind the other, each with or without its body. Informational ones are
// left out, and what a proxy says of its tunnel.
func parseResponses(text string) ([]responseText, error) {
	if strings.HasPrefix(text, "< HTTP/") || strings.Contains(text, "\n< HTTP/") {
		text = verboseHeads(text)
	}
	var all []responseText
	text = strings.TrimLeft(text, "\r\n")
	for number := 1; text != ""; number++ {
		block, rest := cutHead(text)
		b, err := parseHeaderBlock(block)
		if err != nil {
			return nil, fmt.Errorf("response %d: %w", number, err)
		}
		if b.method != "" {
			return nil, errors.New("the text begins with a request line; give the response")
		}
		status := b.status
		if status == 0 {
			status = 200
		}
		for _, line := range b.headers {
			if !safelist.IsHeaderName(line[0]) {
				return nil, fmt.Errorf("response %d: %.80q is not a header name, byte %d: it has to be a token", number, line[0], header.IndexNonToken(line[0]))
			}
		}
		r := responseText{fetch.ResponseHead{Status: status, StatusMessage: b.reason, Headers: b.headers}}
		text = skipBody(rest, b.headers)
		switch {
		case status < 200:
		case text != "" && strings.EqualFold(b.reason, "connection established"):
		case status > 999:
			return nil, fmt.Errorf("response %d: status %d is not that of a response", number, status)
		default:
			all = append(all, r)
		}
	}
	if all == nil {
		return nil, errors.New("the text has no response")
	}
	return all, nil
}

// verboseHeads returns the heads of responses out of what curl -v prints.
func verboseHeads(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if line, ok := strings.CutPrefix(line, "<"); ok {
			b.WriteString(strings.TrimPrefix(line, " "))
		}
	}
	return b.String()
}

// takeVerbose takes over the request that curl -v shows in front of a response: of several the first that is not a
// preflight. If all are preflights, a script's request is made up for the first.
func (r *checkRequest) takeVerbose(text string, given map[string]bool) {
	var asked headerBlock
	var head strings.Builder
	for line := range strings.Lines(text) {
		line, ok := strings.CutPrefix(line, ">")
		if !ok {
			continue
		}
		if line = strings.TrimPrefix(line, " "); strings.Trim(line, "\r\n") != "" {
			head.WriteString(line)
			continue
		}
		b, err := parseHeaderBlock(head.String())
		head.Reset()
		if err != nil || b.method == "" || asked.method != "" && b.isPreflight() {
			continue
		}
		if asked = b; !b.isPreflight() {
			break
		}
	}
	if asked.method == "" {
		return
	}
	r.words.method = asked.method
	for _, h := range asked.headers {
		r.words.headers = append(r.words.headers, wordHeader{name: h[0], value: h[1]})
	}
	host, _ := asked.headers.Get("Host")
	if r.url == "" && strings.HasPrefix(asked.target, "/") && host != "" {
		r.url = "https://" + host + asked.target
		if connected := strings.Contains(text, "* Connected to ") || strings.Contains(text, "* Established connection "); connected && !strings.Contains(text, "* SSL ") && !strings.Contains(text, "* ALPN") {
			r.url = "http://" + host + asked.target
		}
	}
	if !given["origin"] && !given["page"] && !asked.headers.Contains("Origin") && strings.HasPrefix(r.url, "http:") {
		r.origin = origin.MustParse("http://app.example") // not one to which that is mixed content
	}
}

// isPreflight reports whether it is the head of a preflight.
func (b *headerBlock) isPreflight() bool {
	return b.method == "OPTIONS" && b.headers.Contains("Access-Control-Request-Method")
}

// cutHead cuts a text behind the blank line that ends a head, or in front of the next status line.
func cutHead(text string) (head, rest string) {
	at := 0
	for line := range strings.Lines(text) {
		trimmed := strings.TrimRight(line, "\r\n")
		if strings.Trim(trimmed, " \t") == "" {
			return text[:at], text[at+len(line):]
		}
		if _, _, ok := statusLine(trimmed); ok && at > 0 {
			return text[:at], text[at:]
		}
		at += len(line)
	}
	return text, ""
}

// skipBody returns the text from the next status line on: behind as many bytes as Content-Length says, if one stands
// there, or else at the first one that begins a line.
func skipBody(text string, l fetch.HeaderList) string {
	next := func(s string) bool {
		line, _, _ := strings.Cut(s, "\n")
		_, _, ok := statusLine(strings.TrimSuffix(line, "\r"))
		return ok
	}
	if value, ok := l.Get("Content-Length"); ok {
		if n, err := strconv.Atoi(value); err == nil && n >= 0 && n <= len(text) {
			if rest := strings.TrimLeft(text[n:], "\r\n"); rest == "" || next(rest) {
				return rest
			}
		}
	}
	for at := 0; at < len(text); {
		if next(text[at:]) {
			return text[at:]
		}
		line := strings.IndexByte(text[at:], '\n')
		if line < 0 {
			break
		}
		at += line + 1
	}
	return ""
}

// explainText judges the request of the flags by the text of responses.
func explainText(r *checkRequest, given map[string]bool, text string) (*answered, error) {
	responses, err := parseResponses(text)
	if err != nil {
		return nil, err
	}
	if !given["X"] && !given["H"] && !given["d"] {
		r.takeVerbose(text, given)
	}
	var notes []string
	if r.url == "" {
		r.url = "https://api.example/"
		notes = append(notes, "The text does not tell the URL; https://api.example/ stands for it. Give the URL beside the file.")
	}
	used := 0
	a, err := explainRequest(r, given, func(action fetch.Action) (fetch.ResponseHead, string) {
		preflight := action.Kind == fetch.ActionSendPreflight
		if !preflight && action.Hop == 0 && used+1 < len(responses) && responses[used].answersPreflight() && !safelist.IsRedirectStatus(responses[used].head.Status) {
			used++
			notes = append(notes, "The first response in the text looks like that to a preflight, and this request needs none; the next one is taken. Flags say the method and the headers.")
		}
		switch {
		case preflight && len(responses) == 1 && !responses[0].mayAnswerPreflight():
			return fetch.ResponseHead{}, fmt.Sprintf("the browser sends a preflight, and the text has one response, which does not look like that to a preflight; put what OPTIONS gets in front of it: curl -si -X OPTIONS -H 'Origin: %s' -H 'Access-Control-Request-Method: %s' %s", r.origin, r.effectiveMethod(), r.url)
		case used < len(responses):
			used++
			return responses[used-1].head, ""
		case preflight && used == 0:
			return fetch.ResponseHead{}, "the browser sends a preflight, and the text has no response to it"
		case action.Hop > 0:
			return fetch.ResponseHead{}, "the redirect is followed, and the text has no response of its target"
		}
		return fetch.ResponseHead{}, "the text has the response to the preflight and none to the request behind it"
	})
	if err != nil {
		return nil, err
	}
	if left := len(responses) - used; left > 0 {
		notes = append(notes, fmt.Sprintf("The text has %s that the fetch does not get to.", plural(left, "more response", "more responses")))
	}
	a.notes = append(a.notes, notes...)
	return a, nil
}
