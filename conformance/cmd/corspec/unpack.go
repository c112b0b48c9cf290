package main

import (
	"archive/zip"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// mostUnpacked is how large a file in an archive may be: a few kilobytes can unpack to as many gigabytes.
const mostUnpacked = 512 << 20

// readText reads a file, or standard input if the name is "-".
func readText(name string, stdin io.Reader) (string, error) {
	if name == "-" {
		return readAll(stdin, 0)
	}
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	var size int64
	if info, err := f.Stat(); err == nil {
		size = info.Size()
	}
	return readAll(f, size)
}

// readAll reads all of r into a text, of about that size.
func readAll(r io.Reader, size int64) (string, error) {
	var b strings.Builder
	b.Grow(int(min(max(size, 0), mostUnpacked)))
	_, err := io.Copy(&b, r)
	return b.String(), err
}

// unpack returns the text of a file as it is kept: gzipped, as a zip archive with one HAR file in it, with a byte order
// mark, or in UTF-16. No more than so many bytes come out of an archive.
func unpack(text string, most int64) (string, error) {
	for range 2 { // a gzipped file may stand in an archive
		switch {
		case strings.HasPrefix(text, "\x1f\x8b"):
			r, err := gzip.NewReader(strings.NewReader(text))
			if err != nil {
				return "", fmt.Errorf("gzip: %w", err)
			}
			if text, err = readBounded(r, most); err != nil {
				return "", fmt.Errorf("gzip: %w", err)
			}
		case strings.HasPrefix(text, "PK\x03\x04"), strings.HasPrefix(text, "PK\x05\x06"):
			var err error
			if text, err = unzip(text, most); err != nil {
				return "", fmt.Errorf("zip archive: %w", err)
			}
		}
	}
	switch {
	case strings.HasPrefix(text, "\xff\xfe"):
		return fromUTF16([]byte(text[2:]), binary.LittleEndian), nil
	case strings.HasPrefix(text, "\xfe\xff"):
		return fromUTF16([]byte(text[2:]), binary.BigEndian), nil
	}
	return strings.TrimPrefix(text, "\xef\xbb\xbf"), nil
}

// unzip returns the one HAR file of an archive.
func unzip(text string, most int64) (string, error) {
	archive, err := zip.NewReader(strings.NewReader(text), int64(len(text)))
	if err != nil {
		return "", err
	}
	var found []*zip.File
	for _, f := range archive.File {
		name := strings.ToLower(f.Name)
		if (strings.HasSuffix(name, ".har") || strings.HasSuffix(name, ".har.gz")) && !strings.HasPrefix(name, "__macosx/") {
			found = append(found, f)
		}
	}
	switch len(found) {
	case 0:
		return "", errors.New("there is no file in it whose name ends in .har")
	case 1:
	default:
		return "", fmt.Errorf("there are %d HAR files in it, such as %q and %q: unpack the one that you mean", len(found), found[0].Name, found[1].Name)
	}
	r, err := found[0].Open()
	if err != nil {
		return "", fmt.Errorf("%q: %w", found[0].Name, err)
	}
	defer r.Close()
	if text, err = readBounded(r, most); err != nil {
		return "", fmt.Errorf("%q: %w", found[0].Name, err)
	}
	return text, nil
}

// readBounded reads all of r, up to so many bytes.
func readBounded(r io.Reader, most int64) (string, error) {
	text, err := readAll(io.LimitReader(r, most+1), 0)
	if err == nil && int64(len(text)) > most {
		err = fmt.Errorf("it unpacks to more than %d MiB, which is the most that is read", most>>20)
	}
	return text, err
}

func fromUTF16(data []byte, order binary.ByteOrder) string {
	var b strings.Builder
	b.Grow(len(data) / 2)
	for len(data) >= 2 {
		r := rune(order.Uint16(data))
		data = data[2:]
		if utf16.IsSurrogate(r) && len(data) >= 2 {
			if both := utf16.DecodeRune(r, rune(order.Uint16(data))); both != utf8.RuneError {
				r, data = both, data[2:]
			}
		}
		b.WriteRune(r) // U+FFFD for half a surrogate pair
	}
	return b.String()
}
