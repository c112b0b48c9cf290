package explain

import (
	"fmt"
	"strings"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/internal/quote"
	"github.com/corspec/corspec/safelist"
)

// A Cause is one thing for which a request across origins needs a preflight.
type Cause struct {
	Preflight fetch.PreflightReason
	Name      string          // the method, or the header's name
	Value     string          // the header's
	Rule      safelist.Reason // what stands against the header: the rule, and the byte at fault
}

// mostCauses is how many causes are kept.
const mostCauses = 20

// causes returns why a preflight was sent for a request, in the order of the standard: the flag, the method, the
// headers.
func causes(r *fetch.Request) (all []Cause) {
	if r.UseCORSPreflight {
		all = append(all, Cause{Preflight: fetch.PreflightReasonFlag})
	}
	if !r.UnsafeRequest {
		return all
	}
	if !safelist.IsCORSSafelistedMethod(r.Method) {
		all = append(all, Cause{Preflight: fetch.PreflightReasonMethod, Name: r.Method})
	}
	for _, u := range safelist.UnsafeRequestHeaders(r.Headers) {
		if len(all) == mostCauses {
			break
		}
		h := r.Headers[u.Index]
		all = append(all, Cause{fetch.PreflightReasonHeaders, h[0], h[1], u.Reason})
	}
	return all
}

// String says what it is, such as "Accept: its value has 134 bytes, and 128 are safelisted".
func (c Cause) String() string {
	name := short(c.Name)
	switch c.Preflight {
	case fetch.PreflightReasonNone:
		return "nothing"
	case fetch.PreflightReasonFlag:
		return "somebody listens to the progress of the upload, or the body is a stream"
	case fetch.PreflightReasonMethod:
		return fmt.Sprintf("the method is %s, and only GET, HEAD and POST are safelisted", name)
	}
	switch c.Rule.Rule {
	case safelist.RuleNameNotSafelisted:
		return name + " is not the name of a safelisted header"
	case safelist.RuleValueTooLong:
		return fmt.Sprintf("%s: its value has %d bytes, and %d are safelisted", name, len(c.Value), safelist.MaxSafelistedValueLength)
	case safelist.RuleValuesTooLong:
		return fmt.Sprintf("%s: the safelisted values have more than %d bytes together", name, safelist.MaxSafelistedValuesLength)
	case safelist.RuleValueUnsafeByte, safelist.RuleValueNotLanguageByte:
		if i := c.Rule.Byte; i < len(c.Value) { // else nobody but the caller made it
			return fmt.Sprintf("%s: byte %d of its value, %q, is not safelisted", name, i, c.Value[i:i+1])
		}
	case safelist.RuleContentTypeNotSafelisted:
		return fmt.Sprintf("%s is %s, and only application/x-www-form-urlencoded, multipart/form-data and text/plain are safelisted", name, short(c.Value))
	}
	return fmt.Sprintf("%s: %s is not safelisted: %s", name, quote.Quote(c.Value), strings.TrimSuffix(c.Rule.Rule.Explain(), "."))
}

// Avoid says, in sentences, how a request can do without a preflight, as far as the cause goes.
func (c Cause) Avoid() string {
	switch c.Preflight {
	case fetch.PreflightReasonNone:
		return ""
	case fetch.PreflightReasonFlag:
		return "To avoid it, remove the listeners from the upload, or send the body as a whole."
	case fetch.PreflightReasonMethod:
		return "To avoid it, use POST, if the server takes it for the same."
	}
	switch c.Rule.Rule {
	case safelist.RuleValueTooLong, safelist.RuleValuesTooLong:
		return "To avoid it, shorten the value."
	case safelist.RuleValueUnsafeByte, safelist.RuleValueNotLanguageByte:
		return "To avoid it, leave out the byte."
	case safelist.RuleContentTypeNotSafelisted, safelist.RuleContentTypeMalformed:
		return "To avoid it, send the body as text/plain, if the server reads it all the same and does not count on the preflight to keep forged requests away."
	case safelist.RuleRangeMalformed, safelist.RuleRangeWithoutStart, safelist.RuleRangeStartAfterEnd:
		return "To avoid it, ask for one range that names its start, such as bytes=0-499."
	}
	switch header.Lower(c.Name) {
	case "authorization":
		return "With Authorization there always is one. Access-Control-Max-Age keeps it from being sent each time."
	case "cache-control", "pragma":
		return "To avoid it, leave the header out, and give fetch() the option cache: \"no-store\"."
	case "if-none-match", "if-modified-since":
		return "To avoid it, leave the header out: the browser's cache revalidates by itself."
	}
	return "To avoid it, leave the header out, if the server can do without. Access-Control-Max-Age keeps the preflight from being sent each time."
}
