package main

import (
	"fmt"
	"io"
	"time"

	"github.com/schollz/progressbar/v3"

	"ic3.internal/innomaintsync/cmmsimport"
)

// newProgress returns what shows a run's progress: a bar that moves, or a line every 50 assets.
func newProgress(out io.Writer, bar bool) func(cmmsimport.Progress) {
	if !bar {
		return func(p cmmsimport.Progress) {
			if p.Done%50 == 0 || p.Done == p.Total {
				fmt.Fprintf(out, "%5d of %d assets, %d failed, about %s left\n", p.Done, p.Total, p.Failed, p.Remaining.Round(100*time.Millisecond))
			}
		}
	}
	var b *progressbar.ProgressBar // from the first asset on: only then the total is known
	return func(p cmmsimport.Progress) {
		if b == nil {
			b = progressbar.NewOptions(p.Total,
				progressbar.OptionSetWriter(out),
				progressbar.OptionSetWidth(40),
				progressbar.OptionShowCount(),
				progressbar.OptionThrottle(50*time.Millisecond),
				progressbar.OptionOnCompletion(func() { fmt.Fprintln(out) }),
			)
		}
		b.Describe(fmt.Sprintf("syncing, %d failed", p.Failed))
		_ = b.Set(p.Done) // for people to see; nothing depends on it
	}
}
