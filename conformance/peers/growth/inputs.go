package main

import (
	"context"
	"io"
	"iter"
	"net/http"
	"net/http/cookiejar"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/explain"
	"github.com/corspec/corspec/fetch/fetchhttp"
	"github.com/corspec/corspec/fetch/initiator"
	"github.com/corspec/corspec/fetch/webapi"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/policy"
	"github.com/corspec/corspec/policy/policyhttp"
	"github.com/corspec/corspec/safelist"
)

// An input is measured at each size.
type input struct {
	group, name string
	cost        func(size int) (cost, error)
}

// inProcess are the inputs whose cost is that of a function here.
func inProcess() []input {
	return slices.Concat(servers(), urls(), values(), lists(), fetches(), scripts(), transports())
}

// of makes an input of what prepares the work.
func of(group, name string, prepare func(size int) (work func())) input {
	return input{group, name, func(size int) (cost, error) { return costOf(prepare(size)), nil }}
}

// fill is about n bytes: prefix, then unit as often as there is room, then suffix.
func fill(n int, prefix, unit, suffix string) string {
	return prefix + strings.Repeat(unit, max(0, n-len(prefix)-len(suffix))/len(unit)) + suffix
}

// names is about n bytes of names that differ, with commas.
func names(n int) string {
	var b strings.Builder
	for i := 0; b.Len() < n; i++ {
		b.WriteString("x-" + strconv.Itoa(i) + ",")
	}
	return b.String()
}

// many is a header list of about n bytes on the wire with names that differ.
func many(n int) (l fetch.HeaderList) {
	for i := range n / len("x-1000000: values\r\n") {
		l = append(l, [2]string{"x-" + strconv.Itoa(1_000_000+i), "values"})
	}
	return l
}

const (
	page  = "https://app.example.com"
	acao  = "Access-Control-Allow-Origin"
	acam  = "Access-Control-Allow-Methods"
	acah  = "Access-Control-Allow-Headers"
	aceh  = "Access-Control-Expose-Headers"
	asked = "Access-Control-Request-Headers"
)

var epoch = time.Unix(1000, 0)

// responseWriter costs nothing.
type responseWriter http.Header

func (w responseWriter) Header() http.Header         { return http.Header(w) }
func (w responseWriter) Write(b []byte) (int, error) { return len(b), nil }
func (w responseWriter) WriteHeader(int)             {}

