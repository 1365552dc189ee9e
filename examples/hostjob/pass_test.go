package main

import (
	"fmt"
	"testing"
	"time"

	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// TestTimeBoxedRunsMakeOnePassTogether makes each run in a process of its own as far as state goes: what the next one knows of
// the last is in the database. A time box of a nanosecond holds one asset.
func TestTimeBoxedRunsMakeOnePassTogether(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.link(7, "A-1")
	w.linkMissing(7, "A-2")
	w.link(42, "B-1")
	w.environ["SYNC_TIME_BOX"] = "1ns"
	calls := func() string { return w.calls("A-1", "A-2", "B-1") }

	w.job().expect(t, exitOK, "the time box is full", `"result":"time_box"`, "skipped          2")
	equal(t, "after one night", calls(), "A-1:1 A-2:0 B-1:0")
	equal(t, "run", w.runs()[0].Status, synclog.Interrupted)
	w.job().expect(t, exitAssetsFailed, "the time box is full", "skipped          1")
	equal(t, "after two", calls(), "A-1:1 A-2:1 B-1:0")
	w.job("-customer", "7").expect(t, exitAssetsFailed) // belongs to no pass, and has no time box
	equal(t, "after a manual run", calls(), "A-1:2 A-2:2 B-1:0")
	w.job().expect(t, exitOK, "skipped          1")
	equal(t, "after three", calls(), "A-1:2 A-2:2 B-1:1")
	w.job().expect(t, exitAssetsFailed, "skipped          0") // what failed comes again at the end of the pass
	equal(t, "after four", calls(), "A-1:2 A-2:3 B-1:1")
	equal(t, "the pass", w.runs()[0].Status, synclog.Completed)

	delete(w.environ, "SYNC_TIME_BOX")
	w.job().expect(t, exitAssetsFailed, "total assets     3")
	equal(t, "after the next pass", calls(), "A-1:3 A-2:4 B-1:2")
}

func TestWhenAPassBegan(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 14, 1, 0, 0, 0, time.UTC)
	night := func(n int) time.Time { return now.AddDate(0, 0, -n) }
	customer := to(uint64(7))
	for name, test := range map[string]struct {
		runs []synclog.Run // oldest first
		want time.Time
	}{
		"no run yet":        {nil, now},
		"the last complete": {[]synclog.Run{{Status: synclog.Interrupted, StartedAt: night(2)}, {Status: synclog.Completed, StartedAt: night(1)}}, now},
		"two nights into it": {[]synclog.Run{
			{Status: synclog.Completed, StartedAt: night(3)},
			{Status: synclog.Interrupted, StartedAt: night(2)},
			{Status: synclog.Aborted, StartedAt: night(1)},
		}, night(2)},
		"a process that died": {[]synclog.Run{{Status: synclog.Running, StartedAt: night(1)}}, night(1)},
		"manual runs between": {[]synclog.Run{
			{Status: synclog.Completed, StartedAt: night(3)},
			{Status: synclog.Interrupted, StartedAt: night(2)},
			{Status: synclog.Completed, StartedAt: night(1), CustomerID: customer},
		}, night(2)},
		"given up after a week": {[]synclog.Run{{Status: synclog.Aborted, StartedAt: night(8)}, {Status: synclog.Aborted, StartedAt: night(6)}}, night(6)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			for i, run := range test.runs {
				run.ID = fmt.Sprintf("01J%023d", i)
				w.insertRun(run)
			}
			began, err := passBegan(t.Context(), w.db, now)
			must(t, err)
			equal(t, "began", began.UTC(), test.want)
		})
	}
}

// TestWholeRunsAreFoundBehindManyManualOnes needs more than one page.
func TestWholeRunsAreFoundBehindManyManualOnes(t *testing.T) {
	t.Parallel()
	w := setup(t)
	now := time.Now().UTC().Truncate(time.Microsecond)
	whole := now.Add(-time.Hour)
	w.insertRun(synclog.Run{ID: fmt.Sprintf("01J%023d", 0), Status: synclog.Aborted, StartedAt: whole})
	for i := range 120 {
		w.insertRun(synclog.Run{
			ID: fmt.Sprintf("01J%023d", i+1), Status: synclog.Completed, CustomerID: to(uint64(7)), StartedAt: now.Add(-time.Minute),
		})
	}
	began, err := passBegan(t.Context(), w.db, now)
	must(t, err)
	equal(t, "began", began.UTC(), whole)
}
