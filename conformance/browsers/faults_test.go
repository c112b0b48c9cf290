package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// fake is a browser that is a shell script.
func fake(t *testing.T, script string) *Browser {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Fatal("there is no shell: ", err)
	}
	return &Browser{Name: "chromium", programs: []string{"sh"}, version: []string{"-c", "echo Fake 1.0"}, command: func(program, dir, url string, servers *Servers) (*exec.Cmd, error) {
		cmd := exec.Command(program, "-c", script)
		cmd.Env = append(os.Environ(), "URL="+url, "DIR="+dir)
		return cmd, nil
	}}
}

func shorten(t *testing.T, d time.Duration) {
	before := startTimeout
	startTimeout = d
	t.Cleanup(func() { startTimeout = before })
}

func TestBrowserThatIsMissing(t *testing.T) {
	b := &Browser{Name: "chromium", programs: []string{"no-such-browser"}}
	m := measure(b, Scenarios()[:1], time.Now().Add(time.Minute), t.Logf)
	if !strings.Contains(m.Failure, "no-such-browser") || !strings.Contains(m.line(), "NOT MEASURED") || m.ok() {
		t.Errorf("it says %q", m.line())
	}
}

func TestBrowserThatCrashes(t *testing.T) {
	m := measure(fake(t, "echo broken >&2; exit 3"), Scenarios()[:1], time.Now().Add(time.Minute), t.Logf)
	if !strings.Contains(m.Failure, "broken") || !strings.Contains(m.Failure, "exit status 3") {
		t.Errorf("it says %q", m.line())
	}
}

// TestBrowserThatHangs also looks at what becomes of a process that the browser has started.
func TestBrowserThatHangs(t *testing.T) {
	shorten(t, 500*time.Millisecond)
	pidFile := t.TempDir() + "/pid"
	started := time.Now()
	m := measure(fake(t, "trap '' TERM; sleep 100 & echo $! > "+pidFile+"; wait; sleep 100"), Scenarios()[:1], time.Now().Add(time.Minute), t.Logf)
	if !strings.Contains(m.Failure, "hangs") {
		t.Errorf("it says %q", m.line())
	}
	if took := time.Since(started); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
	pid, err := os.ReadFile(pidFile)
	if err != nil {
		t.Fatal(err)
	}
	if err := exec.Command("sh", "-c", "kill -0 "+strings.TrimSpace(string(pid))+" 2>/dev/null && grep -q '^State:.*[RSD]' /proc/"+strings.TrimSpace(string(pid))+"/status").Run(); err == nil {
		t.Error("what the browser has started goes on")
	}
}

// A playedPage plays the page of a browser: it asks for scenarios and does their GET requests as a browser would.
func playedPage(t *testing.T, pageURL string, jobs int) {
	base, query, _ := strings.Cut(pageURL, "/page/?")
	post := func(path string, value any) (j job) {
		resp, err := http.Post(base+path+"?"+query, "application/json", bytes.NewReader(mustJSON(value)))
		if err != nil {
			return j // the session has been closed
		}
		defer resp.Body.Close()
		json.NewDecoder(resp.Body).Decode(&j)
		return j
	}
	time.Sleep(300 * time.Millisecond) // the process is started after this
	j := post("/hello", map[string]string{"userAgent": "played"})
	for ; jobs > 0 && len(j.Scenarios) > 0; jobs-- {
		var answers []pageAnswer
		for _, s := range j.Scenarios {
			req, err := http.NewRequest("GET", s.Steps[0].URL, nil)
			if err != nil {
				t.Error(err)
				return
			}
			req.Header.Set("Origin", base)
			req.Header.Set("Accept", "*/*")
			req.Header.Set("Referer", base+"/")
			req.Header.Set("Sec-Fetch-Dest", "empty")
			req.Header.Set("Sec-Fetch-Mode", "cors")
			req.Header.Set("Sec-Fetch-Site", "same-site")
			resp, err := http.DefaultTransport.RoundTrip(req)
			if err != nil {
				t.Error(err)
				return
			}
			resp.Body.Close()
			o := Outcome{Outcome: "error"}
			if resp.Header.Get(acao) == "*" {
				o = Outcome{Outcome: "response", Type: "cors", Status: resp.StatusCode, URL: s.Steps[0].URL, Headers: [][2]string{{"cache-control", "no-store"}, {"content-length", "0"}}}
			}
			answers = append(answers, pageAnswer{s.ID, []Outcome{o}})
		}
		j = post("/results", answers)
	}
}

