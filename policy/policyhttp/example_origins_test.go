package policyhttp_test

import (
	"bufio"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"

	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/policy"
	"github.com/corspec/corspec/policy/policyhttp"
)

// CORS says who may read responses; it does not keep requests away. A page of
// any origin can send a form with the user's cookies: the browser asks nobody
// first, and the policy lets the request through, as it must. What keeps it from
// changing something is [http.CrossOriginProtection], with the same set of
// origins. It belongs inside of Wrap: outside, its refusals have no CORS headers,
// and an allowed page sees a network error in place of status 403.
func Example_crossOriginProtection() {
	trusted := origin.MustParseSet("https://app.example.com", "https://*.partner.example")
	p, err := policyhttp.NewPolicy(policy.Config{Credentials: true}, policy.WithOrigins(trusted))
	if err != nil {
		log.Fatal(err)
	}
	var cors policyhttp.Middleware
	cors.Store(p)

	mux := http.NewServeMux()
	mux.HandleFunc("POST /orders", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusCreated) })
	protection := http.NewCrossOriginProtection()
	protected := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := protection.Check(r); err != nil {
			// It takes origins one by one; the set also has patterns.
			if _, ok := trusted.Match(r.Header.Get("Origin")); !ok {
				http.Error(w, err.Error(), http.StatusForbidden)
				return
			}
		}
		mux.ServeHTTP(w, r)
	})
	handler := cors.Wrap(protected)

	for _, from := range []http.Header{
		{"Sec-Fetch-Site": {"same-origin"}, "Origin": {"https://api.example.com"}},
		{"Sec-Fetch-Site": {"same-site"}, "Origin": {"https://app.example.com"}},
		{"Sec-Fetch-Site": {"cross-site"}, "Origin": {"https://eu.partner.example"}},
		{},
		{"Sec-Fetch-Site": {"cross-site"}, "Origin": {"https://evil.example"}},
		{"Origin": {"https://evil.example"}}, // of an old browser
		{"Origin": {"null"}},
	} {
		r := httptest.NewRequest("POST", "https://api.example.com/orders", nil)
		r.Header = from
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		fmt.Println(w.Code, from["Origin"])
	}
	// Output:
	// 201 [https://api.example.com]
	// 201 [https://app.example.com]
	// 201 [https://eu.partner.example]
	// 201 []
	// 403 [https://evil.example]
	// 403 [https://evil.example]
	// 403 [null]
}

// Hosts of previews have a name such as proj-4f7x2k9ab-team.previews.example. A
// pattern cannot say that, but a function can. The id in the middle has no
// hyphen and always the same length: proj-4f7x2k9ab-other-team is somebody else's.
func Example_previewHosts() {
	preview := func(o origin.Origin) bool {
		label, parent, _ := strings.Cut(o.Host(), ".")
		id, ok := strings.CutPrefix(label, "proj-")
		if !ok {
			return false
		}
		id, ok = strings.CutSuffix(id, "-team")
		_, hasPort := o.Port()
		return ok && len(id) == 9 && !strings.Contains(id, "-") && parent == "previews.example" && o.Scheme() == "https" && !hasPort
	}
	p, err := policyhttp.NewPolicy(policy.Config{Origins: []string{"https://www.example.com"}, Credentials: true}, policy.WithOrigins(policy.OriginsFunc(preview)))
	if err != nil {
		log.Fatal(err)
	}
	printAllowed(p,
		"https://www.example.com",
		"https://proj-4f7x2k9ab-team.previews.example",
		"https://proj-4f7x2k9ab-other-team.previews.example",
		"https://proj-4f7x2k9ab-team.previews.example.evil.example",
		"https://evil.proj-4f7x2k9ab-team.previews.example",
		"http://proj-4f7x2k9ab-team.previews.example",
		"https://proj-4f7x2k9ab-team.previews.example:8443",
	)
	// Output:
	// yes https://www.example.com
	// yes https://proj-4f7x2k9ab-team.previews.example
	// no  https://proj-4f7x2k9ab-other-team.previews.example
	// no  https://proj-4f7x2k9ab-team.previews.example.evil.example
	// no  https://evil.proj-4f7x2k9ab-team.previews.example
	// no  http://proj-4f7x2k9ab-team.previews.example
	// no  https://proj-4f7x2k9ab-team.previews.example:8443
}

