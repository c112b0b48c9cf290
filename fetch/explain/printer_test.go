package explain_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/explain"
	"github.com/corspec/corspec/safelist"
)

// TestPrinterStyles marks what has a style of its own, as "2‹…›".
func TestPrinterStyles(t *testing.T) {
	styles := map[explain.Style]string{explain.StylePlain: "plain", explain.StyleStrong: "strong", explain.StyleFaint: "faint", explain.StyleArrow: "arrow", explain.StyleGood: "good", explain.StyleBad: "bad"}
	mark := func(s explain.Style, text string) string {
		if text == "" {
			return ""
		}
		return styles[s] + "‹" + text + "›"
	}
	var b strings.Builder
	p := explain.Printer{W: &b, Style: mark}
	include := func(r *fetch.Request) { r.Credentials = fetch.CredentialsInclude }
	const url = "https://api.example/"
	p.Trace(served(t, with(asks(t, "PUT", url), include), map[string]fetch.ResponseHead{"OPTIONS " + url: answer(204, acao, page, acac, "true", acam, "PUT"), url: answer(200)}), lines("Cookie", "a=b"))
	p.Trace(served(t, asks(t, "GET", url), map[string]fetch.ResponseHead{url: answer(200, acao, "*", "Timing-Allow-Origin", "*", "X-A", "1")}), nil)
	p.Trace(served(t, asks(t, "GET", url), map[string]fetch.ResponseHead{url: answer(200, acao, "*")}), nil)
	m, err := new(fetch.Agent).Start(epoch, asks(t, "GET", url))
	if err != nil {
		t.Fatal(err)
	}
	m.Abort()
	p.Trace(m.Trace(), nil)
	const want = `  arrow‹->› strong‹OPTIONS› https://api.example/faint‹  (preflight, because the method is not CORS-safelisted)›
     faint‹Accept:› */*
     faint‹Access-Control-Request-Method:› PUT
     faint‹Origin:› https://app.example
  arrow‹<-› strong‹204›
     faint‹Access-Control-Allow-Origin:› https://app.example
     faint‹Access-Control-Allow-Credentials:› true
     faint‹Access-Control-Allow-Methods:› PUT
  arrow‹->› strong‹PUT› https://api.example/faint‹  (with credentials)›
     faint‹Accept:› */*
     faint‹Origin:› https://app.example
  arrow‹<-› strong‹200›
  faint‹ignored, as browsers do: Cookie: a=b›
  bad‹BLOCKED› strong‹missing-allow-origin›faint‹  (cors-check:2, LINK)›
     The response says nothing of CORS: the response has no Access-Control-Allow-Origin.
     Why: A page may read a response of another origin only if the response names the page's origin, or everyone.
     Fix: send the origin of the page. Error responses need it too.
          good‹Access-Control-Allow-Origin: https://app.example›
          good‹Access-Control-Allow-Credentials: true›
          good‹Vary: Origin›
     The server has handled the request all the same; only the page may not see what came back.
     Sometimes: if it fails only sometimes, a cache holds a response that was made for a request without Origin, such as that of an image: send Vary: Origin on every response, also to requests without Origin, and empty the cache.
     Preflight: the method is PUT, and only GET, HEAD and POST are safelisted. To avoid it, use POST, if the server takes it for the same.
  arrow‹->› strong‹GET› https://api.example/
     faint‹Accept:› */*
     faint‹Origin:› https://app.example
  arrow‹<-› strong‹200›
     faint‹Access-Control-Allow-Origin:› *
     faint‹Timing-Allow-Origin:› *
  good‹ALLOWED› the page reads the response: status 200, type "cors"
     faint‹hidden from the page:› Timing-Allow-Origin, X-A
     faint‹timing:› how long each part took
  arrow‹->› strong‹GET› https://api.example/
     faint‹Accept:› */*
     faint‹Origin:› https://app.example
  arrow‹<-› strong‹200›
     faint‹Access-Control-Allow-Origin:› *
  good‹ALLOWED› the page reads the response: status 200, type "cors"
     faint‹timing:› how long all of it took; Timing-Allow-Origin does not list the page
  arrow‹->› strong‹GET› https://api.example/
     faint‹Accept:› */*
     faint‹Origin:› https://app.example
  bad‹<-› no response
  bad‹FAILED› strong‹aborted›
     The fetch was given up.
`
	if got := strings.ReplaceAll(b.String(), fetch.Step("cors-check:2").URL(), "LINK"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestPrinterCounts prints no more than 100 headers of a list.
func TestPrinterCounts(t *testing.T) {
	many := func(n int) (l fetch.HeaderList) {
		for i := range n {
			l = append(l, [2]string{"X-" + strconv.Itoa(i), "1"})
		}
		return l
	}
	for n, want := range map[int]string{99: "", 100: "", 101: "1 more", 103: "3 more"} {
		a := fetch.Action{Kind: fetch.ActionSendRequest, Method: "GET", URL: asks(t, "GET", "https://api.example/").URLList[0], Headers: many(n), Own: n}
		response := fetch.Response{Type: fetch.ResponseTypeCORS, Internal: &fetch.Response{Headers: many(n)}}
		for name, print := range map[string]func(p explain.Printer){
			"Action":  func(p explain.Printer) { p.Action(a) },
			"Ignored": func(p explain.Printer) { p.Ignored(many(n)) },
			"Result": func(p explain.Printer) {
				p.Result(fetch.Trace{Agent: new(fetch.Agent), Result: fetch.Result{Response: response, Verdict: fetch.Verdict{Code: fetch.CodeOK}}})
			},
		} {
			var b strings.Builder
			print(explain.Printer{W: &b})
			if got := strings.Count(b.String(), "X-"); got != min(n, 100) || !strings.Contains(b.String(), "X-"+strconv.Itoa(min(n, 100)-1)) {
				t.Errorf("%s of %d headers prints %d:\n%s", name, n, got, b.String())
			}
			if got := strings.Contains(b.String(), "and "+want); strings.Contains(b.String(), "more") != (want != "") || want != "" && !got {
				t.Errorf("%s of %d headers does not say %q, or more than that:\n%s", name, n, want, b.String())
			}
		}
	}
}

// TestExplanationString prints all that an explanation has.
func TestExplanationString(t *testing.T) {
	e := explain.Explanation{Happened: "H.", Why: "W.", Fix: "F.", Send: lines("A", "1", "B", "2"), Step: "cors-check:2", Link: "L", Engines: "E.", Sometimes: "S.",
		Causes: []explain.Cause{{Preflight: fetch.PreflightReasonMethod, Name: "PUT"}, {Preflight: fetch.PreflightReasonFlag}}}
	const want = `H.
Why: W.
Step: cors-check:2 L
Fix: F.
  A: 1
  B: 2
Sometimes: S.
Preflight: the method is PUT, and only GET, HEAD and POST are safelisted
Preflight: somebody listens to the progress of the upload, or the body is a stream
Engines: E.`
	if got := e.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := (explain.Explanation{}).String(); got != "" {
		t.Errorf("nothing is %q", got)
	}
	// A cause that nothing has found is said as well.
	c := explain.Cause{Preflight: fetch.PreflightReasonHeaders, Name: "Accept", Value: "a", Rule: safelist.Reason{Rule: safelist.RuleValueUnsafeByte, Byte: 1}}
	if got := fmt.Sprint(c); !strings.HasPrefix(got, `Accept: "a" is not safelisted: `) {
		t.Errorf("a byte that is not there: %s", got)
	}
}

// TestTraceLimit explains traces with as much of headers and URLs as 512 KiB, and with one byte more.
func TestTraceLimit(t *testing.T) {
	const url = "https://api.example/x"
	const limit = 512 << 10
	size := func(l fetch.HeaderList) (n int) {
		for _, h := range l {
			n += len(h[0]) + len(h[1]) + 32
		}
		return n
	}
	for name, list := range map[string]func(*fetch.Trace) *fetch.HeaderList{
		"of the request":      func(t *fetch.Trace) *fetch.HeaderList { return &t.Request.Headers },
		"that were sent":      func(t *fetch.Trace) *fetch.HeaderList { return &t.Exchanges[0].Action.Headers },
		"of the response":     func(t *fetch.Trace) *fetch.HeaderList { return &t.Exchanges[0].Response.Headers },
		"of another response": func(t *fetch.Trace) *fetch.HeaderList { return &t.Exchanges[1].Response.Headers },
	} {
		for more, asked := range map[int]bool{-1: true, 0: true, 1: false} {
			trace := served(t, asks(t, "PUT", url, "Authorization", "x"), map[string]fetch.ResponseHead{"OPTIONS " + url: answer(200, acao, page, acam, "PUT", acah, "*, Authorization")})
			l := list(&trace)
			*l = append(*l, [2]string{"", ""})
			left := limit - size(trace.Request.Headers)
			for _, e := range trace.Exchanges {
				left -= len(url) + size(e.Action.Headers) + size(e.Response.Headers)
			}
			half := (left + more) / 2
			(*l)[len(*l)-1] = [2]string{strings.Repeat("x", half), strings.Repeat("y", left+more-half)}
			e := explain.Trace(trace)
			if strings.HasPrefix(e.Engines, "not asked, since the fetch has more than 512 KiB") == asked {
				t.Errorf("with %d bytes more of headers %s, engines are not asked: %.100s", more, name, e.Engines)
			}
		}
	}
	// Nor is what the response to the preflight lacks besides.
	for n, also := range map[int]bool{1: true, limit: false} {
		e := explain.Trace(served(t, asks(t, "PUT", url), map[string]fetch.ResponseHead{"OPTIONS " + url: answer(200, "X-A", strings.Repeat("x", n))}))
		if got := strings.Contains(e.Fix, "also allow the method"); got != also {
			t.Errorf("with %d bytes: %s", n, e.Fix)
		}
	}
}

// TestTracesThatNoMachineMade explains what cannot be.
func TestTracesThatNoMachineMade(t *testing.T) {
	trace := served(t, asks(t, "GET", "https://api.example/x"), map[string]fetch.ResponseHead{"https://api.example/x": answer(302, "Location", "https://b.example/", acao, "*")})
	trace.Events = append([]fetch.Event{{Outcome: fetch.OutcomeRedirected, Subject: "no URL"}}, trace.Events...)
	if e := explain.Trace(trace); !strings.Contains(e.Why, `because "https://api.example" redirected to "https://b.example"`) {
		t.Errorf("%s", e)
	}
	var b strings.Builder
	if explain.Printer.Result(explain.Printer{W: &b}, fetch.Trace{Agent: new(fetch.Agent), Result: fetch.Result{Response: fetch.Response{Type: fetch.ResponseTypeCORS}}}); !strings.Contains(b.String(), "ALLOWED") {
		t.Errorf("%s", b.String())
	}
	trace.Request.Method = "no method"
	if e := explain.Trace(trace); e.Engines != "" {
		t.Errorf("what cannot be done again is said to go otherwise: %s", e.Engines)
	}
	trace = served(t, asks(t, "PUT", "https://api.example/x"), nil)
	trace.Request.Method = "no method"
	if e := explain.Trace(trace); e.Engines != "" || e.Happened == "" {
		t.Errorf("%s", e)
	}
}

func TestShown(t *testing.T) {
	headers := fetch.HeaderList{{"X-A", "1"}, {"Accept", "*/*"}, {"Referer", "https://a.com/"}, {"Origin", "https://a.com"}, {"Sec-Fetch-Site", "same-site"}}
	for own, want := range map[int]string{0: "[[Origin https://a.com]]", 2: "[[X-A 1] [Accept */*] [Origin https://a.com]]", 3: "[[X-A 1] [Accept */*] [Referer https://a.com/] [Origin https://a.com]]", 5: fmt.Sprint(headers)} {
		a := fetch.Action{Headers: headers, Own: own}
		if got := fmt.Sprint(explain.Shown(a)); got != want {
			t.Errorf("of %d own headers, %s is shown, want %s", own, got, want)
		}
	}
}
