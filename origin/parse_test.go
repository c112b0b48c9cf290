package origin

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// parseTwin is Parse, slow and obvious: s is the serialization of the origin of
// the URL that it is, or of a URL with another scheme that has nothing but a
// host and a port.
func parseTwin(s string) bool {
	if s == "null" {
		return true
	}
	u, err := ParseURL(s, nil)
	if err != nil {
		return false
	}
	switch u.Scheme() {
	case "http", "https", "ws", "wss", "ftp":
		return u.Origin().String() == s
	case "file", "about", "blob", "data":
		return false
	}
	if u.Hostname() == "" {
		return false
	}
	serialized := u.Scheme() + "://" + u.Hostname()
	if port, ok := u.Port(); ok {
		serialized += ":" + strconv.Itoa(int(port))
	}
	return serialized == s
}

// abnf is the grammar of the Origin header, transcribed rule by rule.
var abnf = func() *regexp.Regexp {
	const (
		decOctet = `(?:[0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])`
		ipv4     = decOctet + `\.` + decOctet + `\.` + decOctet + `\.` + decOctet
		h16      = `(?:0|[1-9a-f][0-9a-f]{0,3})`
		hc       = `(?:` + h16 + `:)`
		ipv6     = `(?:` + hc + `{7}` + h16 +
			`|::` + hc + `{5}` + h16 +
			`|(?:` + h16 + `)?::` + hc + `{4}` + h16 +
			`|(?:` + hc + `{0,1}` + h16 + `)?::` + hc + `{3}` + h16 +
			`|(?:` + hc + `{0,2}` + h16 + `)?::` + hc + `{2}` + h16 +
			`|(?:` + hc + `{0,3}` + h16 + `)?::` + hc + h16 +
			`|(?:` + hc + `{0,4}` + h16 + `)?::` + h16 +
			`|(?:` + hc + `{0,5}` + h16 + `)?::)`
		label  = `(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)`
		domain = `(?:` + label + `\.)*` + label
		host   = `(?:` + ipv4 + `|\[` + ipv6 + `\]|` + domain + `)`
		scheme = `[a-z][a-z0-9+.-]*`
	)
	return regexp.MustCompile(`\A(?:` + scheme + `://` + host + `(?::[0-9]{1,5})?|null)\z`)
}()

func TestTrapsGrammar(t *testing.T) {
	for _, test := range []struct {
		trap               string
		abnf, wire, strict bool
		inputs             []string
	}{
		{"T24", true, false, false, []string{"https://[0:0:0:0:0:0:0:1]", "https://a.com:443", "https://a.com:00443", "https://a.com:99999", "https://256.1.1.1"}},
		{"T25", false, true, false, []string{"https://foo_bar.example", "https://a.com.", "https://-foo.example", "https://a..b", "https://a-.b", "https://a.-", "https://.", "https://a!$&'()*+,;=~\"{}`"}},
		{"T26", false, false, false, []string{"HTTPS://a.com", "https://A.com", "https://a.com/", "https://a.com:", "NULL", "https://a https://b", "https://[2001:DB8::1]",
			"https://[2001:0db8::1]", "https://[::ffff:1.2.3.4]", "https://[1:2:3:4:5::7:8]", "file://", ""}},
		{"T27", true, true, true, []string{"null", "chrome-extension://abcdef", "https://[1:2:3:4::7:8]", "https://xn--53h.example"}},
	} {
		t.Run(test.trap, func(t *testing.T) {
			for _, s := range test.inputs {
				if got := abnf.MatchString(s); got != test.abnf {
					t.Errorf("%q: the grammar matches: %t", s, got)
				}
				if _, err := Parse(s); (err == nil) != test.wire {
					t.Errorf("%q: Parse: %v", s, err)
				}
				if _, err := ParseStrict(s); (err == nil) != test.strict {
					t.Errorf("%q: ParseStrict: %v", s, err)
				}
			}
		})
	}
}

