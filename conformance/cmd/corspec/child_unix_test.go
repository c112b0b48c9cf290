//go:build unix

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

func init() {
	programs["polite"] = func() int {
		asked := make(chan os.Signal, 1)
		signal.Notify(asked, syscall.SIGTERM)
		fmt.Println("{}")
		<-asked
		fmt.Fprintln(os.Stderr, "asked to end")
		return 0
	}
}

// TestAsked holds that a program that is ended is asked first: what it has started may not be of its group.
func TestAsked(t *testing.T) {
	t.Parallel()
	runtime.LockOSThread() // as all do that start programs: on Linux they end with the thread
	defer runtime.UnlockOSThread()
	var stderr bytes.Buffer
	c, err := startChild([]string{os.Args[0], "polite"}, nil, &stderr)
	if err != nil {
		t.Fatal(err)
	}
	c.grace = time.Minute // the machine may be busy
	<-c.lines             // it listens
	c.kill()
	if stderr.String() != "asked to end\n" {
		t.Errorf("it wrote %q", stderr.String())
	}
}

// TestVectorsRunLeavesNothing holds that what a program has started ends with the run.
func TestVectorsRunLeavesNothing(t *testing.T) {
	t.Parallel()
	var children []int
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "corspec", "vectors", "-run", self+" family", "-timeout", "5s", "method/get")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	cmd.Run()
	for line := range strings.Lines(stderr.String()) {
		var pid int
		if _, err := fmt.Sscanf(line, "child %d", &pid); err == nil {
			children = append(children, pid)
		}
	}
	if len(children) != 2 {
		t.Fatalf("%d children: %s", len(children), stderr.String())
	}
	for _, pid := range children {
		gone := false
		for range 100 {
			// A process that has ended and that nobody waits for is still there; it is not alive.
			state, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
			if gone = syscall.Kill(pid, 0) != nil || err == nil && strings.Contains(string(state), ") Z "); gone {
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
		if !gone {
			syscall.Kill(pid, syscall.SIGKILL)
			t.Errorf("process %d is alive", pid)
		}
	}
}
