package safelist

import (
	"errors"

	"github.com/corspec/corspec/internal/mime"
)

// A MIMEType is a MIME type record: a type, a subtype and parameters. The zero value is not a MIME type, and its
// essence is empty.
//
// https://mimesniff.spec.whatwg.org/#mime-type
type MIMEType struct{ record mime.Type }

// ParseMIMEType parses a MIME type from the bytes of value. Parameters that are wrong are left out; a type or a subtype
// that is wrong is an error, a [*ParseError].
//
// https://mimesniff.spec.whatwg.org/#parse-a-mime-type-from-bytes
func ParseMIMEType(value string) (MIMEType, error) {
	record, fault := mime.Parse(value)
	if fault.Kind != mime.NoFault {
		return MIMEType{}, &ParseError{Input: value, Reason: Reason{RuleContentTypeMalformed, fault.Byte}}
	}
	return MIMEType{record}, nil
}

var errNoMIMEType = errors.New("safelist: there is no Content-Type, or none of its values is a MIME type other than */*")

// ExtractMIMEType returns the MIME type that the Content-Type headers stand for. Where the standard returns failure,
// because none of their values is a MIME type other than */*, there is an error.
//
// https://fetch.spec.whatwg.org/#concept-header-extract-mime-type
func ExtractMIMEType(headers [][2]string) (MIMEType, error) {
	record, ok := mime.Extract(headers)
	if !ok {
		return MIMEType{}, errNoMIMEType
	}
	return MIMEType{record}, nil
}

// Essence returns the type, a slash and the subtype, in lowercase.
//
// https://mimesniff.spec.whatwg.org/#mime-type-essence
func (m MIMEType) Essence() string { return m.record.Essence() }

// Parameter returns the value of the parameter called name, which must be in lowercase, and whether there is one.
func (m MIMEType) Parameter(name string) (value string, ok bool) { return m.record.Param(name) }

// String serializes m. Of the zero value it says that it is not a MIME type.
//
// https://mimesniff.spec.whatwg.org/#serialize-a-mime-type
func (m MIMEType) String() string {
	if m.record.Essence() == "" {
		return "(not a MIME type)"
	}
	return m.record.String()
}

// IsJavaScript reports whether m is a JavaScript MIME type.
//
// https://mimesniff.spec.whatwg.org/#javascript-mime-type
func (m MIMEType) IsJavaScript() bool { return m.record.IsJavaScript() }
