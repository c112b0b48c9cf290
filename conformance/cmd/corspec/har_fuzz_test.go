package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/corspec/corspec/internal/lineartest"
)

// hostileHAR has what must not come through wherever a HAR file has a text that is printed.
func hostileHAR() string {
	quoted, _ := json.Marshal(hostile)
	q := string(quoted)
	return fmt.Sprintf(`{"log":{"creator":{"name":%[1]s,"version":%[1]s},"browser":{"name":%[1]s},"pages":[{"id":%[1]s,"title":%[1]s}],"entries":[
{"request":{"method":%[1]s,"url":"https://b.example/"}},
{"request":{"method":"GET","url":%[1]s}},
{"pageref":%[1]s,"_initiator":{"type":"parser","url":%[1]s},"request":{"method":"GET","url":"https://b.example/?%[2]s","headers":[{"name":"Origin","value":"https://a.example"},{"name":"X-A","value":%[1]s},{"name":%[1]s,"value":"a"},{"name":"User-Agent","value":%[1]s}]},
 "response":{"status":302,"headers":[{"name":"Access-Control-Allow-Origin","value":%[1]s},{"name":"Location","value":%[1]s}],"redirectURL":%[1]s,"_error":%[1]s}},
{"request":{"method":"PUT","url":"https://b.example/","headers":{"Origin":"null","User-Agent":%[1]s}},"response":{"status":0,"_error":%[1]s,"_failureText":%[1]s}},
{"request":{"method":"GET","url":"https://b.example/1","headers":[{"name":"Origin","value":"https://a.example"}]},"response":{"status":307,"headers":[{"name":"Non-Authoritative-Reason","value":%[1]s},{"name":"Location","value":"/2"}]}},
{"_blockedReason":%[1]s,"request":{"method":"GET","url":"https://b.example/2","headers":[{"name":"Origin","value":"https://a.example"},{"name":"Sec-Fetch-Mode","value":"cors"}]},"response":{"status":200,"headers":[{"name":"Access-Control-Allow-Origin","value":%[1]s}]}}]}}`,
		q, q[1:len(q)-1])
}