// servers are what comes to a server's policy: Evaluate, Explain, and the whole middleware.
func servers() (list []input) {
	configs := []struct {
		name   string
		config policy.Config
	}{
		{"one origin", policy.Config{Origins: []string{page}, Credentials: true, Methods: []string{"PUT"}, RequestHeaders: []string{"X-A", "Content-Type"}}},
		{"subdomains, any header", policy.Config{Origins: []string{"https://*.example.com"}, Credentials: true, Methods: []string{"*"}, RequestHeaders: []string{"*"}}},
		{"everybody", policy.Config{Origins: []string{"*"}, Methods: []string{"*"}, RequestHeaders: []string{"*"}}},
	}
	line := func(values ...string) []string { return values }
	for _, in := range []struct {
		group, name string
		header      func(n int) http.Header
	}{
		{"`Origin`", "a host", func(n int) http.Header { return http.Header{"Origin": line(fill(n, "https://", "a", ".com"))} }},
		{"`Origin`", "labels", func(n int) http.Header { return http.Header{"Origin": line(fill(n, "https://", "a.", "example.com"))} }},
		{"`Origin`", "a list", func(n int) http.Header { return http.Header{"Origin": line(fill(n, "", page+" ", page))} }},
		{"`Origin`", "a port", func(n int) http.Header { return http.Header{"Origin": line(fill(n, page+":", "9", ""))} }},
		{"`Origin`", "lines", func(n int) http.Header { return http.Header{"Origin": slices.Repeat(line(page), n/len(page))} }},
		{"`Access-Control-Request-Method`", "a token", func(n int) http.Header { return preflight(line(fill(n, "", "P", "")), line("x-a")) }},
		{"`Access-Control-Request-Method`", "lines", func(n int) http.Header { return preflight(slices.Repeat(line("PUT"), n/4), line("x-a")) }},
		{"`Access-Control-Request-Headers`", "names", func(n int) http.Header { return preflight(line("PUT"), line(names(n))) }},
		{"`Access-Control-Request-Headers`", "a name", func(n int) http.Header { return preflight(line("PUT"), line(fill(n, "", "x", ""))) }},
		{"`Access-Control-Request-Headers`", "one name again and again", func(n int) http.Header { return preflight(line("PUT"), line(fill(n, "", "x-a,", "x-a"))) }},
		{"`Access-Control-Request-Headers`", "commas", func(n int) http.Header { return preflight(line("PUT"), line(fill(n, "", ",", ""))) }},
		{"`Access-Control-Request-Headers`", "spaces", func(n int) http.Header { return preflight(line("PUT"), line(fill(n, "x-a", " ", ",x-b"))) }},
		{"`Access-Control-Request-Headers`", "lines", func(n int) http.Header { return preflight(line("PUT"), slices.Repeat(line("x-a"), n/4)) }},
		{"`Access-Control-Request-Headers`", "empty lines", func(n int) http.Header { return preflight(line("PUT"), make([]string, n/4)) }},
	} {
		for _, c := range configs {
			m, err := policyhttp.New(c.config, policy.WithSuffixList(publicsuffix.List))
			if err != nil {
				panic(err)
			}
			list = append(list, of(in.group+" to the middleware", in.name+", "+c.name, func(n int) func() {
				h, r, w := m.Wrap(http.NotFoundHandler()), request(in.header(n)), responseWriter{}
				return func() { clear(w); h.ServeHTTP(w, r) }
			}))
		}
		for _, c := range configs {
			p, err := policy.New(c.config, policy.WithSuffixList(publicsuffix.List))
			if err != nil {
				panic(err)
			}
			list = append(list, of(in.group+" to `policy.Explain`", in.name+", "+c.name, func(n int) func() {
				h := in.header(n)
				r := policy.Request{Method: request(h).Method, Origin: policy.Join(h["Origin"]), RequestMethod: policy.Join(h["Access-Control-Request-Method"]), RequestHeaders: policy.Join(h[asked])}
				return func() { p.Explain(r) }
			}))
		}
	}
	slices.SortStableFunc(list, func(a, b input) int { return strings.Compare(a.group, b.group) })
	for _, in := range []struct {
		name string
		vary func(n int) []string
	}{
		{"names", func(n int) []string { return line(names(n)) }},
		{"commas", func(n int) []string { return line(fill(n, "", ",", "")) }},
		{"lines", func(n int) []string { return slices.Repeat(line("Accept"), n/8) }},
	} {
		m, err := policyhttp.New(configs[0].config)
		if err != nil {
			panic(err)
		}
		list = append(list, of("`Vary` of a handler, under the middleware", in.name, func(n int) func() {
			vary := in.vary(n)
			h, r, w := m.WrapOver(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header()["Vary"] = vary
				w.WriteHeader(200)
			})), request(http.Header{"Origin": line(page)}), responseWriter{}
			return func() { clear(w); h.ServeHTTP(w, r) }
		}))
	}
	return list
}

func preflight(method, headers []string) http.Header {
	return http.Header{"Origin": {page}, "Access-Control-Request-Method": method, asked: headers}
}

// request is a preflight if it looks like one.
func request(h http.Header) *http.Request {
	r, err := http.NewRequest("GET", "https://api.example.com/", nil)
	if err != nil {
		panic(err)
	}
	if r.Header = h; h["Access-Control-Request-Method"] != nil {
		r.Method = "OPTIONS"
	}
	return r
}

