package main

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/corspec/corspec/internal/testshared"
)

// readmeAddress is where the server that README.md shows listens.
const readmeAddress = "localhost:8080"

// readmeServer runs the server that README.md shows, at an address that is free, and returns that.
func readmeServer(t *testing.T, readme string) (address string) {
	t.Helper()
	_, program, _ := strings.Cut(readme, "\n```go\n")
	program, _, _ = strings.Cut(program, "\n```")
	free, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	address = strings.Replace(readmeAddress, "8080", portOf(free.Addr()), 1)
	free.Close()

	dir := t.TempDir()
	source, binary := filepath.Join(dir, "main.go"), filepath.Join(dir, "server")
	if err := os.WriteFile(source, []byte(strings.Replace(program, readmeAddress, address, 1)), 0o666); err != nil {
		t.Fatal(err)
	}
	build := exec.Command("go", "build", "-o", binary, source)
	build.Dir = testshared.Root(t)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	server := exec.Command(binary)
	server.Stderr = os.Stderr
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Process.Kill()
		server.Wait()
	})
	for range 600 {
		connection, err := net.Dial("tcp", address)
		if err == nil {
			connection.Close()
			return address
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("the server of README.md does not listen on %s", address)
	return ""
}

func portOf(address net.Addr) string {
	_, port, _ := net.SplitHostPort(address.String())
	return port
}

// TestReadmeCommands runs the commands in README.md that are shown with what they print. A command is corspec with
// arguments without spaces, behind a pipe from echo of a quoted text where it reads one.
func TestReadmeCommands(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a program")
	}
	readme := string(testshared.RootFile(t, "README.md"))
	address := readmeServer(t, readme)
	ran := 0
	for _, block := range strings.Split(readme, "\n```console\n")[1:] {
		block, _, _ = strings.Cut(block, "\n```")
		for _, session := range strings.Split("\n"+block, "\n$ ")[1:] {
			command, want, shown := strings.Cut(session, "\n")
			if !shown {
				continue
			}
			stdin := ""
			if rest, ok := strings.CutPrefix(command, "echo '"); ok {
				text, after, piped := strings.Cut(rest, "' | ")
				if !piped {
					t.Errorf("README.md: %s: not a command that this test can read", command)
					continue
				}
				stdin, command = text+"\n", after
			}
			args, ok := strings.CutPrefix(command, "corspec ")
			if !ok {
				t.Errorf("README.md: %s: not a command of corspec", command)
				continue
			}
			var stdout, stderr bytes.Buffer
			run(strings.Fields(strings.ReplaceAll(args, readmeAddress, address)), strings.NewReader(stdin), &stdout, &stderr)
			ran++
			if diff := cmp.Diff(want+"\n", strings.ReplaceAll(stdout.String(), address, readmeAddress)); diff != "" || stderr.Len() > 0 {
				t.Errorf("README.md: %s: (-want +got)\n%s%s", command, diff, stderr.String())
			}
		}
	}
	if ran == 0 {
		t.Error("README.md shows no command with what it prints")
	}
}

// TestReadmeFile looks for the text in README.md among what explain prints of a file that a browser has saved.
func TestReadmeFile(t *testing.T) {
	readme := testshared.RootFile(t, "README.md")
	_, stdout, stderr := corspec("explain", "-blocked", "testdata/har/devtools-simple.har")
	if stderr != "" {
		t.Fatal(stderr)
	}
	blocks := strings.Split(string(readme), "\n```text\n")[1:]
	if len(blocks) == 0 {
		t.Error("README.md shows nothing of a HAR file")
	}
	for _, block := range blocks {
		text, _, _ := strings.Cut(block, "```")
		if !strings.Contains(stdout, text) {
			t.Errorf("corspec explain does not print\n%s", text)
		}
	}
}
