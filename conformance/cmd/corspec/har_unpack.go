package main

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// mostUnpacked is how large a file in an archive may be: a few kilobytes can unpack to as many gigabytes.
const mostUnpacked = 512 << 20

// unpack returns the text of a file as it is kept: gzipped, as a zip archive with one HAR file in it, with a byte order mark,
// or in UTF-16.
func unpack(data []byte, most int64) ([]byte, error) {
	for range 2 { // a gzipped file may stand in an archive
		switch {
		case bytes.HasPrefix(data, []byte("\x1f\x8b")):
			r, err := gzip.NewReader(bytes.NewReader(data))
			if err != nil {
				return nil, fmt.Errorf("gzip: %w", err)
			}
			if data, err = readBounded(r, most); err != nil {
				return nil, fmt.Errorf("gzip: %w", err)
			}
		case bytes.HasPrefix(data, []byte("PK\x03\x04")), bytes.HasPrefix(data, []byte("PK\x05\x06")):
			var err error
			if data, err = unzip(data, most); err != nil {
				return nil, fmt.Errorf("zip archive: %w", err)
			}
		}
	}
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		return fromUTF16(data[2:], binary.LittleEndian), nil
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		return fromUTF16(data[2:], binary.BigEndian), nil
	}
	return bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), nil
}

// unzip returns the one HAR file of an archive.
func unzip(data []byte, most int64) ([]byte, error) {
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
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
		return nil, errors.New("there is no file in it whose name ends in .har")
	case 1:
	default:
		return nil, fmt.Errorf("there are %d HAR files in it, such as %q and %q: unpack the one that you mean", len(found), found[0].Name, found[1].Name)
	}
	r, err := found[0].Open()
	if err != nil {
		return nil, fmt.Errorf("%q: %w", found[0].Name, err)
	}
	defer r.Close()
	if data, err = readBounded(r, most); err != nil {
		return nil, fmt.Errorf("%q: %w", found[0].Name, err)
	}
	return data, nil
}

// readBounded reads all of r, up to so many bytes.
func readBounded(r io.Reader, most int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, most+1))
	if err == nil && int64(len(data)) > most {
		err = fmt.Errorf("it unpacks to more than %d MiB, which is the most that is read", most>>20)
	}
	return data, err
}

func fromUTF16(data []byte, order binary.ByteOrder) (out []byte) {
	out = make([]byte, 0, len(data)/2+len(data)/8)
	for len(data) >= 2 {
		r := rune(order.Uint16(data))
		data = data[2:]
		if utf16.IsSurrogate(r) && len(data) >= 2 {
			if both := utf16.DecodeRune(r, rune(order.Uint16(data))); both != utf8.RuneError {
				r, data = both, data[2:]
			}
		}
		out = utf8.AppendRune(out, r) // U+FFFD for half a surrogate pair
	}
	return out
}
