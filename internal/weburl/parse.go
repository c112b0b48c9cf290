package weburl

import (
	"strconv"
	"strings"
	"unicode/utf8"
	"unsafe"
)

// Parse is the basic URL parser, without state override and for UTF-8. A nil base is absent. It does not allocate where
// s is the serialization of a URL that has a special scheme other than "file", or an opaque path.
//
// https://url.spec.whatwg.org/#concept-basic-url-parser
func Parse(s string, base *URL) (u URL, err *Error) {
	if parseSerialized(s, &u) {
		return u, nil
	}
	return parse(s, base)
}

// parse is the whole of the basic URL parser. Steps and states are marked with the standard's names. The standard's
// machine moves a pointer over code points; here each state is a method that takes the bytes it can use, which is the
// same since every delimiter is ASCII.
//
// https://url.spec.whatwg.org/#concept-basic-url-parser
func parse(s string, base *URL) (URL, *Error) {
	if len(s) >= MaxLength {
		return URL{}, fail(MaxLength, ReasonTooLong)
	}
	start, end := 0, len(s) // Basic URL parser, step 1.3.
	for start < end && s[start] <= ' ' {
		start++
	}
	for start < end && s[end-1] <= ' ' {
		end--
	}
	in := clean(s[start:end])
	p := parser{in: in, base: base}
	if err := p.run(); err != nil {
		err.Offset = start + uncleanOffset(s[start:end], in, err.Offset)
		return URL{}, err
	}
	if len(p.b) >= MaxLength {
		return URL{}, fail(0, ReasonTooLong)
	}
	p.u.href = p.serialization()
	return p.u, nil
}

// serialization is p.b as a string: itself where it almost fills its buffer, so
// that a long URL is not held twice, and a short one not copied.
func (p *parser) serialization() string {
	if n := len(p.b); n > 0 && cap(p.b)-n <= max(64, n/4) {
		return unsafe.String(&p.b[0], n)
	}
	return string(p.b)
}

