package cmmsimport_test

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

func TestOldestFirst(t *testing.T) {
	t.Parallel()
	t.Run("ReachesEveryAssetInTurn", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.add("A-1", "A-2", "A-3")
		w.link(9, "B-1") // unknown to Innomaint: a failed attempt counts, too
		w.link(9, "B-2")
		w.serve("B-2")
		opts := w.options()
		opts.OldestFirst, opts.Limit = true, 2

		sameLines(t, "first run", w.attempted(opts), []string{"7/A-1", "7/A-2"})
		sameLines(t, "second run", w.attempted(opts), []string{"7/A-3", "7/A-1"}) // customer 7 has one that was never attempted
		sameLines(t, "third run", w.attempted(opts), []string{"9/B-1", "9/B-2"})
		sameLines(t, "fourth run", w.attempted(opts), []string{"7/A-2", "7/A-3"})

		opts.Limit = 0
		sameLines(t, "a run without a limit", w.attempted(opts), []string{"7/A-1", "7/A-2", "7/A-3", "9/B-1", "9/B-2"})
	})
	// Half of the rows carry times of a clock that was ahead. The others were never attempted: they come first, and the run stamps them
	// with earlier times. There are more than two pages.
	t.Run("TakesEachAssetOnceAfterAClockWasSetBack", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.fill(450, func(i int) map[string]any {
			columns := map[string]any{"customer_id": 7, "cmms_attempted_at": nil}
			if i%2 == 0 {
				columns["cmms_attempted_at"] = time.Now().Add(time.Hour + time.Duration(i%7)*time.Second)
			}
			return columns
		})
		var want []string
		for _, id := range numbered(450) {
			want = append(want, fmt.Sprint("7/", id))
		}
		opts := w.options()
		opts.OldestFirst = true
		opts.Client = bareClient
		got := w.attempted(opts)
		slices.Sort(got)
		slices.Sort(want)
		sameLines(t, "attempted", got, want)
	})
}
