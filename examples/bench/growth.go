package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"
)

const (
	growthLimit = 1.05
	logChunk    = 500_000

	fewState, manyState, fullState = "few", "many", "full" // databases; the last is the first with many log rows
)

// growth is what an asset costs when there are more of them, and when there are more log rows.
type growth struct {
	Few            int     `json:"few"`
	Many           int     `json:"many"`
	FewMicros      float64 `json:"few_us"` // an asset, median of the rounds before and after the many
	ManyMicros     float64 `json:"many_us"`
	FirstTenth     float64 `json:"many_first_tenth_us"`
	LastTenth      float64 `json:"many_last_tenth_us"`
	LogRows        int     `json:"log_rows,omitempty"`
	EmptyLogMicros float64 `json:"empty_log_us,omitempty"`
	FullLogMicros  float64 `json:"full_log_us,omitempty"`
}

// grow measures the library in its steady state over few assets and over many, each customer having as many as another.
func (b *bench) grow(ctx context.Context, c contender, sizes []int, rounds, logRows int, out io.Writer) (g growth, err error) {
	g = growth{Few: sizes[0], Many: sizes[len(sizes)-1], LogRows: logRows}
	if err := b.server.relaxed(ctx, func() error {
		if err := b.firstSync(ctx, c, fewState, g.Few, out); err != nil {
			return err
		}
		return b.firstSync(ctx, c, manyState, g.Many, out)
	}); err != nil {
		return g, err
	}

	few, err := b.repeat(ctx, c, fewState, g.Few, rounds, out)
	if err != nil {
		return g, err
	}
	if err := b.growMany(ctx, c, &g, out); err != nil {
		return g, err
	}
	again, err := b.repeat(ctx, c, fewState, g.Few, rounds, out)
	if err != nil {
		return g, err
	}
	g.FewMicros = median(append(slices.Clone(few), again...))
	if logRows == 0 {
		return g, nil
	}

	err = b.growLog(ctx, c, &g, rounds, out)
	return g, err
}

// growLog measures the few assets with an empty log and with a full one, in turns.
func (b *bench) growLog(ctx context.Context, c contender, g *growth, rounds int, out io.Writer) error {
	err := b.server.relaxed(ctx, func() error {
		if err := b.server.copyState(ctx, fewState, fullState); err != nil {
			return err
		}
		return b.fillLog(ctx, *g, out)
	})
	if err != nil {
		return err
	}
	var empty, full []float64
	for round := range rounds + 1 {
		one, err := b.repeat(ctx, c, fewState, g.Few, 1, out)
		if err != nil {
			return err
		}
		other, err := b.repeat(ctx, c, fullState, g.Few, 1, out)
		if err != nil {
			return err
		}
		if round == 0 { // it reads the full log's pages from the disk
			continue
		}
		empty, full = append(empty, one...), append(full, other...)
	}
	g.EmptyLogMicros, g.FullLogMicros = median(empty), median(full)
	return nil
}

func (b *bench) firstSync(ctx context.Context, c contender, database string, assets int, out io.Writer) error {
	b.fleet.Assets = assets
	progress(out, "growth: first sync of %d assets", assets)
	if err := b.server.link(ctx, database, b.fleet); err != nil {
		return err
	}
	_, err := b.run(ctx, c, database, nil, nil)
	return err
}

// repeat returns the µs an asset of so many passes over a database.
func (b *bench) repeat(ctx context.Context, c contender, database string, assets, rounds int, out io.Writer) (micros []float64, err error) {
	b.fleet.Assets = assets
	for round := range rounds {
		progress(out, "growth: %d assets, round %d of %d", assets, round+1, rounds)
		s, err := b.run(ctx, c, database, nil, nil)
		if err != nil {
			return nil, err
		}
		micros = append(micros, wall(s)/float64(assets))
	}
	return micros, nil
}

// growMany makes the one long pass, and looks at its begin and end too.
func (b *bench) growMany(ctx context.Context, c contender, g *growth, out io.Writer) error {
	b.fleet.Assets = g.Many
	tenth := g.Many / 10
	var at [4]time.Time // the first asset, the end of the first tenth, the begin of the last one, its end
	s, err := b.run(ctx, c, manyState, func(done int) {
		switch done {
		case 1:
			at[0] = time.Now()
		case tenth + 1:
			at[1] = time.Now()
		case g.Many - tenth:
			at[2] = time.Now()
		case g.Many:
			at[3] = time.Now()
		}
		if done%1000 == 0 {
			progress(out, "growth: %d of %d", done, g.Many)
		}
	}, nil)
	g.ManyMicros = wall(s) / float64(g.Many)
	g.FirstTenth = microseconds(at[1].Sub(at[0])) / float64(tenth)
	g.LastTenth = microseconds(at[3].Sub(at[2])) / float64(tenth)
	return err
}

// fillLog adds log rows of two years before, as many of each asset, and waits until they are on the disk.
func (b *bench) fillLog(ctx context.Context, g growth, out io.Writer) error {
	for from := 0; from < g.LogRows; from += logChunk {
		progress(out, "growth: %d of %d log rows", from, g.LogRows)
		err := b.server.exec(ctx, fmt.Sprintf("INSERT INTO %s.cmms_sync_log (run_id, customer_id, cmms_asset_id, status, synced_at, duration_ms, attempt_key) "+
			"SELECT LPAD(seq DIV %d, 26, '0'), 1 + seq %% %d DIV %d, CONCAT('A-', LPAD(1 + seq %% %d, 7, '0')), 'Success', "+
			"'2024-01-01' + INTERVAL (seq * 6) SECOND, 2, CONCAT(LPAD(seq DIV %d, 26, '0'), ':', 1 + seq %% %d) FROM %s.seq_%d_to_%d",
			fullState, g.Few, g.Few, b.fleet.PerCustomer, g.Few, g.Few, g.Few, fullState, from, min(from+logChunk, g.LogRows)-1))
		if err != nil {
			return err
		}
	}
	return b.server.exec(ctx, "FLUSH TABLES "+fullState+".cmms_sync_log FOR EXPORT", "UNLOCK TABLES")
}

func printGrowth(out io.Writer, g growth) {
	line := func(what string, micros, base float64) {
		verdict := "reached"
		if micros/base > growthLimit {
			verdict = "not reached"
		}
		fmt.Fprintf(out, "%-40s %8.1f µs an asset, %.3f × %.1f (limit %.2f: %s)\n", what, micros, micros/base, base, growthLimit, verdict)
	}
	line(fmt.Sprintf("%d assets against %d", g.Many, g.Few), g.ManyMicros, g.FewMicros)
	line("their last tenth against the first", g.LastTenth, g.FirstTenth)
	if g.LogRows > 0 {
		line(fmt.Sprintf("%d log rows against an empty log", g.LogRows), g.FullLogMicros, g.EmptyLogMicros)
	}
}
