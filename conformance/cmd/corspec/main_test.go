package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/corspec/corspec/conformance"
)

// corspec runs the program without input.
func corspec(args ...string) (status int, stdout, stderr string) {
	var out, errs bytes.Buffer
	status = run(args, strings.NewReader(""), &out, &errs)
	return status, out.String(), errs.String()
}

func TestUsage(t *testing.T) {
	tests := []struct {
		args           []string
		status         int
		stdout, stderr string // what is in it; "" is nothing
	}{
		{nil, exitUsage, "", "Usage: corspec COMMAND"},
		{[]string{"help"}, exitOK, "Usage: corspec COMMAND", ""},
		{[]string{"-h"}, exitOK, "Usage: corspec COMMAND", ""},
		{[]string{"nonesuch"}, exitUsage, "", `no command "nonesuch"`},
		{[]string{"exec", "-h"}, exitOK, "Usage: corspec exec", ""},
		{[]string{"exec", "-nonesuch"}, exitUsage, "", "corspec exec: flag provided but not defined: -nonesuch\ncorspec exec -h prints the flags.\n"},
		{[]string{"vectors", "-algorithm", "-h"}, exitBad, "", `algorithm "-h"`},
		{[]string{"vectors", "-h"}, exitOK, "-algorithm NAME", ""},
		{[]string{"version"}, exitOK, conformance.Standard, ""},
		{[]string{"--version"}, exitOK, conformance.Standard, ""},
		{[]string{"version", "x"}, exitUsage, "", "no arguments"},
		{[]string{"vectors", "-algorithm", "nonesuch"}, exitBad, "", `algorithm "nonesuch"`},
		{[]string{"vectors", "nonesuch/x"}, exitBad, "", `no vector "nonesuch/x"`},
	}
	for _, tt := range tests {
		status, stdout, stderr := corspec(tt.args...)
		if status != tt.status {
			t.Errorf("corspec %q: status %d, want %d", tt.args, status, tt.status)
		}
		for _, s := range []struct{ name, got, want string }{{"output", stdout, tt.stdout}, {"error", stderr, tt.stderr}} {
			if (s.got == "") != (s.want == "") || !strings.Contains(s.got, s.want) {
				t.Errorf("corspec %q: standard %s %q, want %q", tt.args, s.name, s.got, s.want)
			}
		}
	}
}

func TestEveryCommandHasHelp(t *testing.T) {
	for _, c := range commands() {
		status, stdout, stderr := corspec(c.name, "-h")
		if status != exitOK || !strings.HasPrefix(stdout, "Usage: corspec "+c.usage+"\n") || stderr != "" {
			t.Errorf("corspec %s -h: status %d, %q, %q", c.name, status, stdout, stderr)
		}
	}
}

func TestVectorsCommand(t *testing.T) {
	all := conformance.Vectors()
	_, stdout, _ := corspec("vectors")
	read, err := conformance.ReadVectors(strings.NewReader(stdout))
	if err != nil || len(read) != len(all) {
		t.Fatalf("corspec vectors prints %d of %d vectors: %v", len(read), len(all), err)
	}
	if len(all) == 0 {
		t.Fatal("there are no vectors")
	}
	v := all[len(all)/2]
	_, stdout, _ = corspec("vectors", v.ID, "-list")
	if want := v.ID + ": " + v.Description + "\n"; stdout != want {
		t.Errorf("corspec vectors %s -list: %q, want %q", v.ID, stdout, want)
	}
	_, stdout, _ = corspec("vectors", "-list", "-algorithm", v.Algorithm())
	for line := range strings.Lines(stdout) {
		if !strings.HasPrefix(line, v.Algorithm()+"/") {
			t.Errorf("corspec vectors -list -algorithm %s prints %q", v.Algorithm(), line)
		}
	}
}
