package console

import (
	"context"
	"fmt"
	"math"
	"time"

	"ic3.internal/innomaintsync/internal/utc"
)

// chartDays is the number of days in a chart.
const chartDays = 45

// day is the sum of the runs that began on one day.
type day struct {
	Day        string `gorm:"column:day"` // 2006-01-02
	Runs       int64  `gorm:"column:runs"`
	Successful int64  `gorm:"column:successful"`
	Failed     int64  `gorm:"column:failed"`
	Warnings   int64  `gorm:"column:warnings"`
	LongestMS  int64  `gorm:"column:longest"`
	SpentMS    int64  `gorm:"column:spent"`
}

// PerAsset is the mean duration per asset in milliseconds.
func (d day) PerAsset() int64 { return d.SpentMS / max(1, d.Successful+d.Failed) }

// Longest is the duration of the longest run.
func (d day) Longest() time.Duration { return time.Duration(d.LongestMS) * time.Millisecond }

// days reads the last chartDays days, oldest first. Days without runs are included.
func (c *Console) days(ctx context.Context, today time.Time) ([]day, error) {
	first := today.UTC().Truncate(24*time.Hour).AddDate(0, 0, 1-chartDays)
	var found []day
	err := c.session(ctx).Raw("SELECT CAST(DATE(started_at) AS CHAR) AS day, COUNT(*) AS runs, SUM(successful) AS successful, SUM(failed) AS failed, "+
		"SUM(warnings) AS warnings, COALESCE(MAX(duration_ms), 0) AS longest, COALESCE(SUM(duration_ms), 0) AS spent "+
		"FROM cmms_sync_run WHERE started_at >= ? GROUP BY CAST(DATE(started_at) AS CHAR)", utc.Format(first)).Scan(&found).Error
	if err != nil {
		return nil, err
	}
	byDay := map[string]day{}
	for _, d := range found {
		byDay[d.Day] = d
	}
	days := make([]day, chartDays)
	for i := range days {
		days[i] = byDay[first.AddDate(0, 0, i).Format(time.DateOnly)]
		days[i].Day = first.AddDate(0, 0, i).Format(time.DateOnly)
	}
	return days, nil
}

// The dimensions of a chart in SVG units. The page scales them.
const (
	plotWidth  = 640.0
	plotHeight = 150.0
	plotLeft   = 52.0 // space for the scale
	plotTop    = 10.0
	plotBottom = 24.0 // space for the days
)

// chart has one bar per day.
type chart struct {
	ID, Title, Summary string
	Width, Height      float64
	Left               float64
	Lines              []gridLine
	Bars               []bar
	Labels             []label
}

// ScaleX is the right edge of the scale's numbers.
func (c chart) ScaleX() float64 { return c.Left - 8 }

// DayY is the baseline of the days.
func (c chart) DayY() float64 { return c.Height - 6 }

// bar is one part of a day's bar. Class selects its color.
type bar struct {
	X, Y, Width, Height float64
	Class, Title        string
}

type gridLine struct {
	Y     float64
	Label string
}

type label struct {
	X    float64
	Text string
}

// part is one layer of the stacked bars.
type part struct {
	class string
	value func(day) float64
}

// plot draws one bar per day, stacked from parts. The first part is at the bottom.
func plot(id, title string, days []day, top func(float64) float64, scale func(float64) string, describe func(day) string, parts ...part) chart {
	highest := 0.0
	for _, d := range days {
		highest = max(highest, total(d, parts))
	}
	end := top(highest)
	ground := plotTop + plotHeight
	c := chart{ID: id, Title: title, Width: plotWidth, Height: ground + plotBottom, Left: plotLeft}
	for _, share := range []float64{0, 0.5, 1} {
		c.Lines = append(c.Lines, gridLine{Y: round(ground - share*plotHeight), Label: scale(share * end)})
	}
	step := (plotWidth - plotLeft) / float64(len(days))
	for i, d := range days {
		x, y := plotLeft+float64(i)*step, ground
		for _, p := range parts {
			height := p.value(d) / end * plotHeight
			if p.value(d) > 0 {
				height = max(height, 1.5) // one failure among thousands stays visible
				y -= height
				c.Bars = append(c.Bars, bar{round(x + step*0.12), round(y), round(step * 0.76), round(height), p.class, describe(d)})
			}
		}
		if i%7 == len(days)%7 {
			c.Labels = append(c.Labels, label{X: round(x + step/2), Text: shortDay(d.Day)})
		}
	}
	c.Summary = fmt.Sprintf("One bar per day for %d days, %s to %s; the highest is %s. The table below has the numbers.",
		len(days), shortDay(days[0].Day), shortDay(days[len(days)-1].Day), scale(highest))
	return c
}

func total(d day, parts []part) (sum float64) {
	for _, p := range parts {
		sum += p.value(d)
	}
	return sum
}

// roundCount returns the upper end of a scale of counts. Half of it is a whole number too.
func roundCount(highest float64) float64 {
	for power := 1.0; ; power *= 10 {
		for _, factor := range []float64{2, 4, 6, 8, 10} {
			if highest <= factor*power {
				return factor * power
			}
		}
	}
}

// roundTime returns the upper end of a scale of milliseconds.
func roundTime(highest float64) float64 {
	for _, d := range []time.Duration{
		200 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second, 10 * time.Second, 20 * time.Second, 40 * time.Second, time.Minute,
		2 * time.Minute, 4 * time.Minute, 10 * time.Minute, 20 * time.Minute, 40 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour, 12 * time.Hour,
	} {
		if highest <= float64(d.Milliseconds()) {
			return float64(d.Milliseconds())
		}
	}
	day := float64((24 * time.Hour).Milliseconds())
	return math.Ceil(highest/day) * day
}

func round(x float64) float64 { return math.Round(x*10) / 10 }

func shortDay(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.Format("2 Jan")
}

// charts returns the charts of the overview.
func charts(days []day) []chart {
	return []chart{
		plot("outcomes", "Assets synced and failed, by day", days, roundCount,
			func(v float64) string { return number(int64(v)) },
			func(d day) string {
				return fmt.Sprintf("%s: %s synced, %s failed, in %s", shortDay(d.Day), number(d.Successful), number(d.Failed), count(d.Runs, "run"))
			},
			part{"failed", func(d day) float64 { return float64(d.Failed) }},
			part{"synced", func(d day) float64 { return float64(d.Successful) }}),
		plot("durations", "Longest run, by day", days, roundTime,
			func(v float64) string { return duration(time.Duration(v) * time.Millisecond) },
			func(d day) string {
				return fmt.Sprintf("%s: longest run %s, %d ms per asset", shortDay(d.Day), duration(d.Longest()), d.PerAsset())
			},
			part{"time", func(d day) float64 { return float64(d.LongestMS) }}),
	}
}
