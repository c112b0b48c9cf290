package safelist

import (
	"iter"

	"github.com/corspec/corspec/internal/mime"
)

// A MIMEType is a MIME type record: a type, a subtype and parameters. The zero
// value is none.
//
// https://mimesniff.spec.whatwg.org/#mime-type
type MIMEType struct{ record mime.Type }

// ParseMIMEType parses a MIME type from the bytes of value. Parameters that are
// wrong are left out; a type or a subtype that is wrong is an error, a
// [*ParseError].
//
// https://mimesniff.spec.whatwg.org/#parse-a-mime-type-from-bytes
func ParseMIMEType(value string) (MIMEType, error) {
	record, fault := mime.Parse(value)
	if fault.Kind != mime.NoFault {
		return MIMEType{}, &ParseError{Input: value, Reason: contentTypeMalformed.at(fault.Byte)}
	}
	return MIMEType{record}, nil
}

// ExtractMIMEType returns the MIME type that the Content-Type headers stand
// for, or found=false where the standard returns failure.
//
// https://fetch.spec.whatwg.org/#concept-header-extract-mime-type
func ExtractMIMEType(headers [][2]string) (m MIMEType, found bool) {
	record, found := mime.Extract(headers)
	return MIMEType{record}, found
}

// Type returns the type, which stands before the slash, in lowercase.
func (m MIMEType) Type() string { return m.record.Type() }

// Subtype returns the subtype, which stands after the slash, in lowercase.
func (m MIMEType) Subtype() string { return m.record.Subtype() }

// Essence returns the type, a slash and the subtype.
//
// https://mimesniff.spec.whatwg.org/#mime-type-essence
func (m MIMEType) Essence() string { return m.record.Essence() }

// Parameter returns the value of the parameter called name, which must be in
// lowercase, and whether there is one.
func (m MIMEType) Parameter(name string) (value string, ok bool) { return m.record.Param(name) }

// Parameters yields the names and values of the parameters in order.
func (m MIMEType) Parameters() iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		for _, p := range m.record.Params() {
			if !yield(p.Name, p.Value) {
				return
			}
		}
	}
}

// String serializes m.
//
// https://mimesniff.spec.whatwg.org/#serialize-a-mime-type
func (m MIMEType) String() string { return m.record.String() }

// IsJavaScript reports whether m is a JavaScript MIME type.
//
// https://mimesniff.spec.whatwg.org/#javascript-mime-type
func (m MIMEType) IsJavaScript() bool { return m.record.IsJavaScript() }

// IsJSON reports whether m is a JSON MIME type.
//
// https://mimesniff.spec.whatwg.org/#json-mime-type
func (m MIMEType) IsJSON() bool { return m.record.IsJSON() }

// IsXML reports whether m is an XML MIME type.
//
// https://mimesniff.spec.whatwg.org/#xml-mime-type
func (m MIMEType) IsXML() bool { return m.record.IsXML() }

// IsHTML reports whether m is an HTML MIME type.
//
// https://mimesniff.spec.whatwg.org/#html-mime-type
func (m MIMEType) IsHTML() bool { return m.record.IsHTML() }

// IsScriptable reports whether m is a scriptable MIME type.
//
// https://mimesniff.spec.whatwg.org/#scriptable-mime-type
func (m MIMEType) IsScriptable() bool { return m.record.IsScriptable() }

// IsImage reports whether m is an image MIME type.
//
// https://mimesniff.spec.whatwg.org/#image-mime-type
func (m MIMEType) IsImage() bool { return m.record.IsImage() }

// IsAudioOrVideo reports whether m is an audio or video MIME type.
//
// https://mimesniff.spec.whatwg.org/#audio-or-video-mime-type
func (m MIMEType) IsAudioOrVideo() bool { return m.record.IsAudioOrVideo() }

// IsFont reports whether m is a font MIME type.
//
// https://mimesniff.spec.whatwg.org/#font-mime-type
func (m MIMEType) IsFont() bool { return m.record.IsFont() }

// IsZIPBased reports whether m is a ZIP-based MIME type.
//
// https://mimesniff.spec.whatwg.org/#zip-based-mime-type
func (m MIMEType) IsZIPBased() bool { return m.record.IsZIPBased() }

// IsArchive reports whether m is an archive MIME type.
//
// https://mimesniff.spec.whatwg.org/#archive-mime-type
func (m MIMEType) IsArchive() bool { return m.record.IsArchive() }

// Minimize returns as little of m as tells apart what is processed
// differently, or the empty string; supported says whether the user agent
// supports m.
//
// https://mimesniff.spec.whatwg.org/#minimize-a-supported-mime-type
func (m MIMEType) Minimize(supported bool) string { return m.record.Minimize(supported) }
