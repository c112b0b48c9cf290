package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// mostParts is how many words, headers, members or cookies a text may have. Nobody's request has so many.
const mostParts = 10_000

var errManyParts = fmt.Errorf("there are more than %d words, headers, members or cookies", mostParts)

// errSeveralCommands is for a text that holds more than one command.
var errSeveralCommands = errors.New("there are several commands; give one of them")

// shellWords splits the first command of a text into words as a POSIX shell does, with the $'…' of bash. What would run
// a program or look up a variable is refused. What stands behind a pipe or a redirection is left out. A line also goes
// on behind a backtick, as in PowerShell.
func shellWords(text string) ([]string, error) {
	var words []string
	var word strings.Builder
	inWord := false
	end := func() {
		if inWord {
			words = append(words, word.String())
		}
		word.Reset()
		inWord = false
	}
	for i := 0; i < len(text); {
		if len(words) > mostParts {
			return nil, errManyParts
		}
		c := text[i]
		switch {
		case (c == '\\' || c == '`') && strings.HasPrefix(text[i+1:], "\r\n"):
			i += 3
		case (c == '\\' || c == '`') && strings.HasPrefix(text[i+1:], "\n"):
			i += 2
		case c == '\\':
			inWord = true
			i++
			if i < len(text) {
				word.WriteByte(text[i])
				i++
			}
		case c == '\'':
			closing := strings.IndexByte(text[i+1:], '\'')
			if closing < 0 {
				return nil, openQuote(text, i)
			}
			word.WriteString(text[i+1 : i+1+closing])
			inWord, i = true, i+closing+2
		case c == '$' && strings.HasPrefix(text[i+1:], "'"):
			n, err := ansiQuoted(&word, text[i+2:])
			if err != nil {
				return nil, fmt.Errorf("byte %d: %w", i, err)
			}
			inWord, i = true, i+2+n
		case c == '"':
			n, err := doubleQuoted(&word, text, i)
			if err != nil {
				return nil, err
			}
			inWord, i = true, n
		case c == '`' || c == '$':
			return nil, notExpanded(text, i)
		case c == '#' && !inWord: // a comment
			if end := strings.IndexByte(text[i:], '\n'); end >= 0 {
				i += end
			} else {
				i = len(text)
			}
		case c == ' ' || c == '\t' || c == '\r':
			end()
			i++
		case strings.IndexByte("\n;|&<>", c) >= 0:
			if word := word.String(); c == '>' && inWord && strings.Trim(word, "0123456789") == "" {
				inWord = false // 2>file
			}
			end()
			if len(words) > 0 {
				return words, otherCommand(text[i:])
			}
			i++
		default:
			word.WriteByte(c)
			inWord = true
			i++
		}
	}
	end()
	return words, nil
}

// otherCommand fails if the rest of a text holds another curl command.
func otherCommand(rest string) error {
	for part := range strings.FieldsFuncSeq(rest, func(r rune) bool { return strings.ContainsRune("\n;&", r) }) {
		if fields := strings.Fields(part); len(fields) > 0 && isCurl(fields[0]) {
			return errSeveralCommands
		}
	}
	return nil
}

func openQuote(text string, at int) error {
	return fmt.Errorf("byte %d: the quote that opens here is not closed: %.40q; was all of the command copied?", at, text[at:])
}

func notExpanded(text string, at int) error {
	return fmt.Errorf("byte %d: %.40q would be replaced by a shell, which is not done here; write what it stands for", at, text[at:])
}

// doubleQuoted writes what stands between double quotes to word, and returns where it ends.
func doubleQuoted(word *strings.Builder, text string, at int) (int, error) {
	for i := at + 1; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			return i + 1, nil
		case c == '`', c == '$' && i+1 < len(text) && (text[i+1] == '{' || text[i+1] == '(' || text[i+1] == '_' || text[i+1]|0x20 >= 'a' && text[i+1]|0x20 <= 'z'):
			return 0, notExpanded(text, i)
		case c == '\\' && i+1 < len(text):
			i++
			switch {
			case text[i] == '\n':
			case strings.IndexByte("$`\"\\", text[i]) >= 0:
				word.WriteByte(text[i])
			default:
				word.WriteByte('\\')
				word.WriteByte(text[i])
			}
		default:
			word.WriteByte(c)
		}
	}
	return 0, openQuote(text, at)
}