// wireSeeds has something for every branch of the scanner.
var wireSeeds = []string{
	"null", "Null", "", " ", "https://a.example", "http://a.example:8080", "ws://a", "wss://a:443", "ftp://a:21", "ftp://a:22", "https://", "https://:1", "https:///", "https://a@b", "https://a:b@c", "https://a:1@c",
	"https://a/", "https://a?", "https://a#", "https://a\\", "https://a:1/", "https://a:", "https://a:0", "https://a:01", "https://a:65535", "https://a:65536", "https://a:123456", "https://a:+1", "https://a:1x", "https://a:x", "https://a:80:80",
	"http://a:80", "https://a:80", "http://a:443", "https://1.2.3.4", "https://1.2.3.4.", "https://1.2.3", "https://01.2.3.4", "https://1.2.3.256", "https://0x1", "https://a.0x", "https://a.0xg", "https://a.1", "https://1.a", "https://1.2.3.4.5", "https://cafe",
	"https://[::]", "https://[::1]:1", "https://[::1", "https://[]", "https://[::1]a", "https://[0::1]", "https://[1:0:0:2:0:0:0:3]", "https://[1::2:0:0:0:3]", "https://[1:2:3:4:5:6:7::]", "https://[::FFFF]", "https://[::1%25a]", "https://a[::1]",
	"https://\u00e9.example", "https://a%41", "https://a b", "https://a\tb", "https://a\x00", "https://a\x7f", "https://a|b", "https://a^b", "https://\xff", "https://a_b", "https://*.a", "https://A", "https://\u212a",
	"chrome-extension://abc", "moz-extension://A%zz:1", "foo://", "foo://:1", "foo:/a", "foo:a", "foo", "foo://a b", "foo://a/", "foo://a@b", "foo://[::1]:443", "foo://[::01]", "foo://1.2.3", "foo://a:0443", "f.o+o-1://x", "1foo://x", "Foo://x", "foo_://x", "foo://\u00e9", "foo://a^",
	"file://", "file://a", "file:///", "about://blank", "about:blank", "blob://a", "blob:https://a", "data://a", "filesystem://a", "https://a,https://b", "https://a https://b", " https://a", "https://a ", "https://a\n", "https:a", "https:/a", "http:\\\\a", "//a", "*",
}

func checkWire(t *testing.T, s string) {
	t.Helper()
	o, err := Parse(s)
	if want := parseTwin(s); (err == nil) != want {
		t.Fatalf("Parse(%q): %v, its twin says %t", s, err, want)
	}
	if err == nil {
		if o.String() != s || o.IsOpaque() != (s == "null") {
			t.Fatalf("Parse(%q) is %v", s, o)
		}
		if !o.IsOpaque() {
			// The parts put together again.
			whole := o.Scheme() + "://" + o.Host()
			if port, ok := o.Port(); ok {
				whole += ":" + strconv.Itoa(int(port))
			}
			if whole != s {
				t.Fatalf("%q: parts are %q", s, whole)
			}
		}
	} else if e := err.(*ParseError); e.Offset < 0 || e.Offset > len(s) || e.Reason == "" || e.input != s || e.kind != kindOrigin || !strings.Contains(e.Error(), e.Reason) {
		t.Fatalf("Parse(%q): %#v", s, e)
	}
	strict, strictErr := ParseStrict(s)
	if want := err == nil && abnf.MatchString(s); (strictErr == nil) != want {
		t.Fatalf("ParseStrict(%q): %v, want %t", s, strictErr, want)
	}
	if strictErr == nil && strict != o && !o.IsOpaque() {
		t.Fatalf("ParseStrict(%q) is %v", s, strict)
	}
	if strictErr != nil {
		if e := strictErr.(*ParseError); e.Offset < 0 || e.Offset > len(s) || e.Reason == "" {
			t.Fatalf("ParseStrict(%q): %#v", s, e)
		}
	}
}

