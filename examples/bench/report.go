package main

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
)

// printTable prints the medians, an asset.
func printTable(out io.Writer, results []result) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	defer func() { _ = w.Flush() }()
	fmt.Fprintln(w, "an asset, median\tµs\tclient CPU µs\tstatements\tprepares\tBEGIN\tSELECT\tUPDATE\tINSERT\tCOMMIT\tallocations\tKiB\tpeak heap MiB\t")
	for _, r := range results {
		fmt.Fprintf(w, "%s\t%.0f\t%.0f\t%.2f\t%.2f\t%.2f\t%.2f\t%.2f\t%.2f\t%.2f\t%.0f\t%.1f\t%.1f\t\n", r.Label,
			r.medianAsset(wall), r.medianAsset(cpu), r.medianAsset(counted("Questions")), r.medianAsset(counted("Com_stmt_prepare")),
			r.medianAsset(counted("Com_begin")), r.medianAsset(counted("Com_select")), r.medianAsset(counted("Com_update")),
			r.medianAsset(counted("Com_insert")), r.medianAsset(counted("Com_commit")),
			r.medianAsset(func(s sample) float64 { return float64(s.Mallocs) }),
			r.medianAsset(func(s sample) float64 { return float64(s.Bytes) / (1 << 10) }),
			r.medianOf(func(s sample) float64 { return float64(s.PeakHeap) / (1 << 20) }))
	}
}

// printRatios prints how the results compare with the first one.
func printRatios(out io.Writer, results []result) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	defer func() { _ = w.Flush() }()
	fmt.Fprintf(w, "against %s\twall time\t(by rounds)\tclient CPU\t(by rounds)\t\n", results[0].Label)
	for _, r := range results[1:] {
		time, processor := r.against(results[0], wall), r.against(results[0], cpu)
		fmt.Fprintf(w, "%s\t%.3f\t%.3f\t%.3f\t%.3f\t\n", r.Label, time.ofMedians, time.ofRounds, processor.ofMedians, processor.ofRounds)
	}
}

// target is something that is to be reached.
type target struct {
	What    string  `json:"what"`
	Reached float64 `json:"reached"` // a ratio of medians
	Rounds  float64 `json:"by_rounds,omitempty"`
	Limit   float64 `json:"limit"`
	OK      bool    `json:"ok"`
}

// targets are those of which both contenders are there.
func targets(results []result, f fleet) (reached []target) {
	find := func(name string) (result, bool) {
		i := slices.IndexFunc(results, func(r result) bool { return r.Name == name })
		if i < 0 {
			return result{}, false
		}
		return results[i], true
	}
	for _, t := range []struct {
		what, name, base string
		of               func(sample) float64
		limit            float64
	}{
		{"library, wall time / floor", "library", "floor", wall, 1.10},
		{"library, client CPU / floor", "library", "floor", cpu, 1.25},
		{"AtomicLog, wall time / floor", "atomic", "floor", wall, 1.00},
		{"library, wall time / plain GORM", "library", "gorm", wall, 0.35},
	} {
		r, ok := find(t.name)
		base, baseOK := find(t.base)
		if ok && baseOK {
			ratio := r.against(base, t.of)
			reached = append(reached, target{t.what, ratio.ofMedians, ratio.ofRounds, t.limit, ratio.ofMedians <= t.limit})
		}
	}
	for _, name := range []string{"library", "atomic"} {
		if r, ok := find(name); ok {
			n := r.statementsASuccess(f)
			reached = append(reached, target{What: r.Label + ", statements a success", Reached: n, Limit: 4, OK: n < 4.05})
		}
	}
	return reached
}

// statementsASuccess are those of the steady state: BEGIN, UPDATE, INSERT and COMMIT, without the two that a failed asset
// takes. The SELECTs of pages and masters come once a page and once a master, and a few more once a run.
func (r result) statementsASuccess(f fleet) float64 {
	failed := float64(f.failed())
	all := r.medianOf(counted("Com_begin", "Com_update", "Com_insert", "Com_commit", "Com_rollback"))
	return (all - 2*failed) / (float64(f.Assets) - failed)
}

func printTargets(out io.Writer, reached []target) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	defer func() { _ = w.Flush() }()
	fmt.Fprintln(w, "target\treached\t(by rounds)\tlimit\t")
	for _, t := range reached {
		verdict, rounds := "", ""
		if !t.OK {
			verdict = "not reached"
		}
		if t.Rounds != 0 {
			rounds = fmt.Sprintf("%.3f", t.Rounds)
		}
		fmt.Fprintf(w, "%s\t%.3f\t%s\t%.2f\t%s\n", t.What, t.Reached, rounds, t.Limit, verdict)
	}
}
