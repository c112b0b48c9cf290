package main

import (
	"encoding/binary"
	"strings"
)

// bodies are what servers answer with, by name.
var bodies = map[string]string{
	"":     "",
	"js":   "void 0;\n",
	"css":  "x { color: red }\n",
	"svg":  `<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>`,
	"font": font(),

	"gif":    "GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;",
	"use":    `<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"><rect id="i" width="1" height="1"/></svg>`,
	"wav":    wav(),
	"vtt":    "WEBVTT\n\n00:00.000 --> 00:01.000\nx\n",
	"throws": "throw new Error('corspec');\n",
	"worker": "if (globalThis.postMessage) globalThis.postMessage(1); else globalThis.onconnect = e => e.ports[0].postMessage(1);\n",
	"json":   "{}",
	"text":   "x",
	"html":   "<!DOCTYPE html><title>x</title>",
	"events": "retry: 10\nid: 7\ndata: x\n\n",
}

// wav makes a sound of a tenth of a second.
func wav() string {
	const samples = 800
	u32, u16 := binary.LittleEndian.AppendUint32, binary.LittleEndian.AppendUint16
	b := append(u32([]byte("RIFF"), 36+samples), "WAVEfmt "...)
	b = u16(u16(u32(u32(u16(u16(u32(b, 16), 1), 1), 8000), 8000), 1), 8)
	b = u32(append(b, "data"...), samples)
	return string(b) + strings.Repeat("\x80", samples)
}

// font makes the smallest TrueType font that browsers take: one empty glyph, for the letter A.
func font() string {
	u16 := func(values ...int) string {
		var b []byte
		for _, v := range values {
			b = binary.BigEndian.AppendUint16(b, uint16(v))
		}
		return string(b)
	}
	u32 := func(v int) string { return string(binary.BigEndian.AppendUint32(nil, uint32(v))) }
	name := ""
	var records string
	for id, text := range []string{"", "x", "Regular", "x", "x", "Version 1", "x"} {
		if text == "" {
			continue
		}
		var wide string
		for _, r := range text {
			wide += u16(int(r))
		}
		records += u16(3, 1, 0x409, id, len(wide), len(name))
		name += wide
	}
	tables := []struct{ tag, data string }{
		{"OS/2", u16(4, 500, 400, 5, 0, 650, 600, 0, 75, 650, 600, 0, 350, 50, 250, 0) + strings.Repeat("\x00", 10) + strings.Repeat("\x00", 16) + "none" + u16(0x40, 65, 65, 800, -200, 0, 800, 200) + u32(1) + u32(0) + u16(500, 700, 0, 65, 1)},
		{"cmap", u16(0, 1, 3, 1) + u32(12) + u16(4, 32, 0, 4, 4, 1, 0, 65, 0xFFFF, 0, 65, 0xFFFF, 0xFFC0, 1, 0, 0)},
		{"glyf", u16(1, 0, 0, 100, 100, 3, 0) + "\x01\x01\x01\x01" + u16(0, 0, 100, 0) + u16(0, 100, 0, -100)},
		{"head", u32(0x10000) + u32(0x10000) + u32(0) + u32(0x5F0F3CF5) + u16(11, 1000) + strings.Repeat("\x00", 16) + u16(0, 0, 100, 100, 0, 8, 2, 1, 0)},
		{"hhea", u32(0x10000) + u16(800, -200, 0, 500, 0, 0, 500, 1, 0, 0, 0, 0, 0, 0, 0, 2)},
		{"hmtx", u16(500, 0, 500, 0)},
		{"loca", ""},
		{"maxp", u32(0x10000) + u16(2, 4, 1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0)},
		{"name", u16(0, 6, 6+12*6) + records + name},
		{"post", u32(0x30000) + u32(0) + u16(0, 0) + u32(0) + u32(0) + u32(0) + u32(0) + u32(0)},
	}
	for i := range tables {
		if tables[i].tag == "glyf" && len(tables[i].data)%4 != 0 {
			tables[i].data += strings.Repeat("\x00", 4-len(tables[i].data)%4)
		}
	}
	tables[6].data = u32(0) + u32(0) + u32(len(tables[2].data)) // long offsets: the first glyph is empty
	tables[3].data = tables[3].data[:50] + u16(1, 0)
	directory := u32(0x10000) + u16(len(tables), 128, 3, len(tables)*16-128)
	var data string
	for _, t := range tables {
		padded := t.data + strings.Repeat("\x00", (4-len(t.data)%4)%4)
		sum := uint32(0)
		for i := 0; i < len(padded); i += 4 {
			sum += binary.BigEndian.Uint32([]byte(padded[i : i+4]))
		}
		directory += t.tag + u32(int(sum)) + u32(12+16*len(tables)+len(data)) + u32(len(t.data))
		data += padded
	}
	return directory + data
}
