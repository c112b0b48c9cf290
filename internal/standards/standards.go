// Package standards names the standards that this module implements, and their commits.
package standards

// The commits, in the order of how much is taken from each.
const (
	Fetch          = "586cd2a44c2a865b37c166dc0740f3fb8bb220d6" // 2026-07-02
	URL            = "6ae84860d12800bcf563668e7cc821360dce6062" // 2026-07-02
	HTML           = "508a037333d8a1806504303aeb489d931fabbef6" // 2026-08-21
	MIMESniff      = "8a3b9185a9e9f12de6ef2f9d7e434f0e5d3146c2" // 2026-01-20
	MixedContent   = "a4eacecdbaab867f6de126c4048662bac2ad4b4b" // 2026-01-08
	ReferrerPolicy = "88f8f2572d241894f7257ad3f9febd559101fedf" // 2024-11-01
	FetchMetadata  = "6d0c5bffaa3ab068747cb66cf10503d0ad1107e5" // 2025-04-01
	SecureContexts = "68191bb08a685c1e2d2270e72d2b14b36ba96f42" // 2023-11-10
	XHR            = "d375b2858e46f8c253d1f1380744ee7ebec432b4" // 2026-05-14
	WebSockets     = "1b3525cb24f58240581b06b7681ba46849dae182" // 2025-07-14
	Beacon         = "2c9d05784ece9351f6264c47a981c991b11eac09" // 2026-03-11
)

// Commits returns the commit of each standard, by the name of its repository.
func Commits() map[string]string {
	return map[string]string{
		"whatwg/fetch": Fetch, "whatwg/url": URL, "whatwg/html": HTML, "whatwg/mimesniff": MIMESniff, "whatwg/xhr": XHR, "whatwg/websockets": WebSockets,
		"w3c/webappsec-mixed-content": MixedContent, "w3c/webappsec-referrer-policy": ReferrerPolicy, "w3c/webappsec-fetch-metadata": FetchMetadata,
		"w3c/webappsec-secure-contexts": SecureContexts, "w3c/beacon": Beacon,
	}
}

// mixedContentAnchor is the only anchor of a step that is not Fetch's.
const mixedContentAnchor = "should-block-fetch"

// StepURL returns where the algorithm with that anchor stands, in the snapshot of the commit if there is one: the W3C
// keeps none.
func StepURL(anchor string) string {
	if anchor == mixedContentAnchor {
		return "https://w3c.github.io/webappsec-mixed-content/#" + anchor
	}
	return "https://fetch.spec.whatwg.org/commit-snapshots/" + Fetch + "/#" + anchor
}
