package origin

import (
	"strings"

	"github.com/corspec/corspec/internal/weburl"
)

const reasonOutsideABNF weburl.Reason = "byte is not allowed here by the Origin header's grammar"

// outsideABNF is the place of the first byte of s, which ScanOrigin has accepted, that the grammar of the Origin header
// does not allow; -1 where s matches. Schemes, ports and IPv6 addresses that are serialized always match: what is left
// are the labels of domains and opaque hosts.
//
// https://fetch.spec.whatwg.org/#serialized-domain
func outsideABNF(s string) int {
	i := strings.Index(s, "://") + len("://")
	host := s[i : i+hostLength(s[i:])]
	if host[0] == '[' {
		return -1
	}
	edge := true // At the edge of a label, where a hyphen is not allowed.
	for j := range len(host) {
		c := host[j]
		switch {
		case 'a' <= c && c <= 'z' || '0' <= c && c <= '9':
			edge = false
		case c == '-' && !edge && j+1 < len(host) && host[j+1] != '.':
		case c == '.' && !edge && j+1 < len(host):
			edge = true
		default:
			return i + j
		}
	}
	return -1
}
