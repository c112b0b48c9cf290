package policy

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/internal/quote"
	"github.com/corspec/corspec/origin"
)

// mostCompared is how many patterns are compared with an origin that is refused. Anybody can ask for as many
// explanations as a server logs, and comparing takes about half a microsecond a pattern.
const mostCompared = 1000

// nearMiss returns a sentence about the pattern of p that comes nearest to o, which is not allowed, or "". It does not
// look among more than mostCompared.
func (p *Policy) nearMiss(o origin.Origin) string {
	if p.patterns > mostCompared {
		return ""
	}
	set, _ := p.more.(*origin.Set)
	patterns := append(p.origins.Patterns(), set.Patterns()...)
	var nearest string
	var least []string
	for _, similar := range similarHosts(o.Host()) {
		for _, pattern := range patterns {
			if what := differences(pattern, o, similar); what != nil && (least == nil || len(what) < len(least)) {
				least, nearest = what, pattern.String()
			}
		}
	}
	if least == nil {
		return ""
	}
	return "It allows " + quote.Quote(nearest) + "; what differs is " + strings.Join(least, " and ") + ". "
}

// similarHost is a host that may be meant by another, and what is different; "" for that host itself.
type similarHost struct{ host, what string }

// similarHosts returns the hosts that may be meant by host, the likeliest first. Where host itself comes again, with
// something that is different, it comes to nothing.
func similarHosts(host string) []similarHost {
	hosts := []similarHost{{host, ""}}
	add := func(host, what string) { hosts = append(hosts, similarHost{host, what}) }
	add(header.Lower(host), "the case of the host") // opaque hosts can have upper case
	const dot = "the dot at the end of the host, which makes it another host"
	if without, ok := strings.CutSuffix(host, "."); ok {
		add(without, dot)
	} else {
		add(host+".", dot)
	}
	if locals := []string{"localhost", "127.0.0.1", "[::1]"}; slices.Contains(locals, host) {
		for _, local := range locals {
			add(local, "the host: localhost, 127.0.0.1 and [::1] are three hosts")
		}
	}
	add(anyLabel+host, "that this is the domain itself, and the wildcard covers only what is below")
	if without, ok := strings.CutPrefix(host, "www."); ok {
		add(without, `the host, which has "www."`)
	} else {
		add("www."+host, `the host, which has no "www."`)
	}
	return hosts
}

// anyLabel makes a domain one that is covered by the wildcard over it.
const anyLabel = "x."

// differences says what keeps o from being what pattern matches, besides what
// keeps its host from being similar; nil if that is not all.
func differences(pattern origin.Pattern, o origin.Origin, similar similarHost) (what []string) {
	if pattern.HasSubdomains() && !strings.HasSuffix(similar.host, "."+pattern.Host()) || !pattern.HasSubdomains() && pattern.Host() != similar.host {
		return nil
	}
	if pattern.Scheme() != o.Scheme() {
		what = append(what, "the scheme")
	}
	port := ""
	if n, ok := o.Port(); ok {
		port = ":" + strconv.Itoa(int(n))
	}
	if same, _ := origin.Parse(pattern.Scheme() + "://" + similar.host + port); !pattern.Matches(same) {
		what = append(what, "the port")
	}
	if similar.what != "" {
		what = append(what, similar.what)
	}
	return what
}

// explainMalformed says what is wrong with value, which is not what browsers send as an Origin.
func (p *Policy) explainMalformed(value string) string {
	switch {
	case strings.HasPrefix(value, "file:"):
		return "Some webviews send file:// for a page from a file. Every file of everybody has that origin, so that to allow it would be to allow anybody; browsers " +
			"send null instead. Serve the page from an origin of its own, such as http://localhost or the scheme that the webview has for apps, and list that."
	case strings.Contains(value, ","):
		return "Those are several; browsers send one."
	}
	said := "That is not an origin as browsers send one"
	_, err := origin.Parse(value)
	if e, ok := errors.AsType[*origin.ParseError](err); ok {
		said += ": at byte " + strconv.Itoa(e.Offset) + ", " + e.Reason + " (" + e.Hint() + ")"
	}
	pattern, err := origin.ParsePattern(value)
	meant := pattern.String()
	if e, ok := errors.AsType[*origin.PatternError](err); ok {
		meant = e.Suggestion
	}
	if d := p.Evaluate(Request{Method: "GET", Origin: meant}); d.Allowed() {
		said += ". The policy allows " + quote.Quote(meant)
	}
	return said + "."
}