// Pages that devices in the local network serve, on any port. Names of hosts
// are not looked up: whoever owns a name says what address it has. Everybody in
// that network can serve such a page, and http does not protect it; so there are
// no credentials.
func Example_localNetwork() {
	network := netip.MustParsePrefix("192.168.0.0/16")
	local := func(o origin.Origin) bool {
		address, err := netip.ParseAddr(o.Host())
		return err == nil && network.Contains(address) && (o.Scheme() == "http" || o.Scheme() == "https")
	}
	p, err := policyhttp.NewPolicy(policy.Config{}, policy.WithOrigins(policy.OriginsFunc(local)))
	if err != nil {
		log.Fatal(err)
	}
	printAllowed(p,
		"http://192.168.1.20",
		"http://192.168.1.20:3000",
		"http://193.168.1.20",
		"http://192.168.1.20.evil.example",
		"http://[::ffff:c0a8:114]",
	)
	// Output:
	// yes http://192.168.1.20
	// yes http://192.168.1.20:3000
	// no  http://193.168.1.20
	// no  http://192.168.1.20.evil.example
	// no  http://[::ffff:c0a8:114]
}

// The pattern https://*.customers.example has subdomains of one or more labels;
// this has those of exactly one.
func Example_oneLabel() {
	one := func(o origin.Origin) bool {
		_, parent, _ := strings.Cut(o.Host(), ".")
		_, hasPort := o.Port()
		return parent == "customers.example" && o.Scheme() == "https" && !hasPort
	}
	p, err := policyhttp.NewPolicy(policy.Config{Credentials: true}, policy.WithOrigins(policy.OriginsFunc(one)))
	if err != nil {
		log.Fatal(err)
	}
	printAllowed(p,
		"https://acme.customers.example",
		"https://x.acme.customers.example",
		"https://customers.example",
		"https://evilcustomers.example",
	)
	// Output:
	// yes https://acme.customers.example
	// no  https://x.acme.customers.example
	// no  https://customers.example
	// no  https://evilcustomers.example
}

// printAllowed says which origins may read a response.
func printAllowed(p *policy.Policy, origins ...string) {
	for _, from := range origins {
		d := p.Evaluate(policy.Request{Method: "GET", Origin: from})
		if d.Allowed() {
			fmt.Println("yes", from)
		} else {
			fmt.Println("no ", from)
		}
	}
}

// suffixList is a public suffix list: the rules of a public_suffix_list.dat.
type suffixList map[string]bool

// readSuffixList reads the rules, one on a line. Those that are not in ASCII
// have to be in Punycode, as browsers send them.
func readSuffixList(r io.Reader) (suffixList, error) {
	list := suffixList{}
	scanner := bufio.NewScanner(r)
	for scanner.Scan() {
		rule, _, _ := strings.Cut(strings.TrimSpace(scanner.Text()), " ")
		if rule != "" && !strings.HasPrefix(rule, "//") {
			list[rule] = true
		}
	}
	return list, scanner.Err()
}

// PublicSuffix returns the public suffix of a domain, by the longest rule.
func (l suffixList) PublicSuffix(domain string) string {
	for {
		_, parent, more := strings.Cut(domain, ".")
		switch {
		case l["!"+domain]:
			return parent
		case l[domain], l["*."+parent], !more:
			return domain
		}
		domain = parent
	}
}

// A list that is newer than the one that the program was built with, from a file
// that a job keeps up to date.
func Example_suffixList() {
	list, err := readSuffixList(strings.NewReader(`
		// ===BEGIN PRIVATE DOMAINS===
		com
		newhost.com
		*.sites.example
		!www.sites.example
	`))
	if err != nil {
		log.Fatal(err)
	}
	everybody := policy.Config{Origins: []string{"https://*.newhost.com"}, Credentials: true}
	_, err = policyhttp.NewPolicy(everybody)
	fmt.Println("with the built-in list:", err)
	_, err = policyhttp.NewPolicy(everybody, policy.WithSuffixList(list))
	fmt.Println("with the new one:", err != nil)

	for _, domain := range []string{"a.newhost.com", "a.b.sites.example", "a.www.sites.example", "a.example"} {
		fmt.Println(domain, "is below", list.PublicSuffix(domain))
	}
	// Output:
	// with the built-in list: <nil>
	// with the new one: true
	// a.newhost.com is below newhost.com
	// a.b.sites.example is below b.sites.example
	// a.www.sites.example is below sites.example
	// a.example is below example
}
