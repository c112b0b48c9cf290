package servertest

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/explain"
	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/safelist"
)

// run asks all there is to ask, in the order of how much it matters.
func (r *runner) run() (Report, error) {
	if err := r.start(question{method: r.targets[0].Method, path: r.targets[0].Path, origin: r.seeds[0].String()}); err != nil {
		return Report{}, err
	}
	for _, ask := range []func(){
		r.askOrigins, r.askStrangers, r.askMethods, r.askHeaders, r.askExposed, r.askCaches, r.askHead, r.askErrors, r.askOwn, r.askOptions, r.askHostile, r.askVersions,
		r.askNeighbours, r.askTiming, r.askShapes,
	} {
		ask()
	}
	return r.report(), nil
}

// The ids of findings for a page that gets too much, and too little.
type ids struct{ tooMuch, tooLittle string }

// judge compares what a page gets with what is meant; what says why a page that reads must not.
func (r *runner) judge(s script, id ids, what string) {
	got, ok := r.fetch(s)
	if !ok {
		return
	}
	meant := r.oracle.MayRead(s.page, s.method, s.headers, s.credentials)
	f := Finding{Origin: s.page, Exchanges: r.exchanges(got.questions...), Step: got.verdict.Step}
	switch {
	case got.reads() && !meant:
		f.ID, f.Severity, f.Wanted = id.tooMuch, SeverityUnsafe, "the page does not read the response"
		f.Why, f.Fix = "a page of "+s.page+" reads it: "+what, "send Access-Control-Allow-Origin and what goes with it only for what is meant"
		if s.credentials {
			f.Why += "; it may come with the visitor's cookies"
		}
	case !got.reads() && meant:
		if r.isError(got) {
			r.wasteful(s.page, got.verdict.Step, got.questions...)
			return
		}
		e := explain.Verdict(got.verdict)
		f.ID, f.Severity, f.Wanted = id.tooLittle, SeverityBroken, "the page reads the response"
		f.Why, f.Fix = e.Happened, cmp.Or(e.Fix, "allow what is meant")
	case !meant && got.sent && len(got.questions) > 1 && got.questions[0].isPreflight():
		f.ID, f.Severity, f.Wanted = "preflight-not-meant", SeverityUnsafe, "the preflight fails"
		f.Why = "a page of " + s.page + " does not read the response, but its preflight succeeds, so that the server gets the request itself, with a method or headers that no form can send: " + what
		f.Fix = "answer preflights by the same list of origins as other requests"
	default:
		return
	}
	r.add(f, got.questions...)
}

// isError reports whether a page cannot read because an error page has no headers: one that is there without Origin,
// too.
func (r *runner) isError(o outcome) bool {
	last := o.questions[len(o.questions)-1]
	if last.isPreflight() || o.last.Status < 400 || o.verdict.Code != fetch.CodeMissingAllowOrigin {
		return false
	}
	plain, ok := r.ask(question{method: last.method, path: last.path})
	return ok && plain.Status == o.last.Status
}

func (r *runner) wasteful(page string, step fetch.Step, questions ...question) {
	r.add(Finding{ID: "error-without-headers", Severity: SeverityWasteful, Origin: page, Exchanges: r.exchanges(questions...), Step: step, Wanted: "the CORS headers of other responses",
		Why: "to the page the error looks like a broken network", Fix: "set the headers outside of whatever refuses requests, and on errors too"}, questions...)
}

var anybody = ids{"origin-any", "origin-refused"}

// askOrigins asks for each target about each origin that is meant to be allowed, or not.
func (r *runner) askOrigins() {
	for _, target := range r.targets {
		var pages []string
		for _, seed := range r.seeds {
			pages = append(pages, seed.String())
		}
		for _, page := range append(pages, r.examples...) {
			for _, credentials := range []bool{false, true} {
				id := anybody
				if credentials && r.oracle.MayRead(page, target.Method, target.Headers, false) {
					id = ids{"credentials-not-meant", "credentials-refused"}
				}
				r.judge(scriptOf(target, page, credentials), id, "which is not meant")
			}
		}
	}
}

// askStrangers asks for each target about origins that nobody lists by chance, also with a preflight.
func (r *runner) askStrangers() {
	for _, target := range r.targets {
		for _, n := range strangers {
			r.askNeighbour(target, n)
			r.askPreflight(target, n)
		}
	}
}

