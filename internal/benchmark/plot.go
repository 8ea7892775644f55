package main

import (
	"bytes"
	"image/color"
	"os"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// drawPlans draws what plans took, in time and, where it is known, in memory.
func drawPlans(file string, plans []planning) error {
	times, err := chart("terraform plan", "seconds", plans, func(p planning) duel { return p.Seconds })
	if err != nil {
		return err
	}
	row := []*plot.Plot{times}
	if measuresMemory {
		memory, err := chart("provider's peak memory", "MB", plans, func(p planning) duel { return p.Peak })
		if err != nil {
			return err
		}
		row = append(row, memory)
	}

	image := vgsvg.New(vg.Length(len(row))*4*vg.Inch, 3*vg.Inch)
	tiles := draw.Tiles{Rows: 1, Cols: len(row), PadX: vg.Inch / 4, PadTop: vg.Inch / 10, PadBottom: vg.Inch / 10, PadLeft: vg.Inch / 10, PadRight: vg.Inch / 4}
	canvas := draw.New(image)
	canvas.SetColor(color.White)
	canvas.Fill(canvas.Path())
	for i, area := range plot.Align([][]*plot.Plot{row}, tiles, canvas)[0] {
		row[i].Draw(area)
	}

	var svg bytes.Buffer
	if _, err := image.WriteTo(&svg); err != nil {
		return err
	}
	// Where this font is missing, its like is to take its place.
	text := bytes.ReplaceAll(svg.Bytes(), []byte("Liberation Sans"), []byte("Liberation Sans,Arial,Helvetica,sans-serif"))
	return os.WriteFile(file, text, 0o644) //nolint:gosec // for everyone to read
}

// chart has a line for each contender, from median to median, with bars from
// the least to the greatest value.
func chart(title, unit string, plans []planning, quantity func(planning) duel) (*plot.Plot, error) {
	p := plot.New()
	for _, style := range []*draw.TextStyle{&p.Title.TextStyle, &p.X.Label.TextStyle, &p.Y.Label.TextStyle, &p.X.Tick.Label, &p.Y.Tick.Label, &p.Legend.TextStyle} {
		style.Font.Variant = "Sans"
	}
	p.Title.Text = title
	p.X.Label.Text, p.Y.Label.Text = "users", unit
	p.X.Tick.Marker, p.X.Min, p.Y.Min = userTicks(plans), 0, 0
	p.Legend.Top, p.Legend.Left = true, true
	p.Add(plotter.NewGrid())
	contenders := []struct {
		name   string
		color  color.Color
		dashes []vg.Length
		values func(duel) series
	}{
		{"floor", color.Gray{Y: 110}, []vg.Length{vg.Points(5), vg.Points(3)}, func(d duel) series { return d.Theirs }},
		{"this provider", color.RGBA{R: 0xd9, G: 0x5f, B: 0x02, A: 0xff}, nil, func(d duel) series { return d.Ours }},
	}
	for _, c := range contenders {
		points := &measured{XYs: make(plotter.XYs, len(plans)), YErrors: make(plotter.YErrors, len(plans))}
		for i, planned := range plans {
			values := c.values(quantity(planned))
			median := values.Median()
			points.XYs[i] = plotter.XY{X: float64(planned.Users), Y: median}
			points.YErrors[i].Low, points.YErrors[i].High = median-values.Min(), values.Max()-median
		}
		line, dots, err := plotter.NewLinePoints(points)
		if err != nil {
			return nil, err
		}
		bars, err := plotter.NewYErrorBars(points)
		if err != nil {
			return nil, err
		}
		line.Color, line.Width, line.Dashes = c.color, vg.Points(1.5), c.dashes
		dots.Color, dots.Shape, bars.Color = c.color, draw.CircleGlyph{}, c.color
		p.Add(line, dots, bars)
		p.Legend.Add(c.name, line, dots)
	}
	p.Y.Max *= 1.1
	p.Y.Min = 0
	return p, nil
}

// measured are medians with their spread.
type measured struct {
	plotter.XYs
	plotter.YErrors
}

// userTicks marks the numbers of users that were measured.
func userTicks(plans []planning) plot.ConstantTicks {
	ticks := []plot.Tick{{Value: 0, Label: "0"}}
	for i, p := range plans {
		if i > 0 { // the first one is too near to 0
			ticks = append(ticks, plot.Tick{Value: float64(p.Users), Label: count(p.Users)})
		}
	}
	return ticks
}
