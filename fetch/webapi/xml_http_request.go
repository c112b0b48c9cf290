package webapi

import (
	"strings"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/internal/mime"
	"github.com/corspec/corspec/internal/weburl"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/safelist"
)

// An XMLHttpRequest is what an XMLHttpRequest object makes of open(), setRequestHeader() and send(): its request. The
// zero value is that of new XMLHttpRequest(). The methods return an [*Exception] where the object's throw.
//
// https://xhr.spec.whatwg.org/#interface-xmlhttprequest
type XMLHttpRequest struct {
	WithCredentials bool
	UploadListener  bool // an event listener is registered on its upload when send() is called

	opened, sent bool
	request      fetch.Request // of open(), with the author request headers
	profile      fetch.Profile // of its client
}

// checkState throws where a request is not open, or has been sent.
func (x *XMLHttpRequest) checkState() error {
	if x.opened && !x.sent {
		return nil
	}
	reason := "call open() first"
	if x.sent {
		reason = "the request has been sent; call open() anew"
	}
	return &Exception{Name: "InvalidStateError", Part: "state", Offset: -1, Reason: reason}
}

// A UserInfo is the user name and the password that open() is given; nil is null.
type UserInfo struct{ Username, Password *string }

// Open is open(method, url, async, username, password).
//
// https://xhr.spec.whatwg.org/#dom-xmlhttprequest-open
func (x *XMLHttpRequest) Open(client Client, method, url string, user UserInfo) error {
	// The method open(), steps 2 to 4.
	method, err := checkMethod("SyntaxError", "SecurityError", method)
	if err != nil {
		return err
	}
	// The method open(), steps 5 and 6.
	u, err := checkURL("SyntaxError", "URL", url, client.BaseURL)
	if err != nil {
		return err
	}
	// The method open(), step 8.
	if u.Hostname() != "" {
		u = withUserInfo(u, user)
	}
	// The method open(), steps 11 and 12.
	x.opened, x.sent = true, false
	x.request, x.profile = fetch.Request{Method: method, URLList: []origin.URL{u}, Origin: client.Origin}, client.Profile
	return nil
}

// SetRequestHeader is setRequestHeader(name, value). It reports whether the header is kept: browsers drop forbidden
// request-headers without a word.
//
// https://xhr.spec.whatwg.org/#dom-xmlhttprequest-setrequestheader
func (x *XMLHttpRequest) SetRequestHeader(name, value string) (kept bool, err error) {
	// The method setRequestHeader(), steps 1 and 2.
	if err := x.checkState(); err != nil {
		return false, err
	}
	// The method setRequestHeader(), step 3.
	value = safelist.NormalizeHeaderValue(value)
	// The method setRequestHeader(), step 4.
	if err := checkHeader("SyntaxError", name, value); err != nil {
		return false, err
	}
	// The method setRequestHeader(), step 5.
	if isForbidden(x.profile, name, value) {
		return false, nil
	}
	// The method setRequestHeader(), step 6.
	x.request.Headers.Combine(name, value)
	return true, nil
}

// A Payload is what send() is given, as far as the request depends on it.
type Payload struct {
	// Type is the type that extracting it gives, such as "text/plain;charset=UTF-8" for a string, or "" for null. Of an
	// HTML document it is "text/html;charset=UTF-8", of another document "application/xml;charset=UTF-8".
	Type string

	// Text says that it is a document, a URLSearchParams object or a string, which goes out in UTF-8 whatever charset
	// the author's Content-Type names.
	Text bool
}

// Send is send(body), with nil for null. It returns the request to start, except what depends on the client: the
// network partition key, the embedder policy and the referrer. Its URL may include credentials, which go along.
//
// https://xhr.spec.whatwg.org/#dom-xmlhttprequest-send
func (x *XMLHttpRequest) Send(body *Payload) (fetch.Request, error) {
	// The method send(), steps 1 and 2.
	if err := x.checkState(); err != nil {
		return fetch.Request{}, err
	}
	r := &x.request
	// The method send(), step 3.
	if body != nil && r.Method != "GET" && r.Method != "HEAD" {
		// The method send(), steps 4.2 and 4.3.
		r.Body = fetch.BodyBytes
		x.setContentType(body)
	}
	// The method send(), steps 5 and 6.
	r.UnsafeRequest, r.Mode, r.UseCORSPreflight = true, fetch.ModeCORS, x.UploadListener
	r.UseURLCredentials = r.CurrentURL().IncludesCredentials()
	if x.WithCredentials {
		r.Credentials = fetch.CredentialsInclude
	}
	// The method send(), step 10.
	x.sent = true
	return *r, nil
}

// setContentType makes the Content-Type. The method send(), steps 4.4 to 4.6.
func (x *XMLHttpRequest) setContentType(body *Payload) {
	// The method send(), step 4.4.
	original, ok := x.request.Headers.Get("Content-Type")
	if !ok {
		// The method send(), step 4.6.
		if body.Type != "" {
			x.request.Headers.Set("Content-Type", body.Type)
		}
		return
	}
	// The method send(), step 4.5.
	if !body.Text {
		return
	}
	t, _ := mime.Parse(original) // What is not a MIME type has no parameters.
	if charset, ok := t.Param("charset"); ok && !header.EqualFold(charset, "UTF-8") {
		x.request.Headers.Set("Content-Type", t.WithParam("charset", "UTF-8").String())
	}
}

// withUserInfo sets the username and the password.
//
// https://url.spec.whatwg.org/#set-the-username
func withUserInfo(u origin.URL, user UserInfo) origin.URL {
	username, password := u.Username(), u.Password()
	if user.Username != nil {
		username = weburl.PercentEncodeUserinfo(*user.Username)
	}
	if user.Password != nil {
		password = weburl.PercentEncodeUserinfo(*user.Password)
	}
	start, rest, _ := strings.Cut(u.String(), "//")
	if u.IncludesCredentials() {
		_, rest, _ = strings.Cut(rest, "@")
	}
	with, err := origin.ParseURL(start+"//"+username+":"+password+"@"+rest, nil)
	if err != nil {
		return u // of scheme file, which does not have credentials
	}
	return with
}
