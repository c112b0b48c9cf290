package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A browserTab is a tab of Chromium that is driven over a pipe, by its devtools protocol.
type browserTab struct {
	t       *testing.T
	in      *os.File
	out     *bufio.Reader
	next    int
	session string
	events  []tabMessage
}

type tabMessage struct {
	ID     int             `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
	Result json.RawMessage `json:"result"`
	Error  *struct{ Message string }
}

// newTab starts a browser with an empty page. Without one, the test is skipped, except if CORSPEC_CHROMIUM demands it:
// that is its path.
func newTab(t *testing.T) *browserTab {
	t.Helper()
	path := os.Getenv("CORSPEC_CHROMIUM")
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path == "" {
			path, _ = exec.LookPath(name)
		}
	}
	if path == "" {
		t.Skip("SKIPPED: there is no Chromium; .ci/page installs one and runs this test")
	}
	inRead, inWrite, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	outRead, outWrite, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--remote-debugging-pipe", "--user-data-dir="+t.TempDir(), "about:blank")
	cmd.ExtraFiles = []*os.File{inRead, outWrite} // 3 and 4
	ownGroup(cmd)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	inRead.Close()
	outWrite.Close()
	t.Cleanup(func() {
		inWrite.Close()
		killGroup(cmd)
		cmd.Wait()
		outRead.Close()
	})
	c := &browserTab{t: t, in: inWrite, out: bufio.NewReaderSize(outRead, 1<<20)}
	outRead.SetReadDeadline(time.Now().Add(2 * time.Minute))
	var target struct{ TargetID string }
	c.call(&target, "Target.createTarget", map[string]any{"url": "about:blank"})
	var attached struct{ SessionID string }
	c.call(&attached, "Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true})
	c.session = attached.SessionID
	for _, domain := range []string{"Page", "Runtime", "Log", "Network"} {
		c.call(nil, domain+".enable", nil)
	}
	return c
}

// call calls a method and waits for its result; events on the way are kept.
func (c *browserTab) call(result any, method string, params any) {
	c.t.Helper()
	c.next++
	message := map[string]any{"id": c.next, "method": method}
	if params != nil {
		message["params"] = params
	}
	if c.session != "" {
		message["sessionId"] = c.session
	}
	line, err := json.Marshal(message)
	if err == nil {
		_, err = c.in.Write(append(line, 0))
	}
	if err != nil {
		c.t.Fatal(err)
	}
	for {
		m := c.read()
		switch {
		case m.ID != c.next:
			c.events = append(c.events, m)
			continue
		case m.Error != nil:
			c.t.Fatalf("%s: %s", method, m.Error.Message)
		case result != nil:
			if err := json.Unmarshal(m.Result, result); err != nil {
				c.t.Fatal(err)
			}
		}
		return
	}
}

func (c *browserTab) read() (m tabMessage) {
	c.t.Helper()
	line, err := c.out.ReadBytes(0)
	if err == nil {
		err = json.Unmarshal(bytes.TrimSuffix(line, []byte{0}), &m)
	}
	if err != nil {
		c.t.Fatalf("the browser: %v", err)
	}
	return m
}

// open goes to a file and waits until it is there.
func (c *browserTab) open(name string) {
	c.t.Helper()
	c.events = nil
	c.call(nil, "Page.navigate", map[string]any{"url": "file://" + filepath.ToSlash(name)})
	for {
		for _, e := range c.events {
			if e.Method == "Page.loadEventFired" {
				return
			}
		}
		c.events = append(c.events, c.read())
	}
}

// eval returns what an expression comes to.
func (c *browserTab) eval(expression string) string {
	c.t.Helper()
	var r struct {
		Result struct {
			Value       any
			Description string
		}
		ExceptionDetails json.RawMessage
	}
	c.call(&r, "Runtime.evaluate", map[string]any{"expression": "(async () => String(await (" + expression + ")))()", "awaitPromise": true, "returnByValue": true})
	if r.ExceptionDetails != nil {
		c.t.Fatalf("%s: %s", expression, r.Result.Description)
	}
	return fmt.Sprint(r.Result.Value)
}

func (c *browserTab) holds(expression, want string) {
	c.t.Helper()
	if got := c.eval(expression); got != want {
		c.t.Errorf("%s is %s, want %s", expression, got, want)
	}
}

// key presses a key.
func (c *browserTab) key(name string, code int, text string) {
	c.t.Helper()
	for _, kind := range []string{"keyDown", "keyUp"} {
		c.call(nil, "Input.dispatchKeyEvent", map[string]any{"type": kind, "key": name, "code": name, "windowsVirtualKeyCode": code, "text": text})
	}
}

// complaints returns what the console has to say, and the addresses that were asked for beside the page's.
func (c *browserTab) complaints() (all []string) {
	for _, e := range c.events {
		switch e.Method {
		case "Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled":
			all = append(all, e.Method+" "+string(e.Params))
		case "Network.requestWillBeSent":
			var p struct {
				Type    string
				Request struct{ URL string }
			}
			if json.Unmarshal(e.Params, &p); p.Type != "Document" || !strings.HasPrefix(p.Request.URL, "file:") {
				all = append(all, e.Method+" "+p.Request.URL)
			}
		}
	}
	return all
}

// goesOnPaper holds that everything is open on paper, and afterwards as it was: two are open.
func (c *browserTab) goesOnPaper() {
	c.t.Helper()
	c.eval(`dispatchEvent(new Event("beforeprint"))`)
	c.holds(`document.querySelectorAll("details:not([open])").length`, "0")
	c.eval(`dispatchEvent(new Event("afterprint"))`)
	c.holds(`document.querySelectorAll(".fetch[open]").length`, "2")
}

// fits holds that a page fits a narrow window, with everything open, and keeps to the colours that people prefer.
func (c *browserTab) fits() {
	c.t.Helper()
	for _, width := range []int{360, 1200} {
		c.call(nil, "Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": false})
		c.eval(`document.querySelectorAll("details").forEach(d => { d.open = true })`)
		c.holds(`document.documentElement.scrollWidth <= innerWidth`, "true")
		c.holds(`[...document.querySelectorAll(".fetch *")].filter(e => !e.closest(".way, pre") && e.getBoundingClientRect().right > innerWidth + 1).length`, "0")
	}
	light := c.eval(`getComputedStyle(document.body).backgroundColor`)
	c.call(nil, "Emulation.setEmulatedMedia", map[string]any{"features": []any{map[string]string{"name": "prefers-color-scheme", "value": "dark"}}})
	if dark := c.eval(`getComputedStyle(document.body).backgroundColor`); dark == light {
		c.t.Errorf("the same ground in light and dark: %s", dark)
	}
}

// isSealed holds that a page's policy lets nothing else be run or loaded.
func (c *browserTab) isSealed() {
	c.t.Helper()
	c.eval(`document.body.append(Object.assign(document.createElement("script"), {textContent: "window.hacked = 1"}))`)
	c.eval(`document.body.append(Object.assign(document.createElement("img"), {src: "https://a.example/x.png"}))`)
	c.holds(`window.hacked`, "undefined")
	c.holds(`new Promise(done => fetch("https://a.example/").then(() => done("sent"), () => done("blocked")))`, "blocked")
	if all := strings.Join(c.complaints(), "\n"); strings.Count(all, "violates the following Content Security Policy") < 3 {
		c.t.Errorf("the policy does not complain: %s", all)
	}
}

// TestPageInChromium looks at the page with a real browser.
func TestPageInChromium(t *testing.T) {
	c := newTab(t)
	name := hostilePage(t)
	c.open(name)

	// Hostile values stay text.
	c.holds(`document.querySelectorAll("script").length`, "1")
	c.holds(`document.querySelectorAll("img, iframe, object, embed, link, base, svg, [onload], [onerror], [style]").length`, "0")
	c.holds(`document.body.textContent.includes("<script>alert(1)</script>\" onload='x'")`, "true")
	c.holds(`document.querySelector("h1").textContent.endsWith("a<b>\\x1b&.har")`, "true")

	// It is an index that filters work on.
	const visible = `document.querySelectorAll(".fetch:not([hidden])").length`
	c.holds(`document.querySelectorAll(".fetch").length`, "12")
	c.holds(visible, "12")
	c.holds(`document.querySelector(".shown").textContent`, "12 requests")
	c.holds(`document.querySelectorAll(".fetch[open]").length`, "0")
	c.eval(`document.querySelector("[name=outcome][value=allowed]").click()`)
	c.holds(`[...document.querySelectorAll(".fetch:not([hidden])")].every(f => f.dataset.outcome !== "allowed")`, "true")
	c.holds(visible, "4")
	c.eval(`document.querySelector("[name=outcome][value=undecided]").click()`)
	c.holds(visible, "3")
	c.holds(`document.querySelector(".shown").textContent`, "3 of 12 requests")
	c.eval(`document.querySelectorAll("[name=outcome]").forEach(box => box.checked || box.click())`)
	c.holds(visible, "12")
	c.eval(`(s => { s.value = "c.example"; s.dispatchEvent(new Event("input", {bubbles: true})) })(document.querySelector("[name=host]"))`)
	c.holds(visible, "1")
	c.eval(`(s => { s.value = ""; s.dispatchEvent(new Event("input", {bubbles: true})) })(document.querySelector("[name=host]"))`)
	c.eval(`(s => { s.value = "missing-ALLOW"; s.dispatchEvent(new Event("input", {bubbles: true})) })(document.querySelector("[name=text]"))`)
	c.holds(visible, "1")
	c.eval(`(s => { s.value = "nothing has this"; s.dispatchEvent(new Event("input", {bubbles: true})) })(document.querySelector("[name=text]"))`)
	c.holds(visible, "0")
	c.holds(`document.querySelector(".none").hidden`, "false")
	c.eval(`(s => { s.value = ""; s.dispatchEvent(new Event("input", {bubbles: true})) })(document.querySelector("[name=text]"))`)
	c.holds(visible, "12")

	// The keyboard is enough: the first tab stop leads to the requests, and Enter opens one.
	c.eval(`document.activeElement.blur()`)
	c.key("Tab", 9, "")
	c.holds(`document.activeElement.className`, "skip")
	c.key("Enter", 13, "\r")
	c.key("Tab", 9, "")
	c.holds(`document.activeElement.parentElement.id`, "r1")
	c.key("Enter", 13, "\r")
	c.holds(`document.querySelector("#r1").open`, "true")
	// An address leads to a request.
	c.eval(`location.hash = "#r3"`)
	c.holds(`new Promise(done => setTimeout(() => done(document.querySelector("#r3").open), 100))`, "true")
	c.holds(`document.querySelector("#r3 .mark dt").textContent`, "Access-Control-Allow-Origin")
	c.holds(`document.querySelector("#r3 .copy button").hidden`, "false")
	c.eval(`document.querySelector("#r3 .copy button").click()`)
	c.holds(`new Promise(done => setTimeout(() => done(document.querySelector("#r3 .copy button").textContent), 300))`, "Copied")

	c.goesOnPaper()
	c.fits()
	if all := c.complaints(); len(all) > 0 {
		t.Errorf("%d complaints: %s", len(all), strings.Join(all, "\n"))
	}
	c.isSealed()
}

// TestPictureOfPageInChromium sees that the page of the README's example opens at the request that the README shows.
// Its picture is README's; CORSPEC_PICTURE names the file to write it to.
func TestPictureOfPageInChromium(t *testing.T) {
	c := newTab(t)
	file, err := os.ReadFile("testdata/har/devtools-simple.har")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	t.Chdir(dir)
	if err := os.WriteFile("page.har", file, 0o644); err != nil {
		t.Fatal(err)
	}
	if status, _, stderr := corspec("explain", "-blocked", "-html", "page.html", "page.har"); status != exitBad || stderr != "" {
		t.Fatalf("status %d, %s", status, stderr)
	}
	c.call(nil, "Emulation.setDeviceMetricsOverride", map[string]any{"width": 1000, "height": 1250, "deviceScaleFactor": 1, "mobile": false})
	c.call(nil, "Emulation.setScrollbarsHidden", map[string]any{"hidden": true})
	c.open(filepath.Join(dir, "page.html"))
	c.holds(`[...document.querySelectorAll(".count")].map(c => c.textContent).join("; ")`, "5 blocked; 0 undecided; 5 allowed, left out; 2 not across origins")
	c.holds(`document.querySelectorAll("[name=outcome]").length`, "2")
	c.eval(`document.querySelector("#r3").open = true`)
	c.holds(`document.querySelector("#r3 .code").textContent`, "invalid-allow-origin-value")
	var shot struct{ Data []byte }
	c.call(&shot, "Page.captureScreenshot", map[string]any{"format": "png"})
	if !bytes.HasPrefix(shot.Data, []byte("\x89PNG")) {
		t.Fatalf("the picture is not a PNG: % x", shot.Data[:min(8, len(shot.Data))])
	}
	if name := os.Getenv("CORSPEC_PICTURE"); name != "" {
		if err := os.WriteFile(name, shot.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestProbePageInChromium looks at the page of what probe found with a real browser.
func TestProbePageInChromium(t *testing.T) {
	c := newTab(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Allow", `<script>alert(1)</script>" onload='x'`)
		if strings.HasPrefix(r.Header.Get("Origin"), "https://app.example") {
			w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
			w.Header().Set("Access-Control-Expose-Headers", "<b>{{.}}")
		}
	}))
	defer server.Close()
	name := filepath.Join(t.TempDir(), "page.html")
	if status, _, stderr := corspec("probe", "-policy", policyFile(t, probePolicy), "-html", name, server.URL+"/{{.}}?<i>"); status != exitBad || stderr != "" {
		t.Fatalf("status %d, %s", status, stderr)
	}
	c.open(name)

	// Hostile values stay text.
	c.holds(`document.querySelectorAll("script").length`, "1")
	c.holds(`document.querySelectorAll("main b:not(.method, .verdict b, .asks b), i:not(.rails i), img, iframe, [onload], [style]").length`, "0")
	c.holds(`document.body.textContent.includes("<script>alert(1)</script>\" onload='x'")`, "true")

	// All findings are counted, the worst first, and each has its exchanges and what to do.
	const visible = `document.querySelectorAll(".fetch:not([hidden])").length`
	all := c.eval(visible)
	c.holds(`document.querySelector(".shown").textContent`, all+" findings")
	c.holds(`String([...document.querySelectorAll(".count b")].reduce((sum, b) => sum + +b.textContent, 0))`, all)
	c.holds(`document.querySelector("#r1").dataset.outcome`, "unsafe")
	c.holds(`document.querySelector("#r1 .code").textContent.startsWith("origin-")`, "true")
	c.holds(`[...document.querySelectorAll(".fetch")].every(f => f.querySelectorAll(".step").length > 1 && f.querySelectorAll(".step").length % 2 === 0)`, "true")
	c.holds(`[...document.querySelectorAll(".verdict")].every(v => ["Wanted", "Why", "Fix"].every(w => [...v.querySelectorAll("b")].some(b => b.textContent === w)))`, "true")
	c.holds(`[...document.querySelectorAll(".url")].every(u => u.textContent.startsWith("/"))`, "true")

	// There is one host, of which a filter would be of no use; the others work.
	c.holds(`document.querySelector("[name=host]").parentElement.hidden`, "true")
	c.holds(`document.querySelectorAll("[name=host] option").length`, "1")
	c.eval(`document.querySelectorAll("[name=outcome]:not([value=broken])").forEach(box => box.click())`)
	c.holds(`[...document.querySelectorAll(".fetch:not([hidden])")].every(f => f.dataset.outcome === "broken")`, "true")
	c.holds(visible+` > 0`, "true")
	c.eval(`document.querySelectorAll("[name=outcome]:not([value=broken])").forEach(box => box.click())`)
	c.eval(`(s => { s.value = "CACHE-breaks"; s.dispatchEvent(new Event("input", {bubbles: true})) })(document.querySelector("[name=text]"))`)
	c.holds(visible+` > 0 && `+visible+` < `+all, "true")
	c.eval(`(s => { s.value = ""; s.dispatchEvent(new Event("input", {bubbles: true})) })(document.querySelector("[name=text]"))`)

	// The keyboard is enough.
	c.eval(`document.activeElement.blur()`)
	c.key("Tab", 9, "")
	c.holds(`document.activeElement.textContent`, "Skip to the findings")
	c.key("Enter", 13, "\r")
	c.key("Tab", 9, "")
	c.holds(`document.activeElement.parentElement.id`, "r1")
	c.key("Enter", 13, "\r")
	c.holds(`document.querySelector("#r1").open`, "true")
	c.eval(`location.hash = "#r2"`)
	c.holds(`new Promise(done => setTimeout(() => done(document.querySelector("#r2").open), 100))`, "true")

	c.goesOnPaper()
	c.fits()
	if all := c.complaints(); len(all) > 0 {
		t.Errorf("%d complaints: %s", len(all), strings.Join(all, "\n"))
	}
	c.isSealed()
}
