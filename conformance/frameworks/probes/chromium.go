package probes

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Chromium makes the probes of pages in a real Chromium, which is the program at that path, and writes CHROMIUM.md:
// whether its pages see of each server what fetchhttp's do.
func Chromium(t *testing.T, program string, mounts []Mount) {
	version, err := exec.Command(program, "--version").Output()
	if err != nil {
		t.Fatal(err)
	}
	urls := make([]string, len(mounts))
	for i, m := range mounts {
		urls[i] = m.Start(t)
	}
	seenBy := map[string]string{} // what pages in Chromium see, by id of the probe
	for _, page := range []string{App, Partner, Evil} {
		var jobs []job
		for i, m := range mounts {
			for _, p := range m.list() {
				if p.Page == page {
					jobs = append(jobs, newJob(p, m, urls[i]))
				}
			}
		}
		for id, outcome := range runPage(t, program, page, jobs) {
			seenBy[id] = outcome
		}
	}

	var b bytes.Buffer
	var differences []string
	fmt.Fprintf(&b, `# What pages in Chromium see

The probes of RESULTS.md that pages make, in %s: how many
have the outcome that pages of package fetchhttp have there, as far as a page can tell. This file is written by
%s.

| framework | in front of the application | the same | different |
|---|---|---:|---:|
`, strings.TrimSpace(string(version)), "`go test -run TestChromium -chromium PROGRAM`")
	for i, m := range mounts {
		same, different := 0, 0
		for _, p := range m.list() {
			if p.Page == "" {
				continue
			}
			want := seen(p.Run(t, m, urls[i]))
			if !readable(want) {
				want = "blocked"
			}
			got, ok := seenBy[p.id(m)]
			if !ok {
				t.Errorf("Chromium says nothing of %s", p.id(m))
			}
			if got == want {
				same++
			} else {
				different++
				differences = append(differences, fmt.Sprintf("* %s: %s, and with fetchhttp %s", p.id(m), got, want))
			}
		}
		fmt.Fprintf(&b, "| %s | `%s` | %d | %d |\n", m.Framework, m.Name, same, different)
	}
	if len(differences) > 0 {
		fmt.Fprintf(&b, "\n## Differences\n\n%s\n", strings.Join(differences, "\n"))
		t.Error(strings.Join(differences, "\n"))
	}
	if err := os.WriteFile("CHROMIUM.md", b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (p Probe) id(m Mount) string { return m.id() + ", " + p.Name }

// A job is a probe for a page's script.
type job struct {
	ID      string      `json:"id"`
	URL     string      `json:"url"`
	Method  string      `json:"method"`
	Headers [][2]string `json:"headers"`
	Body    *string     `json:"body"`
}

func newJob(p Probe, m Mount, url string) job {
	method, path := p.normal(m)
	j := job{ID: p.id(m), URL: url + path, Method: method}
	for name, lines := range p.Header {
		for _, line := range lines {
			j.Headers = append(j.Headers, [2]string{name, line})
		}
	}
	if p.Body != "" {
		j.Body = &p.Body
	}
	return j
}

// pageHTML fetches what it is given, and says what it sees.
const pageHTML = `<!DOCTYPE html><title>probes</title><script>
(async () => {
	const results = {};
	for (const job of await (await fetch("/jobs")).json()) {
		try {
			const response = await fetch(job.url, {
				method: job.method, headers: job.headers || [], body: job.body === null ? undefined : job.body, credentials: "include", cache: "no-store",
			});
			await response.text();
			results[job.id] = response.status + (response.headers.get("X-Total") ? " X-Total" : "");
		} catch (e) {
			results[job.id] = "blocked";
		}
	}
	await fetch("/results", {method: "POST", body: JSON.stringify(results)});
})();
</script>`

// runPage opens a page of that origin in a new browser and returns what its script sees.
func runPage(t *testing.T, program, origin string, jobs []job) map[string]string {
	t.Helper()
	host := strings.TrimPrefix(origin, "https://")
	results := make(chan map[string]string, 1)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write([]byte(pageHTML))
	})
	mux.HandleFunc("GET /jobs", func(w http.ResponseWriter, r *http.Request) { json.NewEncoder(w).Encode(jobs) })
	mux.HandleFunc("POST /results", func(w http.ResponseWriter, r *http.Request) {
		var got map[string]string
		if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
			t.Error(err)
		}
		select {
		case results <- got:
		default:
		}
	})
	certificate, hash := newCertificate(t, host)
	server := httptest.NewUnstartedServer(mux)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
	server.Config.ErrorLog = Discard
	server.StartTLS()
	defer server.Close()

	cmd := exec.Command(program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--user-data-dir="+t.TempDir(),
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run", "--no-proxy-server",
		"--host-resolver-rules=MAP "+host+":443 "+server.Listener.Addr().String()+", MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
		"--ignore-certificate-errors-spki-list="+hash, origin+"/")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.WaitDelay = 2 * time.Second
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // the group that it has started
		cmd.Wait()
	}()
	select {
	case got := <-results:
		return got
	case <-time.After(3 * time.Minute):
		t.Fatalf("the page of %s has said nothing in three minutes\n%s", origin, stderr.Bytes())
	}
	return nil
}

// newCertificate makes a certificate for one run, and returns the hash of its key, as Chromium takes it.
func newCertificate(t *testing.T, host string) (certificate tls.Certificate, hash string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	template := &x509.Certificate{SerialNumber: big.NewInt(now.UnixNano()), DNSNames: []string{host}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(leaf.RawSubjectPublicKeyInfo)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, base64.StdEncoding.EncodeToString(sum[:])
}
