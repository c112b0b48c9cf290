package main

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"strings"
	"testing"
	"unicode/utf16"
)

func gzipped(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write([]byte(text))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// zipped returns an archive of names and texts.
func zipped(t *testing.T, files ...string) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		f, err := w.Create(files[i])
		if err != nil {
			t.Fatal(err)
		}
		f.Write([]byte(files[i+1]))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func inUTF16(text string, big bool) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune("\ufeff" + text)) {
		if big {
			b.Write([]byte{byte(u >> 8), byte(u)})
		} else {
			b.Write([]byte{byte(u), byte(u >> 8)})
		}
	}
	return b.String()
}

func TestUnpack(t *testing.T) {
	const most = 1 << 20
	const text = `{"log":{"a":"é😀"}}`
	for name, packed := range map[string]string{
		"as it is": text, "mark": "\ufeff" + text, "gzip": gzipped(t, text), "gzip and mark": gzipped(t, "\ufeff"+text), "UTF-16": inUTF16(text, false), "UTF-16, big": inUTF16(text, true),
		"zip":  zipped(t, "a/trace.HAR", text, "__MACOSX/._trace.har", "x", "body.json", "{}"),
		"both": zipped(t, "x.har.gz", gzipped(t, text)), "two members": gzipped(t, text[:5]) + gzipped(t, text[5:]), "all": gzipped(t, strings.Repeat(" ", most-len(text))+text),
	} {
		got, err := unpack(packed, most)
		if err != nil || strings.TrimLeft(got, " ") != text {
			t.Errorf("%s: %.40q, %v", name, got, err)
		}
	}
	for name, tt := range map[string]struct{ packed, want string }{
		"a bomb":               {gzipped(t, strings.Repeat(" ", most+1)), "gzip: it unpacks to more than 1 MiB, which is the most that is read"},
		"a bomb in an archive": {zipped(t, "x.har", strings.Repeat(" ", most+1)), `zip archive: "x.har": it unpacks to more than 1 MiB`},
		"cut":                  {gzipped(t, text)[:20], "gzip: unexpected EOF"},
		"cut archive":          {zipped(t, "x.har", text)[:40], "zip archive: "},
		"no HAR file":          {zipped(t, "x.txt", text), "zip archive: there is no file in it whose name ends in .har"},
		"an empty archive":     {zipped(t), "zip archive: there is no file"},
		"two":                  {zipped(t, "a.har", text, "b.har", text), `zip archive: there are 2 HAR files in it, such as "a.har" and "b.har"`},
		"not gzip":             {"\x1f\x8b\x00", "gzip: "},
	} {
		if got, err := unpack(tt.packed, most); err == nil || got != "" && name != "cut" || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%s: %.40q, %v; want %q", name, got, err, tt.want)
		}
	}
	// Half a surrogate pair is the replacement character, and an odd byte at the end is dropped.
	if got, err := unpack("\xff\xfe\x00\xd8a\x00b", most); err != nil || got != "\ufffda" {
		t.Errorf("%q, %v", got, err)
	}
}