// urls are what is parsed as a URL, an origin or a host.
func urls() (list []input) {
	base := origin.MustParseURL("https://a.example/b/c/d?e")
	for _, in := range []struct{ name, prefix, unit, suffix string }{
		{"a path", "https://a.example/", "abc/", ""},
		{"dot segments", "https://a.example", "/a/..", ""},
		{"encoded dots", "https://a.example", "/%2E%2e", ""},
		{"spaces", "https://a.example/", " ", "x"},
		{"tabs", "https://a.example/", "\t", "x"},
		{"spaces in front", "", " ", "https://a.example/"},
		{"not UTF-8", "https://a.example/", "\xff", ""},
		{"not ASCII", "https://a.example/", "\u20ac", ""},
		{"a query", "https://a.example/?", "'", ""},
		{"a fragment", "https://a.example/#", "`", ""},
		{"at signs", "https://", "@", "a.example/"},
		{"user info", "https://", "u@:", "a.example/"},
		{"a host", "https://", "a", "/"},
		{"a host in capitals", "https://", "A", "/"},
		{"labels", "https://", "a.", "example/"},
		{"dots", "https://", ".", ""},
		{"an encoded host", "https://", "%41", "/"},
		{"an international host", "https://", "\u00e9", "/"},
		{"international labels", "https://", "\u00e9.", "/"},
		{"a host that grows", "https://", "\ufdfa", "/"},
		{"combining marks", "https://\u00e9", "\u0300", "/"},
		{"punycode", "https://xn--", "a", ".\u00e9/"},
		{"labels of punycode", "https://", "xn--9ca.", "/"},
		{"a number", "https://", "9", "/"},
		{"labels that are numbers", "https://", "1.", "1/"},
		{"IPv6", "https://[", "0:", "]/"},
		{"a port", "https://a:", "0", "443/"},
		{"a scheme", "", "a", ":"},
		{"an opaque path", "foo:", "a b", ""},
		{"spaces of an opaque path", "foo:", " ", "#f"},
		{"backslashes", "https:", "\\", "a"},
		{"a file", "file:", "/C|/..", ""},
		{"blob in blob", "", "blob:", "https://a.example/"},
		{"origins", "", page + ", ", page},
	} {
		for _, op := range []struct {
			name string
			f    func(s string)
		}{
			{"`origin.ParseURL`", func(s string) { _, _ = origin.ParseURL(s, nil) }},
			{"`origin.ParseURL` with a base", func(s string) { _, _ = origin.ParseURL(s, &base) }},
			{"`origin.OfURL`", func(s string) { _, _ = origin.OfURL(s) }},
			{"`origin.Parse`, and the error's text", func(s string) {
				if _, err := origin.Parse(s); err != nil {
					_ = err.Error()
				}
			}},
			{"`origin.ParsePattern`, and the error's text", func(s string) {
				if _, err := origin.ParsePattern(s); err != nil {
					_ = err.Error()
				}
			}},
			{"`origin.ParseHost`", func(s string) { _, _ = origin.ParseHost(strings.TrimSuffix(strings.TrimPrefix(s, "https://"), "/")) }},
			{"`origin.DomainToASCII`", func(s string) {
				_, _ = origin.DomainToASCII(strings.TrimSuffix(strings.TrimPrefix(s, "https://"), "/"), true)
			}},
		} {
			list = append(list, of(op.name, in.name, func(n int) func() {
				s := fill(n, in.prefix, in.unit, in.suffix)
				return func() { op.f(s) }
			}))
		}
	}
	slices.SortStableFunc(list, func(a, b input) int { return strings.Compare(a.group, b.group) })
	return list
}

