package fetchhttp

import (
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"testing"

	"github.com/corspec/corspec/origin"
)

// TestSitesAreForgotten holds that nothing is kept of a site whose cookies are gone.
func TestSitesAreForgotten(t *testing.T) {
	jar, _ := cookiejar.New(nil) // New does not fail
	a := &Agent{Jar: jar, Transport: Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Set-Cookie", "a=1; Max-Age="+r.URL.RawQuery)
	}))}
	visit := func(site int, age string) {
		url := fmt.Sprintf("https://site%d.example/?%s", site, age)
		req, err := http.NewRequestWithContext(t.Context(), "GET", url, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := a.Page(origin.MustParseURL(url).Origin()).Fetch(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}
	for _, tt := range []struct {
		age  string
		want int
	}{{"60", 10}, {"0", 0}} {
		for site := range 10 {
			visit(site, tt.age)
		}
		if n := len(a.cookies.bySite); n != tt.want || a.cookies.total != tt.want {
			t.Errorf("%d sites, %d cookies, want %d", n, a.cookies.total, tt.want)
		}
	}
}
