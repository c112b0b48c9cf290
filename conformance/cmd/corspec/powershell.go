package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// isPowerShell reports whether a text is a request as the developer tools write it for PowerShell.
func isPowerShell(text string) bool {
	return strings.HasPrefix(text, "$session") || hasPrefixFold(text, "Invoke-WebRequest") || hasPrefixFold(text, "Invoke-RestMethod")
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// parsePowerShell reads Invoke-WebRequest with its parameters, and the session that stands in front of it.
func parsePowerShell(text string, w *requestWords) error {
	commands := 0
	for i := 0; i < len(text); {
		rest := text[i:]
		value := func(skip int) (v string, err error) {
			at := i + skip
			for at < len(text) && strings.IndexByte(" \t\r\n=(`", text[at]) >= 0 {
				at++
			}
			if hasPrefixFold(text[at:], "[System.Text.Encoding]::UTF8.GetBytes(") {
				at += len("[System.Text.Encoding]::UTF8.GetBytes(")
			}
			v, i, err = powerShellString(text, at)
			return v, err
		}
		var v string
		var err error
		switch {
		case hasPrefixFold(rest, "Invoke-WebRequest"), hasPrefixFold(rest, "Invoke-RestMethod"):
			if commands++; commands > 1 {
				return errSeveralCommands
			}
			i += len("Invoke-WebRequest")
		case hasPrefixFold(rest, "-Uri "):
			if v, err = value(len("-Uri ")); err == nil {
				err = w.addURL(v)
			}
		case hasPrefixFold(rest, "-Method "):
			w.method, err = value(len("-Method "))
		case hasPrefixFold(rest, "-ContentType "):
			if v, err = value(len("-ContentType ")); err == nil {
				err = w.headers.add("Content-Type", v)
			}
		case hasPrefixFold(rest, "-Body "):
			v, err = value(len("-Body "))
			w.setBody(v)
		case hasPrefixFold(rest, "$session.UserAgent"):
			if v, err = value(len("$session.UserAgent")); err == nil {
				err = w.headers.add("User-Agent", v)
			}
		case hasPrefixFold(rest, "System.Net.Cookie("):
			var name, content string
			if name, err = value(len("System.Net.Cookie(")); err == nil {
				content, err = value(len(",")) // stands behind the name
			}
			w.addCookies(name + "=" + content)
		case hasPrefixFold(rest, "-Headers @{"):
			i += len("-Headers @{")
			err = w.powerShellHeaders(text, &i)
		case rest[0] == '"' || rest[0] == '\'': // of a parameter that is not read
			_, i, err = powerShellString(text, i)
		default:
			i++
		}
		if err != nil {
			return err
		}
	}
	if commands == 0 {
		return errors.New("the text has no Invoke-WebRequest; was all of it copied?")
	}
	return nil
}

// powerShellHeaders reads the pairs of a hash table up to its end.
func (w *requestWords) powerShellHeaders(text string, at *int) error {
	for *at < len(text) {
		switch c := text[*at]; {
		case c == '}':
			*at++
			return nil
		case strings.IndexByte(" \t\r\n;=", c) >= 0:
			*at++
		default:
			name, next, err := powerShellString(text, *at)
			if err != nil {
				return err
			}
			for next < len(text) && strings.IndexByte(" \t\r\n=", text[next]) >= 0 {
				next++
			}
			value, next, err := powerShellString(text, next)
			if err != nil {
				return err
			}
			*at = next
			if err := w.headers.add(name, value); err != nil {
				return err
			}
		}
	}
	return errors.New("the headers are not closed; was all of the command copied?")
}

// powerShellString reads a string in quotes, and returns where it ends.
func powerShellString(text string, at int) (s string, after int, err error) {
	if at == len(text) || text[at] != '"' && text[at] != '\'' {
		return "", at, fmt.Errorf("byte %d: a string in quotes has to stand here: %.40q", at, text[at:])
	}
	quote := text[at]
	var b strings.Builder
	for i := at + 1; i < len(text); i++ {
		c := text[i]
		switch {
		case c == quote && strings.HasPrefix(text[i+1:], string(quote)):
			b.WriteByte(c)
			i++
		case c == quote:
			return b.String(), i + 1, nil
		case c == '`' && quote == '"' && i+1 < len(text):
			i++
			if n := strings.IndexByte("0abefnrtv", text[i]); n >= 0 {
				b.WriteByte("\x00\a\b\x1b\f\n\r\t\v"[n])
			} else {
				b.WriteByte(text[i])
			}
		case c == '$' && quote == '"' && strings.HasPrefix(text[i:], "$([char]"):
			digits, _, ok := strings.Cut(text[i+len("$([char]"):], ")")
			n, err := strconv.ParseUint(digits, 10, 16)
			if !ok || err != nil {
				return "", at, notExpanded(text, i)
			}
			b.WriteRune(rune(n))
			i += len("$([char]") + len(digits)
		case c == '$' && quote == '"':
			return "", at, notExpanded(text, i)
		default:
			b.WriteByte(c)
		}
	}
	return "", at, openQuote(text, at)
}
