package main

import (
	"slices"
	"time"
)

// median returns the middle of some numbers, 0 of none.
func median(numbers []float64) float64 {
	if len(numbers) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(numbers))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// medianOf returns the median over the rounds of what of says of each.
func (r result) medianOf(of func(s sample) float64) float64 {
	each := make([]float64, len(r.Samples))
	for i, s := range r.Samples {
		each[i] = of(s)
	}
	return median(each)
}

// medianAsset is the same of one asset.
func (r result) medianAsset(of func(s sample) float64) float64 {
	return r.medianOf(func(s sample) float64 { return of(s) / float64(s.Assets) })
}

// ratio is how two contenders compare: the ratio of their medians, and the median of their ratios in each round, which
// a machine that is slower for a while disturbs less.
type ratio struct{ ofMedians, ofRounds float64 }

func (r result) against(base result, of func(s sample) float64) ratio {
	perRound := make([]float64, len(r.Samples))
	for i, s := range r.Samples {
		perRound[i] = of(s) / of(base.Samples[i])
	}
	return ratio{r.medianOf(of) / base.medianOf(of), median(perRound)}
}

func wall(s sample) float64 { return microseconds(s.Wall) }
func cpu(s sample) float64  { return microseconds(s.CPU) }

func microseconds(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e3 }

func counted(names ...string) func(s sample) float64 {
	return func(s sample) float64 {
		var n int64
		for _, name := range names {
			n += s.Counters[name]
		}
		return float64(n)
	}
}
