package main

import (
	"context"
	"iter"
	"strings"
	"time"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// longestPass bounds how far back a pass is looked for. One that is older is given up, and another begins: with the assets
// that have waited longest, so that nothing is left behind.
const longestPass = 7 * 24 * time.Hour

// passBegan returns when the pass over the register began that a nightly run belongs to: the start of the first run after
// the last complete one, which cmms_sync_run knows whatever happened to this process in between; or now, where the last
// run is complete.
//
// A manual run with -only-failed over all customers looks the same in the table. Should it end a pass early, the next one
// still takes what was left out first, since its runs go by the oldest attempt.
func passBegan(ctx context.Context, db *gorm.DB, now time.Time) (time.Time, error) {
	began := now
	for run, err := range wholeRuns(ctx, db, now.Add(-longestPass)) {
		if err != nil {
			return time.Time{}, err
		}
		if run.Status == synclog.Completed {
			break
		}
		began = run.StartedAt
	}
	return began, nil
}

// wholeRuns yields the runs over all customers that started since a time, newest first.
func wholeRuns(ctx context.Context, db *gorm.DB, since time.Time) iter.Seq2[synclog.Run, error] {
	return func(yield func(synclog.Run, error) bool) {
		filter := synclog.Filter{Since: since}
		for {
			page, err := synclog.Runs(ctx, db, filter)
			if err != nil {
				yield(synclog.Run{}, err)
				return
			}
			for _, run := range page {
				if run.CustomerID == nil && !yield(run, nil) {
					return
				}
			}
			if len(page) == 0 {
				return
			}
			filter.BeforeRunID = page[len(page)-1].ID
		}
	}
}

// succeeded reports whether a run did what it could: all of it, or as much as its time box held.
func succeeded(run synclog.Run) bool {
	return run.Status == synclog.Completed ||
		run.Status == synclog.Interrupted && strings.Contains(run.ErrorMessage, errTimeBox.Error())
}