// values are values of headers, each read by a function of its own.
func values() (list []input) {
	one := func(name string, f func(l fetch.HeaderList)) func(value string) func() {
		return func(value string) func() {
			l := fetch.HeaderList{{name, value}}
			return func() { f(l) }
		}
	}
	contentType := one("Content-Type", func(l fetch.HeaderList) { _, _ = safelist.ExtractMIMEType(l) })
	unsafe := func(name string) func(value string) func() {
		return one(name, func(l fetch.HeaderList) { safelist.UnsafeRequestHeaders(l) })
	}
	ranges := func(value string) func() {
		return func() { _, _ = safelist.ParseSingleRangeHeaderValue(value, true) }
	}
	coep := one("Cross-Origin-Embedder-Policy", func(l fetch.HeaderList) { fetch.ObtainEmbedderPolicy(l, true) })
	nosniff := one("X-Content-Type-Options", func(l fetch.HeaderList) {
		fetch.BlockNosniff(&fetch.Request{Destination: fetch.DestinationScript}, &fetch.Response{Headers: l})
	})
	for _, in := range []struct {
		group, name          string
		work                 func(value string) func()
		prefix, unit, suffix string
	}{
		{"`Content-Type`", "parameters", contentType, "text/plain", ";a=b", ""},
		{"`Content-Type`", "a quoted string", contentType, `text/plain;a="`, `\"`, `"`},
		{"`Content-Type`", "types", contentType, "text/plain", ",text/html;charset=a", ""},
		{"`Content-Type`", "semicolons", contentType, "text/plain", ";", ""},
		{"`Content-Type`", "spaces", contentType, "text/plain", " ", ";a=b"},
		{"`Content-Type`", "quotes", contentType, "text/plain", `"a,`, ""},
		{"`Content-Type`", "of a request", unsafe("Content-Type"), "text/plain", ";a=b", ""},
		{"`Accept`, `Range` and others of a request", "Accept", unsafe("Accept"), "", "*/*,", "*/*"},
		{"`Accept`, `Range` and others of a request", "Accept-Language", unsafe("Accept-Language"), "", "de,", "de"},
		{"`Accept`, `Range` and others of a request", "Range", unsafe("Range"), "bytes=", "9", "-"},
		{"`Accept`, `Range` and others of a request", "a range", ranges, "bytes=", "9", "-"},
		{"`Accept`, `Range` and others of a request", "spaces of a range", ranges, "bytes=", " ", "1-"},
		{"structured fields (COEP)", "parameters", coep, "require-corp", `;a="%c3%a9"`, ""},
		{"structured fields (COEP)", "keys", coep, "require-corp", ";a*", ""},
		{"structured fields (COEP)", "a display string", coep, `require-corp;a=%"`, "%c3%a9", `"`},
		{"structured fields (COEP)", "bytes", coep, "require-corp;a=:", "YWJj", ":"},
		{"structured fields (COEP)", "digits", coep, "require-corp;a=", "9", ""},
		{"`X-Content-Type-Options`", "values", nosniff, "", "nosniff,", ""},
		{"`X-Content-Type-Options`", "quotes", nosniff, "", `"a,`, ""},
		{"a data: URL", "base64", dataURL, "data:text/plain;base64,", "QUFB", ""},
		{"a data: URL", "percents", dataURL, "data:,", "%41", ""},
		{"a data: URL", "parameters", dataURL, "data:text/plain", ";a=b", ","},
		{"a data: URL", "spaces", dataURL, "data:text/plain", " ", ","},
	} {
		list = append(list, of(in.group, in.name, func(n int) func() { return in.work(fill(n, in.prefix, in.unit, in.suffix)) }))
	}
	return list
}

func dataURL(s string) func() {
	u := origin.MustParseURL(s)
	return func() { fetch.ProcessDataURL(u) }
}

// lists are header lists with many headers.
func lists() (list []input) {
	for _, in := range []struct {
		name string
		list func(n int) fetch.HeaderList
	}{
		{"names that differ", many},
		{"one name", func(n int) fetch.HeaderList {
			return slices.Repeat(fetch.HeaderList{{"Accept", "*/*"}}, n/len("Accept: */*\r\n"))
		}},
		{"unsafe names", func(n int) fetch.HeaderList {
			return slices.Repeat(fetch.HeaderList{{"X-A", "1"}}, n/len("X-A: 1\r\n"))
		}},
	} {
		for _, op := range []struct {
			name string
			f    func(l fetch.HeaderList)
		}{
			{"a header list: get, set, delete", func(l fetch.HeaderList) {
				c := slices.Clone(l)
				c.Set("X-A", "2")
				c.Get("Accept")
				c.Delete("Accept")
			}},
			{"a header list: sort and combine", func(l fetch.HeaderList) { l.SortAndCombine() }},
			{"a header list: unsafe names", func(l fetch.HeaderList) { safelist.UnsafeRequestHeaderNames(l) }},
			{"a header list: extract a length", func(l fetch.HeaderList) { _, _, _ = safelist.ExtractLength(l) }},
		} {
			list = append(list, of(op.name, in.name, func(n int) func() {
				l := in.list(n)
				return func() { op.f(l) }
			}))
		}
	}
	slices.SortStableFunc(list, func(a, b input) int { return strings.Compare(a.group, b.group) })
	return list
}

