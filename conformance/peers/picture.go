package main

import (
	"bytes"
	"fmt"
	"image/color"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// colors are of the peers, in their order; told apart by who is colour-blind as well.
var colors = []color.RGBA{{0x00, 0x72, 0xb2, 0xff}, {0xe6, 0x9f, 0x00, 0xff}, {0xd5, 0x5e, 0x00, 0xff}, {0x00, 0x9e, 0x73, 0xff}, {0xcc, 0x79, 0xa7, 0xff}}

// picture shows whole requests by peer, and how they grow with the number of origins.
func (r *Results) picture() ([]byte, error) {
	plot.DefaultFont = font.Font{Typeface: "Liberation", Variant: "Sans"}
	plotter.DefaultFont = plot.DefaultFont
	bars, err := r.bars()
	if err != nil {
		return nil, err
	}
	growth, err := r.growth()
	if err != nil {
		return nil, err
	}
	const width, height = 26 * vg.Centimeter, 10 * vg.Centimeter
	canvas := vgsvg.NewWith(vgsvg.UseWH(width, height))
	whole := draw.New(canvas)
	const margin = vg.Centimeter / 2
	bars.Draw(draw.Crop(whole, margin, -width/2-margin, margin, -margin))
	growth.Draw(draw.Crop(whole, width/2+margin, -margin, margin, -margin))
	var b bytes.Buffer
	if _, err := canvas.WriteTo(&b); err != nil {
		return nil, err
	}
	// Who has not that font takes another one.
	return bytes.ReplaceAll(b.Bytes(), []byte("font-family:Liberation Sans"), []byte("font-family:Liberation Sans,Arial,Helvetica,sans-serif")), nil
}

// bars are what a whole request takes with each peer, on the geometric mean, beside corspec.
func (r *Results) bars() (*plot.Plot, error) {
	p := plot.New()
	p.Title.Text = "A whole request, corspec = 1 (lower is faster)"
	p.Y.Min = 0
	p.Y.Label.Text = "processor time, geometric mean"
	suites := []string{suiteTheirs, suiteSmall}
	const barWidth = 0.55 * vg.Centimeter
	for i, peer := range peers {
		values := make(plotter.Values, len(suites))
		for k, suite := range suites {
			if m := r.whole(peer.name, suite); m.n > 0 {
				values[k] = 1 / m.value()
			}
		}
		b, err := plotter.NewBarChart(values, barWidth)
		if err != nil {
			return nil, err
		}
		b.Color, b.LineStyle.Width = colors[i], 0
		b.Offset = vg.Length(i-len(peers)/2) * barWidth
		p.Add(b)
		p.Legend.Add(peer.name, b)
	}
	p.Legend.Top, p.Legend.Left = true, true
	p.Y.Max *= 1.5 // room for the legend
	p.NominalX("as cors-benchmarks has it", "1 to 10 origins")
	return p, nil
}

// growth is an allowed GET among ever more origins. The colors are those of the bars.
func (r *Results) growth() (*plot.Plot, error) {
	p := plot.New()
	p.Title.Text = "An allowed GET among 1 to 1,000,000 origins"
	p.X.Label.Text, p.Y.Label.Text = "origins", "processor time in ns"
	p.X.Scale, p.Y.Scale = plot.LogScale{}, plot.LogScale{}
	p.X.Tick.Marker, p.Y.Tick.Marker = powers{}, powers{}
	p.Add(plotter.NewGrid())
	for i, peer := range peers {
		var points plotter.XYs
		for k := range r.Cases {
			c := &r.Cases[k]
			number, ok := strings.CutSuffix(c.Name, " exact: GET")
			if t := c.times(peer.name); ok && t != nil {
				n, err := strconv.Atoi(strings.ReplaceAll(number, ",", ""))
				if err != nil {
					return nil, err
				}
				points = append(points, plotter.XY{X: float64(n), Y: t.CPU.Median()})
			}
		}
		line, dots, err := plotter.NewLinePoints(points)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", peer.name, err)
		}
		line.Color, line.Width = colors[i], 2
		dots.Color, dots.Shape, dots.Radius = colors[i], draw.CircleGlyph{}, 3
		p.Add(line, dots)
	}
	p.Y.Min = 10
	return p, nil
}

// powers are ticks at the powers of ten.
type powers struct{}

func (powers) Ticks(least, most float64) (list []plot.Tick) {
	for n := 1; float64(n) <= most*1.01; n *= 10 {
		label := strconv.Itoa(n)
		for _, unit := range []string{"k", "M", "G"} {
			if short, ok := strings.CutSuffix(label, "000"); ok {
				label = short
				if !strings.HasSuffix(label, "000") {
					label += unit
				}
			}
		}
		if float64(n) >= least*0.99 {
			list = append(list, plot.Tick{Value: float64(n), Label: label})
		}
	}
	return list
}