// ansiQuoted writes what stands in $'…' to word; rest begins behind the opening quote. It returns how much of rest that
// is.
func ansiQuoted(word *strings.Builder, rest string) (int, error) {
	for i := 0; i < len(rest); i++ {
		c := rest[i]
		if c == '\'' {
			return i + 1, nil
		}
		if c != '\\' || i+1 == len(rest) {
			word.WriteByte(c)
			continue
		}
		i++
		// number reads up to n digits of that base behind i.
		number := func(from, n, base int) uint64 {
			to := from
			for to < len(rest) && to-from < n {
				if _, err := strconv.ParseUint(rest[to:to+1], base, 8); err != nil {
					break
				}
				to++
			}
			v, _ := strconv.ParseUint(rest[from:to], base, 64)
			i = to - 1
			return v
		}
		switch c := rest[i]; c {
		case 'a', 'b', 'e', 'E', 'f', 'n', 'r', 't', 'v':
			word.WriteByte("\a\b\x1b\x1b\f\n\r\t\v"[strings.IndexByte("abeEfnrtv", c)])
		case '0', '1', '2', '3', '4', '5', '6', '7':
			word.WriteByte(byte(number(i, 3, 8)))
		case 'x':
			word.WriteByte(byte(number(i+1, 2, 16)))
		case 'u', 'U':
			n := 4
			if c == 'U' {
				n = 8
			}
			r := rune(utf8.RuneError)
			if v := number(i+1, n, 16); v <= utf8.MaxRune {
				r = rune(v)
			}
			word.WriteRune(r)
		case '\\', '\'', '"', '?':
			word.WriteByte(c)
		default:
			word.WriteByte('\\')
			word.WriteByte(c)
		}
	}
	return 0, errors.New("$' opens here and is not closed; was all of the command copied?")
}

// isForCmd tells a command for the shell of Windows: its lines go on behind a caret. PowerShell, which calls curl.exe
// as well, has single quotes and backticks.
func isForCmd(text string) bool {
	caret := strings.Contains(text, `^"`) || strings.Contains(text, "^\n") || strings.Contains(text, "^\r\n")
	return caret || strings.HasPrefix(text, "curl.exe ") && !strings.Contains(text, " '") && !strings.Contains(text, "`\n") && !strings.Contains(text, "`\r\n")
}

// cmdWords splits a command for the shell of Windows into words, as the developer tools of browsers write it: a caret
// takes the next byte for what it is, also within quotes, two line breaks behind one are a line break, and a backslash
// in quotes does the same for the bytes that it has a meaning for.
func cmdWords(text string) ([]string, error) {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	var words []string
	var word strings.Builder
	inWord, quoted := false, false
	end := func() {
		if inWord {
			words = append(words, word.String())
		}
		word.Reset()
		inWord = false
	}
	// next returns the byte at i without carets in front of it, and where it ends.
	next := func(i int) (c byte, after int, literal bool) {
		if text[i] != '^' || i+1 == len(text) {
			return text[i], i + 1, false
		}
		if strings.HasPrefix(text[i+1:], "\n\n") {
			return '\n', i + 3, true
		}
		return text[i+1], i + 2, true
	}
	for i := 0; i < len(text); {
		if len(words) > mostParts {
			return nil, errManyParts
		}
		c, after, literal := next(i)
		switch {
		case c == '\n' && !quoted:
			if literal { // the command goes on
				end()
				break
			}
			end()
			if len(words) > 0 {
				return words, otherCommand(text[after:])
			}
		case c == '"':
			quoted, inWord = !quoted, true
		case c == '\\' && after < len(text):
			inWord = true
			if d, afterNext, _ := next(after); strings.IndexByte("\\\"`$", d) >= 0 {
				c, after = d, afterNext
			}
			word.WriteByte(c)
		case (c == ' ' || c == '\t') && !quoted:
			end()
		case (c == '&' || c == '|' || c == '>') && !quoted && !literal:
			end()
			if len(words) > 0 {
				return words, otherCommand(text[i:])
			}
		default:
			word.WriteByte(c)
			inWord = true
		}
		i = after
	}
	if quoted {
		return nil, errors.New("a quote is not closed; was all of the command copied?")
	}
	end()
	return words, nil
}