// askNeighbours asks for each target about the neighbourhood of each origin, and of the server's own.
func (r *runner) askNeighbours() {
	asked, open := map[string]bool{}, make([]bool, len(r.targets))
	for j, target := range r.targets {
		open[j] = r.isOpen(target)
	}
	for i, seed := range append(slices.Clone(r.seeds), r.base.Origin()) {
		for _, n := range neighboursOf(seed) {
			if asked[n.origin] {
				continue
			}
			asked[n.origin] = true
			for j, target := range r.targets {
				if open[j] {
					continue
				}
				r.askNeighbour(target, n)
				if i+j == 0 {
					r.askPreflight(target, n)
				}
			}
		}
	}
}

// isOpen reports whether strangers read a target that they must not: then its neighbours have nothing to add.
func (r *runner) isOpen(target Target) bool {
	s := scriptOf(target, strangers[0].origin, true)
	got, ok := r.fetch(s)
	return ok && got.reads() && !r.oracle.MayRead(s.page, s.method, s.headers, s.credentials)
}

func (r *runner) askNeighbour(target Target, n neighbour) {
	if o, err := origin.Parse(n.origin); err != nil || o.String() != n.origin || n.id == "origin-malformed" {
		r.askMalformed(target, n)
		return
	}
	for _, credentials := range []bool{true, false} {
		// That a neighbour which is meant, by a wildcard, is refused says little: it may be no name at all.
		if s := scriptOf(target, n.origin, credentials); n.id == anybody.tooMuch || !r.oracle.MayRead(s.page, s.method, s.headers, s.credentials) {
			r.judge(s, ids{n.id, anybody.tooLittle}, n.what)
		}
	}
}

// askPreflight asks about what a page of an origin can do once a preflight has succeeded.
func (r *runner) askPreflight(target Target, n neighbour) {
	if o, err := origin.Parse(n.origin); err != nil || o.String() != n.origin || n.id == "origin-malformed" || r.mayRead(n.origin) {
		return
	}
	s := script{target, "PUT", []string{"Content-Type"}, n.origin, true}
	s.method, s.headers = r.allowed()
	for _, s.credentials = range []bool{true, false} {
		r.judge(s, ids{n.id, anybody.tooLittle}, n.what)
	}
}

// allowed returns a method and headers that some origin is allowed and that need a preflight, or else what is common.
func (r *runner) allowed() (method string, headers []string) {
	for _, m := range append(slices.Clone(r.methods), "PUT", "PATCH", "DELETE") {
		if !safelist.IsCORSSafelistedMethod(safelist.NormalizeMethod(m)) && safelist.IsMethod(m) && m != "*" && r.anySeed(m, nil) {
			return m, nil
		}
	}
	for _, h := range append(slices.Clone(r.headers), "Content-Type", "Authorization") {
		if h != "*" && r.anySeed("GET", []string{h}) {
			return "GET", []string{h}
		}
	}
	return "PUT", []string{"Content-Type"}
}

func (r *runner) anySeed(method string, headers []string) bool {
	return slices.ContainsFunc(r.seeds, func(o origin.Origin) bool {
		return r.oracle.MayRead(o.String(), method, headers, false) || r.oracle.MayRead(o.String(), method, headers, true)
	})
}

// askMalformed asks about a value of Origin that no page has. That it is echoed is worth a note.
func (r *runner) askMalformed(target Target, n neighbour) {
	q := question{method: target.Method, path: target.Path, origin: n.origin}
	got, ok := r.ask(q)
	if !ok {
		return
	}
	allow, _ := got.Headers.Get("Access-Control-Allow-Origin")
	if lines := strings.Split(n.origin, "\n"); allow == n.origin || len(lines) > 1 && slices.Contains(lines, allow) && !r.mayRead(allow) {
		r.add(Finding{ID: n.id, Severity: SeverityNote, Origin: n.origin, Exchanges: r.exchanges(q),
			Wanted: "no Access-Control-Allow-Origin, or that of an allowed origin", Why: n.what + ", which the server echoes", Fix: "compare the whole value with a list"})
	}
}

