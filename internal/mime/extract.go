package mime

import "github.com/corspec/corspec/internal/header"

// Extract returns the MIME type that the Content-Type headers in l stand for, and whether there is one: the last that
// parses and is not */*, with the charset of those of the same essence right before it if it has none itself.
//
// https://fetch.spec.whatwg.org/#concept-header-extract-mime-type
func Extract(l [][2]string) (Type, bool) {
	// Extract a MIME type, steps 1 to 3.
	var (
		charset    string
		hasCharset bool
		essence    string // empty stands for null
		mimeType   Type
	)
	// Extract a MIME type, steps 4 and 5.
	value, ok := header.Get(l, "Content-Type")
	if !ok {
		return Type{}, false
	}
	// Extract a MIME type, step 6.
	for s := header.Split(value); s.Next(); {
		// Extract a MIME type, steps 6.1 and 6.2.
		t, fault := Parse(s.Value())
		if fault.Kind != NoFault || t.Essence() == "*/*" {
			continue
		}
		// Extract a MIME type, step 6.3.
		mimeType = t
		own, ok := t.Param("charset")
		if t.Essence() != essence {
			// Extract a MIME type, step 6.4.
			charset, hasCharset = own, ok
			essence = t.Essence()
		} else if !ok && hasCharset {
			// Extract a MIME type, step 6.5.
			mimeType = t.WithParam("charset", charset)
		}
	}
	// Extract a MIME type, steps 7 and 8.
	return mimeType, essence != ""
}
