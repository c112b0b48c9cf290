package fetchhttp_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"strings"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/fetchhttp"
	"github.com/corspec/corspec/origin"
)

// A wire is a transport of one's own: every host is a handler in this process.
type wire map[string]http.HandlerFunc

func (w wire) RoundTrip(r *http.Request) (*http.Response, error) {
	fmt.Println("  wire:", r.Method, r.URL, r.Header["Cookie"])
	return fetchhttp.Handler(w[r.URL.Host]).RoundTrip(r)
}

// run is what a script on the page does with fetch(); it reads while the server writes.
func run(p *fetchhttp.Page, method, url string, body io.Reader) {
	req, _ := http.NewRequest(method, url, body)
	resp, err := p.Fetch(req, fetchhttp.WithCredentials(fetch.CredentialsInclude))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(resp.Body)
	fmt.Printf("%d %s: %q\n", resp.StatusCode, resp.URL, text)
}

// Example_driver drives pages: cookies, redirects and a body that streams, over a transport of one's own.
func Example_driver() {
	jar, _ := cookiejar.New(nil)
	browser := &fetchhttp.Agent{Jar: jar, Transport: wire{"api.example": func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "https://app.example")
		w.Header().Set("Access-Control-Allow-Credentials", "true")
		if r.URL.Path == "/login" {
			id := &http.Cookie{Name: "id", Value: "7", Path: "/", Secure: true, SameSite: http.SameSiteNoneMode}
			http.SetCookie(w, id)
			http.Redirect(w, r, "/echo", http.StatusSeeOther)
		}
		io.Copy(w, r.Body)
	}}}
	app := browser.Page(origin.MustParse("https://app.example"))
	run(app, "POST", "https://api.example/login", strings.NewReader("user"))
	run(app, "POST", "https://api.example/echo", io.MultiReader(strings.NewReader("one "), strings.NewReader("two")))
	// Output:
	// wire: POST https://api.example/login []
	//   wire: GET https://api.example/echo [id=7]
	// 200 https://api.example/echo: ""
	//   wire: OPTIONS https://api.example/echo []
	//   wire: POST https://api.example/echo [id=7]
	// 200 https://api.example/echo: "one two"
}