// askMethods asks about the methods on a policy's list and beside it, for pages that may read.
func (r *runner) askMethods() {
	methods := []string{"GET", "PUT", "PATCH", "DELETE", "QUERY", nonceMethod}
	for _, m := range r.methods {
		if m != "*" && !slices.Contains(methods, safelist.NormalizeMethod(m)) {
			methods = append(methods, safelist.NormalizeMethod(m))
		}
	}
	for _, target := range r.targets {
		for _, seed := range r.seeds[:min(3, len(r.seeds))] {
			for _, method := range methods {
				r.askScript(script{target, method, nil, seed.String(), false}, ids{"method-not-meant", "method-refused"}, "method "+method+" is not meant")
				if lower := strings.ToLower(method); safelist.NormalizeMethod(lower) == lower {
					r.askMethodCase(script{target, lower, nil, seed.String(), false}, method)
				}
			}
		}
	}
}

// askScript judges for pages that may read with GET: what becomes of others has been asked. With credentials and
// without.
func (r *runner) askScript(s script, id ids, what string) {
	for _, s.credentials = range []bool{false, true} {
		if r.oracle.MayRead(s.page, "GET", nil, s.credentials) {
			r.judge(s, id, what)
		}
	}
}

// askMethodCase asks about a method in another case than the listed one, which is another method. No server has it.
func (r *runner) askMethodCase(s script, listed string) {
	if !r.oracle.MayRead(s.page, listed, nil, false) || r.oracle.MayRead(s.page, s.method, nil, false) {
		return
	}
	if got, ok := r.fetch(s); ok && got.reads() {
		r.add(Finding{ID: "method-case", Severity: SeverityNote, Origin: s.page, Exchanges: r.exchanges(got.questions...), Wanted: "the preflight fails",
			Why: "methods are case-sensitive, and " + s.method + " is another one than " + listed, Fix: "answer with the list of methods, and let browsers compare"})
	}
}

// askHeaders asks about the request headers on a policy's list and beside it, for pages that may read.
func (r *runner) askHeaders() {
	all := [][]string{{"Authorization"}, {"Content-Type"}, {"X-Requested-With"}, {nonceHeader}}
	var listed []string
	for _, h := range r.headers {
		if h != "*" {
			listed = append(listed, h)
			all = append(all, []string{h})
		}
	}
	if len(listed) > 1 {
		all = append(all, listed)
	}
	if len(listed) > 0 {
		all = append(all, append(slices.Clone(listed), nonceHeader))
	}
	for _, target := range r.targets {
		all := slices.Clone(all)
		if len(target.Headers) > 0 {
			all = append(all, target.Headers)
		}
		for _, seed := range r.seeds[:min(3, len(r.seeds))] {
			for _, names := range all {
				what := "to send " + strings.Join(names, ", ") + " is not meant"
				r.askScript(script{target, "GET", names, seed.String(), false}, ids{"header-not-meant", "header-refused"}, what)
			}
			if method, _ := r.allowed(); len(listed) > 0 && r.oracle.MayRead(seed.String(), method, nil, false) {
				r.askScript(script{target, method, listed, seed.String(), false}, ids{"header-not-meant", "header-refused"}, "this method with these headers is not meant")
			}
		}
	}
}

// askExposed compares what a page sees of a response's headers with what a policy exposes, also of headers that the
// server names and this response does not have.
func (r *runner) askExposed() {
	if r.policy == nil {
		return
	}
	for _, target := range r.targets {
		for _, seed := range r.seeds[:min(3, len(r.seeds))] {
			for _, credentials := range []bool{false, true} {
				if got, ok := r.fetch(scriptOf(target, seed.String(), credentials)); ok && got.reads() {
					r.judgeExposed(seed.String(), credentials, got)
				}
			}
		}
	}
}

