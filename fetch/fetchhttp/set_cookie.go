package fetchhttp

import (
	"fmt"
	"net/http"
	"strings"
	"time"

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
// not a cookie, why says so; it is empty if nothing is to be said.
//
// https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-the-set-cookie-header-field
func parseSetCookie(line string, u origin.URL, now time.Time) (k cookie, why string, ok bool) {
	pair, attributes, _ := strings.Cut(line, ";")
	name, value, named := strings.Cut(pair, "=")
	if !named {
		name, value = "", pair
	}
	k = cookie{name: trimSpace(name), value: trimSpace(value), raw: line, host: cookieHost(u), hostOnly: true, path: defaultPath(u)}
	for i := range len(line) {
		if b := line[i]; b < ' ' && b != '\t' || b == 0x7F {
			return k, fmt.Sprintf("byte %#02x at index %d is a control byte", b, i), false
		}
	}
	switch n := len(k.name) + len(k.value); {
	case n == 0:
		return k, "", false
	case n > mostCookie:
		return k, fmt.Sprintf("its name and value have %d bytes, and browsers keep %d", n, mostCookie), false
	}
	domain, maxAge := "", false
	for attributes != "" {
		var attribute string
		attribute, attributes, _ = strings.Cut(attributes, ";")
		name, value, _ := strings.Cut(attribute, "=")
		name, value = header.Lower(trimSpace(name)), trimSpace(value)
		if len(value) > mostAttribute {
			continue
		}
		switch name {
		case "expires":
			if at, ok := parseCookieDate(value); ok && !maxAge {
				k.persistent, k.expiry = true, earlier(at, now.Add(mostAge))
			}
		case "max-age":
			if age, ok := parseMaxAge(value); ok {
				maxAge, k.persistent, k.expiry = true, true, time.Time{}
				if age > 0 {
					k.expiry = now.Add(age)
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
			k.sameSite = parseSameSite(value)
		}
	}
	if domain != "" {
		host, err := origin.ParseHost(strings.TrimPrefix(domain, "."))
		if err != nil || strings.IndexFunc(domain, func(r rune) bool { return r > 0x7F }) >= 0 {
			return k, fmt.Sprintf("Domain=%s is not a host", domain), false
		}
		k.host, k.hostOnly = host, false
	}
	return k, "", true
}

func trimSpace(s string) string { return strings.Trim(s, " \t") }

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// defaultPath is the path of a cookie that names none.
func defaultPath(u origin.URL) string {
	path := u.Pathname()
	return path[:max(strings.LastIndexByte(path, '/'), 1)]
}

func parseSameSite(value string) http.SameSite {
	switch header.Lower(value) {
	case "none":
		return http.SameSiteNoneMode
	case "lax":
		return http.SameSiteLaxMode
	case "strict":
		return http.SameSiteStrictMode
	}
	return 0
}

// parseMaxAge reads a Max-Age, which is not more than what browsers allow.
func parseMaxAge(value string) (age time.Duration, ok bool) {
	digits, negative := strings.CutPrefix(value, "-")
	if digits == "" {
		return 0, false
	}
	for i := range len(digits) {
		d := digits[i] - '0'
		if d > 9 {
			return 0, false
		}
		age = min(10*age+time.Duration(d)*time.Second, mostAge)
	}
	if negative {
		age = -age
	}
	return age, true
}

// parseCookieDate reads a date in whatever form servers write it.
//
// https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-dates
func parseCookieDate(s string) (date time.Time, ok bool) {
	const months = "janfebmaraprmayjunjulaugsepoctnovdec"
	var hour, minute, second, day, month, year int
	var hasTime, hasDay, hasMonth, hasYear bool
	for token := range strings.FieldsFuncSeq(s, isDateDelimiter) {
		if h, m, s, ok := parseTime(token); ok && !hasTime {
			hour, minute, second, hasTime = h, m, s, true
			continue
		}
		if n, _, ok := parseDigits(token, 1, 2); ok && !hasDay {
			day, hasDay = n, true
			continue
		}
		if len(token) >= 3 && !hasMonth {
			if i := strings.Index(months, header.Lower(token[:3])); i >= 0 && i%3 == 0 {
				month, hasMonth = 1+i/3, true
				continue
			}
		}
		if n, _, ok := parseDigits(token, 2, 4); ok && !hasYear {
			year, hasYear = n, true
		}
	}
	switch {
	case year >= 70 && year <= 99:
		year += 1900
	case year <= 69:
		year += 2000
	}
	if !hasTime || !hasDay || !hasMonth || !hasYear || year < 1601 || hour > 23 || minute > 59 || second > 59 {
		return time.Time{}, false
	}
	date = time.Date(year, time.Month(month), day, hour, minute, second, 0, time.UTC)
	return date, date.Day() == day && date.Month() == time.Month(month) // no 30th of February
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
