package weburl

import (
	"strconv"
	"strings"
)

// MaxLength is the length from which on no input is parsed and no serialized URL is kept: offsets are 32 bits wide.
const MaxLength = 1 << 30

// URL is a URL record, held as its serialization and the places of its parts. The parts follow from the serialization,
// so that two URLs are == when and only when they are equal. The zero value is not a URL.
//
//	https://user:pass@example.com:8080/path?query#fragment
//	     |      |    ||          |    |    |     |
//	     |      |    ||          |    |    |     fragmentStart
//	     |      |    ||          |    |    queryStart
//	     |      |    ||          |    pathStart
//	     |      |    ||          hostEnd
//	     |      |    |hostStart
//	     |      |    (the "@")
//	     |      usernameEnd
//	     schemeEnd
//
// Without an authority, usernameEnd, hostStart and hostEnd stand behind the
// scheme's colon. "/." before a path that starts with "//" belongs to no part.
//
// https://url.spec.whatwg.org/#concept-url
type URL struct {
	href          string
	schemeEnd     uint32
	usernameEnd   uint32
	hostStart     uint32
	hostEnd       uint32
	pathStart     uint32
	queryStart    uint32 // of the "?", 0 for a null query
	fragmentStart uint32 // of the "#", 0 for a null fragment
	port          uint16
	hasPort       bool
	opaquePath    bool
}

// IsValid reports whether u came out of a parser.
func (u URL) IsValid() bool { return u.href != "" }

// Href is the URL serializer.
//
// https://url.spec.whatwg.org/#concept-url-serializer
func (u URL) Href() string { return u.href }

// Scheme is the scheme, without a colon.
func (u URL) Scheme() string { return u.href[:u.schemeEnd] }

// hasAuthority reports whether the host is not null.
func (u URL) hasAuthority() bool {
	return u.hostStart > u.schemeEnd+1
}

// noHost makes the host null, or empty behind "//", in a serialization that has n bytes so far.
func (u *URL) noHost(n int) {
	u.usernameEnd, u.hostStart, u.hostEnd, u.pathStart = uint32(n), uint32(n), uint32(n), uint32(n)
}

// Username is the percent-encoded username.
func (u URL) Username() string {
	if u.usernameEnd <= u.schemeEnd+1 {
		return ""
	}
	return u.href[u.schemeEnd+3 : u.usernameEnd]
}

// Password is the percent-encoded password.
func (u URL) Password() string {
	if u.hostStart <= u.usernameEnd+1 || u.href[u.usernameEnd] != ':' {
		return ""
	}
	return u.href[u.usernameEnd+1 : u.hostStart-1]
}

// IncludesCredentials reports whether the username or the password is not empty.
//
// https://url.spec.whatwg.org/#include-credentials
func (u URL) IncludesCredentials() bool { return u.hostStart > u.usernameEnd }

// Host is the serialized host, and whether the host is not null.
func (u URL) Host() (host string, ok bool) {
	return u.href[u.hostStart:u.hostEnd], u.hasAuthority()
}

// Port is the port, and whether it is not null.
func (u URL) Port() (port uint16, ok bool) { return u.port, u.hasPort }

// Path is the URL path serializer.
//
// https://url.spec.whatwg.org/#url-path-serializer
func (u URL) Path() string { return u.href[u.pathStart:u.pathEnd()] }

// Query is the query without its question mark, and whether it is not null.
func (u URL) Query() (query string, ok bool) {
	if u.queryStart == 0 {
		return "", false
	}
	return u.href[u.queryStart+1 : u.beforeFragment()], true
}

// Fragment is the fragment without its "#", and whether it is not null.
func (u URL) Fragment() (fragment string, ok bool) {
	if u.fragmentStart == 0 {
		return "", false
	}
	return u.href[u.fragmentStart+1:], true
}

// Search is the query with its question mark, empty where that is all or the query is null.
func (u URL) Search() string {
	if end := u.beforeFragment(); u.queryStart != 0 && end > int(u.queryStart)+1 {
		return u.href[u.queryStart:end]
	}
	return ""
}

// Hash is the fragment with its "#", empty where that is all or the fragment is null.
func (u URL) Hash() string {
	if u.fragmentStart != 0 && len(u.href) > int(u.fragmentStart)+1 {
		return u.href[u.fragmentStart:]
	}
	return ""
}

// pathEnd is where the path ends.
func (u URL) pathEnd() int {
	if u.queryStart != 0 {
		return int(u.queryStart)
	}
	return u.beforeFragment()
}

// beforeFragment is where the fragment's "#" is or would be.
func (u URL) beforeFragment() int {
	if u.fragmentStart != 0 {
		return int(u.fragmentStart)
	}
	return len(u.href)
}

// WithoutFragment is u with a null fragment.
func (u URL) WithoutFragment() URL {
	u.href = u.href[:u.beforeFragment()]
	u.fragmentStart = 0
	return u
}

// WithFragment is u with a fragment, which is percent-encoded already: it comes out of Fragment.
func (u URL) WithFragment(fragment string) URL {
	if u.href == "" || len(u.href)+len(fragment) >= MaxLength {
		return u
	}
	end := u.beforeFragment()
	u.href = u.href[:end] + "#" + fragment
	u.fragmentStart = uint32(end)
	return u
}

