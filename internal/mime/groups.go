package mime

import "strings"

// IsImage reports whether t is an image MIME type.
//
// https://mimesniff.spec.whatwg.org/#image-mime-type
func (t Type) IsImage() bool { return t.Type() == "image" }

// IsAudioOrVideo reports whether t is an audio or video MIME type.
//
// https://mimesniff.spec.whatwg.org/#audio-or-video-mime-type
func (t Type) IsAudioOrVideo() bool {
	return t.Type() == "audio" || t.Type() == "video" || t.essence == "application/ogg"
}

// IsFont reports whether t is a font MIME type.
//
// https://mimesniff.spec.whatwg.org/#font-mime-type
func (t Type) IsFont() bool {
	switch t.essence {
	case "application/font-cff", "application/font-otf", "application/font-sfnt", "application/font-ttf",
		"application/font-woff", "application/vnd.ms-fontobject", "application/vnd.ms-opentype":
		return true
	}
	return t.Type() == "font"
}

// IsZIPBased reports whether t is a ZIP-based MIME type.
//
// https://mimesniff.spec.whatwg.org/#zip-based-mime-type
func (t Type) IsZIPBased() bool {
	return strings.HasSuffix(t.Subtype(), "+zip") || t.essence == "application/zip"
}

// IsArchive reports whether t is an archive MIME type.
//
// https://mimesniff.spec.whatwg.org/#archive-mime-type
func (t Type) IsArchive() bool {
	switch t.essence {
	case "application/x-rar-compressed", "application/zip", "application/x-gzip":
		return true
	}
	return false
}

// IsXML reports whether t is an XML MIME type.
//
// https://mimesniff.spec.whatwg.org/#xml-mime-type
func (t Type) IsXML() bool {
	return strings.HasSuffix(t.Subtype(), "+xml") || t.essence == "text/xml" || t.essence == "application/xml"
}

// IsHTML reports whether t is an HTML MIME type.
//
// https://mimesniff.spec.whatwg.org/#html-mime-type
func (t Type) IsHTML() bool { return t.essence == "text/html" }

// IsScriptable reports whether t is a scriptable MIME type.
//
// https://mimesniff.spec.whatwg.org/#scriptable-mime-type
func (t Type) IsScriptable() bool {
	return t.IsXML() || t.IsHTML() || t.essence == "application/pdf"
}

// IsJavaScript reports whether t is a JavaScript MIME type.
//
// https://mimesniff.spec.whatwg.org/#javascript-mime-type
func (t Type) IsJavaScript() bool {
	switch t.essence {
	case "application/ecmascript", "application/javascript", "application/x-ecmascript", "application/x-javascript",
		"text/ecmascript", "text/javascript", "text/javascript1.0", "text/javascript1.1", "text/javascript1.2",
		"text/javascript1.3", "text/javascript1.4", "text/javascript1.5", "text/jscript", "text/livescript",
		"text/x-ecmascript", "text/x-javascript":
		return true
	}
	return false
}

// IsJSON reports whether t is a JSON MIME type.
//
// https://mimesniff.spec.whatwg.org/#json-mime-type
func (t Type) IsJSON() bool {
	return strings.HasSuffix(t.Subtype(), "+json") || t.essence == "application/json" || t.essence == "text/json"
}

// Minimize returns as little of t as tells apart what is processed
// differently. Whether the user agent supports t is for the caller to say.
//
// https://mimesniff.spec.whatwg.org/#minimize-a-supported-mime-type
func (t Type) Minimize(supported bool) string {
	switch {
	case t.IsJavaScript(): // Minimize a supported MIME type, step 1.
		return "text/javascript"
	case t.IsJSON(): // Minimize a supported MIME type, step 2.
		return "application/json"
	case t.essence == "image/svg+xml": // Minimize a supported MIME type, step 3.
		return t.essence
	case t.IsXML(): // Minimize a supported MIME type, step 4.
		return "application/xml"
	case supported: // Minimize a supported MIME type, step 5.
		return t.essence
	}
	// Minimize a supported MIME type, step 6.
	return ""
}
