// Command fetchhttp drives the pages of package fetchhttp. A session is an Agent of its own.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"

	"github.com/corspec/corspec/conformance/clienttest"
	"github.com/corspec/corspec/conformance/internal/fetchclient"
	"github.com/corspec/corspec/fetch/fetchhttp"
)

func main() {
	transport := fetchhttp.DefaultTransport().(*http.Transport).Clone()
	transport.DisableCompression = true // a transport that decompresses hides Content-Encoding and Content-Length
	client := &fetchclient.Client{Transport: transport}
	if err := clienttest.Serve(context.Background(), os.Stdin, os.Stdout, client); err != nil {
		fmt.Fprintf(os.Stderr, "fetchhttp: %v\n", err)
		os.Exit(1)
	}
}
