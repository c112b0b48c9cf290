//go:build ignore

// Gen writes delta.go (run it with Go 1.26, whose Unicode is the older): what UTS #46 does to code points differently
// in the newest of golang.org/x/net/idna's tables than in the oldest, for code points that the oldest know. Both sets
// of tables come with the module, of which a build takes one by its Go version; this program builds copies of both, in
// a folder of its own, and compares them code point by code point.
//
// It also writes what rule A.1 of RFC 5892 has to know of joining, see joiners.go.
//
// Of code points that Unicode has assigned since, only those of planes 2 and 3
// are taken, which are for ideographs: all left-to-right letters that neither
// join nor compose. For others, what a domain needs to know besides (their
// normalization, joining and bidi properties) is not there either: they stay
// disallowed.
package main

import (
	"bytes"
	"fmt"
	"go/format"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// dump is put beside the tables. It gives a code point's status: V valid, M
// mapped, I ignored, D disallowed.
const dump = `package idna

func Status(r rune) (byte, string) {
	s := string(r)
	v, size := trie.lookupString(s)
	if size == 0 {
		return 'D', ""
	}
	c := info(v)
	switch c.category() {
	case valid, validNV8, validXV8, deviation, disallowedSTD3Valid:
		return 'V', ""
	case mapped, disallowedSTD3Mapped:
		return 'M', mapOf(c, s)
	case ignored:
		return 'I', ""
	}
	return 'D', ""
}

// Joining gives what of a code point matters to joiners: V a virama, J what joins
// to the letter before it (joining type D or R), T transparent.
func Joining(r rune) byte {
	v, _ := trie.lookupString(string(r))
	switch c := info(v); {
	case c.isViramaModifier():
		return 'V'
	case c.joinType() == joiningD, c.joinType() == joiningR:
		return 'J'
	case c.joinType() == joiningT:
		return 'T'
	}
	return ' '
}

func mapOf(c info, s string) string {
	at := int(c >> indexShift)
	if c&xorBit == 0 {
		return mappings[mappingIndex[at]:mappingIndex[at+1]]
	}
	b := []byte(s)
	if c&inlineXOR == inlineXOR {
		b[len(b)-1] ^= byte(at)
		return string(b)
	}
	n := int(xorData[at])
	for i := range n {
		b[len(b)-n+i] ^= xorData[at+1+i]
	}
	return string(b)
}
`

const compare = `package main

import (
	"fmt"
	"unicode"

	older "compare/older"
	newer "compare/newer"
)

func main() {
	for r := rune(0x80); r <= unicode.MaxRune; r++ {
		if status, _ := newer.Status(r); status == 'V' {
			switch j := newer.Joining(r); {
			case j == 'V':
				fmt.Printf("range virama %X\n", r)
			case j == 'J':
				fmt.Printf("range joinsBefore %X\n", r)
			case (j == 'T') != unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) && unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Cf):
				fmt.Printf("other %#U: joining type T: %t\n", r, j == 'T')
			}
		}
		if r>>16 == 2 || r>>16 == 3 {
			was, _ := older.Status(r)
			if is, _ := newer.Status(r); was == 'D' && is == 'V' {
				fmt.Printf("range newIdeograph %X\n", r)
				continue
			}
		}
		if !unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Z, unicode.Cc, unicode.Cf) {
			continue
		}
		was, wasTo := older.Status(r)
		is, to := newer.Status(r)
		switch {
		case was == is && wasTo == to:
		case is == 'M':
			fmt.Printf("case %#U: // %s\n\treturn %q, true\n", r, string(was), to)
		case is == 'I':
			fmt.Printf("case %#U: // %s\n\treturn \"\", true\n", r, string(was))
		default:
			fmt.Printf("other %#U: %s to %s\n", r, string(was), string(is))
		}
	}
}
`

func main() {
	log.SetFlags(0)
	src := filepath.Join(output(".", "go", "list", "-m", "-f", "{{.Dir}}", "golang.org/x/net"), "idna")
	version := output(".", "go", "list", "-m", "-f", "{{.Version}}", "golang.org/x/net")
	tables, err := filepath.Glob(filepath.Join(src, "tables*.go"))
	if err != nil || len(tables) < 2 {
		log.Fatalf("%s has no two sets of tables: nothing to compare (%v)", src, err)
	}
	dir, err := os.MkdirTemp("", "idna")
	check(err)
	defer os.RemoveAll(dir)
	write(dir, "go.mod", "module compare\n\ngo 1.26\n")
	write(dir, "main.go", compare)
	var versions []string
	for i, name := range []string{"older", "newer"} {
		table := tables[0]
		if i == 1 {
			table = tables[len(tables)-1]
		}
		versions = append(versions, strings.TrimSuffix(strings.TrimPrefix(filepath.Base(table), "tables"), ".go"))
		for _, file := range []string{table, filepath.Join(src, "trie.go"), filepath.Join(src, "trieval.go")} {
			text, err := os.ReadFile(file)
			check(err)
			text = regexp.MustCompile(`(?m)^//go:build.*$`).ReplaceAll(text, nil)
			text = regexp.MustCompile(`(?m)^package idna.*$`).ReplaceAll(text, []byte("package idna"))
			write(dir, filepath.Join(name, filepath.Base(file)), string(text))
		}
		write(dir, filepath.Join(name, "dump.go"), dump)
	}

	var cases, other []string
	ranges := map[string][][2]int64{}
	from := map[string]string{}
	for _, line := range regexp.MustCompile(`(?m)^(case|other|range) .*(\n\t.*)?`).FindAllString(output(dir, "go", "run", "."), -1) {
		if strings.HasPrefix(line, "other") {
			other = append(other, strings.TrimPrefix(line, "other "))
			continue
		}
		if rest, ok := strings.CutPrefix(line, "range "); ok {
			name, hex, _ := strings.Cut(rest, " ")
			r, err := strconv.ParseInt(hex, 16, 32)
			check(err)
			if l := ranges[name]; len(l) > 0 && l[len(l)-1][1] == r-1 {
				l[len(l)-1][1] = r
			} else {
				ranges[name] = append(l, [2]int64{r, r})
			}
			continue
		}
		m := regexp.MustCompile(`^case U\+([0-9A-F]+)(?: .*)?: // (.)\n\treturn (.*), true$`).FindStringSubmatch(line)
		if m == nil {
			log.Fatalf("unexpected %q", line)
		}
		cases = append(cases, m[1])
		from[m[1]] = m[3]
	}

	var b bytes.Buffer
	fmt.Fprintf(&b, "// Code generated by gen.go (%s); DO NOT EDIT.\n\npackage idna\n\nimport \"unicode\"\n\n", time.Now().UTC().Format(time.DateOnly))
	fmt.Fprintf(&b, "// Source: the tables of golang.org/x/net/idna %s for Unicode %s and %s, compared\n", version, versions[0], versions[1])
	fmt.Fprintf(&b, "// for the code points that Unicode %s has assigned. Neither mapped nor ignored,\n// and so left as the older tables have it:\n//\n", versions[0])
	for _, o := range other {
		fmt.Fprintf(&b, "//   - %s\n", o)
	}
	fmt.Fprintf(&b, "//\n// (V valid, M mapped, I ignored, D disallowed.)\n\n")
	fmt.Fprintf(&b, "// delta returns what a code point is mapped to, \"\" where it is ignored, if Unicode\n// %s maps it otherwise than %s. Where the tables are the newer ones it says the\n// same as they do.\nfunc delta(r rune) (to string, ok bool) {\n\tswitch r {\n", versions[1], versions[0])
	// One case for all that is ignored, one for each mapping.
	var ignored []string
	for _, c := range cases {
		if from[c] == `""` {
			ignored = append(ignored, "0x"+c)
		}
	}
	fmt.Fprintf(&b, "\tcase %s:\n\t\treturn \"\", true\n", strings.Join(ignored, ", "))
	for _, c := range cases {
		if from[c] != `""` {
			fmt.Fprintf(&b, "\tcase 0x%s:\n\t\treturn %s, true\n", c, from[c])
		}
	}
	b.WriteString("\t}\n\treturn \"\", false\n}\n\n")
	fmt.Fprintf(&b, "// newIdeograph reports whether a code point of planes 2 and 3 is valid under Unicode\n// %s, but not assigned in %s.\nfunc newIdeograph(r rune) bool {\n\treturn ", versions[1], versions[0])
	for i, r := range ranges["newIdeograph"] {
		if i > 0 {
			b.WriteString(" || ")
		}
		fmt.Fprintf(&b, "0x%X <= r && r <= 0x%X", r[0], r[1])
	}
	b.WriteString("\n}\n")
	writeTable(&b, ranges, "virama", "virama is what joiners may follow (canonical combining class 9)")
	writeTable(&b, ranges, "joinsBefore", "joinsBefore is what joins to the letter before it (joining types D and R)")
	text, err := format.Source(b.Bytes())
	check(err)
	check(os.WriteFile("delta.go", text, 0o666))
}

func writeTable(b *bytes.Buffer, ranges map[string][][2]int64, name, comment string) {
	fmt.Fprintf(b, "\n// %s.\nvar %s = &unicode.RangeTable{\n", comment, name)
	for _, part := range []struct {
		field       string
		first, last int64
	}{{"R16", 0, 0xFFFF}, {"R32", 0x10000, unicode.MaxRune}} {
		fmt.Fprintf(b, "%s: []unicode.Range%s{\n", part.field, part.field[1:])
		for _, r := range ranges[name] {
			if part.first <= r[0] && r[0] <= part.last {
				fmt.Fprintf(b, "{0x%X, 0x%X, 1},\n", r[0], r[1])
			}
		}
		b.WriteString("},\n")
	}
	b.WriteString("}\n")
}

func output(dir string, command ...string) string {
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Dir = dir
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	check(err)
	return strings.TrimSpace(string(out))
}

func write(dir, name, text string) {
	path := filepath.Join(dir, name)
	check(os.MkdirAll(filepath.Dir(path), 0o777))
	check(os.WriteFile(path, []byte(text), 0o666))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