func (r *runner) judgeExposed(page string, credentials bool, got outcome) {
	head := got.last
	var names []string
	for _, h := range head.Headers {
		names = append(names, h[0])
	}
	lines, _ := header.ExtractListValues(head.Headers, "Access-Control-Expose-Headers")
	asked := map[string]bool{}
	for _, name := range append(append(names, lines...), nonceHeader) {
		lower := header.Lower(name)
		if asked[lower] || isCORS(name) || name == "*" || safelist.IsCORSSafelistedResponseHeaderName(name, nil) || safelist.IsForbiddenResponseHeaderName(name) {
			continue
		}
		asked[lower] = true
		present := slices.ContainsFunc(names, func(n string) bool { return header.EqualFold(n, name) })
		seen := sees(credentials, head, name)
		meant := slices.ContainsFunc(r.policy.ExposeHeaders, func(h string) bool { return h == "*" || header.EqualFold(h, name) })
		f := Finding{Origin: page, Exchanges: r.exchanges(got.questions...), Step: "main-fetch:14"}
		switch {
		case seen && !meant && tellsNothing(lower) && !slices.ContainsFunc(lines, func(n string) bool { return header.EqualFold(n, name) }):
		case seen && !meant:
			f.ID, f.Severity, f.Wanted = "exposed-not-meant", SeverityUnsafe, "the page does not see "+name
			f.Why, f.Fix = name+" is not among the headers to expose, and a page sees it", "list in Access-Control-Expose-Headers what is meant, and nothing else"
			if !present {
				f.Why += " in each response that has it"
			}
			if tellsNothing(lower) {
				f.Severity = SeverityNote
			}
			r.add(f, got.questions...)
		case present && meant && !seen && !tellsNothing(lower):
			f.ID, f.Severity, f.Wanted = "not-exposed", SeverityBroken, "the page sees "+name
			f.Why, f.Fix = name+" is not in Access-Control-Expose-Headers", "list it there"
			r.add(f, got.questions...)
		}
	}
}

// sees reports whether a page sees a header of that name in a response that it reads.
func sees(credentials bool, head answer, name string) bool {
	list := append(slices.Clone(head.Headers), [2]string{name, "x"})
	exposed := fetch.ExposedHeaderNames(&fetch.Request{Credentials: credentialsMode(credentials)}, &fetch.Response{Status: head.Status, Headers: list})
	return safelist.IsCORSSafelistedResponseHeaderName(name, exposed)
}

// tellsNothing reports whether a response header, in lower case, is of no use to a page.
func tellsNothing(name string) bool {
	switch name {
	case "vary", "date", "server", "connection", "keep-alive", "transfer-encoding", "content-encoding", "x-content-type-options", "x-powered-by":
		return true
	}
	return false
}

// missing returns the path of a page beside a target that nobody has.
func missing(t Target) string {
	path, _, _ := strings.Cut(t.Path, "?")
	return path[:strings.LastIndexByte(path, '/')+1] + "corspec-no-such-page-7f3a"
}

// askErrors asks for a page that is not there, and with a method that hardly any server has, if pages may send it.
// Pages that may read should be able to read why.
func (r *runner) askErrors() {
	page, credentials, ok := r.reader()
	if !ok {
		return
	}
	target := Target{Method: "GET", Path: missing(r.targets[0])}
	r.judge(scriptOf(target, page, credentials), ids{"origin-any", "error-unreadable"}, "")
	r.askNeighbour(target, strangers[0])
	if !r.oracle.MayRead(page, "QUERY", nil, credentials) {
		return // no page can send it
	}
	q := question{method: "QUERY", path: r.targets[0].Path, origin: page}
	if got, ok := r.ask(q); ok && !got.Headers.Contains("Access-Control-Allow-Origin") && slices.Contains([]int{401, 403, 404, 405}, got.Status) {
		r.wasteful(page, "", q)
	}
}

// reader returns a page that may read, and how.
func (r *runner) reader() (page string, credentials, ok bool) {
	for _, seed := range r.seeds {
		for _, credentials := range []bool{false, true} {
			if page = seed.String(); r.oracle.MayRead(page, "GET", nil, credentials) {
				return page, credentials, true
			}
		}
	}
	return "", false, false
}

// askHead asks with HEAD what was asked with GET.
func (r *runner) askHead() {
	for _, target := range r.targets {
		if target.Method != "GET" {
			continue
		}
		for _, credentials := range []bool{false, true} {
			s := script{target, "HEAD", nil, r.seeds[0].String(), credentials}
			head, ok := r.fetch(s)
			if !ok {
				continue
			}
			// What is wrong with GET, too, is told of that.
			if get, ok := r.fetch(scriptOf(target, s.page, credentials)); ok && get.reads() != head.reads() {
				r.judge(s, ids{"head-not-meant", "head-refused"}, "which is not meant")
			}
		}
	}
}

