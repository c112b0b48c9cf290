package main

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestShellWordsAsBash compares the words of commands with those that bash makes of them.
func TestShellWordsAsBash(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skipf("SKIPPED: there is no bash to compare with: %v", err)
	}
	pieces := []string{"a", "-H", " ", " ", "  ", "\t", " \\\n  ", "'b c'", "''", `"d e"`, `"f\"g"`, `"h\\i"`, `"j\nk"`, `"l\` + "\n" + `m"`, `\'`, `\"`, `\ `, `\\`, `\n`, `$'o p'`, `$'q\'r'`, `$'s\\t'`, `$'\u00e9'`, `$'\u21'`,
		`$'\x41\x42g'`, `$'\101\60'`, `$'\n\t\r'`, `$'\U0001F600'`, `$'\qz'`, `$'\e['`, "é", "=", ":", "*", "/", "@", "%", "+", ",", "~x", "'\n'", `"$"`, `"$ "`, `"!"`, "#x"}
	random := rand.New(rand.NewPCG(1, 2))
	texts := []string{}
	for range 400 {
		text := "curl x"
		for range random.IntN(12) {
			text += pieces[random.IntN(len(pieces))]
		}
		texts = append(texts, text)
	}
	for _, c := range clipboard {
		if strings.HasPrefix(c.text, "curl '") {
			text, _, _ := strings.Cut(c.text, " |")
			texts = append(texts, text)
		}
	}
	// One shell for all: each text is a script of its own, of which the words come back.
	cmd := exec.Command(bash, append([]string{"-c", `set -f; for text; do ( curl() { printf '%s\0' "$@"; }; eval "$text" ); printf '\1\0'; done`, "bash"}, texts...)...)
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "HOME=/home/nobody")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	answers := strings.Split(string(out), "\x01\x00")
	at := 0
	for _, text := range texts {
		got, err := shellWords(text)
		var want []string
		if at < len(answers) {
			want = strings.Split(strings.TrimSuffix(answers[at], "\x00"), "\x00")
		}
		at++
		if err != nil || !slices.Equal(got[1:], want) {
			t.Errorf("%q:\n%q, %v, want\n%q", text, got, err, want)
		}
	}
	if len(answers) != len(texts)+1 {
		t.Errorf("%d answers to %d texts", len(answers)-1, len(texts))
	}
}

// TestCmdWords splits what the developer tools write for the shell of Windows.
func TestCmdWords(t *testing.T) {
	for text, want := range map[string][]string{
		`curl "https://a.example/" ^` + "\n" + `  -H "a: b" --compressed`: {"curl", "https://a.example/", "-H", "a: b", "--compressed"},
		`curl ^"https://a.example/?a=1^&b=^%^20^" -H ^"x: ^\^"y^\^"^"`:    {"curl", "https://a.example/?a=1&b=%20", "-H", `x: "y"`},
		`curl ^"a^^b^" ^"c\\\\d^" ^"e\` + "`" + `f\$g^"`:                  {"curl", "a^b", `c\\d`, "e`f$g"},
		"curl ^\"a^\n\nb^\" ^\r\n  c":                                     {"curl", "a\nb", "c"},
		"curl ^\"a^\" | more":                                             {"curl", "a"},
		"curl.exe -s \"https://a.example/\"":                              {"curl.exe", "-s", "https://a.example/"},
		"curl ^\"^\" x":                                                   {"curl", "", "x"},
	} {
		if got, err := cmdWords(text); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: %q, %v, want %q", text, got, err, want)
		}
	}
}