// fetches are whole fetches through the machine, by the standard and by each profile, and explanations of them.
func fetches() (list []input) {
	simple := fetch.Request{Method: "GET", URLList: []origin.URL{origin.MustParseURL("https://api.example.com/x")}, Origin: origin.MustParse(page), Mode: fetch.ModeCORS}
	put := simple
	put.Method, put.UnsafeRequest = "PUT", true
	allowed := fetch.HeaderList{{acao, "*"}, {acam, "PUT"}, {acah, "*"}}
	with := func(l fetch.HeaderList, namesAndValues ...string) fetch.HeaderList {
		l = slices.Clip(l)
		for pair := range slices.Chunk(namesAndValues, 2) {
			l = append(l, [2]string{pair[0], pair[1]})
		}
		return l
	}
	answer := func(name string, status int, r fetch.Request, l func(n int) fetch.HeaderList) fetched {
		return fetched{name, func(n int) (fetch.Request, fetch.ResponseHead) {
			return r, fetch.ResponseHead{Status: status, Headers: l(n)}
		}}
	}
	all := []fetched{
		answer("`Location`", 302, simple, func(n int) fetch.HeaderList { return with(allowed, "Location", fill(n, "/", "a", "")) }),
		answer("`Location`: not ASCII", 302, simple, func(n int) fetch.HeaderList { return with(allowed, "Location", fill(n, "/", "\xe9", "")) }),
		answer("`Location`: dot segments", 302, simple, func(n int) fetch.HeaderList { return with(allowed, "Location", fill(n, "/", "../a/", "")) }),
		answer("`Location`: a bad host", 302, simple, func(n int) fetch.HeaderList { return with(allowed, "Location", fill(n, "https://", "a.", " /")) }),
		answer("`Location`: lines", 302, simple, func(n int) fetch.HeaderList { return slices.Repeat(with(allowed, "Location", "/"), n/64) }),
		answer("`Access-Control-Allow-Origin`", 200, simple, func(n int) fetch.HeaderList { return with(nil, acao, fill(n, "", "a", "")) }),
		answer("`Access-Control-Allow-Origin`: a list", 200, simple, func(n int) fetch.HeaderList { return with(nil, acao, fill(n, "", page+",", "")) }),
		answer("`Access-Control-Allow-Origin`: lines", 200, simple, func(n int) fetch.HeaderList { return slices.Repeat(with(nil, acao, page), n/64) }),
		answer("`Access-Control-Allow-Headers`: names", 200, put, func(n int) fetch.HeaderList { return with(nil, acao, "*", acam, "PUT", acah, names(n)) }),
		answer("`Access-Control-Allow-Headers`: malformed", 200, put, func(n int) fetch.HeaderList { return with(nil, acao, "*", acam, "PUT", acah, fill(n, "", "x a,", "")) }),
		answer("`Access-Control-Allow-Headers`: lines", 200, put, func(n int) fetch.HeaderList { return append(slices.Repeat(with(nil, acah, "x-a"), n/32), allowed...) }),
		answer("`Access-Control-Allow-Methods`", 200, put, func(n int) fetch.HeaderList { return with(nil, acao, "*", acam, names(n)+"PUT") }),
		answer("`Access-Control-Allow-Methods`: without the method", 200, put, func(n int) fetch.HeaderList { return with(nil, acao, "*", acam, names(n)) }),
		answer("`Access-Control-Max-Age`", 200, put, func(n int) fetch.HeaderList { return with(allowed, "Access-Control-Max-Age", fill(n, "", "9", "")) }),
		answer("`Access-Control-Allow-Credentials`", 200, credentialed(simple), func(n int) fetch.HeaderList {
			return with(nil, acao, page, "Access-Control-Allow-Credentials", fill(n, "", "true,", "true"))
		}),
		answer("`Access-Control-Expose-Headers`", 200, simple, func(n int) fetch.HeaderList { return append(many(n/2), with(allowed, aceh, names(n/2))...) }),
		answer("`Access-Control-Expose-Headers`: `*`", 200, simple, func(n int) fetch.HeaderList { return append(many(n), with(allowed, aceh, "*")...) }),
		answer("response headers", 200, put, func(n int) fetch.HeaderList { return append(many(n), allowed...) }),
		answer("`Timing-Allow-Origin`", 200, simple, func(n int) fetch.HeaderList { return with(allowed, "Timing-Allow-Origin", fill(n, "", `"a,`, "")) }),
		answer("`Referrer-Policy`", 302, simple, func(n int) fetch.HeaderList {
			return with(allowed, "Location", "/y", "Referrer-Policy", fill(n, "", "origin,", ""))
		}),
		answer("`Content-Type` of a script", 200, script(), func(n int) fetch.HeaderList {
			return with(allowed, "X-Content-Type-Options", "nosniff", "Content-Type", fill(n, "text/plain", ";a=b", ""))
		}),
		answer("`Cross-Origin-Resource-Policy`", 200, script(), func(n int) fetch.HeaderList {
			return with(nil, "Cross-Origin-Resource-Policy", fill(n, "", "same-origin,", ""))
		}),
		answer("`Set-Cookie`: lines", 200, simple, func(n int) fetch.HeaderList {
			return append(slices.Repeat(with(nil, "Set-Cookie", "a=b; Secure"), n/32), allowed...)
		}),
		{"request headers: `Authorization` among them", func(n int) (fetch.Request, fetch.ResponseHead) {
			r := put
			r.Headers = with(many(n), "Authorization", "x")
			return r, fetch.ResponseHead{Status: 200, Headers: allowed}
		}},
		{"request headers: one of them twice", func(n int) (fetch.Request, fetch.ResponseHead) {
			r := put
			r.Headers = many(n)
			r.Headers[len(r.Headers)-1][0] = r.Headers[0][0]
			return r, fetch.ResponseHead{Status: 200, Headers: allowed}
		}},
		{"request headers: each listed", func(n int) (fetch.Request, fetch.ResponseHead) {
			r := put
			r.Headers = many(n / 2)
			var listed []string
			for _, h := range r.Headers {
				listed = append(listed, h[0])
			}
			return r, fetch.ResponseHead{Status: 200, Headers: with(nil, acao, "*", acam, "PUT", acah, strings.Join(listed, ","))}
		}},
		{"the URL", func(n int) (fetch.Request, fetch.ResponseHead) {
			r := simple
			r.URLList = []origin.URL{origin.MustParseURL(fill(n, "https://api.example.com/", "a", ""))}
			return r, fetch.ResponseHead{Status: 200}
		}},
		{"a URL of scheme data", func(n int) (fetch.Request, fetch.ResponseHead) {
			r := simple
			r.URLList = []origin.URL{origin.MustParseURL(fill(n, "data:text/plain;base64,", "QUFB", ""))}
			return r, fetch.ResponseHead{Status: 200}
		}},
		{"the page's URL, for `Referer`", func(n int) (fetch.Request, fetch.ResponseHead) {
			r := simple
			r.Referrer, r.ReferrerPolicy = origin.MustParseURL(fill(n, page+"/", "a", "")), fetch.ReferrerPolicyUnsafeURL
			return r, fetch.ResponseHead{Status: 200, Headers: allowed}
		}},
		{"the method", func(n int) (fetch.Request, fetch.ResponseHead) {
			r := put
			r.Method = fill(n, "", "A", "")
			return r, fetch.ResponseHead{Status: 200, Headers: allowed}
		}},
	}
	for fetches := range chunks(all) {
		for _, in := range fetches {
			for _, p := range fetch.Profiles() {
				list = append(list, of("a fetch: "+in.group(), in.name+", "+p.String(), func(n int) func() {
					r, head := in.input(n)
					return func() { through(p, r, head) }
				}))
			}
		}
		for _, in := range fetches {
			for _, p := range fetch.Profiles() {
				explained := func(how string, explain func(t fetch.Trace)) {
					list = append(list, of("… "+in.group()+", explained", in.name+how+", "+p.String(), func(n int) func() {
						r, head := in.input(n)
						t := through(p, r, head)
						return func() { explain(t) }
					}))
				}
				explained("", func(t fetch.Trace) { _ = explain.Trace(t).String() })
				explained(", all that happened", func(t fetch.Trace) { explain.Printer{W: io.Discard}.Trace(t, nil) })
			}
		}
	}
	return list
}