// askOwn asks as the site's own pages, which send Origin with POST. What is not sure to do no harm is not sent: targets
// with such methods are, else a path that nobody has, if it is not there for GET either.
func (r *runner) askOwn() {
	own := r.base.Origin().String()
	judge := func(method, path string, severity Severity) {
		q := question{method: method, path: path, origin: own}
		with, ok := r.ask(q)
		if !ok {
			return
		}
		plain := question{method: method, path: path}
		without, ok := r.ask(plain)
		if !ok || with.Status == without.Status || with.Status < 400 {
			return
		}
		r.add(Finding{ID: "own-origin-refused", Severity: severity, Origin: own, Exchanges: r.exchanges(plain, q), Wanted: fmt.Sprintf("status %d, as without Origin", without.Status),
			Why: "pages of the site itself send Origin, too: with POST, and to WebSockets", Fix: "do not refuse requests for their Origin, or allow the server's own"}, q)
	}
	told := false
	for _, t := range r.targets {
		if t.Method != "GET" && t.Method != "HEAD" && t.Method != "OPTIONS" {
			told = true
			judge(t.Method, t.Path, SeverityBroken)
		}
	}
	if told {
		return
	}
	severity := SeverityBroken
	if r.inProcess {
		severity = SeverityNote // the server cannot know the name that it has here
	}
	path := missing(r.targets[0])
	if got, ok := r.ask(question{method: "GET", path: path}); ok && (r.inProcess || got.Status == http.StatusNotFound || got.Status == http.StatusGone) {
		judge("POST", path, severity)
	}
	judge("GET", r.targets[0].Path, SeverityNote)
}

// askOptions asks with an OPTIONS that is not a preflight, which is the application's.
func (r *runner) askOptions() {
	page := r.seeds[0].String()
	for i, t := range r.targets {
		if i > 0 && t.Method != "OPTIONS" {
			continue
		}
		q, bare := question{method: "OPTIONS", path: t.Path, origin: page}, question{method: "OPTIONS", path: t.Path}
		plain, ok := r.ask(bare)
		if !ok {
			continue
		}
		with, ok := r.ask(q)
		if !ok {
			continue
		}
		f := Finding{ID: "options-swallowed", Severity: SeverityNote, Origin: page, Exchanges: r.exchanges(bare, q), Wanted: "the application's own answer",
			Why: "an OPTIONS without Access-Control-Request-Method is not a preflight", Fix: "answer an OPTIONS only if it has Origin and Access-Control-Request-Method"}
		if t.Method == "OPTIONS" {
			f.Severity = SeverityBroken
		}
		swallowed := with.Status != plain.Status || plain.Headers.Contains("Allow") && !with.Headers.Contains("Allow")
		if r.reached != nil {
			swallowed = !with.reached && (plain.reached || t.Method == "OPTIONS")
		}
		if swallowed {
			r.add(f, q)
		}
	}
}

// askHostile sends lists that nobody means well with.
func (r *runner) askHostile() {
	path, page := r.targets[0].Path, r.seeds[0].String()
	for _, h := range []struct{ what, origin, method, list string }{
		{"empty elements", page, "GET", strings.Repeat(",", 1000)},
		{"a list of 60 KB", page, "GET", strings.Repeat(strings.ToLower(nonceHeader)+",", 3750) + "x"},
		{"what is not a list", page, "GET", `a b;c="d`},
		{"a name of 8 KB", page, "GET", strings.Repeat("x", 8192)},
		{"bytes that no token has", page, "GET", "x\xe9\xff, (y)"},
		{"a method of 8 KB", page, strings.Repeat("X", 8192), ""},
		{"a method that is not a token", page, "GET, PUT;", ""},
		{"an origin of 8 KB", "https://" + strings.Repeat("a.", 4096) + "example", "GET", ""},
		{"an origin that is not one", "https://[::1", "GET", ""},
		{"an origin of odd bytes", "\xff\xfe://%00", "GET", ""},
	} {
		q := question{method: "OPTIONS", path: path, origin: h.origin, requestMethod: h.method, requestHeaders: h.list}
		got, ok := r.send(q, r.transport)
		// A server may refuse a long header, and close the connection, while it is still being sent: that is an answer
		// that may get lost.
		for again := 0; ok && got.err != nil && again < 3; again++ {
			got, ok = r.send(q, r.transport)
		}
		if !ok {
			return
		}
		r.answers[q] = got
		if got.err != nil && !r.askAgain(q) {
			return
		}
		if got.err != nil || got.Status >= 500 && got.Status != http.StatusNotImplemented {
			r.add(Finding{ID: "hostile-list", Severity: SeverityBroken, Origin: page, Exchanges: r.exchanges(q),
				Wanted: "an answer below 500", Why: "anybody can send this: " + h.what, Fix: "bound what is read of the request, and refuse the rest"})
		}
	}
}

