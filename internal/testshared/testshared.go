// Package testshared finds the test data that is kept beside the repository, in ../shared seen from the folder with
// go.mod.
//
// A plain checkout has no such folder. There a test that needs it is skipped, loudly. If CORSPEC_SHARED is "required"
// it fails, so that the rows of web-platform-tests cannot go unread without anybody noticing.
package testshared

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// Path returns the path of name (slash-separated, below the shared folder, such as "wpt/url/resources/toascii.json").
// Where that file or folder is absent the test is skipped with a message that names it, or fails if Required.
func Path(t testing.TB, name string) string {
	t.Helper()
	path, err := locate(name)
	switch {
	case err == nil:
		return path
	case Required():
		t.Fatalf("shared test data is required here (CORSPEC_SHARED=required): %v", err)
	default:
		t.Skipf("SKIPPED, shared test data is absent: %v", err)
	}
	return ""
}

// Read returns the content of the file that Path finds.
func Read(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(Path(t, name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Required reports whether tests must fail, rather than be skipped, where something is absent that they need: whether
// the environment variable CORSPEC_SHARED is "required".
func Required() bool {
	return os.Getenv("CORSPEC_SHARED") == "required"
}

// Root returns the folder with go.mod, found by walking up from the working directory, which for a test is its
// package's.
func Root(t testing.TB) string {
	t.Helper()
	dir, err := root()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// RootFile returns the content of the file with that name, slash-separated, below Root.
func RootFile(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(Root(t), filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			// A nested module under conformance/ has its own go.mod; the repository's is the one beside .ci.
			if _, err := os.Stat(filepath.Join(dir, ".ci")); err == nil {
				return dir, nil
			}
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("no folder above the working directory holds the repository's go.mod")
		}
		dir = parent
	}
}

func locate(name string) (string, error) {
	dir, err := root()
	if err != nil {
		return "", err
	}
	path := filepath.Join(filepath.Dir(dir), "shared", filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("../shared/%s: %w", name, err)
	}
	return path, nil
}