// FuzzHAR puts any file to explain: HAR files, and those of the executor.
func FuzzHAR(f *testing.F) {
	f.Add([]byte(hostileHAR()))
	f.Add([]byte(requestsJSON))
	f.Add([]byte(`{"log":{"entries":[{"request":{"method":"GET","url":"https://b.example/","headers":[{"name":"Origin","value":"null"}]},"response":{"status":302,"redirectURL":"/"}}]}}`))
	f.Add([]byte(`{"log":{"creator":{"name":"Firefox"},"pages":[{"id":"p","title":"https://a.example/"}],"entries":[{"pageref":"p","_resourceType":"preflight","request":{"method":"OPTIONS","url":"https://b.example/","headers":[{"name":"Access-Control-Request-Method","value":"PUT"}]},"response":{"status":204,"headers":[{"name":"Access-Control-Allow-Origin","value":"*\n*"}]}},{"pageref":"p","request":{"method":"PUT","url":"https://b.example/","headers":[]},"response":{"status":0,"_error":"x"}}]}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, args := range [][]string{{"explain", "-"}, {"explain", "-json", "-origin", "https://a.example", "-browser", "firefox", "-"}} {
			var stdout, stderr bytes.Buffer
			status := run(args, bytes.NewReader(data), &stdout, &stderr)
			checkOutput(t, status, stdout.String(), stderr.String())
			if stdout.Len()+stderr.Len() == 0 {
				t.Error("not a word")
			}
			if out := stdout.Bytes(); args[1] == "-json" && len(out) > 0 && !json.Valid(out) {
				t.Errorf("not JSON: %s", out)
			}
		}
	})
}

// TestHARHostile holds that the words of a hostile file do come out, harmless.
func TestHARHostile(t *testing.T) {
	for _, args := range [][]string{{}, {"-json"}} {
		status, stdout, stderr := corspec(append(append([]string{"explain"}, args...), file(t, "hostile.har", hostileHAR()))...)
		checkOutput(t, status, stdout, stderr)
		if stderr != "" || strings.Count(stdout, "alert(1)") < 6 {
			t.Errorf("%s%s", stdout, stderr)
		}
	}
}

// A harKind makes a file of about that size.
type harKind func(size int) string

const (
	harBegin = `{"log":{"creator":{"name":"Firefox"},"pages":[{"id":"p","title":"https://a.example/"}],"entries":[`
	harEnd   = `]}}`
	harFrom  = `{"name":"Origin","value":"https://a.example"},{"name":"Sec-Fetch-Mode","value":"cors"}`
	harAllow = `{"name":"Access-Control-Allow-Origin","value":"*"}`
	harAsk   = `{"name":"Access-Control-Request-Method","value":"PUT"},{"name":"Access-Control-Request-Headers","value":"x-a"}`
)

// harEntryOf returns an entry, with the headers of the request and the response.
func harEntryOf(method, url, request string, status int, response string) string {
	return fmt.Sprintf(`{"pageref":"p","request":{"method":%q,"url":%q,"headers":[%s]},"response":{"status":%d,"headers":[%s]}}`, method, url, request, status, response)
}

// manyEntries repeats entries.
func manyEntries(entry func(i int) string) harKind {
	return func(size int) string {
		var b strings.Builder
		b.WriteString(harBegin)
		for i := 0; b.Len() < size; i++ {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(entry(i))
		}
		return b.String() + harEnd
	}
}

// TestHAROneEntryLinear holds that an entry, however large, costs time and memory in proportion.
func TestHAROneEntryLinear(t *testing.T) {
	fill := func(before, part, after string) harKind {
		return func(size int) string {
			return harBegin + before + strings.Repeat(part, size/len(part)) + after + harEnd
		}
	}
	const value = "as long as the values of headers are"
	for name, kind := range map[string]harKind{
		"a body":                  fill(`{"request":{"method":"GET","url":"https://b.example/"},"response":{"content":{"text":"`, `<p>\n`, `"}}}`),
		"an escaped URL":          fill(`{"request":{"method":"GET","url":"https://b.example/`, `\u00e9`, `","headers":[`+harFrom+`]}}`),
		"nested":                  fill(`{"x":`, "[", ""),
		"an error":                fill(`{"_error":"`, "x", `","request":{"method":"GET","url":"https://b.example/","headers":[`+harFrom+`]}}`),
		"request headers":         fill(`{"request":{"method":"GET","url":"https://b.example/","headers":[`, harFrom+`,{"name":"X-A","value":"b"},`, `{}]},"response":{"status":200}}`),
		"response headers":        fill(`{"request":{"method":"GET","url":"https://b.example/","headers":[`+harFrom+`]},"response":{"status":200,"headers":[`, harAllow+",", `{}]}}`),
		"lines of a value":        fill(`{"request":{"method":"GET","url":"https://b.example/","headers":[`+harFrom+`]},"response":{"status":200,"headers":[{"name":"X-A","value":"`, `a\n`, `"}]}}`),
		"headers, as an object":   fill(`{"request":{"method":"GET","url":"https://b.example/","headers":{"Origin":"https://a.example"`, `,"X-Header":["`+value+`"]`, `}},"response":{"status":200}}`),
		"names that are asked":    fill(`{"request":{"method":"OPTIONS","url":"https://b.example/","headers":[`+harFrom+`,{"name":"Access-Control-Request-Method","value":"PUT"},{"name":"Access-Control-Request-Headers","value":"`, "a,b", `"}]},"response":{"status":200,"headers":[`+harAllow+`]}}`),
		"stored headers of a 304": fill(harEntryOf("GET", "https://b.example/", harFrom, 200, harAllow)+`,{"request":{"method":"GET","url":"https://b.example/","headers":[`+harFrom+`]},"response":{"status":304,"headers":[`, `{"name":"X-A","value":"`+value+`"},`, `{}]}}`),
	} {
		t.Run(name, func(t *testing.T) {
			lineartest.Check(t, func(size int) func() {
				text := kind(size)
				return func() { run([]string{"explain", "-"}, strings.NewReader(text), io.Discard, io.Discard) }
			})
		})
	}
}

// TestHARManyEntriesLinear holds that no kind of file compares each entry with all the others: a MiB of it would take
// many minutes then.
func TestHARManyEntriesLinear(t *testing.T) {
	const url = "https://b.example/"
	get := func(i int) string { return harEntryOf("GET", fmt.Sprint(url, i), harFrom, 200, harAllow) }
	for name, kind := range map[string]harKind{
		"different": manyEntries(get),
		"the same":  manyEntries(func(int) string { return harEntryOf("GET", url, harFrom, 200, "") }),
		"preflights": manyEntries(func(i int) string {
			if i%2 == 0 {
				return harEntryOf("OPTIONS", url, harFrom+","+harAsk, 204, harAllow)
			}
			return harEntryOf("PUT", url, harFrom, 200, harAllow)
		}),
		"preflights first": func(size int) string {
			half := manyEntries(func(int) string { return harEntryOf("OPTIONS", url, harFrom+","+harAsk, 204, harAllow) })(size / 2)
			return strings.TrimSuffix(half, harEnd) + "," + strings.TrimPrefix(manyEntries(func(int) string { return harEntryOf("PUT", url, harFrom, 200, harAllow) })(size/2), harBegin)
		},
		"redirects in a row": manyEntries(func(i int) string {
			return harEntryOf("GET", fmt.Sprint(url, i), harFrom, 302, harAllow+fmt.Sprintf(`,{"name":"Location","value":"/%d"}`, i+1))
		}),
		"redirects to one": manyEntries(func(i int) string {
			return harEntryOf("GET", fmt.Sprint(url, i%2), harFrom, 302, harAllow+`,{"name":"Location","value":"/1"}`)
		}),
		"documents": manyEntries(func(i int) string {
			if i%2 == 0 {
				return harEntryOf("GET", fmt.Sprintf("https://a%d.example/", i), `{"name":"Sec-Fetch-Mode","value":"navigate"}`, 200, `{"name":"Cross-Origin-Embedder-Policy","value":"require-corp"}`)
			}
			return harEntryOf("GET", url, `{"name":"Sec-Fetch-Mode","value":"cors"}`, 200, harAllow)
		}),
		"workers": manyEntries(func(i int) string {
			if i%2 == 0 {
				return harEntryOf("GET", "https://a.example/w.js", `{"name":"Sec-Fetch-Dest","value":"worker"},{"name":"Sec-Fetch-Site","value":"same-origin"}`, 200, "")
			}
			return harEntryOf("GET", url, `{"name":"Referer","value":"https://a.example/w.js"},{"name":"Sec-Fetch-Mode","value":"no-cors"}`, 200, "")
		}),
		"revalidations": manyEntries(func(i int) string { return harEntryOf("GET", url, harFrom, 304, `{"name":"ETag","value":"1"}`) }),
		"notes": manyEntries(func(i int) string {
			return harEntryOf("GET", url, fmt.Sprintf(`{"name":"Origin","value":"https://a%d.example"}`, i), 304, harAllow)
		}),
		"not judged": manyEntries(func(i int) string { return harEntryOf("GET", "https://"+strings.Repeat("[", i%20), "", 200, "") }),
	} {
		text := kind(largeInput)
		t.Run(name, func(t *testing.T) {
			lineartest.Within(t, time.Minute, func() {
				var stdout bytes.Buffer
				status := run([]string{"explain", "-"}, strings.NewReader(text), &stdout, io.Discard)
				checkOutput(t, status, stdout.String())
			})
		})
	}
}

// TestHARBodiesTakeNoMemory holds that what nobody asks for is passed over: no more than the text itself is kept.
func TestHARBodiesTakeNoMemory(t *testing.T) {
	body := strings.Repeat(`<p class=\"a\">é\n`, 2000)
	text := manyEntries(func(i int) string {
		return strings.TrimSuffix(harEntryOf("GET", fmt.Sprintf("https://b.example/%d", i), harFrom, 200, harAllow), "}}") + `,"content":{"text":"` + body + `"}}}`
	})(4 << 20)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	run([]string{"explain", "-"}, strings.NewReader(text), io.Discard, io.Discard)
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 5*uint64(len(text)) {
		t.Errorf("%d bytes are allocated for a file of %d", n, len(text))
	}
}
