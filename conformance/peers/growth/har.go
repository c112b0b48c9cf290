package main

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// build makes the command.
func build(command string) error {
	c := exec.Command("go", "build", "-o", command, "./conformance/cmd/corspec")
	c.Dir, c.Stderr = "../..", os.Stderr
	if err := c.Run(); err != nil {
		return fmt.Errorf("go build in %s: %w (growth runs in conformance/peers)", c.Dir, err)
	}
	return nil
}

// harFiles are what "corspec explain" does with HAR files. The cost is that of the whole process without what it costs
// to explain a file of nothing, and half a millisecond where it cannot be told from that; the memory is what it has at
// most at one time, without what it has then.
func harFiles(command, dir string) (list []input) {
	const (
		head  = `{"log":{"creator":{"name":"Firefox"},"pages":[{"id":"p","title":"https://a.example/"}],"entries":[`
		tail  = `]}}`
		from  = `{"name":"Origin","value":"https://a.example"},{"name":"Sec-Fetch-Mode","value":"cors"}`
		allow = `{"name":"Access-Control-Allow-Origin","value":"*"}`
	)
	entry := func(url, request, response string) string {
		return fmt.Sprintf(`{"pageref":"p","request":{"method":"GET","url":%q,"headers":[%s]},"response":{"status":200,"headers":[%s]}}`, url, request, response)
	}
	long := func(before, unit, after string) func(int) string {
		return func(n int) string { return head + before + fill(n, "", unit, "") + after + tail }
	}
	many := func(each func(i int) string) func(int) string {
		return func(n int) string {
			var b strings.Builder
			b.WriteString(head)
			for i := 0; b.Len() < n; i++ {
				if i > 0 {
					b.WriteByte(',')
				}
				b.WriteString(each(i))
			}
			return b.String() + tail
		}
	}
	for _, f := range []struct {
		name string
		text func(size int) string
	}{
		{"a body", long(`{"request":{"method":"GET","url":"https://b.example/"},"response":{"content":{"text":"`, `<p>\n`, `"}}}`)},
		{"a URL", long(`{"request":{"method":"GET","url":"https://b.example/`, `\u00e9`, `","headers":[`+from+`]}}`)},
		{"request headers", long(`{"request":{"method":"GET","url":"https://b.example/","headers":[`, from+`,{"name":"X-A","value":"b"},`, `{}]},"response":{"status":200}}`)},
		{"response headers", long(`{"request":{"method":"GET","url":"https://b.example/","headers":[`+from+`]},"response":{"status":200,"headers":[`, allow+",", `{}]}}`)},
		{"nested", long(`{"x":`, "[", "")},
		{"many entries", many(func(i int) string { return entry(fmt.Sprint("https://b.example/", i), from, allow) })},
		{"many blocked entries", many(func(int) string { return entry("https://b.example/", from, "") })},
	} {
		list = append(list, input{"a HAR file, `corspec explain`", f.name, func(n int) (cost, error) {
			name := filepath.Join(dir, "x.har")
			nothing, err := process(command, name, head+tail)
			if err != nil {
				return cost{}, err
			}
			c, err := process(command, name, f.text(n))
			return cost{max(c.ns-nothing.ns, 500_000), max(c.allocated-nothing.allocated, 0)}, err
		}})
	}
	return list
}

// process returns the least processor time and memory of a few runs of "corspec explain".
func process(command, name, text string) (cost, error) {
	least := cost{math.Inf(1), math.Inf(1)}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		return least, err
	}
	for range 9 {
		c := exec.Command(command, "explain", name)
		var stderr bytes.Buffer
		c.Stderr = &stderr
		var exit *exec.ExitError
		if err := c.Run(); err != nil && !errors.As(err, &exit) {
			return least, err
		}
		if strings.Contains(stderr.String(), "panic") {
			return least, fmt.Errorf("explain: %s", stderr.String())
		}
		least.ns = min(least.ns, float64(c.ProcessState.UserTime()+c.ProcessState.SystemTime()))
		least.allocated = min(least.allocated, resident(c.ProcessState))
	}
	return least, nil
}
