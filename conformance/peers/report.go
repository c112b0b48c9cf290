package main

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
)

const evidenceFile = "../EVIDENCE.md"

// generated returns the files that results and elsewhere.json make, by name.
func generated(r Results) (map[string][]byte, error) {
	elsewhere, err := readElsewhere()
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(evidenceFile)
	if err != nil {
		return nil, err
	}
	if text, err = between(text, "peers", r.summary()); err != nil {
		return nil, err
	}
	if text, err = between(text, "budgets", r.budgets(elsewhere)); err != nil {
		return nil, err
	}
	picture, err := r.picture()
	return map[string][]byte{evidenceFile: text, "RESULTS.md": []byte(r.rows()), "whole.svg": picture}, err
}

// between puts the content between the markers of that name.
func between(text []byte, name, content string) ([]byte, error) {
	begin := fmt.Sprintf("<!-- %s: begin; go run . -tables in conformance/peers makes this -->\n", name)
	end := fmt.Sprintf("<!-- %s: end -->\n", name)
	before, rest, ok := bytes.Cut(text, []byte(begin))
	_, after, ok2 := bytes.Cut(rest, []byte(end))
	if !ok || !ok2 {
		return nil, fmt.Errorf("%s has not the lines %q and %q", evidenceFile, begin, end)
	}
	return slices.Concat(before, []byte(begin+content+end), after), nil
}

// table writes a table whose columns but the first ones are right-aligned.
func table(b *strings.Builder, left int, head []string, rows [][]string) {
	line := func(cells []string) { fmt.Fprintf(b, "| %s |\n", strings.Join(cells, " | ")) }
	line(head)
	for i := range head {
		if i < left {
			b.WriteString("|---")
		} else {
			b.WriteString("|---:")
		}
	}
	b.WriteString("|\n")
	for _, r := range rows {
		line(r)
	}
}

func peerNames() (list []string) {
	for _, p := range peers {
		list = append(list, p.name)
	}
	return list
}

// summary is the table of means, and what else there is of peers.
func (r *Results) summary() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Measured on %s: %s, %s, %d rounds in random order (seed %d)", r.Date, r.Machine, r.Go, r.Rounds, r.Seed)
	for _, p := range slices.Sorted(maps.Keys(r.Versions)) {
		fmt.Fprintf(&b, ", %s %s", p, r.Versions[p])
	}
	b.WriteString(".\n\nProcessor time of corspec by that of others, geometric means over cases; in brackets above a handler that has the same answer hard-coded:\n\n")
	head := append(append([]string{"cases", "number"}, peerNames()[1:]...), "the best in each case")
	var rows [][]string
	for _, suites := range [][]string{{suiteTheirs}, {suiteSmall}, {suiteLarge}, allSuites} {
		name := "all"
		if len(suites) == 1 {
			name = suiteNames[suites[0]]
		}
		row := []string{name, fmt.Sprint(r.whole("", suites...).n)}
		for _, p := range append(peerNames()[1:], "") {
			whole, above := r.whole(p, suites...), r.aboveFloor(p, suites...)
			switch {
			case whole.n == 0:
				row = append(row, "–")
			default:
				row = append(row, fmt.Sprintf("%s (%s)", short(whole.value()), short(above.value())))
			}
		}
		rows = append(rows, row)
	}
	table(&b, 1, head, rows)

	for _, g := range r.group(keyBuild) {
		fmt.Fprintf(&b, "\nMaking %s:", g.Name)
		for i, t := range g.Times {
			if i > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, " %s %.0f µs", t.Name, t.CPU.Median()/1000)
		}
		b.WriteString(".\n")
	}
	fmt.Fprintf(&b, "\nPreflights that a page sends in an hour of %s fetches to ten URLs, with a max-age of ten minutes; counted, in each profile:\n\n", thousands(lifeFetches))
	rows = nil
	var profiles []string
	for _, l := range r.Lives {
		profiles = slices.Sorted(maps.Keys(l.Preflights))
		row := []string{l.Peer}
		for _, p := range profiles {
			row = append(row, thousands(l.Preflights[p]))
		}
		rows = append(rows, append(row, fmt.Sprint(l.Blocked)))
	}
	table(&b, 1, append(append([]string{"peer"}, profiles...), "fetches blocked"), rows)

	fmt.Fprintf(&b, "\nRequests a second that a server of net/http answers on loopback, its %d clients in the same process, and to the server without CORS (quartiles):\n\n", servingClients)
	head, rows = []string{"server"}, nil
	for i, s := range r.Servings {
		head = append(head, s.Name, "ratio")
		for k, p := range s.Peers {
			if i == 0 {
				rows = append(rows, []string{p.Name})
			}
			rows[k] = append(rows[k], thousands(int(p.PerSecond.Median())), fmt.Sprintf("%.2f (%.2f to %.2f)", p.Ratio.Median(), p.Ratio[0], p.Ratio[2]))
		}
	}
	table(&b, 1, head, rows)
	return b.String()
}

