package fetchhttp

import (
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode"

	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/origin"
)

// This file reads Set-Cookie headers. Links are to RFC 6265bis; what the drafts before and after it say differently
// stands where it matters.

const (
	mostCookie    = 4096                 // bytes of a name and its value
	mostAttribute = 1024                 // bytes of an attribute's value
	mostAge       = 400 * 24 * time.Hour // of a cookie
)

// parseSetCookie reads a Set-Cookie header of a response from u as browsers do, name and value as they are. Where it is
// not a cookie, why says so. ok is false if there is nothing in it, of which nothing is to be said.
//
// https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-the-set-cookie-header-field
func parseSetCookie(line string, u origin.URL, now time.Time) (k cookie, why string, ok bool) {
	pair, attributes, _ := strings.Cut(line, ";")
	name, value, named := strings.Cut(pair, "=")
	if !named {
		name, value = "", pair
	}
	k = cookie{name: header.TrimTabOrSpace(name), value: header.TrimTabOrSpace(value), raw: line, host: cookieHost(u), hostOnly: true, path: defaultPath(u)}
	switch i, n := indexControl(line), len(k.name)+len(k.value); {
	case i >= 0:
		return k, fmt.Sprintf("byte %#02x at index %d is a control byte", line[i], i), true
	case n == 0:
		return k, "", false
	case n > mostCookie:
		return k, fmt.Sprintf("its name and value have %d bytes, and browsers keep %d", n, mostCookie), true
	}
	domain, maxAge := "", false
	for attributes != "" {
		var attribute string
		attribute, attributes, _ = strings.Cut(attributes, ";")
		name, value, _ := strings.Cut(attribute, "=")
		name, value = header.Lower(header.TrimTabOrSpace(name)), header.TrimTabOrSpace(value)
		if len(value) > mostAttribute {
			continue
		}
		switch name {
		case "expires":
			if at, ok := parseCookieDate(value); ok && !maxAge {
				k.persistent, k.expiry = true, at
				if latest := now.Add(mostAge); at.After(latest) {
					k.expiry = latest
				}
			}
		case "max-age":
			if digits, negative := strings.CutPrefix(value, "-"); header.IsDigits(digits) {
				maxAge, k.persistent, k.expiry = true, true, time.Time{}
				if !negative {
					k.expiry = now.Add(min(time.Duration(header.DeltaSeconds(digits))*time.Second, mostAge))
				}
			}
		case "domain":
			// AD-HOC: by the text an empty one, as the last, sets the cookie for the host alone. Browsers overlook it.
			if value != "" {
				domain = value
			}
		case "path":
			k.path, k.hasPath = defaultPath(u), false
			if strings.HasPrefix(value, "/") {
				k.path, k.hasPath = value, true
			}
		case "secure":
			k.secure = true
		case "httponly":
			k.httpOnly = true
		case "samesite":
			k.sameSite = sameSites[header.Lower(value)]
		}
	}
	if domain != "" {
		host, err := origin.ParseHost(strings.TrimPrefix(domain, "."))
		if err != nil || strings.ContainsFunc(domain, func(r rune) bool { return r > unicode.MaxASCII }) {
			return k, fmt.Sprintf("Domain=%s is not a host", domain), true
		}
		k.host, k.hostOnly = host, false
	}
	return k, "", true
}

var sameSites = map[string]http.SameSite{"none": http.SameSiteNoneMode, "lax": http.SameSiteLaxMode, "strict": http.SameSiteStrictMode}

// defaultPath is the path of a cookie that names none.
func defaultPath(u origin.URL) string {
	path := u.Pathname()
	return path[:max(strings.LastIndexByte(path, '/'), 1)]
}

// parseCookieDate reads a date in whatever form servers write it.
//
// https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-dates
func parseCookieDate(s string) (date time.Time, ok bool) {
	const months = "janfebmaraprmayjunjulaugsepoctnovdec"
	hour, minute, second, day, month, year := -1, 0, 0, -1, 0, -1
	for token := range strings.FieldsFuncSeq(s, isDateDelimiter) {
		if h, m, s, ok := parseTime(token); ok && hour < 0 {
			hour, minute, second = h, m, s
			continue
		}
		if n, _, ok := parseDigits(token, 1, 2); ok && day < 0 {
			day = n
			continue
		}
		if len(token) >= 3 && month == 0 {
			if i := strings.Index(months, header.Lower(token[:3])); i >= 0 && i%3 == 0 {
				month = 1 + i/3
				continue
			}
		}
		if n, _, ok := parseDigits(token, 2, 4); ok && year < 0 {
			year = n
		}
	}
	switch {
	case year >= 70 && year <= 99:
		year += 1900
	case year >= 0 && year <= 69:
		year += 2000
	}
	if hour < 0 || hour > 23 || minute > 59 || second > 59 || month == 0 || year < 1601 {
		return time.Time{}, false
	}
	date = time.Date(year, time.Month(month), day, hour, minute, second, 0, time.UTC)
	return date, date.Day() == day // no 30th of February, and not without a day
}

func isDateDelimiter(r rune) bool {
	return r == '\t' || r >= ' ' && r <= '/' || r >= ';' && r <= '@' || r >= '[' && r <= '`' || r >= '{' && r <= '~'
}

// parseDigits reads so many digits, after which there is no other.
func parseDigits(s string, least, most int) (n int, rest string, ok bool) {
	i := 0
	for ; i < len(s) && s[i]-'0' <= 9; i++ {
		if i == most {
			return 0, "", false
		}
		n = 10*n + int(s[i]-'0')
	}
	return n, s[i:], i >= least
}

// parseTime reads hours, minutes and seconds.
func parseTime(s string) (hour, minute, second int, ok bool) {
	var n [3]int
	for i := range n {
		if n[i], s, ok = parseDigits(s, 1, 2); !ok {
			return 0, 0, 0, false
		}
		if i < 2 {
			if s, ok = strings.CutPrefix(s, ":"); !ok {
				return 0, 0, 0, false
			}
		}
	}
	return n[0], n[1], n[2], true
}