// TestMeasure measures a browser that is played, which does as the standard; then one that is lost after its first answer,
// as often as it is started.
func TestMeasure(t *testing.T) {
	shorten(t, 5*time.Second)
	var scenarios []*Scenario
	for _, s := range Scenarios() {
		if s.ID == "cors-check/00-same-origin" || s.ID == "cors-check/01-same-origin" {
			scenarios = append(scenarios, s)
		}
	}
	b := fake(t, "exec sleep 60")
	play := b.command
	b.command = func(program, dir, url string, servers *Servers) (*exec.Cmd, error) {
		go playedPage(t, url, 10)
		return play(program, dir, url, servers)
	}
	m := measure(b, scenarios, time.Now().Add(time.Minute), t.Logf)
	if m.Failure != "" || m.Scenarios != 2 || m.Standard != 2 || m.Profile != 2 || m.UserAgent != "played" || m.Version != "Fake 1.0" {
		t.Errorf("it says %q of %q", m.line(), m.UserAgent)
	}
	lost := fake(t, "sleep 2; exit 1")
	play = lost.command
	lost.command = func(program, dir, url string, servers *Servers) (*exec.Cmd, error) {
		go playedPage(t, url, 0)
		return play(program, dir, url, servers)
	}
	m = measure(lost, scenarios, time.Now().Add(time.Minute), t.Logf)
	if !strings.Contains(m.Failure, "exit status 1") || m.Restarts < 2 || m.Scenarios != 0 {
		t.Errorf("it says %q after %d restarts", m.line(), m.Restarts)
	}
}

// TestDocumentThatDoesNotOpen measures a browser that does not go to another document: for one, because it does not take
// the certificate.
func TestDocumentThatDoesNotOpen(t *testing.T) {
	shorten(t, time.Second)
	b := fake(t, "exec sleep 60")
	play := b.command
	b.command = func(program, dir, url string, servers *Servers) (*exec.Cmd, error) {
		go playedPage(t, url, 10)
		return play(program, dir, url, servers)
	}
	var scenarios []*Scenario
	for _, s := range Scenarios() {
		if s.ID == "coep-value/00" {
			scenarios = append(scenarios, s)
		}
	}
	m := measure(b, scenarios, time.Now().Add(time.Minute), t.Logf)
	if !strings.Contains(m.Failure, "{e unsafe-none}") || !strings.Contains(m.Failure, "hangs") || m.ok() {
		t.Errorf("it says %q", m.line())
	}
}

// TestBrowserThatHangsAtTheEnd measures a browser that does not answer, when there is little time left.
func TestBrowserThatHangsAtTheEnd(t *testing.T) {
	b := fake(t, "exec sleep 60")
	play := b.command
	b.command = func(program, dir, url string, servers *Servers) (*exec.Cmd, error) {
		go playedPage(t, url, -1)
		return play(program, dir, url, servers)
	}
	started := time.Now()
	m := measure(b, Scenarios()[:1], started.Add(2*time.Second), t.Logf)
	if took := time.Since(started); m.Failure == "" || took > 20*time.Second {
		t.Errorf("it says %q after %v", m.line(), took)
	}
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{{"-browsers", "opera"}, {"-run", "("}, {"-run", "^none$", "-here"}, {"x"}, {"-nonesuch"}, {"-write", "-run", "x"}} {
		var stdout, stderr bytes.Buffer
		if got := run(args, &stdout, &stderr); got != exitUsage || stderr.Len() == 0 {
			t.Errorf("%q: exit status %d, %q", args, got, stderr.String())
		}
	}
	var stdout, stderr bytes.Buffer
	if got := run([]string{"-list", "-run", "^cors-check/00"}, &stdout, &stderr); got != exitOK || !strings.HasPrefix(stdout.String(), "cors-check/00-same-origin\n") {
		t.Errorf("-list: exit status %d, %.200q", got, stdout.String())
	}
}
