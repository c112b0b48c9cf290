package quote

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/corspec/corspec/internal/lineartest"
)

func TestQuote(t *testing.T) {
	long := strings.Repeat("a", 119)
	for s, want := range map[string]string{
		"":                            `""`,
		"a\"b\n\x1b\xff":              `"a\"b\n\x1b\xff"`,
		long + "b":                    `"` + long + `b"`,
		long + "bc":                   `"` + long + `b"… (121 bytes)`,
		long + "éc":                   `"` + long + `"… (122 bytes)`,
		long + "\x80\x80\x80\x80\x80": `"` + long + `\x80"… (124 bytes)`,
	} {
		if got := Quote(s); got != want {
			t.Errorf("%q: %s, want %s", s, got, want)
		}
	}
}

func TestLine(t *testing.T) {
	for s, want := range map[string]string{
		"":                             "",
		`say "é"`:                      `say "é"`,
		"say \"x\"\t":                  `say "x"\t`,
		"a\nb\x1b[31m\xff":             `a\nb\x1b[31m\xff`,
		"\u202e\ufffd":                 `\u202e` + "\ufffd",
		strings.Repeat("é", 10):        strings.Repeat("é", 10),
		strings.Repeat("é", 11):        strings.Repeat("é", 10) + "… (22 bytes)",
		"\n" + strings.Repeat("é", 11): `\n` + strings.Repeat("é", 9) + "… (23 bytes)",
	} {
		if got := Line(s, 20); got != want {
			t.Errorf("%q: %s, want %s", s, got, want)
		}
	}
}