// WithoutCredentials is u with an empty username and password.
func (u URL) WithoutCredentials() URL {
	if !u.hasAuthority() {
		return u
	}
	start := u.schemeEnd + 3 // behind "://"
	gone := u.hostStart - start
	if gone == 0 {
		return u
	}
	u.href = u.href[:start] + u.href[u.hostStart:]
	u.usernameEnd, u.hostStart = start, start
	u.hostEnd -= gone
	u.pathStart -= gone
	if u.queryStart != 0 {
		u.queryStart -= gone
	}
	if u.fragmentStart != 0 {
		u.fragmentStart -= gone
	}
	return u
}

// WithoutPath is u with a path of one empty segment, which is serialized as "/", and a null query and fragment.
func (u URL) WithoutPath() URL {
	if !u.hasAuthority() {
		u.pathStart = u.schemeEnd + 1 // "/." goes along with the path that needs it
	}
	if u.href[u.pathStart:] != "/" {
		u.href = u.href[:u.pathStart] + "/"
	}
	u.queryStart, u.fragmentStart, u.opaquePath = 0, 0, false
	return u
}

// WithScheme is u with another special scheme, where u has a special scheme
// that is not "file". A port that is the new scheme's default becomes null.
func (u URL) WithScheme(scheme string) URL {
	if u.Scheme() == scheme {
		return u
	}
	defaultPort, _ := SpecialScheme(scheme)
	rest := u.href[u.schemeEnd:]
	if u.hasPort && u.port == defaultPort {
		u.hasPort, u.port = false, 0
		rest = u.href[u.schemeEnd:u.hostEnd] + u.href[u.pathStart:]
		gone := u.pathStart - u.hostEnd
		u.pathStart -= gone
		if u.queryStart != 0 {
			u.queryStart -= gone
		}
		if u.fragmentStart != 0 {
			u.fragmentStart -= gone
		}
	}
	by := uint32(len(scheme)) - u.schemeEnd // Wraps around where the new scheme is shorter.
	u.href = scheme + rest
	u.schemeEnd += by
	u.usernameEnd += by
	u.hostStart += by
	u.hostEnd += by
	u.pathStart += by
	if u.queryStart != 0 {
		u.queryStart += by
	}
	if u.fragmentStart != 0 {
		u.fragmentStart += by
	}
	return u
}

// BeforePath is the serialization up to the path: of a URL with a special
// scheme other than "file" and without credentials, its origin.
func (u URL) BeforePath() string { return u.href[:u.pathStart] }

// HostAndPort is the serialized host, with ":" and the port if that is not null.
func (u URL) HostAndPort() string {
	if !u.hasPort {
		return u.href[u.hostStart:u.hostEnd]
	}
	return u.href[u.hostStart : int(u.hostEnd)+1+len(strconv.Itoa(int(u.port)))]
}

// SpecialScheme reports whether a scheme is special, and its default port, 0 for "file", which has none.
//
// https://url.spec.whatwg.org/#special-scheme
func SpecialScheme[S string | []byte](scheme S) (defaultPort uint16, special bool) {
	switch string(scheme) {
	case "https", "wss":
		return 443, true
	case "http", "ws":
		return 80, true
	case "ftp":
		return 21, true
	case "file":
		return 0, true
	}
	return 0, false
}

// isWindowsDriveLetter reports whether s is a Windows drive letter.
//
// https://url.spec.whatwg.org/#windows-drive-letter
func isWindowsDriveLetter(s string) bool {
	return len(s) == 2 && classes[s[0]].has(alpha) && (s[1] == ':' || s[1] == '|')
}

// isNormalizedWindowsDriveLetter is the same with a colon only.
//
// https://url.spec.whatwg.org/#normalized-windows-drive-letter
func isNormalizedWindowsDriveLetter(s string) bool {
	return isWindowsDriveLetter(s) && s[1] == ':'
}

// startsWithWindowsDriveLetter reports whether s starts with one.
//
// https://url.spec.whatwg.org/#start-with-a-windows-drive-letter
func startsWithWindowsDriveLetter(s string) bool {
	return len(s) >= 2 && isWindowsDriveLetter(s[:2]) && (len(s) == 2 || strings.IndexByte(`/\?#`, s[2]) >= 0)
}

// dots is 1 for a single-dot URL path segment, 2 for a double-dot one, else 0.
//
// https://url.spec.whatwg.org/#single-dot-path-segment
// https://url.spec.whatwg.org/#double-dot-path-segment
func dots(segment string) int {
	if len(segment) > len("%2e%2e") || segment == "" || segment[0] != '.' && segment[0] != '%' {
		return 0
	}
	n := 0
	for segment != "" {
		switch {
		case segment[0] == '.':
			segment = segment[1:]
		case len(segment) >= 3 && segment[0] == '%' && segment[1] == '2' && segment[2]|0x20 == 'e':
			segment = segment[3:]
		default:
			return 0
		}
		n++
	}
	if n > 2 {
		return 0
	}
	return n
}
