package main

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/corspec/corspec/internal/header"
)

// A curlLine is what a curl command, or options of curl among a command's own, say of a request.
type curlLine struct {
	named bool // the word curl was there
	words *requestWords

	form    *multipart.Writer // of -F, into formBody
	formBuf bytes.Buffer
	get     bool // -G
}

// isCurl reports whether a word is the name of the program.
func isCurl(word string) bool {
	word = word[strings.LastIndexAny(word, `/\`)+1:]
	return word == "curl" || strings.EqualFold(word, "curl.exe")
}

// A curlOption is an option of curl.
type curlOption struct {
	names string // the letter and the long names, separated by spaces
	takes bool   // a value
	// apply takes it over. Nil: it does not change what a page's request is.
	apply func(c *curlLine, value string) error
}

// curlOptions are the options that say something of a request, and the usual ones that do not. What is in neither list
// is refused, because its value cannot be told from a URL.
var curlOptions = []curlOption{
	{"X request", true, func(c *curlLine, v string) error { c.words.method = v; return nil }},
	{"H header", true, (*curlLine).header},
	{"d data data-ascii", true, func(c *curlLine, v string) error { return c.data(v, "@", true) }},
	{"data-raw", true, func(c *curlLine, v string) error { return c.data(v, "", false) }},
	{"data-binary", true, func(c *curlLine, v string) error { return c.data(v, "@", false) }},
	{"data-urlencode", true, (*curlLine).urlencode},
	{"json", true, func(c *curlLine, v string) error {
		c.words.contentType = "application/json"
		if !c.words.headers.contains("Accept") {
			c.words.headers = append(c.words.headers, wordHeader{name: "Accept", value: "application/json"})
		}
		return c.dataJoined(v, "@", false, "")
	}},
	{"F form", true, func(c *curlLine, v string) error { return c.formField(v, true) }},
	{"form-string", true, func(c *curlLine, v string) error { return c.formField(v, false) }},
	{"T upload-file", true, func(c *curlLine, v string) error {
		if c.words.method == "" {
			c.words.method = "PUT"
		}
		data, err := readUpTo(v)
		c.words.setBody(data)
		c.words.contentType = noContentType
		return err
	}},
	{"b cookie", true, func(c *curlLine, v string) error {
		if v != "" && !strings.Contains(v, "=") {
			return fmt.Errorf("curl's -b %q is a file of cookies, which is not read here; write 'name=value'", v)
		}
		c.words.addCookies(v)
		return nil
	}},
	{"u user", true, func(c *curlLine, v string) error {
		return c.header("Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(v)))
	}},
	{"oauth2-bearer", true, func(c *curlLine, v string) error { return c.header("Authorization: Bearer " + v) }},
	{"A user-agent", true, func(c *curlLine, v string) error { return c.header("User-Agent: " + v) }},
	{"e referer", true, func(c *curlLine, v string) error { return c.header("Referer: " + strings.TrimSuffix(v, ";auto")) }},
	{"r range", true, func(c *curlLine, v string) error { return c.header("Range: bytes=" + v) }},
	{"I head", false, func(c *curlLine, v string) error { c.words.method = "HEAD"; return nil }},
	{"G get", false, func(c *curlLine, v string) error { c.get = true; return nil }},
	{"url", true, func(c *curlLine, v string) error { return c.words.addURL(v) }},
	{"k insecure", false, func(c *curlLine, v string) error { c.words.insecure = true; return nil }},
	{": next", false, func(*curlLine, string) error {
		return errors.New("curl's --next starts another request; one at a time")
	}},
	{"K config", true, func(*curlLine, string) error {
		return errors.New("curl's -K reads options from a file, which is not done here")
	}},

	// They say where a connection goes. A page has no such choice.
	{"x proxy socks5 socks5-hostname proxy1.0 preproxy U proxy-user noproxy", true, leftOut("a proxy")},
	{"resolve connect-to interface dns-servers doh-url unix-socket abstract-unix-socket haproxy-clientip", true, leftOut("where the connection goes")},
	{"cacert capath E cert key cert-type key-type pass pinnedpubkey ciphers tls13-ciphers curves crlfile", true, leftOut("certificates")},

	{"L location location-trusted compressed s silent S show-error i include show-headers v verbose f fail fail-with-body fail-early g globoff no-progress-meter # progress-bar " +
		"0 http1.0 http1.1 http2 http2-prior-knowledge http3 http3-only 1 tlsv1 tlsv1.0 tlsv1.1 tlsv1.2 tlsv1.3 ssl ssl-reqd ssl-no-revoke ssl-allow-beast 4 ipv4 6 ipv6 N no-buffer " +
		"n netrc netrc-optional j junk-session-cookies q disable O remote-name remote-name-all J remote-header-name R remote-time Z parallel parallel-immediate tcp-nodelay tcp-fastopen no-keepalive " +
		"keepalive tr-encoding raw anyauth basic digest ntlm negotiate post301 post302 post303 path-as-is create-dirs a append styled-output trace-time trace-ids B use-ascii M manual p proxytunnel alpn npn sessionid", false, nil},
	{"o output output-dir w write-out m max-time connect-timeout retry retry-delay retry-max-time max-redirs c cookie-jar D dump-header stderr trace trace-ascii tls-max proto proto-default proto-redir " +
		"limit-rate Y speed-limit y speed-time max-filesize keepalive-time keepalive-cnt expect100-timeout happy-eyeballs-timeout-ms local-port C continue-at z time-cond etag-save etag-compare " +
		"parallel-max rate request-target variable aws-sigv4 delegation login-options service-name", true, nil},
}

func leftOut(what string) func(*curlLine, string) error {
	return func(c *curlLine, v string) error {
		c.words.note("curl's options for " + what + " are left out: a page has no say in that.")
		return nil
	}
}

var curlByName = func() map[string]curlOption {
	m := map[string]curlOption{}
	for _, o := range curlOptions {
		for name := range strings.FieldsSeq(o.names) {
			m[name] = o
		}
	}
	return m
}()

// lookUpCurl finds an option by its letter, or behind two dashes by its long name.
func lookUpCurl(name string, double bool) (curlOption, bool) {
	if double != (len(name) > 1) {
		return curlOption{}, false
	}
	o, ok := curlByName[name]
	if positive, negated := strings.CutPrefix(name, "no-"); !ok && negated && double {
		if o, ok = curlByName[positive]; ok && !o.takes {
			return curlOption{names: name}, true
		}
		return curlOption{}, false
	}
	return o, ok
}

// readsCluster reports whether an argument with one dash is letters of curl and not a flag that is spelt wrong. Without
// the word curl, only what cannot be meant otherwise is.
func (c *curlLine) readsCluster(arg string) bool {
	if c.named {
		return true
	}
	letter, value := arg[1], arg[2:]
	switch {
	case letter == 'X':
		return strings.ToUpper(value) == value
	case letter == 'H':
		return strings.Contains(value, ":")
	case letter == 'd':
		return value != "" && strings.IndexByte(`@{["`, value[0]) >= 0
	}
	return strings.Trim(arg[1:], "sSikLvfgO") == ""
}

// apply takes over an option.
func (c *curlLine) apply(o curlOption, name, value string) error {
	if o.apply == nil {
		return nil
	}
	if err := o.apply(c, value); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// header takes over a line of -H: curl takes "Name;" for a header without a value, and "Name:" for one of its own
// that it leaves out.
func (c *curlLine) header(line string) error {
	if file, ok := strings.CutPrefix(line, "@"); ok {
		data, err := readUpTo(file)
		if err != nil {
			return err
		}
		return c.words.headers.Set(data)
	}
	if !strings.ContainsAny(line, "\n:") {
		if name, ok := strings.CutSuffix(strings.TrimRight(line, " \t"), ";"); ok {
			return c.words.headers.Set(name + ":")
		}
	}
	if name, value, ok := strings.Cut(line, ":"); ok && strings.Trim(value, " \t\r\n") == "" {
		if header.EqualFold(name, "Content-Type") {
			c.words.contentType = noContentType
		}
		return nil
	}
	return c.words.headers.Set(line)
}

// data takes over a value of -d and its kind: of the prefix and the name of a file what that holds, for text without
// its line breaks.
func (c *curlLine) data(value, filePrefix string, text bool) error {
	if c.words.contentType == "" {
		c.words.contentType = "application/x-www-form-urlencoded"
	}
	return c.dataJoined(value, filePrefix, text, "&")
}

func (c *curlLine) dataJoined(value, filePrefix string, text bool, separator string) error {
	if name, ok := strings.CutPrefix(value, filePrefix); ok && filePrefix != "" {
		var err error
		if value, err = readUpTo(name); err != nil {
			return err
		}
		if text {
			value = strings.NewReplacer("\r", "", "\n", "", "\x00", "").Replace(value)
		}
	}
	c.words.addToBody(separator, value)
	return nil
}

func (c *curlLine) urlencode(v string) error {
	name, content, named := strings.Cut(v, "=")
	if !named {
		if before, file, isFile := strings.Cut(v, "@"); isFile {
			data, err := readUpTo(file)
			if err != nil {
				return err
			}
			name, content = before, data
		} else {
			name, content = "", v
		}
	}
	if name != "" {
		name += "="
	}
	return c.data(name+url.QueryEscape(content), "", false)
}

// formField takes over a field of a form with parts.
func (c *curlLine) formField(v string, special bool) error {
	name, content, ok := strings.Cut(v, "=")
	if !ok {
		return fmt.Errorf("%q has no '='", v)
	}
	if c.form == nil {
		c.form = multipart.NewWriter(&c.formBuf)
		c.words.contentType = c.form.FormDataContentType()
	}
	if !special || content == "" || content[0] != '@' && content[0] != '<' {
		if special {
			content, _, _ = strings.Cut(content, ";type=")
		}
		return c.form.WriteField(name, content)
	}
	file, _, _ := strings.Cut(content[1:], ";")
	data, err := readUpTo(file)
	if err != nil {
		return err
	}
	if content[0] == '<' {
		return c.form.WriteField(name, data)
	}
	w, err := c.form.CreateFormFile(name, filepath.Base(file))
	if err == nil {
		_, err = io.WriteString(w, data)
	}
	return err
}

// finish does what depends on all of the options.
func (c *curlLine) finish() error {
	w := c.words
	if c.form != nil {
		c.form.Close()
		w.setBody(c.formBuf.String())
	}
	for i, u := range w.urls {
		if !c.named {
			break
		}
		// Browsers write brackets so that curl takes them for what they are.
		u = strings.NewReplacer(`\[`, "[", `\]`, "]", `\{`, "{", `\}`, "}").Replace(u)
		if !strings.Contains(u, "://") {
			u = "http://" + u // as curl does
		}
		w.urls[i] = u
	}
	if c.get && w.body != nil && len(w.urls) == 1 {
		separator := "?"
		if strings.Contains(w.urls[0], "?") {
			separator = "&"
		}
		before, fragment, hasFragment := strings.Cut(w.urls[0], "#")
		if w.urls[0] = before + separator + w.body.String(); hasFragment {
			w.urls[0] += "#" + fragment
		}
		w.body, w.contentType = nil, ""
	}
	return nil
}

// maxBody is how much of a file a request takes.
const maxBody = 64 << 20

// readUpTo reads a file that a request is to hold.
func readUpTo(name string) (string, error) {
	if name == "-" {
		return "", errors.New("standard input is not read for the body; name a file")
	}
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxBody+1))
	if err == nil && len(data) > maxBody {
		err = fmt.Errorf("%s: is larger than %d MiB", name, maxBody>>20)
	}
	return string(data), err
}