// chunks yields the fetches of each group, which stand together.
func chunks(all []fetched) iter.Seq[[]fetched] {
	return func(yield func([]fetched) bool) {
		for start, end := 0, 0; start < len(all); start = end {
			for end < len(all) && all[end].group() == all[start].group() {
				end++
			}
			if !yield(all[start:end]) {
				return
			}
		}
	}
}

type fetched struct {
	name  string
	input func(n int) (fetch.Request, fetch.ResponseHead)
}

// group is what the name begins with.
func (f fetched) group() string {
	group, _, _ := strings.Cut(f.name, ":")
	return group
}

func credentialed(r fetch.Request) fetch.Request {
	r.Credentials = fetch.CredentialsInclude
	return r
}

func script() fetch.Request {
	r, ok := initiator.Request(initiator.KindScript, origin.MustParseURL("https://api.example.com/x"), origin.MustParse(page), initiator.Settings{})
	if !ok {
		panic("a script requests nothing")
	}
	return r
}

// through runs a fetch in an agent of its own, with the same answer to its preflight and to its first request.
func through(p fetch.Profile, r fetch.Request, head fetch.ResponseHead) fetch.Trace {
	m, err := (&fetch.Agent{Profile: p}).Start(epoch, r)
	if err != nil {
		panic(err)
	}
	for n := 0; m.Action().Kind != fetch.ActionDone && m.Action().Hop == 0 && n < 2; n++ {
		if err := m.Receive(epoch, head); err != nil {
			panic(err)
		}
	}
	if m.Action().Kind != fetch.ActionDone {
		if err := m.Abort(); err != nil {
			panic(err)
		}
	}
	return m.Trace()
}

