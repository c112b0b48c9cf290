package conformance

import (
	"archive/zip"
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/corspec/corspec/internal/testshared"
)

// TestReadmeInstall goes README.md's way into a new module, with a proxy of files that has this tree as a version:
// after the line with go get, go finds all that the programs need, with its checksum.
func TestReadmeInstall(t *testing.T) {
	readme := string(testshared.RootFile(t, "README.md"))
	env := func(name string) string {
		out, err := exec.Command("go", "env", name).Output()
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(string(out))
	}
	dir, proxy := t.TempDir(), t.TempDir()
	write := func(name string, data []byte) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	const version = "v0.0.1"
	at := filepath.Join(proxy, filepath.FromSlash(module), "@v")
	write(filepath.Join(at, "list"), []byte(version+"\n"))
	write(filepath.Join(at, version+".info"), []byte(`{"Version":"`+version+`"}`))
	write(filepath.Join(at, version+".mod"), testshared.RootFile(t, "go.mod"))
	write(filepath.Join(at, version+".zip"), zipOfModule(t, module+"@"+version))

	get, _, ok := strings.Cut(readme[strings.Index(readme, "\n$ go get ")+len("\n$ "):], "\n")
	if !ok || !strings.HasPrefix(get, "go get ") {
		t.Fatal("README.md has no line with go get")
	}
	file := func(dir string) string { return "file:///" + strings.TrimPrefix(filepath.ToSlash(dir), "/") }
	cache := filepath.Join(env("GOMODCACHE"), "cache", "download")
	environment := append(os.Environ(), "GOWORK=off", "GOSUMDB=off", "GOFLAGS=-modcacherw", "GOMODCACHE="+t.TempDir(),
		"GOPROXY="+strings.Join([]string{file(proxy), file(cache), env("GOPROXY")}, ","))
	for _, args := range [][]string{{"go", "mod", "init", "example.com/shop"}, strings.Fields(get), {"go", "list", "-deps", "-test", "./..."}} {
		if args[1] == "list" {
			for i, program := range codeBlocks(readme, "go") {
				write(filepath.Join(dir, []string{"main.go", "main_test.go"}[i]), []byte(program))
			}
		}
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Dir, cmd.Env = dir, environment
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
}

// zipOfModule returns the files of the main module, as proxies have them.
func zipOfModule(t *testing.T, prefix string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	root := testshared.Root(t)
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || path == root {
			return err
		}
		if entry.IsDir() {
			if _, err := os.Stat(filepath.Join(path, "go.mod")); err == nil || strings.HasPrefix(entry.Name(), ".") {
				return fs.SkipDir
			}
			return nil
		}
		if entry.Name() != "go.mod" && filepath.Ext(path) != ".go" && !strings.HasSuffix(path, ".jsonl") {
			return nil // what is embedded is not looked at
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(root, path)
		f, err := w.Create(prefix + "/" + filepath.ToSlash(name))
		if err == nil {
			_, err = f.Write(data)
		}
		return err
	})
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
