package structured

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

// The grammar of RFC 9651 as a regular expression, with what the parsing algorithm takes of Base64: padding may be
// missing. It is looser about display strings, which itemTwin decodes.
var sfItem = func() *regexp.Regexp {
	const (
		token   = "[A-Za-z*][!#$%&'*+\\-.^_`|~0-9A-Za-z:/]*"
		str     = `"(?:[ !#-\[\]-~]|\\["\\])*"`
		number  = `-?(?:[0-9]{1,12}\.[0-9]{1,3}|[0-9]{1,15})`
		binary  = `:(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}={0,2}|[A-Za-z0-9+/]{3}=?)?:`
		boolean = `\?[01]`
		date    = `@-?[0-9]{1,15}`
		display = `%"(?:[ !#$&-~]|%[0-9a-f]{2})*"`
		key     = `[a-z*][a-z0-9_\-.*]*`
	)
	return regexp.MustCompile(`^ *(` + token + `)((?:; *` + key + `(?:=(?:` + strings.Join([]string{token, str, number, binary, boolean, date, display}, "|") + `))?)*) *$`)
}()

var (
	sfDisplay = regexp.MustCompile(`=(%"[^"]*")`)
	sfQuoted  = regexp.MustCompile(`=("(?:[^"\\]|\\.)*")`)
)

func itemTwin(value string) (token, parameter string, ok bool) {
	m := sfItem.FindStringSubmatch(value)
	if m == nil {
		return "", "", false
	}
	// Strings become harmless, so that what is in them is not taken for all.
	var literals []string
	keep := func(re *regexp.Regexp, s string) string {
		return re.ReplaceAllStringFunc(s, func(l string) string {
			literals = append(literals, l[1:])
			return `="` + strconv.Itoa(len(literals)-1) + `"`
		})
	}
	all := m[2]
	for rest := all; ; {
		// Display strings and strings in the order in which they come, since each may hold what looks like the other.
		d, q := sfDisplay.FindStringIndex(rest), sfQuoted.FindStringIndex(rest)
		if d == nil || q != nil && q[0] < d[0] {
			if q == nil {
				break
			}
			rest = rest[q[1]:]
			continue
		}
		var decoded []byte
		for s := rest[d[0]+3 : d[1]-1]; s != ""; {
			if s[0] == '%' {
				n, _ := strconv.ParseUint(s[1:3], 16, 8)
				decoded, s = append(decoded, byte(n)), s[3:]
			} else {
				decoded, s = append(decoded, s[0]), s[1:]
			}
		}
		if !utf8.Valid(decoded) {
			return "", "", false
		}
		rest = rest[d[1]:]
	}
	all = keep(regexp.MustCompile(`=(%"[^"]*"|"(?:[^"\\]|\\.)*")`), all)
	for _, p := range strings.Split(all, ";")[1:] {
		key, v, _ := strings.Cut(strings.TrimLeft(p, " "), "=")
		if key != "p" {
			continue
		}
		parameter = ""
		if i, err := strconv.Atoi(strings.Trim(v, `"`)); err == nil && strings.HasPrefix(v, `"`) && literals[i][0] == '"' {
			l := literals[i][1 : len(literals[i])-1]
			parameter = strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(l)
		}
	}
	return m[1], parameter, true
}

func FuzzParseTokenItem(f *testing.F) {
	for _, s := range []string{"a", ` b;p="a\"b" `, `a;x=%"%c3%a9;p=1";p="=\"%";y=:aa=:`, "a;b=:YQ==:;c=::", "a;b=:Y:", "a;b=:YQ===:", "a;b=:=YQ:", "a;a=1.5;b=@3;c=?1;d=*;e", `a;p="%\"";x=%"%ff"`, "a;", `a;p="x" `,
		`a;p="b";p`, "a;p=b", "1", `"a"`, "a, a"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		token, parameter, ok := ParseTokenItem(value, "p")
		wantToken, wantParameter, want := itemTwin(value)
		if ok != want || ok && (token != wantToken || parameter != wantParameter) {
			t.Errorf("%q: %q, %q, %v; want %q, %q, %v", value, token, parameter, ok, wantToken, wantParameter, want)
		}
	})
}

// A key begins with a letter in lower case or an asterisk, and goes on with those, digits and _-. only.
func TestKeys(t *testing.T) {
	for key, want := range map[string]bool{"a": true, "z": true, "*": true, "az09_-.*": true, "{": false, "`": false, "A": false, "0": false, "_": false, "a{": false, "aA": false, "a/": false, "a:": false} {
		if _, _, ok := ParseTokenItem("x;"+key+"=1", "b"); ok != want {
			t.Errorf("%q: %v", key, ok)
		}
	}
}
