package weburl

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// This file is the slow twin of the parser: the standard's state machine, state
// by state and code point by code point, on a record with a list for a path.
// The host parser is shared; it has twins of its own.

type record struct {
	scheme, username, password string
	host                       *string
	port                       *int
	path                       []string
	opaquePath                 *string
	query, fragment            *string
}

func (u *record) special() bool {
	return slices.Contains([]string{"ftp", "file", "http", "https", "ws", "wss"}, u.scheme)
}

func (u *record) shorten() {
	if u.scheme == "file" && len(u.path) == 1 && isNormalizedWindowsDriveLetter(u.path[0]) {
		return
	}
	if len(u.path) > 0 {
		u.path = u.path[:len(u.path)-1]
	}
}

func (u *record) serialize() string {
	out := u.scheme + ":"
	if u.host != nil {
		out += "//"
		if u.username != "" || u.password != "" {
			out += u.username
			if u.password != "" {
				out += ":" + u.password
			}
			out += "@"
		}
		out += *u.host
		if u.port != nil {
			out += ":" + strconv.Itoa(*u.port)
		}
	}
	if u.host == nil && u.opaquePath == nil && len(u.path) > 1 && u.path[0] == "" {
		out += "/."
	}
	if u.opaquePath != nil {
		out += *u.opaquePath
	} else {
		for _, segment := range u.path {
			out += "/" + segment
		}
	}
	if u.query != nil {
		out += "?" + *u.query
	}
	if u.fragment != nil {
		out += "#" + *u.fragment
	}
	return out
}

const eof = -1

func encodeRune(r rune, set string) string {
	if r > 0x7E || r < 0x20 || strings.ContainsRune(set, r) {
		out := ""
		for _, c := range []byte(string(r)) {
			out += "%" + strings.ToUpper(strconv.FormatInt(0x100|int64(c), 16)[1:])
		}
		return out
	}
	return string(r)
}

func encodeString(s, set string) string {
	out := ""
	for _, r := range s {
		out += encodeRune(r, set)
	}
	return out
}

const (
	machineFragmentSet     = " \"<>`"
	machineQuerySet        = " \"#<>"
	machineSpecialQuerySet = machineQuerySet + "'"
	machinePathSet         = machineQuerySet + "?^`{}"
	machineUserinfoSet     = machinePathSet + "/:;=@[\\]|"
)

func ptr[T any](v T) *T { return &v }

func clonePtr[T any](p *T) *T {
	if p == nil {
		return nil
	}
	return ptr(*p)
}

func isAlpha(c rune) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }
func isDigit(c rune) bool { return '0' <= c && c <= '9' }

func isSingleDot(s string) bool { return s == "." || strings.EqualFold(s, "%2e") }

func isDoubleDot(s string) bool {
	return s == ".." || strings.EqualFold(s, ".%2e") || strings.EqualFold(s, "%2e.") || strings.EqualFold(s, "%2e%2e")
}

