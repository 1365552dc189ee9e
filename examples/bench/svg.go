package main

import (
	"fmt"
	"html"
	"strings"
)

// partColours are told apart by colour-blind eyes too (after Okabe and Ito).
var partColours = [partCount]string{"#999999", "#cc79a7", "#56b4e9", "#f0e442", "#0072b2", "#d55e00", "#009e73", "#332288"}

// Lengths of the picture, in its own units.
const (
	picWidth  = 960
	picLeft   = 190 // where the bars begin
	picRight  = 80  // room for the totals
	barHeight = 30
	barStep   = 46
	picTop    = 96
)

// drawSVG draws the breakdowns as stacked bars, one a contender.
func drawSVG(title string, found []breakdown) string {
	longest := 1.0
	for _, b := range found {
		longest = max(longest, b.Total)
	}
	scale := float64(picWidth-picLeft-picRight) / longest
	height := picTop + barStep*len(found) + 8

	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="13">`+"\n", picWidth, height)
	fmt.Fprintf(&b, `<title>%s</title>`+"\n", html.EscapeString(title))
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="#ffffff"/>`+"\n", picWidth, height)
	fmt.Fprintf(&b, `<text x="12" y="24" font-size="15">%s</text>`+"\n", html.EscapeString(title))
	for part, name := range partNames {
		x, y := 12+part%4*235, 44+part/4*22
		fmt.Fprintf(&b, `<rect x="%d" y="%d" width="14" height="14" fill="%s"/><text x="%d" y="%d">%s</text>`+"\n",
			x, y, partColours[part], x+20, y+12, name)
	}
	for i, one := range found {
		y := picTop + i*barStep
		fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="end">%s</text>`+"\n", picLeft-10, y+20, html.EscapeString(one.Label))
		x := float64(picLeft)
		for part, spent := range one.Parts {
			width := spent * scale
			fmt.Fprintf(&b, `<rect x="%.1f" y="%d" width="%.1f" height="%d" fill="%s"><title>%s: %.1f µs</title></rect>`+"\n",
				x, y, width, barHeight, partColours[part], partNames[part], spent)
			if width > 34 {
				fmt.Fprintf(&b, `<text x="%.1f" y="%d" text-anchor="middle" font-size="11" fill="%s">%.0f</text>`+"\n",
					x+width/2, y+19, inkOn(part), spent)
			}
			x += width
		}
		fmt.Fprintf(&b, `<text x="%.1f" y="%d">%.0f µs</text>`+"\n", x+8, y+20, one.Total)
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// inkOn is the colour of letters on a part's own.
func inkOn(p int) string {
	switch part(p) {
	case partUpdate, partCommit, partRest, partInsert:
		return "#ffffff"
	}
	return "#000000"
}
