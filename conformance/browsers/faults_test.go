package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"slices"
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
	playedPageWith(t, pageURL, jobs, func(*pageScenario) []Outcome { return nil })
}

// playedPageWith is playedPage with scenarios that something else plays, if it does not give nil.
func playedPageWith(t *testing.T, pageURL string, jobs int, otherwise func(*pageScenario) []Outcome) {
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
			if results := otherwise(s); results != nil {
				answers = append(answers, pageAnswer{s.ID, results})
				continue
			}
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

// TestMeasure measures a browser that is played, which does as the standard; then one that is lost after its first
// answer, as often as it is started.
func TestMeasure(t *testing.T) {
	shorten(t, 5*time.Second)
	scenarios := twoScenarios()
	b := played(t, fake(t, "exec sleep 60"), 10)
	m := measure(b, scenarios, time.Now().Add(time.Minute), t.Logf)
	if m.Failure != "" || m.Scenarios != 2 || m.Standard != 2 || m.Profile != 2 || m.UserAgent != "played" || m.Version != "Fake 1.0" {
		t.Errorf("it says %q of %q", m.line(), m.UserAgent)
	}
	lost := played(t, fake(t, "sleep 2; exit 1"), 0)
	m = measure(lost, scenarios, time.Now().Add(time.Minute), t.Logf)
	if !strings.Contains(m.Failure, "exit status 1") || m.Restarts < 2 || m.Scenarios != 0 {
		t.Errorf("it says %q after %d restarts", m.line(), m.Restarts)
	}
}

// played makes of a fake browser one whose page is played.
func played(t *testing.T, b *Browser, jobs int) *Browser {
	play := b.command
	b.command = func(program, dir, url string, servers *Servers) (*exec.Cmd, error) {
		go playedPage(t, url, jobs)
		return play(program, dir, url, servers)
	}
	return b
}

// twoScenarios are what a played page does as the standard.
func twoScenarios() []*Scenario {
	return slices.DeleteFunc(Scenarios(), func(s *Scenario) bool {
		return s.ID != "cors-check/00-same-origin" && s.ID != "cors-check/01-same-origin"
	})
}

// TestOthersGoOn measures a browser that is missing, one that crashes, one that hangs, one that is updated, and one
// that does as it should, in this order: all are told of, and the last is measured.
func TestOthersGoOn(t *testing.T) {
	shorten(t, 2*time.Second)
	before := browsers
	t.Cleanup(func() { browsers = before })
	versions := t.TempDir() + "/versions"
	updated := played(t, fake(t, "exec sleep 60"), 10)
	updated.version = []string{"-c", "echo >> " + versions + "; echo Fake $(wc -l < " + versions + ").0"}
	browsers = []*Browser{{Name: "missing", programs: []string{"no-such-browser"}}, fake(t, "exit 3"), fake(t, "exec sleep 60"), updated, played(t, fake(t, "exec sleep 60"), 10)}
	names := []string{"missing", "crashes", "hangs", "updated", "chromium"}
	for i, b := range browsers {
		b.Name = names[i]
	}
	var stdout, stderr bytes.Buffer
	data := t.TempDir() + "/data"
	if got := run([]string{"-here", "-browsers", strings.Join(names, ","), "-run", "^cors-check/0[01]-same-origin$", "-data", data}, &stdout, &stderr); got != exitUnexplained || stderr.Len() > 0 {
		t.Errorf("exit status %d, %q", got, stderr.String())
	}
	lines := strings.Split(strings.TrimSpace(stdout.String()), "\n")
	for i, want := range []string{"NOT MEASURED: not installed: found none of no-such-browser", "NOT MEASURED: it has ended by itself (exit status 3)", "NOT MEASURED: it hangs", "NOT MEASURED: it was updated while it was measured, from Fake 1.0 to Fake 2.0", "2 scenarios, 2 as in the standard, 2 as in its profile, 0 exceptions, 0 unexplained"} {
		if i >= len(lines) || !strings.HasPrefix(lines[i], names[i]) || !strings.Contains(lines[i], want) {
			t.Errorf("what is said of %s has no line with %q:\n%s", names[i], want, stdout.String())
		}
	}
	if written, err := os.ReadFile(data); err != nil || bytes.Count(written, []byte(`{"browser":"chromium",`)) != 2 {
		t.Errorf("the data are %.300q, %v", written, err)
	}
}

// TestBrowserThatIsUpdatedWhenItIsLost measures a browser that is lost, and of another version when it is started
// again.
func TestBrowserThatIsUpdatedWhenItIsLost(t *testing.T) {
	shorten(t, 5*time.Second)
	versions := t.TempDir() + "/versions"
	b := played(t, fake(t, "sleep 1; exit 1"), 0)
	b.version = []string{"-c", "echo >> " + versions + "; echo Fake $(wc -l < " + versions + ").0"}
	if m := measure(b, twoScenarios(), time.Now().Add(time.Minute), t.Logf); !strings.Contains(m.Failure, "updated") || m.Restarts != 1 || m.ok() {
		t.Errorf("it says %q after %d restarts", m.line(), m.Restarts)
	}
}

// TestBrowserThatIsCold measures a browser that sends a preflight each time at first, and one that does so for ever.
func TestBrowserThatIsCold(t *testing.T) {
	for after, want := range map[int]string{3: "", 1000: "it has cached no preflight"} {
		shorten(t, 2*time.Second)
		b := fake(t, "exec sleep 60")
		b.cold = true
		play := b.command
		runs := 0
		b.command = func(program, dir, url string, servers *Servers) (*exec.Cmd, error) {
			go playedPageWith(t, url, 1000, func(s *pageScenario) []Outcome {
				if s.ID != "warm-up" {
					return nil
				}
				runs++
				base, _, _ := strings.Cut(url, "/page/?")
				for i := range s.Steps {
					methods := []string{"OPTIONS", "PUT"}
					if i > 0 && runs > after {
						methods = methods[1:]
					}
					for _, method := range methods {
						req, err := http.NewRequest(method, s.Steps[i].URL, nil)
						if err != nil {
							t.Error(err)
							return nil
						}
						req.Header.Set("Origin", base)
						if method == "OPTIONS" {
							req.Header.Set("Access-Control-Request-Method", "PUT")
						}
						if resp, err := http.DefaultTransport.RoundTrip(req); err == nil {
							resp.Body.Close()
						}
					}
				}
				return []Outcome{{Outcome: "response"}, {Outcome: "response"}}
			})
			return play(program, dir, url, servers)
		}
		m := measure(b, twoScenarios(), time.Now().Add(time.Minute), t.Logf)
		if !strings.HasPrefix(m.Failure, want) || (want == "") != (m.Failure == "") || want == "" && (runs != after+1 || m.Scenarios != 2) {
			t.Errorf("with preflights in the first %d runs, it says %q after %d", after, m.line(), runs)
		}
	}
}

// TestDocumentThatDoesNotOpen measures a browser that does not go to another document: for one, because it does not
// take the certificate.
func TestDocumentThatDoesNotOpen(t *testing.T) {
	shorten(t, time.Second)
	b := played(t, fake(t, "exec sleep 60"), 10)
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
	b := played(t, fake(t, "exec sleep 60"), -1)
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
