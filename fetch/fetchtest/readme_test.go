package fetchtest_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/corspec/corspec/fetch/fetchtest"
	"github.com/corspec/corspec/internal/testshared"
)

// appReadsOrders is the test that README.md shows, but for its name and the type of its argument.
func appReadsOrders(t fetchtest.TB) {
	server := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "https://app.example")
		w.Header().Set("Access-Control-Allow-Headers", "Content-Type") // and Authorization?
	})
	req := httptest.NewRequest("GET", "https://api.example/orders", nil)
	req.Header.Set("Authorization", "Bearer x")
	fetchtest.MayRead(t, "https://app.example", server, req)
}

// A recorder keeps what a test prints.
type recorder struct{ strings.Builder }

func (r *recorder) Helper()                           {}
func (r *recorder) Cleanup(f func())                  { f() }
func (r *recorder) Errorf(format string, args ...any) { fmt.Fprintf(r, format+"\n", args...) }
func (r *recorder) Fatalf(format string, args ...any) { r.Errorf(format, args...) }

// TestReadme holds README.md against that test and what it prints.
func TestReadme(t *testing.T) {
	readme := testshared.RootFile(t, "README.md")
	_, section, _ := strings.Cut(string(readme), "\n### fetch/fetchtest\n")
	_, section, _ = strings.Cut(section, "\n```go\n")
	shown, section, _ := strings.Cut(section, "```\n")
	_, section, _ = strings.Cut(section, "\n```\n")
	printed, _, _ := strings.Cut(section, "```\n")

	source, err := os.ReadFile("readme_test.go")
	if err != nil {
		t.Fatal(err)
	}
	_, test, _ := strings.Cut(string(source), "\nfunc appReadsOrders(t fetchtest.TB)")
	test, _, _ = strings.Cut(test, "\n}\n")
	if diff := cmp.Diff("func TestAppReadsOrders(t *testing.T)"+test+"\n}\n", shown); diff != "" {
		t.Errorf("README.md shows another test (-want +got)\n%s", diff)
	}

	var r recorder
	appReadsOrders(&r)
	if diff := cmp.Diff(r.String(), printed); diff != "" {
		t.Errorf("README.md shows other output (-want +got)\n%s", diff)
	}
}
