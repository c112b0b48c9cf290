//go:build unix

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

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
