package servertest

import (
	"strconv"
	"strings"

	"github.com/corspec/corspec/origin"
)

// A neighbour is an origin that a careless server takes for another.
type neighbour struct {
	id     string // of the finding, if it is let in
	origin string // as the value of Origin
	what   string
}

// What no server knows: that it is allowed tells an echo from a list.
const (
	nonceMethod = "CORSPEC-NONCE"
	nonceHeader = "X-Corspec-Nonce"
)

// strangers are origins that nobody lists by chance. The first two have nothing in common.
var strangers = []neighbour{
	{"origin-any", "https://corspec-nonce-7f3a.example", "an origin that nobody has heard of"},
	{"origin-any", "https://zq81.corspec-other.test", "an origin that nobody has heard of"},
	{"origin-null", "null", "sandboxed documents and many others, which anybody can make"},
	{"origin-localhost", "http://localhost:3000", "whatever runs on the visitor's own machine"},
	{"origin-localhost", "http://localhost", "whatever runs on the visitor's own machine"},
	{"origin-localhost", "http://localhost:4200", "whatever runs on the visitor's own machine"},
	{"origin-localhost", "http://localhost:5173", "whatever runs on the visitor's own machine"},
	{"origin-localhost", "http://localhost:8080", "whatever runs on the visitor's own machine"},
	{"origin-localhost", "https://localhost:3000", "whatever runs on the visitor's own machine"},
	{"origin-localhost", "http://127.0.0.1:8000", "whatever runs on the visitor's own machine"},
	{"origin-localhost", "http://[::1]:3000", "whatever runs on the visitor's own machine"},
	{"origin-private-network", "http://192.168.1.20:8080", "whatever runs in the visitor's own network, another one in each"},
	{"origin-private-network", "http://10.0.0.20", "whatever runs in the visitor's own network, another one in each"},
	{"origin-extension", "chrome-extension://mnopabcdefghijklmnopabcdefghijkl", "an extension that anybody can publish"},
	{"origin-extension", "moz-extension://3b241101-e2bb-4255-8caf-4136c566a962", "an extension that anybody can publish"},
	{"origin-malformed", "file://", "what some webviews send for files"},
}

// neighboursOf returns the neighbourhood of an origin: first those that a page can have.
func neighboursOf(o origin.Origin) (all []neighbour) {
	scheme, host := o.Scheme(), o.Host()
	port := ""
	if p, ok := o.Port(); ok {
		port = ":" + strconv.Itoa(int(p))
	}
	add := func(id, value, what string) {
		if value != o.String() {
			all = append(all, neighbour{id, value, what})
		}
	}
	switch scheme {
	case "http":
		add("origin-scheme", "https://"+host+port, "the same host behind another scheme")
	case "https":
		add("origin-scheme", "http://"+host+port, "the same host without protection, where anybody in the network can be it")
	}
	add("origin-port", scheme+"://"+host+":8443", "another port of the host")
	if port != "" {
		add("origin-port", scheme+"://"+host, "the host's default port")
		if len(port) < len(":10000") {
			add("origin-port", scheme+"://"+host+port+"1", "a port that begins with the same digits")
		}
		if len(port) > len(":1") {
			add("origin-port", scheme+"://"+host+port[:len(port)-1], "a port that begins like it")
		}
	} else {
		add("origin-port", scheme+"://"+host+":44", "another port of the host")
	}
	if names := strings.Split(host, "."); !isAddress(host) {
		for i := range names {
			if i == 0 || i < len(names)-1 {
				// What is wrong with the host may be wrong with what a wildcard has below it.
				for _, n := range hostsAround(strings.Join(names[i:], ".")) {
					add(n.id, scheme+"://"+n.origin+port, n.what)
					if i > 0 {
						add(n.id, scheme+"://"+strings.Join(names[:i], ".")+"."+n.origin+port, n.what)
					}
				}
			}
		}
	}
	// No page has these: what a server says to them is a note.
	for _, value := range []string{
		strings.ToUpper(o.String()), o.String() + "/", o.String() + ", https://evil.example", "https://evil.example, " + o.String(),
		o.String() + " https://evil.example", o.String() + "@evil.example", "https://user@" + host + port, scheme + "://evil.example#" + host,
		scheme + "://evil.example/" + host, host, scheme + ":" + host, o.String() + "\nhttps://evil.example", "https://evil.example\n" + o.String(),
		scheme + "s://" + host + port, scheme + "://" + host + "%00.evil.example", scheme + "://" + strings.Replace(host, "e", "\uff45", 1) + port,
	} {
		add("origin-malformed", value, "a value of Origin that no page has")
	}
	return all
}

// hostsAround returns the neighbourhood of a domain, as hosts.
func hostsAround(host string) (all []neighbour) {
	add := func(id, host, what string) { all = append(all, neighbour{id, host, what}) }
	add("origin-prefix", host+".evil.example", "a host that begins with the name")
	add("origin-prefix", host+"evil.example", "a host that begins with the name")
	add("origin-prefix", host+"-evil.example", "a host that begins with the name")
	add("origin-prefix", host+"`.evil.example", "a host that goes on behind the name with what only a browser takes for a letter")
	add("origin-extended", host+"m", "the name with a letter more")
	add("origin-suffix", "evil"+host, "a host that ends with the name")
	add("origin-suffix", "evil-"+host, "a host that ends with the name")
	add("origin-subdomain", "evil."+host, "a name below the host")
	add("origin-subdomain", "www."+host, "a name below the host")
	add("origin-subdomain", "a.evil."+host, "a name two labels below the host")
	add("origin-trailing-dot", host+".", "the name with the dot of the root")
	add("origin-truncated", host[:len(host)-1], "the name without its last letter")
	add("origin-truncated", strings.TrimPrefix(host[1:], "."), "the name without its first letter")
	add("origin-lookalike", digits.Replace(host), "a name with digits that look like its letters")
	if a, err := origin.DomainToASCII(cyrillic.Replace(host), true); err == nil {
		add("origin-lookalike", a, "a name with letters of another alphabet that look the same")
	}
	first, rest, ok := strings.Cut(host, ".")
	if !ok {
		return all
	}
	add("origin-apex", rest, "the name above the host")
	add("origin-sibling", "evil."+rest, "another name below the same one")
	add("origin-first-label", first+".evil.example", "a host whose first label is the same")
	for i := range host {
		if host[i] == '.' {
			add("origin-infix", host[:i]+"x"+host[i+1:], "a host that a dot of a regular expression matches")
			add("origin-lookalike", host[:i]+"-"+host[i+1:], "a name with a hyphen in place of a dot")
			add("origin-lookalike", host[:i]+"_"+host[i+1:], "a name with an underscore in place of a dot")
		}
	}
	add("origin-top", host[:strings.LastIndexByte(host, '.')]+".evil", "the same name below another top-level domain")
	add("origin-infix", first+"-evil."+rest, "a name with something between its labels")
	add("origin-infix", first+".evil."+rest, "a name with something between its labels")
	return all
}

var (
	digits   = strings.NewReplacer("o", "0", "l", "1", "i", "1")
	cyrillic = strings.NewReplacer("a", "а", "e", "е", "o", "о", "p", "р", "c", "с")
)

func isAddress(host string) bool {
	_, domain := origin.PublicSuffix(host, nil)
	return !domain
}
