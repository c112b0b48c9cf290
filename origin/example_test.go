package origin_test

import (
	"encoding/json"
	"errors"
	"fmt"

	"golang.org/x/net/publicsuffix"

	"github.com/corspec/corspec/origin"
)

// A framework reads the Origin header of a request and compares it with an
// origin of its configuration. Comparing costs as much as comparing strings,
// and a "null" is never anybody's origin.
func Example_framework() {
	app := origin.MustParse("https://app.example")
	for _, header := range []string{"https://app.example", "https://app.example:8443", "https://app.example.evil.example", "null", "https://app.example/"} {
		o, err := origin.Parse(header)
		switch {
		case err != nil:
			fmt.Println("malformed:", err)
		case o == app:
			fmt.Println("the app:", o)
		default:
			fmt.Println("another:", o)
		}
	}
	// Output:
	// the app: https://app.example
	// another: https://app.example:8443
	// another: https://app.example.evil.example
	// another: null
	// malformed: origin: invalid origin "https://app.example/", byte 19: origin has something after its host and port (remove what follows the host and port; an origin has no slash at its end)
}

// A test harness takes the origins of pages and of the URLs that they fetch,
// and tells same-origin, same-site and cross-site requests apart.
func Example_harness() {
	page := origin.MustParseURL("https://www.example.co.uk/index.html")
	for _, link := range []string{"/api?q=1", "//static.example.co.uk:8443/x.png", "https://example.org", "data:,hello"} {
		u, err := origin.ParseURL(link, &page)
		if err != nil {
			fmt.Println(err)
			continue
		}
		a, b := page.Origin(), u.Origin()
		fmt.Println(u, origin.SameOrigin(a, b), origin.SameSite(a, b, publicsuffix.List))
	}
	// Output:
	// https://www.example.co.uk/api?q=1 true true
	// https://static.example.co.uk:8443/x.png false true
	// https://example.org/ false false
	// data:,hello false false
}

// An implementer looks up what the standard's algorithms return.
func Example_implementer() {
	for _, host := range []string{"0x7f.1", "Bücher.example", "[::ffff:127.0.0.1]", "1.2.3.4.5", "xn--a"} {
		serialized, err := origin.ParseHost(host)
		var e *origin.ParseError
		if errors.As(err, &e) {
			fmt.Printf("%s: failure at byte %d: %s\n", host, e.Offset, e.Reason)
			continue
		}
		fmt.Printf("%s: %s\n", host, serialized)
	}
	// Output:
	// 0x7f.1: 127.0.0.1
	// Bücher.example: xn--bcher-kva.example
	// [::ffff:127.0.0.1]: [::ffff:7f00:1]
	// 1.2.3.4.5: failure at byte 8: IPv4 address has more than four parts
	// xn--a: xn--a
}

func ExampleParse() {
	for _, s := range []string{"https://foo_bar.example", "https://a.example:443", "https://A.example"} {
		o, err := origin.Parse(s)
		fmt.Println(o, err)
	}
	// Output:
	// https://foo_bar.example <nil>
	// invalid origin origin: invalid origin "https://a.example:443", byte 18: port is the scheme's default (leave the port out)
	// invalid origin origin: invalid origin "https://A.example", byte 8: host is not in lower case (write the host in lower case)
}

// Who writes origins, as a generator of configurations or a test of a client
// does, keeps to the grammar of the Origin header.
func ExampleParseStrict() {
	_, err := origin.ParseStrict("https://foo_bar.example")
	fmt.Println(err)
	// Output:
	// origin: invalid origin "https://foo_bar.example", byte 11: byte is not allowed here by the Origin header's grammar (write a host of letters, digits, and hyphens within labels)
}

func ExampleNewOpaque() {
	a, b := origin.NewOpaque(), origin.NewOpaque()
	c := a
	fmt.Println(a, b, a == c, a == b)
	// Output:
	// null null true false
}

// A harness that only needs to know where a URL belongs takes its origin without
// the rest.
func ExampleOfURL() {
	for _, s := range []string{"https://user@example.com:443/x", "blob:https://example.com/5d4c", "file:///etc/hosts"} {
		o, err := origin.OfURL(s)
		fmt.Println(o, err)
	}
	// Output:
	// https://example.com <nil>
	// https://example.com <nil>
	// null <nil>
}

func ExampleOrigin_Site() {
	o := origin.MustParse("https://a.b.example.co.uk:8443")
	fmt.Println(o.Site(publicsuffix.List))
	fmt.Println(o.Site(nil)) // Without a list, the last label is the public suffix.
	// Output:
	// https://example.co.uk
	// https://co.uk
}

func ExampleOrigin_UnmarshalText() {
	var config struct{ Origins []origin.Origin }
	err := json.Unmarshal([]byte(`{"Origins": ["https://a.example", "http://localhost:8080"]}`), &config)
	fmt.Println(config.Origins, err)
	// Output:
	// [https://a.example http://localhost:8080] <nil>
}

func ExampleURL_WithFragment() {
	// A redirect whose Location has no fragment passes on the request's.
	request := origin.MustParseURL("https://a.example/old#section")
	location, _ := origin.ParseURL("/new", &request)
	if _, ok := location.Fragment(); !ok {
		fragment, _ := request.Fragment()
		location = location.WithFragment(fragment)
	}
	fmt.Println(location)
	// Output:
	// https://a.example/new#section
}

// A browser that has document.domain compares origins with it.
func ExampleSameOriginDomain() {
	a, b := origin.MustParse("https://x.example.com"), origin.MustParse("https://y.example.com:8443")
	fmt.Println(origin.SameOriginDomain(a, "", b, ""))
	fmt.Println(origin.SameOriginDomain(a, "example.com", b, "example.com")) // Both set document.domain.
	// Output:
	// false
	// true
}

// A browser asks this of what a page assigns to document.domain, and a server of
// WebAuthn of a relying party's id.
func ExampleIsRegistrableDomainSuffixOfOrEqualTo() {
	fmt.Println(origin.IsRegistrableDomainSuffixOfOrEqualTo("example.co.uk", "www.example.co.uk", publicsuffix.List))
	fmt.Println(origin.IsRegistrableDomainSuffixOfOrEqualTo("co.uk", "www.example.co.uk", publicsuffix.List))
	// Output:
	// true
	// false
}

// A registrar, or a form for domains, wants what browsers make of a name; strict
// is what may be registered.
func ExampleDomainToASCII() {
	loose, _ := origin.DomainToASCII("a_b.Bücher.example", false)
	_, err := origin.DomainToASCII("a_b.Bücher.example", true)
	fmt.Println(loose)
	fmt.Println(err)
	// Output:
	// a_b.xn--bcher-kva.example
	// origin: invalid domain "a_b.Bücher.example", byte 0: label has an ASCII code point other than letters, digits and hyphens (remove the code point, or do not be strict)
}
