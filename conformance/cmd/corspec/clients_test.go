package main

import (
	"context"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/corspec/corspec/conformance/clienttest"
	"github.com/corspec/corspec/conformance/internal/fetchclient"
	"github.com/corspec/corspec/fetch/fetchhttp"
)

func init() {
	programs["client"] = func() int { return serveClient(&fetchclient.Client{Transport: uncompressed()}) }
}

// uncompressed is fetchhttp's transport, without what it does of its own.
func uncompressed() *http.Transport {
	t := fetchhttp.DefaultTransport().(*http.Transport).Clone()
	t.DisableCompression = true
	return t
}

// serveClient is a program that drives a client.
func serveClient(c clienttest.Client) int {
	if err := clienttest.Serve(context.Background(), os.Stdin, os.Stdout, c); err != nil {
		return 1
	}
	return 0
}

// self is this test's program, as another one.
func self(t *testing.T, name string) string {
	t.Helper()
	file, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return file + " " + name
}

func TestClientsRight(t *testing.T) {
	t.Parallel()
	status, stdout, stderr := corspec("clients", "-run", self(t, "client"), "-tls")
	if status != exitOK || stderr != "" || !strings.HasPrefix(stdout, "fetchhttp, compared with standard: nothing found\n") {
		t.Errorf("status %d: %s%s", status, stdout, stderr)
	}
	t.Log(stdout)
}
