package clienttest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"sync"
	"testing"

	"github.com/corspec/corspec/conformance/clienttest"
	"github.com/corspec/corspec/fetch/fetchhttp"
)

// wrong makes of this test a program that drives the wrong client of that index, for corspec clients.
var wrong = flag.Int("wrong", -1, "drive the wrong client of that `INDEX`, by lines of JSON")

// allPrograms has all wrong clients run as programs, instead of some.
var allPrograms = flag.Bool("all-programs", false, "run all wrong clients as programs")

func TestMain(m *testing.M) {
	flag.Parse()
	if *wrong < 0 {
		os.Exit(m.Run())
	}
	transport := fetchhttp.DefaultTransport().(*http.Transport).Clone()
	transport.DisableCompression = true
	c := newClient(transport)
	wrongClients[*wrong].change(c)
	if err := clienttest.Serve(context.Background(), os.Stdin, os.Stdout, c); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// TestWrongPrograms holds the same as TestWrongClients for the whole chain: the wrong client is a program, corspec
// clients another that drives it, and what is found is read from its JSON. One in three will do, unless all are asked
// for.
func TestWrongPrograms(t *testing.T) {
	t.Parallel()
	corspec := filepath.Join(t.TempDir(), "corspec")
	if out, err := exec.Command("go", "build", "-o", corspec, "github.com/corspec/corspec/conformance/cmd/corspec").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var done sync.WaitGroup
	slots := make(chan struct{}, 4)
	ran := 0
	for i, w := range wrongClients {
		if !*allPrograms && (i%3 != 0 || w.kind == "no-answer") {
			continue // one that hangs takes as long as it may
		}
		ran++
		done.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			cmd := exec.Command(corspec, "clients", "-json", "-case", "^"+regexp.QuoteMeta(w.id)+"$", "-run", self+" -wrong "+strconv.Itoa(i))
			var stdout, stderr bytes.Buffer
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			cmd.Run() // its status is of no interest beside what it prints
			var report clienttest.Report
			if err := json.Unmarshal(stdout.Bytes(), &report); err != nil {
				t.Errorf("%s: %v: %s", w.name, err, stderr.Bytes())
				return
			}
			for _, f := range report.Findings {
				if f.ID == w.id && f.Kind == w.kind && f.Severity == w.severity {
					return
				}
			}
			t.Errorf("%s: want %s %s %s, found %v, %+v", w.name, w.severity, w.id, w.kind, report.Findings, report.Cases)
		})
	}
	done.Wait()
	t.Logf("%d of %d ran as programs", ran, len(wrongClients))
	if ran < 60 {
		t.Errorf("want 60 at least")
	}
}