// machine is the basic URL parser; nil is failure.
func machine(s string, base *record) *record {
	if !utf8.ValidString(s) {
		s = string([]rune(s))
	}
	s = strings.TrimFunc(s, func(r rune) bool { return r <= ' ' })
	s = strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(s)
	input := []rune(s)
	u := &record{}
	state, buffer := "scheme start", ""
	atSignSeen, insideBrackets, passwordTokenSeen := false, false, false
	remaining := func(p int) string {
		if p+1 >= len(input) {
			return ""
		}
		return string(input[p+1:])
	}
	copyBase := func() {
		u.username, u.password, u.host, u.port = base.username, base.password, clonePtr(base.host), clonePtr(base.port)
	}
	for p := 0; ; p++ {
		c := rune(eof)
		if p < len(input) {
			c = input[p]
		}
		backslash := u.special() && c == '\\'
		switch state {
		case "scheme start":
			if isAlpha(c) {
				buffer += strings.ToLower(string(c))
				state = "scheme"
			} else {
				state = "no scheme"
				p--
			}
		case "scheme":
			if isAlpha(c) || isDigit(c) || c == '+' || c == '-' || c == '.' {
				buffer += strings.ToLower(string(c))
			} else if c == ':' {
				u.scheme = buffer
				buffer = ""
				switch {
				case u.scheme == "file":
					state = "file"
				case u.special() && base != nil && base.scheme == u.scheme:
					state = "special relative or authority"
				case u.special():
					state = "special authority slashes"
				case strings.HasPrefix(remaining(p), "/"):
					state = "path or authority"
					p++
				default:
					u.opaquePath = ptr("")
					state = "opaque path"
				}
			} else {
				buffer = ""
				state = "no scheme"
				p = -1
			}
		case "no scheme":
			switch {
			case base == nil || base.opaquePath != nil && c != '#':
				return nil
			case base.opaquePath != nil:
				u.scheme, u.opaquePath, u.query = base.scheme, clonePtr(base.opaquePath), clonePtr(base.query)
				u.fragment = ptr("")
				state = "fragment"
			case base.scheme != "file":
				state = "relative"
				p--
			default:
				state = "file"
				p--
			}
		case "special relative or authority":
			if c == '/' && strings.HasPrefix(remaining(p), "/") {
				state = "special authority ignore slashes"
				p++
			} else {
				state = "relative"
				p--
			}
		case "path or authority":
			if c == '/' {
				state = "authority"
			} else {
				state = "path"
				p--
			}
		case "relative":
			u.scheme = base.scheme
			backslash = u.special() && c == '\\'
			if c == '/' || backslash {
				state = "relative slash"
				break
			}
			copyBase()
			u.path, u.query = slices.Clone(base.path), clonePtr(base.query)
			switch {
			case c == '?':
				u.query = ptr("")
				state = "query"
			case c == '#':
				u.fragment = ptr("")
				state = "fragment"
			case c != eof:
				u.query = nil
				u.shorten()
				state = "path"
				p--
			}
		case "relative slash":
			switch {
			case u.special() && (c == '/' || c == '\\'):
				state = "special authority ignore slashes"
			case c == '/':
				state = "authority"
			default:
				copyBase()
				state = "path"
				p--
			}
		case "special authority slashes":
			state = "special authority ignore slashes"
			if c == '/' && strings.HasPrefix(remaining(p), "/") {
				p++
			} else {
				p--
			}
		case "special authority ignore slashes":
			if c != '/' && c != '\\' {
				state = "authority"
				p--
			}
		case "authority":
			switch {
			case c == '@':
				if atSignSeen {
					buffer = "%40" + buffer
				}
				atSignSeen = true
				for _, r := range buffer {
					if r == ':' && !passwordTokenSeen {
						passwordTokenSeen = true
						continue
					}
					if passwordTokenSeen {
						u.password += encodeRune(r, machineUserinfoSet)
					} else {
						u.username += encodeRune(r, machineUserinfoSet)
					}
				}
				buffer = ""
			case c == eof || c == '/' || c == '?' || c == '#' || backslash:
				if atSignSeen && buffer == "" {
					return nil
				}
				p -= len([]rune(buffer)) + 1
				buffer = ""
				state = "host"
			default:
				buffer += string(c)
			}
		case "host":
			switch {
			case c == ':' && !insideBrackets:
				if buffer == "" {
					return nil
				}
				host, err := ParseHost(buffer, !u.special())
				if err != nil {
					return nil
				}
				u.host, buffer, state = &host, "", "port"
			case c == eof || c == '/' || c == '?' || c == '#' || backslash:
				p--
				if u.special() && buffer == "" {
					return nil
				}
				host, err := ParseHost(buffer, !u.special())
				if err != nil {
					return nil
				}
				u.host, buffer, state = &host, "", "path start"
			default:
				if c == '[' {
					insideBrackets = true
				}
				if c == ']' {
					insideBrackets = false
				}
				buffer += string(c)
			}
		case "port":
			switch {
			case isDigit(c):
				buffer += string(c)
			case c == eof || c == '/' || c == '?' || c == '#' || backslash:
				if buffer != "" {
					port := 0
					for _, d := range buffer {
						port = min(port*10+int(d-'0'), 1<<20)
					}
					if port > 65535 {
						return nil
					}
					u.port = &port
					if map[string]int{"ftp": 21, "http": 80, "https": 443, "ws": 80, "wss": 443}[u.scheme] == port && port != 0 {
						u.port = nil
					}
					buffer = ""
				}
				state = "path start"
				p--
			default:
				return nil
			}
		case "file":
			u.scheme = "file"
			u.host = ptr("")
			switch {
			case c == '/' || c == '\\':
				state = "file slash"
			case base != nil && base.scheme == "file":
				u.host, u.path, u.query = clonePtr(base.host), slices.Clone(base.path), clonePtr(base.query)
				switch {
				case c == '?':
					u.query = ptr("")
					state = "query"
				case c == '#':
					u.fragment = ptr("")
					state = "fragment"
				case c != eof:
					u.query = nil
					if !startsWithWindowsDriveLetter(string(input[p:])) {
						u.shorten()
					} else {
						u.path = nil
					}
					state = "path"
					p--
				}
			default:
				state = "path"
				p--
			}
		case "file slash":
			if c == '/' || c == '\\' {
				state = "file host"
				break
			}
			if base != nil && base.scheme == "file" {
				u.host = clonePtr(base.host)
				rest := ""
				if p < len(input) {
					rest = string(input[p:])
				}
				if !startsWithWindowsDriveLetter(rest) && len(base.path) > 0 && isNormalizedWindowsDriveLetter(base.path[0]) {
					u.path = append(u.path, base.path[0])
				}
			}
			state = "path"
			p--
		case "file host":
			if c == eof || c == '/' || c == '\\' || c == '?' || c == '#' {
				p--
				if isWindowsDriveLetter(buffer) {
					state = "path"
				} else if buffer == "" {
					u.host = ptr("")
					state = "path start"
				} else {
					host, err := ParseHost(buffer, !u.special())
					if err != nil {
						return nil
					}
					if host == "localhost" {
						host = ""
					}
					u.host = &host
					buffer = ""
					state = "path start"
				}
			} else {
				buffer += string(c)
			}
		case "path start":
			switch {
			case u.special():
				state = "path"
				if c != '/' && c != '\\' {
					p--
				}
			case c == '?':
				u.query = ptr("")
				state = "query"
			case c == '#':
				u.fragment = ptr("")
				state = "fragment"
			case c != eof:
				state = "path"
				if c != '/' {
					p--
				}
			}
		case "path":
			if c == eof || c == '/' || backslash || c == '?' || c == '#' {
				slash := c == '/' || backslash
				switch {
				case isDoubleDot(buffer):
					u.shorten()
					if !slash {
						u.path = append(u.path, "")
					}
				case isSingleDot(buffer):
					if !slash {
						u.path = append(u.path, "")
					}
				default:
					if u.scheme == "file" && len(u.path) == 0 && isWindowsDriveLetter(buffer) {
						buffer = buffer[:1] + ":"
					}
					u.path = append(u.path, buffer)
				}
				buffer = ""
				if c == '?' {
					u.query = ptr("")
					state = "query"
				}
				if c == '#' {
					u.fragment = ptr("")
					state = "fragment"
				}
			} else {
				buffer += encodeRune(c, machinePathSet)
			}
		case "opaque path":
			switch {
			case c == '?':
				u.query = ptr("")
				state = "query"
			case c == '#':
				u.fragment = ptr("")
				state = "fragment"
			case c == ' ':
				if r := remaining(p); strings.HasPrefix(r, "?") || strings.HasPrefix(r, "#") {
					*u.opaquePath += "%20"
				} else {
					*u.opaquePath += " "
				}
			case c != eof:
				*u.opaquePath += encodeRune(c, "")
			}
		case "query":
			if c == '#' || c == eof {
				set := machineQuerySet
				if u.special() {
					set = machineSpecialQuerySet
				}
				*u.query += encodeString(buffer, set)
				buffer = ""
				if c == '#' {
					u.fragment = ptr("")
					state = "fragment"
				}
			} else {
				buffer += string(c)
			}
		case "fragment":
			if c != eof {
				*u.fragment += encodeRune(c, machineFragmentSet)
			}
		}
		// p may have been moved to before the end again.
		if p >= len(input) {
			return u
		}
	}
}