// askShapes sends preflights that no browser sends and that are legal; something between it and the server may have
// made them.
func (r *runner) askShapes() {
	page, credentials, ok := r.reader()
	var listed []string
	for _, h := range r.headers {
		if h != "*" && r.oracle.MayRead(page, "GET", []string{h}, credentials) {
			listed = append(listed, header.Lower(h))
		}
	}
	if !ok || len(listed) == 0 {
		return
	}
	slices.Sort(listed)
	backward := slices.Clone(listed)
	slices.Reverse(backward)
	for _, s := range []struct{ what, list string }{
		{"spaces behind commas", strings.Join(listed, ", ")},
		{"upper case", strings.ToUpper(strings.Join(listed, ","))},
		{"another order", strings.Join(backward, ",")},
		{"several lines", strings.Join(listed, "\n")},
		{"a name that is there twice", strings.Join(append(slices.Clone(listed), listed[0]), ",")},
		{"an empty element", strings.Join(listed, ",") + ","},
	} {
		q := question{method: "OPTIONS", path: r.targets[0].Path, origin: page, requestMethod: "GET", requestHeaders: s.list}
		got, ok := r.ask(q)
		if !ok {
			continue
		}
		request := fetch.Request{Method: "GET", Origin: origin.MustParse(page), URLList: []origin.URL{r.base}, Mode: fetch.ModeCORS, Credentials: credentialsMode(credentials), UnsafeRequest: true}
		for _, h := range listed {
			request.Headers.Append(h, valueOf(h))
		}
		if verdict, _ := fetch.PreflightCheck(&request, &fetch.Response{Status: got.Status, Headers: got.Headers}); !verdict.OK() {
			r.add(Finding{ID: "list-shape", Severity: SeverityNote, Origin: page, Exchanges: r.exchanges(q), Wanted: "the answer to the list in a browser's shape", Step: verdict.Step,
				Why: "the list of headers has " + s.what + ", which no browser sends, and proxies may", Fix: "read the list as RFC 9110, section 5.6.1, has lists"})
		}
	}
}

// askVersions asks over HTTP/1.1 what was answered over HTTP/2.
func (r *runner) askVersions() {
	shared, ok := r.transport.(*http.Transport)
	if !ok || r.answers[r.baseline].proto != 2 {
		return
	}
	one := shared.Clone()
	one.ForceAttemptHTTP2, one.TLSNextProto = false, nil
	if one.TLSClientConfig != nil {
		one.TLSClientConfig.NextProtos = nil
	}
	one.Protocols = new(http.Protocols)
	one.Protocols.SetHTTP1(true)
	defer one.CloseIdleConnections()
	method, headers := r.allowed()
	for _, q := range []question{r.baseline, {method: "OPTIONS", path: r.baseline.path, origin: r.baseline.origin, requestMethod: method, requestHeaders: header.Lower(strings.Join(headers, ","))}} {
		two, ok := r.ask(q)
		if !ok {
			continue
		}
		if got, ok := r.send(q, one); ok && !got.same(two) {
			both := []Exchange{r.shown(q, two), r.shown(q, got)}
			both[0].Answer.HTTP, both[1].Answer.HTTP = 2, 1
			r.add(Finding{ID: "versions-differ", Severity: SeverityBroken, Origin: q.origin, Exchanges: both, Wanted: "the same answer",
				Why: "browsers take the one or the other", Fix: "compare names of headers in any case; configure both alike"}, q)
		}
	}
}
