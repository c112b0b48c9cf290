package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// An unreadList has the entries of a HAR file that are not judged, by the reason.
type unreadList struct {
	reasons []string
	entries map[string][]int
}

func (l *unreadList) add(index int, reason string) {
	if l.entries == nil {
		l.entries = map[string][]int{}
	}
	if l.entries[reason] == nil {
		l.reasons = append(l.reasons, reason)
	}
	l.entries[reason] = append(l.entries[reason], index)
}

// clone returns a list that can be added to.
func (l *unreadList) clone() (c unreadList) {
	for _, reason := range l.reasons {
		for _, index := range l.entries[reason] {
			c.add(index, reason)
		}
	}
	return c
}

// mostNamed is how many entries with the same reason are named on a terminal.
const mostNamed = 8

// lines returns a line for each reason, which names no more than so many entries.
func (l *unreadList) lines(most int) (lines []string) {
	for _, reason := range l.reasons {
		lines = append(lines, fmt.Sprintf("%s: not judged: %s", entryNames(l.entries[reason], most), reason))
	}
	return lines
}

// entryNames returns the names of entries, of no more than so many.
func entryNames(indexes []int, most int) string {
	var b strings.Builder
	for i, n := range indexes[:min(len(indexes), most)] {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "entries[%d]", n)
	}
	if len(indexes) > most {
		fmt.Fprintf(&b, " and %d more", len(indexes)-most)
	}
	return b.String()
}

// A noteList numbers the notes that have been printed, and counts the requests that they are on. The zero list does
// neither.
type noteList struct {
	notes map[string]*printedNote
}

type printedNote struct{ number, requests int }

// print prints a note; one that has been printed before, by its number.
func (l *noteList) print(p printer, note string) {
	printed := l.notes[note]
	switch {
	case l.notes == nil:
		p.line("     Note: %s", printable(note))
	case printed == nil:
		l.notes[note] = &printedNote{len(l.notes) + 1, 1}
		p.line("     Note %d: %s", len(l.notes), printable(note))
	default:
		printed.requests++
		p.line("     %s", p.style(dim, fmt.Sprintf("Note %d, as above", printed.number)))
	}
}

// printCounts says how many requests there are with each note that several have.
func (l *noteList) printCounts(p printer) {
	repeated := slices.DeleteFunc(slices.Collect(maps.Values(l.notes)), func(n *printedNote) bool { return n.requests == 1 })
	slices.SortFunc(repeated, func(a, b *printedNote) int { return a.number - b.number })
	for _, n := range repeated {
		p.line("Note %d is on %d requests", n.number, n.requests)
	}
}