func TestParseAgainstTwins(t *testing.T) {
	for _, s := range wireSeeds {
		checkWire(t, s)
	}
	// Every byte in every place that matters.
	for _, format := range []string{"?", "https://?", "https://a?b", "https://a?", "https://a:?", "https://a:1?", "?ttps://a", "https?://a", "foo://?", "foo://a?b", "http://[::?]", "http://1.2.3.?", "http://a.?"} {
		for c := range 256 {
			checkWire(t, strings.Replace(format, "?", string([]byte{byte(c)}), 1))
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range wireSeeds {
		f.Add(s)
	}
	f.Fuzz(checkWire)
}

// FuzzParseHost looks where most bytes are of hosts.
func FuzzParseHost(f *testing.F) {
	for _, s := range wireSeeds {
		if _, host, ok := strings.Cut(s, "://"); ok {
			f.Add(host)
		}
	}
	f.Add(strings.Repeat("\xba", 5000) + "a")
	f.Fuzz(func(t *testing.T, host string) {
		for _, scheme := range []string{"https://", "ftp://", "foo://"} {
			checkWire(t, scheme+host)
		}
		got, err := ParseHost(host)
		if err != nil {
			if e := err.(*ParseError); e.Offset < 0 || e.Offset > len(host) || e.Reason == "" {
				t.Fatalf("%q: %#v", host, e)
			}
			return
		}
		if again, err := ParseHost(got); err != nil || again != got {
			t.Fatalf("ParseHost(%q) is %q, then %q, %v", host, got, again, err)
		}
		// A host that is serialized makes an origin.
		checkWire(t, "https://"+got)
		if _, err := Parse("https://" + got); err != nil {
			t.Fatal(err)
		}
	})
}

func TestParseErrors(t *testing.T) {
	for _, test := range []struct {
		input  string
		offset int
		reason string
	}{
		{"", 0, "origin is empty"},
		{" https://a", 0, "origin has white space"},
		{"a.example", 9, "origin has no scheme in lower case, followed by ://"},
		{"Https://a", 0, "origin has no scheme in lower case, followed by ://"},
		{"*", 0, "origin has no scheme in lower case, followed by ://"},
		{"https:a", 5, "origin has no scheme in lower case, followed by ://"},
		{"file:///", 0, "scheme has no origin of its own"},
		{"blob:https://a", 0, "scheme has no origin of its own"},
		{"https://", 8, "host is missing"},
		{"https:///", 8, "host is missing"},
		{"https://:80", 8, "host is missing"},
		{"foo://", 6, "host is missing"},
		{"https://a.Example", 10, "host is not in lower case"},
		{"https://\u00e9", 8, "host is not in ASCII"},
		{"https://u@a", 9, "origin has a user name or password"},
		{"https://u:p@a", 11, "origin has a user name or password"},
		{"https://a/", 9, "origin has something after its host and port"},
		{"https://a:1/x", 11, "origin has something after its host and port"},
		{"https://a, https://b", 10, "origin has white space"},
		{"https://a https://b", 9, "origin has white space"},
		{"https://a%41", 9, "forbidden code point in a domain"},
		{"https://1.2.3", 8, "IPv4 address is not in its serialized form"},
		{"https://a.1", 8, "host ends in a number but is not an IPv4 address"},
		{"https://256.1.1.1", 8, "IPv4 address part is out of range"},
		{"https://[::1", 12, "IPv6 address lacks its closing bracket"},
		{"https://[::01]", 8, "IPv6 address is not in its serialized form"},
		{"https://[::g]", 11, "IPv6 address has an invalid code point"},
		{"https://a:", 10, "port is empty"},
		{"https://a:x", 10, "port is not a number"},
		{"https://a:443", 10, "port is the scheme's default"},
		{"https://a:0443", 10, "port has a leading zero"},
		{"https://a:65536", 10, "port is greater than 65535"},
	} {
		_, err := Parse(test.input)
		e, ok := err.(*ParseError)
		if !ok || e.Offset != test.offset || e.Reason != test.reason || e.Hint() == "" && e.Reason != "" {
			t.Errorf("%q: got %#v; want %d, %s", test.input, err, test.offset, test.reason)
		}
	}
	_, err := Parse("https://a.example/" + strings.Repeat("x", 1<<20))
	if len(err.Error()) > 1000 {
		t.Errorf("an error message of %d bytes", len(err.Error()))
	}
	_, err = Parse("https://app.example/")
	if want := `origin: invalid origin "https://app.example/", byte 19: origin has something after its host and port (remove what follows the host and port; an origin has no slash at its end)`; err.Error() != want {
		t.Errorf("got %s", err)
	}
	_, err = ParseStrict("https://a_b.example")
	if e := err.(*ParseError); e.Offset != 9 {
		t.Errorf("%#v", e)
	}
}