// clean removes ASCII tabs and newlines and makes a scalar value string of s.
// It returns s itself where nothing is to do.
//
// https://url.spec.whatwg.org/#concept-basic-url-parser
func clean(s string) string {
	// Basic URL parser, step 3.
	if hasNoControls(s) || utf8.ValidString(s) && strings.IndexByte(s, '\t') < 0 && strings.IndexByte(s, '\n') < 0 && strings.IndexByte(s, '\r') < 0 {
		return s
	}
	n := 0
	for _, r := range s {
		n += utf8.RuneLen(r) // U+FFFD has more bytes than what it stands for.
	}
	var b strings.Builder
	b.Grow(n)
	for _, r := range s {
		if !isTabOrNewline(r) {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// hasNoControls reports whether s is ASCII from 0x20 on. It looks at eight bytes at a time: the top bit of one is set
// if it is not ASCII, and after 0x20 is taken from it if it was less.
func hasNoControls(s string) bool {
	const each, top = 0x0101010101010101, 0x80
	for ; len(s) >= 8; s = s[8:] {
		eight := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 | uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
		if (eight|(eight-0x20*each))&(top*each) != 0 {
			return false
		}
	}
	for i := range len(s) {
		if s[i]-0x20 >= top-0x20 {
			return false
		}
	}
	return true
}

// uncleanOffset is the place in s of the place off in clean(s).
func uncleanOffset(s, cleaned string, off int) int {
	if len(s) == len(cleaned) && s == cleaned {
		return off
	}
	n := 0
	for i, r := range s {
		if isTabOrNewline(r) {
			continue
		}
		if n >= off {
			return i
		}
		n += utf8.RuneLen(r)
	}
	return len(s)
}

type parser struct {
	in      string // what is left of the input is in[p:]
	p       int
	base    *URL
	b       []byte // the serialization so far
	u       URL    // its parts so far
	special bool
	file    bool

	defaultPort uint16 // the scheme's, 0 for null
}

// at reports whether the input goes on with c.
func (p *parser) at(c byte) bool { return p.p < len(p.in) && p.in[p.p] == c }

// atSlash reports whether the input goes on with "/", or with "\" in a URL that is special.
func (p *parser) atSlash() bool { return p.at('/') || p.special && p.at('\\') }

// grow makes room for all that the input can become, so that long inputs cost one allocation, as short ones do where
// nothing much is to be percent-encoded. rest is what decides how much of the base URL is taken over.
func (p *parser) grow(rest string) {
	n := len(p.in) + 16
	for i := 0; i < len(p.in) && len(p.in) > 256; i++ {
		if classes[p.in[i]].has(setUserinfo) {
			n += 2
		}
	}
	switch {
	case p.base == nil, strings.HasPrefix(rest, "//"):
	case strings.HasPrefix(rest, "/"):
		n += int(p.base.pathStart)
	default:
		n += len(p.base.href)
	}
	p.b = make([]byte, 0, n)
}

// run parses the scheme, or finds that there is none.
//
// https://url.spec.whatwg.org/#scheme-start-state
// https://url.spec.whatwg.org/#scheme-state
func (p *parser) run() *Error {
	if next := specialHead(p.in, &p.u); next >= 0 { // All of that at once, as it changes nothing.
		p.grow("//")
		p.b = append(p.b, p.in[:p.u.pathStart]...)
		p.p, p.special = next, true
		return p.path()
	}
	p.u = URL{}
	// Scheme start state, step 1.
	if len(p.in) > 0 && classes[p.in[0]].has(alpha) {
		i := 1 // Scheme state, step 1.
		for i < len(p.in) && classes[p.in[i]].has(schemeByte) {
			i++
		}
		if i < len(p.in) && p.in[i] == ':' { // Scheme state, step 2.
			p.setScheme(p.in[:i], p.in[i+1:])
			p.p = i + 1
			return p.afterScheme()
		}
	}
	return p.noScheme() // Scheme state, step 3. Scheme start state, step 2.
}

// setScheme writes the scheme and its colon, before the rest.
func (p *parser) setScheme(s, rest string) {
	p.grow(rest)
	p.b = append(p.b, s...)
	for i := range p.b {
		if classes[p.b[i]].has(upper) {
			p.b[i] |= 0x20
		}
	}
	p.u.schemeEnd = uint32(len(p.b))
	p.defaultPort, p.special = SpecialScheme(p.b)
	p.file = p.special && p.defaultPort == 0
	p.b = append(p.b, ':')
	p.u.noHost(len(p.b))
}

func (p *parser) scheme() string { return string(p.b[:p.u.schemeEnd]) }

// afterScheme goes on behind the colon. Scheme state, steps 2.5 to 2.9.
//
// https://url.spec.whatwg.org/#special-relative-or-authority-state
// https://url.spec.whatwg.org/#special-authority-slashes-state
// https://url.spec.whatwg.org/#path-or-authority-state
func (p *parser) afterScheme() *Error {
	rest := p.in[p.p:]
	switch {
	case p.file: // Scheme state, step 2.5.
		return p.fileState()
	case p.special && p.base != nil && p.base.Scheme() == p.scheme(): // Scheme state, step 2.6.
		if strings.HasPrefix(rest, "//") { // Special relative or authority state, step 1.
			return p.specialAuthorityIgnoreSlashes()
		}
		return p.relative() // Special relative or authority state, step 2.
	case p.special: // Scheme state, step 2.7.
		// Special authority slashes state, steps 1 and 2: one of them only reports an error.
		return p.specialAuthorityIgnoreSlashes()
	case strings.HasPrefix(rest, "/"): // Scheme state, step 2.8.
		if strings.HasPrefix(rest, "//") { // Path or authority state, step 1.
			p.p += 2
			return p.authority()
		}
		return p.path() // Path or authority state, step 2.
	default: // Scheme state, step 2.9.
		return p.opaquePath()
	}
}

// noScheme is the no scheme state.
//
// https://url.spec.whatwg.org/#no-scheme-state
func (p *parser) noScheme() *Error {
	if p.base == nil || !p.base.IsValid() || p.base.opaquePath && !p.at('#') { // No scheme state, step 1.
		return fail(0, ReasonMissingScheme)
	}
	p.setScheme(p.base.Scheme(), p.in)
	if p.base.opaquePath { // No scheme state, step 2.
		p.copyBase(p.base.beforeFragment())
		return p.fragment()
	}
	if p.file { // No scheme state, step 4.
		return p.fileState()
	}
	return p.relative() // No scheme state, step 3.
}

// copyBase takes over all of the base URL up to a place in its serialization.
func (p *parser) copyBase(upTo int) {
	b := p.base
	p.b = append(p.b[:0], b.href[:upTo]...)
	u := *b
	u.href, u.fragmentStart = "", 0
	if upTo <= int(u.queryStart) {
		u.queryStart = 0
	}
	p.u = u
}

// relative is the relative state.
//
// https://url.spec.whatwg.org/#relative-state
func (p *parser) relative() *Error {
	if p.atSlash() { // Relative state, steps 3 and 4.
		p.p++
		return p.relativeSlash()
	}
	switch {
	case p.p == len(p.in):
		p.copyBase(p.base.beforeFragment())
		return nil
	case p.at('?'): // Relative state, step 5.2.
		p.copyBase(p.base.pathEnd())
		return p.query()
	case p.at('#'): // Relative state, step 5.3.
		p.copyBase(p.base.beforeFragment())
		return p.fragment()
	}
	p.copyBase(p.base.pathEnd()) // Relative state, step 5.4.
	p.shorten()
	return p.path()
}

// relativeSlash is the relative slash state.
//
// https://url.spec.whatwg.org/#relative-slash-state
func (p *parser) relativeSlash() *Error {
	switch {
	case p.special && p.atSlash(): // Relative slash state, step 1.
		p.p++
		return p.specialAuthorityIgnoreSlashes()
	case p.at('/'): // Relative slash state, step 2.
		p.p++
		return p.authority()
	}
	p.copyAuthority() // Relative slash state, step 3.
	p.p--             // The path state skips the slash that led here.
	return p.path()
}

// copyAuthority takes over the base URL up to its path.
func (p *parser) copyAuthority() {
	p.copyBase(int(p.base.pathStart))
	if !p.base.hasAuthority() { // Leaves out "/.".
		p.b = p.b[:p.u.hostEnd]
		p.u.pathStart = p.u.hostEnd
	}
}

// specialAuthorityIgnoreSlashes is the special authority ignore slashes state.
//
// https://url.spec.whatwg.org/#special-authority-ignore-slashes-state
func (p *parser) specialAuthorityIgnoreSlashes() *Error {
	for p.at('/') || p.at('\\') { // Special authority ignore slashes state, step 2.
		p.p++
	}
	return p.authority() // Special authority ignore slashes state, step 1.
}

// authorityEnd is the end of the authority that starts here, and of what classes its bytes are.
func (p *parser) authorityEnd() (end int, seen class) {
	end = p.p
	for end < len(p.in) && !p.endsSegment(p.in[end]) {
		seen |= classes[p.in[end]]
		end++
	}
	return end, seen
}

// endsSegment reports whether c ends an authority, or a segment of a path.
func (p *parser) endsSegment(c byte) bool {
	return classes[c].has(authorityEnd) && (c != '\\' || p.special)
}

// authority is the authority state: the userinfo up to the last "@", if any.
//
// https://url.spec.whatwg.org/#authority-state
func (p *parser) authority() *Error {
	end, seen := p.authorityEnd()
	p.b = append(p.b, "//"...)
	p.u.usernameEnd = uint32(len(p.b))
	if !seen.has(forbiddenDomain) { // Neither "@" nor ":".
		return p.host(end, end)
	}
	if at := strings.LastIndexByte(p.in[p.p:end], '@'); at >= 0 {
		userinfo := p.in[p.p : p.p+at]
		p.p += at + 1
		if p.p == end { // Authority state, step 2.1.
			return fail(p.p, ReasonHostMissing)
		}
		username, password, _ := strings.Cut(userinfo, ":") // Authority state, step 1.4.
		p.b = appendEncoded(p.b, username, setUserinfo)
		p.u.usernameEnd = uint32(len(p.b))
		if password != "" {
			p.b = appendEncoded(append(p.b, ':'), password, setUserinfo)
		}
		if username != "" || password != "" {
			p.b = append(p.b, '@')
		}
	}
	return p.host(p.hostEnd(end), end)
}

// host is the host state, for a host that ends at i in an authority that ends at end.
//
// https://url.spec.whatwg.org/#host-state
func (p *parser) host(i, end int) *Error {
	host := p.in[p.p:i]
	if host == "" && (p.special || i < end) { // Host state, steps 2.1 and 3.1.
		return fail(i, ReasonHostMissing)
	}
	// Host state, steps 2.3 to 2.5 and 3.3 to 3.5.
	if err := p.setHost(host); err != nil {
		return err
	}
	p.p = i
	if i < end {
		p.p++
		return p.port(end)
	}
	return p.pathStart()
}

// hostEnd is the place of the first colon that is not inside brackets, or end.
func (p *parser) hostEnd(end int) int {
	insideBrackets := false
	for i := p.p; i < end; i++ {
		switch p.in[i] {
		case '[': // Host state, step 4.1.
			insideBrackets = true
		case ']': // Host state, step 4.2.
			insideBrackets = false
		case ':':
			if !insideBrackets {
				return i
			}
		}
	}
	return end
}

// setHost parses a host and writes it.
func (p *parser) setHost(host string) *Error {
	p.u.hostStart = uint32(len(p.b))
	if host != "" {
		b, err := appendHost(p.b, host, !p.special)
		if err != nil {
			return err.shift(p.p)
		}
		if p.file && string(b[len(p.b):]) == "localhost" { // File host state, step 1.3.3.
			b = p.b
		}
		p.b = b
	}
	p.u.hostEnd = uint32(len(p.b))
	return nil
}

// port is the port state, for an authority that ends at end.
//
// https://url.spec.whatwg.org/#port-state
func (p *parser) port(end int) *Error {
	port := 0
	for i := p.p; i < end; i++ {
		if !classes[p.in[i]].has(digit) { // Port state, step 3.
			return fail(i, ReasonPortInvalid)
		}
		port = min(port*10+int(p.in[i]-'0'), 1<<16)
	}
	if p.p < end {
		if port >= 1<<16 { // Port state, step 2.1.2.
			return fail(p.p, ReasonPortOutOfRange)
		}
		// Port state, step 2.1.3.
		if !p.special || int(p.defaultPort) != port {
			p.u.port, p.u.hasPort = uint16(port), true
			p.b = strconv.AppendInt(append(p.b, ':'), int64(port), 10)
		}
	}
	p.p = end
	return p.pathStart()
}

// fileState is the file state.
//
// https://url.spec.whatwg.org/#file-state
func (p *parser) fileState() *Error {
	if p.atSlash() { // File state, step 3.
		p.p++
		return p.fileSlash()
	}
	if p.base != nil && p.base.Scheme() == "file" { // File state, step 4.
		switch {
		case p.p == len(p.in):
			p.copyBase(p.base.beforeFragment())
			return nil
		case p.at('?'): // File state, step 4.2.
			p.copyBase(p.base.pathEnd())
			return p.query()
		case p.at('#'): // File state, step 4.3.
			p.copyBase(p.base.beforeFragment())
			return p.fragment()
		}
		if startsWithWindowsDriveLetter(p.in[p.p:]) { // File state, step 4.4.3.
			p.copyAuthority()
		} else { // File state, step 4.4.2.
			p.copyBase(p.base.pathEnd())
			p.shorten()
		}
		return p.path() // File state, step 4.4.4.
	}
	p.emptyHost()   // File state, step 2.
	return p.path() // File state, step 5.
}

// emptyHost makes the host the empty string.
func (p *parser) emptyHost() {
	p.b = append(p.b[:p.u.schemeEnd+1], "//"...)
	p.u.noHost(len(p.b))
}

// fileSlash is the file slash state.
//
// https://url.spec.whatwg.org/#file-slash-state
func (p *parser) fileSlash() *Error {
	if p.atSlash() { // File slash state, step 1.
		p.p++
		return p.fileHost()
	}
	if p.base != nil && p.base.Scheme() == "file" { // File slash state, step 2.1.
		p.copyAuthority()
		if path := p.base.Path(); !startsWithWindowsDriveLetter(p.in[p.p:]) && len(path) >= 3 &&
			isNormalizedWindowsDriveLetter(path[1:3]) && (len(path) == 3 || path[3] == '/') { // File slash state, step 2.1.2.
			p.b = append(p.b, path[:3]...)
		}
	} else {
		p.emptyHost()
	}
	p.p-- // File slash state, step 2.2. The path state skips the slash that led here.
	return p.path()
}

// fileHost is the file host state.
//
// https://url.spec.whatwg.org/#file-host-state
func (p *parser) fileHost() *Error {
	end, _ := p.authorityEnd()
	host := p.in[p.p:end]
	p.emptyHost()
	if isWindowsDriveLetter(host) { // File host state, step 1.1: the path state goes on with it.
		return p.path()
	}
	// File host state, steps 1.2 and 1.3.
	if err := p.setHost(host); err != nil {
		return err
	}
	p.p = end
	return p.pathStart()
}

// pathStart is the path start state.
//
// https://url.spec.whatwg.org/#path-start-state
func (p *parser) pathStart() *Error {
	p.u.pathStart = uint32(len(p.b))
	if p.special { // Path start state, step 1.
		return p.path()
	}
	switch {
	case p.p == len(p.in):
		return nil
	case p.at('?'): // Path start state, step 2.
		return p.query()
	case p.at('#'): // Path start state, step 3.
		return p.fragment()
	}
	return p.path() // Path start state, step 4.
}

// shorten shortens the URL's path.
//
// https://url.spec.whatwg.org/#shorten-a-urls-path
func (p *parser) shorten() {
	path := p.b[p.u.pathStart:]
	i := len(path) - 1
	for i > 0 && path[i] != '/' {
		i--
	}
	if p.file && i == 0 && len(path) == 3 && isNormalizedWindowsDriveLetter(string(path[1:])) { // Shorten a URL's path, step 3.
		return
	}
	p.b = p.b[:int(p.u.pathStart)+max(i, 0)] // Shorten a URL's path, step 4.
}

// path is the path state. It starts in front of a segment, or of the slash before it.
//
// https://url.spec.whatwg.org/#path-state
func (p *parser) path() *Error {
	if p.atSlash() {
		p.p++
	}
	for {
		start, seen := p.p, class(0)
		i := start
		for i < len(p.in) && !p.endsSegment(p.in[i]) {
			seen |= classes[p.in[i]]
			i++
		}
		p.p = i
		segment, slash := p.in[start:i], p.atSlash()
		switch n := dots(segment); {
		case n == 2: // Path state, step 1.2.
			p.shorten()
			if !slash {
				p.b = append(p.b, '/')
			}
		case n == 1: // Path state, step 1.3.
			if !slash {
				p.b = append(p.b, '/')
			}
		case p.file && len(p.b) == int(p.u.pathStart) && isWindowsDriveLetter(segment): // Path state, step 1.4.1.
			p.b = append(p.b, '/', segment[0], ':')
		case seen.has(setPath): // Path state, step 1.4.2.
			p.b = appendEncoded(append(p.b, '/'), segment, setPath)
		default:
			p.b = append(append(p.b, '/'), segment...)
		}
		if !slash {
			break
		}
		p.p++
	}
	p.markPath()
	return p.queryOrFragment()
}

// markPath puts "/." before a path that starts with "//", so that it is not read as an authority. It may be there
// already, from a base URL. URL serializer, step 3.
//
// https://url.spec.whatwg.org/#concept-url-serializer
func (p *parser) markPath() {
	if p.u.hasAuthority() {
		return
	}
	path := p.b[p.u.pathStart:]
	needs := len(path) > 1 && path[0] == '/' && path[1] == '/'
	switch has := p.u.pathStart > p.u.hostEnd; {
	case needs && !has: // URL serializer, step 3.
		p.b = append(p.b, "/."...)
		copy(p.b[p.u.pathStart+2:], p.b[p.u.pathStart:])
		copy(p.b[p.u.pathStart:], "/.")
		p.u.pathStart += 2
	case has && !needs:
		p.b = append(p.b[:p.u.hostEnd], path...)
		p.u.pathStart = p.u.hostEnd
	}
}

// opaquePath is the opaque path state.
//
// https://url.spec.whatwg.org/#cannot-be-a-base-url-path-state
func (p *parser) opaquePath() *Error {
	p.u.opaquePath = true
	start := p.p
	for p.p < len(p.in) && !p.at('?') && !p.at('#') {
		p.p++
	}
	path := p.in[start:p.p]
	if p.p < len(p.in) && strings.HasSuffix(path, " ") { // Opaque path state, step 3.2.
		p.b = appendEncoded(p.b, path[:len(path)-1], setC0)
		p.b = append(p.b, "%20"...)
	} else { // Opaque path state, steps 3.3 and 4.
		p.b = appendEncoded(p.b, path, setC0)
	}
	return p.queryOrFragment()
}

func (p *parser) queryOrFragment() *Error {
	switch {
	case p.at('?'):
		return p.query()
	case p.at('#'):
		return p.fragment()
	}
	return nil
}

// query is the query state.
//
// https://url.spec.whatwg.org/#query-state
func (p *parser) query() *Error {
	p.u.queryStart = uint32(len(p.b))
	p.b = append(p.b, '?')
	end := len(p.in)
	if i := strings.IndexByte(p.in[p.p:], '#'); i >= 0 {
		end = p.p + i
	}
	set := setQuery // Query state, step 2.1.
	if p.special {
		set = setSpecialQuery
	}
	p.b = appendEncoded(p.b, p.in[p.p+1:end], set)
	p.p = end
	return p.queryOrFragment()
}

// fragment is the fragment state.
//
// https://url.spec.whatwg.org/#fragment-state
func (p *parser) fragment() *Error {
	p.u.fragmentStart = uint32(len(p.b))
	p.b = append(p.b, '#') // Fragment state, step 1.
	p.b = appendEncoded(p.b, p.in[p.p+1:], setFragment)
	p.p = len(p.in)
	return nil
}