// scripts are what a page's own script gives.
func scripts() []input {
	return []input{
		of("`Headers` of a page's script", "fill", func(n int) func() {
			l := many(n)
			return func() {
				h := webapi.Headers{Guard: webapi.GuardRequest, List: new(fetch.HeaderList)}
				_, _ = h.Fill(l)
			}
		}),
		of("`Headers` of a page's script", "fill in mode no-cors", func(n int) func() {
			l := slices.Repeat(fetch.HeaderList{{"Accept", "*/*"}}, n/len("Accept: */*\r\n"))
			return func() {
				h := webapi.Headers{Guard: webapi.GuardRequestNoCORS, List: new(fetch.HeaderList)}
				_, _ = h.Fill(l)
			}
		}),
		of("`Headers` of a page's script", "append a long value", func(n int) func() {
			value := fill(n, "", "a", "")
			return func() {
				h := webapi.Headers{Guard: webapi.GuardRequest, List: new(fetch.HeaderList)}
				_, _ = h.Append("X-A", value)
			}
		}),
	}
}

// transports are responses that come to a page of fetchhttp.
func transports() (list []input) {
	for _, in := range []struct {
		group, name string
		header      func(n int) http.Header
	}{
		{"`Set-Cookie` to `fetchhttp`", "lines that differ", func(n int) http.Header {
			h := http.Header{}
			for i := range n / 32 {
				h.Add("Set-Cookie", "c"+strconv.Itoa(i)+"=b; SameSite=None; Secure")
			}
			return h
		}},
		{"`Set-Cookie` to `fetchhttp`", "one line", func(n int) http.Header {
			return http.Header{"Set-Cookie": {fill(n, "a=", "b", "; SameSite=None; Secure")}}
		}},
		{"`Set-Cookie` to `fetchhttp`", "attributes", func(n int) http.Header { return http.Header{"Set-Cookie": {fill(n, "a=b", "; Secure", "")}} }},
		{"`Set-Cookie` to `fetchhttp`", "refused", func(n int) http.Header {
			return http.Header{"Set-Cookie": slices.Repeat([]string{"a=b; Secure"}, n/16)}
		}},
		{"response headers to `fetchhttp`", "names that differ", func(n int) http.Header {
			h := http.Header{}
			for _, nv := range many(n) {
				h.Add(nv[0], nv[1])
			}
			return h
		}},
		{"response headers to `fetchhttp`", "exposed names", func(n int) http.Header { return http.Header{aceh: {names(n)}} }},
	} {
		list = append(list, of(in.group, in.name, func(n int) func() {
			h := in.header(n)
			h.Set(acao, page)
			h.Set("Access-Control-Allow-Credentials", "true")
			transport := fetchhttp.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				for name, values := range h {
					w.Header()[name] = values
				}
			}))
			return func() {
				jar, err := cookiejar.New(nil)
				if err != nil {
					panic(err)
				}
				agent := fetchhttp.Agent{Transport: transport, Jar: jar}
				req, err := http.NewRequestWithContext(context.Background(), "GET", "https://api.example.com/x", nil)
				if err != nil {
					panic(err)
				}
				resp, err := agent.Page(origin.MustParse(page)).Fetch(req, fetchhttp.WithCredentials(fetch.CredentialsInclude))
				if err == nil { // A header of more than 256 KiB is an error, as in browsers.
					resp.Body.Close()
				}
			}
		}))
	}
	return list
}