// short prints a ratio.
func short(f float64) string {
	if f < 0.01 {
		return fmt.Sprintf("%.4f", f)
	}
	return fmt.Sprintf("%.2f", f)
}

// budgets is the table of all budgets, and of the rows that break one.
func (r *Results) budgets(elsewhere []Elsewhere) string {
	var b strings.Builder
	var rows [][]string
	for _, x := range budgets {
		measured, met, why, command := "–", false, x.why, x.command
		if command == "" {
			command = "`go run .` in [peers](peers)"
		}
		if x.judge != nil {
			measured, met = x.judge(r)
		}
		if i := slices.IndexFunc(elsewhere, func(e Elsewhere) bool { return e.What == x.what }); i >= 0 {
			e := elsewhere[i]
			measured, met, why = e.Measured+", on "+e.Date, e.Met, e.Why
		}
		yes := "yes"
		switch {
		case measured == "–":
			yes = "–"
		case !met:
			yes = "**no**"
			if why != "" {
				yes += ": " + why
			}
		}
		rows = append(rows, []string{x.what, x.against, x.target, measured, yes, command})
	}
	table(&b, 6, []string{"what", "against", "target", "measured", "met", "command"}, rows)
	list := r.excesses()
	if len(list) == 0 {
		return b.String()
	}
	b.WriteString("\nRequests above the budget. The floor is a handler that has the answer of corspec hard-coded, by the time of the peer: what that answer costs without any decision.\n\n")
	rows = nil
	for _, e := range list {
		floor := e.c.times(floorOf+peers[0].name).CPU.Median() / e.c.times(e.other.Peer).CPU.Median()
		leftOut := "nothing"
		if len(e.other.LeftOut) > 0 {
			leftOut = strings.Join(e.other.LeftOut, ", ")
		}
		rows = append(rows, []string{suiteNames[e.c.Suite], e.c.Name, e.other.Peer, leftOut, fmt.Sprintf("%.2f (%.2f to %.2f)", e.ratio.Median(), e.ratio[0], e.ratio[2]), fmt.Sprintf("%.2f", floor)})
	}
	table(&b, 4, []string{"cases", "request", "peer", "which leaves out", "ratio (quartiles)", "floor"}, rows)
	return b.String()
}

// rows are all cases and groups.
func (r *Results) rows() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# What each request costs\n\n`go run . -tables` makes this of results.json, which has quartiles and wall time as well. README.md says how it is measured.\n\n")
	fmt.Fprintf(&b, "%s: %s, %s.\n\nProcessor time in ns, and allocations if there are any. In brackets: what the peer's answer leaves out beside that of corspec. *other*: the answer means something else, see below.\n", r.Date, r.Machine, r.Go)
	var differing [][]string
	for _, suite := range append(allSuites[:3:3], suiteGrowth) {
		fmt.Fprintf(&b, "\n## %s\n\n", suiteNames[suite])
		var rows [][]string
		for i := range r.Cases {
			c := &r.Cases[i]
			if c.Suite != suite {
				continue
			}
			row := []string{c.Name}
			for _, name := range append([]string{nameNone, floorOf + peers[0].name, nameEvaluate}, peerNames()...) {
				cell := "–"
				if t := c.times(name); t != nil {
					cell = fmt.Sprintf("%.0f", t.CPU.Median())
					if t.Allocs > 0 {
						cell += fmt.Sprintf(", %.0f", t.Allocs)
					}
				}
				if k := slices.IndexFunc(c.Answers, func(a Answer) bool { return a.Peer == name }); k >= 0 {
					if a := c.Answers[k]; a.Differs != "" {
						cell = "*other*"
						differing = append(differing, []string{c.Name, a.Peer, a.Differs})
					} else if len(a.LeftOut) > 0 {
						cell += " (" + strings.Join(a.LeftOut, ", ") + ")"
					}
				}
				row = append(row, cell)
			}
			a, ratio := c.best(false)
			rows = append(rows, append(row, fmt.Sprintf("%.2f (%.2f to %.2f) of %s", ratio.Median(), ratio[0], ratio[2], a.Peer)))
		}
		table(&b, 1, append(append([]string{"request", nameNone, "hard-coded", nameEvaluate}, peerNames()...), "corspec takes (quartiles)"), rows)
	}
	b.WriteString("\n## Answers that mean something else\n\n")
	table(&b, 3, []string{"request", "peer", "why it is not measured"}, differing)
	b.WriteString("\n## Besides requests\n\n")
	var rows [][]string
	for _, g := range r.Groups {
		for _, t := range g.Times {
			rows = append(rows, []string{g.Budget, "`" + g.Name + "`", t.Name, fmt.Sprintf("%.1f", t.CPU.Median()), fmt.Sprintf("%.0f", t.Allocs), fmt.Sprintf("%.0f", t.Bytes), fmt.Sprintf("%.2f (%.2f to %.2f)", t.Ratio.Median(), t.Ratio[0], t.Ratio[2])})
		}
	}
	table(&b, 3, []string{"budget", "of what", "contender", "ns", "allocations", "bytes", "the first by it (quartiles)"}, rows)
	return b.String()
}