func TestPasswords(t *testing.T) {
	for s, want := range map[string]string{
		"https://user:secret@a.example/":                                                 "https://user:***@a.example/",
		"https://user:s:ecr@et@a.example:8080?x=y@z":                                     "https://user:***@a.example:8080?x=y@z",
		"https://:secret@a.example":                                                      "https://:***@a.example",
		"https://user@a.example:8080/x:y@z":                                              "https://user@a.example:8080/x:y@z",
		"https://user:@a.example/":                                                       "https://user:@a.example/",
		"//user:secret@a.example/":                                                       "//user:***@a.example/",
		`https:\\user:secret@a.example\`:                                                 `https:\\user:***@a.example\`,
		"https:///user:secret@a.example/":                                                "https:///user:***@a.example/",
		"https://a.example/x//y:z@1.0":                                                   "https://a.example/x//y:z@1.0",
		"https://a.example//y:z@1.0":                                                     "https://a.example//y:z@1.0",
		"https://a.example/?u=ftp://user:secret@b.example":                               "https://a.example/?u=ftp://user:***@b.example",
		"https://a:secret@a.example/ and http://b:secret@b/":                             "https://a:***@a.example/ and http://b:***@b/",
		`GET //user:secret@a.example/: "//user:secret@a/"`:                               `GET //user:***@a.example/: "//user:***@a/"`,
		"https://user:" + strings.Repeat("secret", 50) + "@a/":                           "https://user:***@a/",
		"https://:@x:secret@y":                                                           "https://:***@y",
		`invalid origin "https://u:secret@a": remove all up to the @; write "https://a"`: `invalid origin "https://u:***@a": remove all up to the @; write "https://a"`,
		"write http://localhost:8080 in place of all up to the @":                        "write http://localhost:8080 in place of all up to the @",
		"https:user:secret@a.example/":                                                   "https:user:***@a.example/",
		"HTTPS:user:secret@a.example":                                                    "HTTPS:user:***@a.example",
		"https:/user:secret@a.example":                                                   "https:/user:***@a.example",
		`wss:\user:secret@a.example`:                                                     `wss:\user:***@a.example`,
		"x (ftp:user:secret@a.example)":                                                  "x (ftp:user:***@a.example)",
		"/?u=http:user:secret@a.example":                                                 "/?u=http:user:***@a.example",
		"https: user:name@a.example":                                                     "https: user:name@a.example",
		"https:?user:name@a.example":                                                     "https:?user:name@a.example",
		"xhttps:user:name@a.example":                                                     "xhttps:user:name@a.example",
		"the scheme is https:":                                                           "the scheme is https:",
		"https://user:se cret@a.example/":                                                "https://user:***@a.example/",
		"https://user:a secret of words@a.example":                                       "https://user:***@a.example",
		`https://user:se"cret@a.example/`:                                                `https://user:***@a.example/`,
		`"https://user:se\"cret@a.example/"`:                                             `"https://user:***@a.example/"`,
		`https:user:se"cret word@a.example/`:                                             `https:user:***@a.example/`,
		"https://user:se cret@[::1]/":                                                    "https://user:***@[::1]/",
		"https://user:se cret@a.example mails me@b.example":                              "https://user:***@a.example mails me@b.example",
		"http://localhost:8080 mails me@b.example":                                       "http://localhost:8080 mails me@b.example",
		"http://[::1]:8080 mails me@b.example":                                           "http://[::1]:8080 mails me@b.example",
		"https://a.example:* mails me@b.example":                                         "https://a.example:* mails me@b.example",
		"https://a.example:[1,2] mails me@b.example":                                     "https://a.example:[1,2] mails me@b.example",
		"https://a.example mails b:me@b.example":                                         "https://a.example mails b:me@b.example",
		`"https://a.example:port", "me@b.example"`:                                       `"https://a.example:port", "me@b.example"`,
		`"https://a.example:port" and "me@b.example"`:                                    `"https://a.example:port" and "me@b.example"`,
		"https://a.example:port, or me@b.example":                                        "https://a.example:port, or me@b.example",
		"https://a.example:port and all up to the @":                                     "https://a.example:port and all up to the @",
		`//"x@a.example`:                                                                 `//"x@a.example`,
		"https://a.example:port. Mail me@b.example":                                      "https://a.example:port. Mail me@b.example",
		`https://user:se"!é@a.example/`:                                                  `https://user:***@a.example/`,
		"https:// user:x@a.example":                                                      "https:// user:x@a.example",
		"mailto:user@a.example":                                                          "mailto:user@a.example",
		"a.example:80 and user@a.example":                                                "a.example:80 and user@a.example",
	} {
		if got := Line(s, 200); got != want {
			t.Errorf("%s: %s, want %s", s, got, want)
		}
		if got := Line(want, 200); got != want {
			t.Errorf("%s: %s", want, got)
		}
	}
	if got, want := Quote("http://u:secret@a/\n"), `"http://u:***@a/\n"`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got, want := Line("http://u:"+strings.Repeat("secret", 10)+"@a.example/", 12), "http://u:***… (80 bytes)"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func FuzzLine(f *testing.F) {
	f.Add("a\x1b\xc3", 3)
	f.Add("http://a:b@c//d:e@", 3)
	f.Add("//\"x@d", 3)
	f.Add("https:a:b c@d ws:\\\"", 3)
	f.Fuzz(func(t *testing.T, s string, most int) {
		most = max(0, min(most, 1000))
		for _, got := range []string{Line(s, most), Quote(s)} {
			if !utf8.ValidString(got) || !clean(got) {
				t.Errorf("%q: %q", s, got)
			}
		}
		if len(s) <= most && clean(s) && !strings.Contains(s, "@") && Line(s, most) != s {
			t.Errorf("%q: %q", s, Line(s, most))
		}
	})
}

func TestLinear(t *testing.T) {
	lineartest.Check(t, func(size int) func() {
		var all []string
		for _, part := range []string{"\x1b", "/", "@//", "://a:b@", "https:", "https:?", "https:a:b ", "//a:b c ", `//a:b"c`} {
			all = append(all, strings.Repeat(part, size/len(part))+"@")
		}
		return func() {
			for _, s := range all {
				Quote(s)
				Line(s, 1000)
			}
		}
	})
}
