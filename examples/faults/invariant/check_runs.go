package invariant

import (
	"errors"
	"maps"
	"strings"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// runRow is a row of cmms_sync_run.
type runRow struct {
	ID                                           string
	Status                                       synclog.RunStatus
	Total, Successful, Failed, Skipped, Warnings int64
	Finished                                     bool
}

// checkRuns compares Summary, cmms_sync_run and cmms_sync_log of every run that has finished.
func (w *World) checkRuns(v *violations) error {
	var rows []runRow
	if err := w.DB.Raw(`SELECT id, status, total, successful, failed, skipped, warnings,
		finished_at IS NOT NULL AND duration_ms IS NOT NULL AS finished FROM cmms_sync_run`).Scan(&rows).Error; err != nil {
		return err
	}
	log, err := w.readLog()
	if err != nil {
		return err
	}
	type counts struct{ successful, failed, warnings int64 }
	logged := map[string]counts{}
	for _, row := range log {
		c := logged[row.RunID]
		if row.Status == synclog.Success {
			c.successful++
		} else {
			c.failed++
		}
		c.warnings += row.Warnings
		logged[row.RunID] = c
	}
	noted := map[string]*notedRun{}
	for _, run := range w.noted() {
		noted[run.summary.RunID] = run
	}
	stored := map[string]bool{}
	for _, row := range rows {
		stored[row.ID] = true
		run := noted[row.ID]
		if run != nil {
			run.checkRow(v, row)
		}
		if row.Status == synclog.Running || run != nil && run.unwritten() {
			continue
		}
		c := logged[row.ID]
		if run == nil { // its process died; a row that a rescue added has a warning, the run's own row in its place may have none
			c.warnings = row.Warnings
		}
		if c != (counts{row.Successful, row.Failed, row.Warnings}) {
			v.add("run %s: cmms_sync_run counts %d successful, %d failed, %d warnings, and cmms_sync_log %d, %d, %d",
				row.ID, row.Successful, row.Failed, row.Warnings, c.successful, c.failed, c.warnings)
		}
		if !row.Finished || row.Total != row.Successful+row.Failed+row.Skipped {
			v.add("run %s is %s, finished: %v, total %d, successful %d, failed %d, skipped %d",
				row.ID, row.Status, row.Finished, row.Total, row.Successful, row.Failed, row.Skipped)
		}
	}
	for id, run := range noted {
		run.checkSummary(v)
		if !stored[id] && len(run.results) > 0 && !run.summary.DryRun {
			v.add("run %s has made %d attempts and has no row in cmms_sync_run", id, len(run.results))
		}
	}
	for id := range logged {
		if !stored[id] {
			v.add("cmms_sync_log names run %s, and cmms_sync_run has no such row", id)
		}
	}
	return nil
}

// checkRow compares a run's row with its Summary.
func (run *notedRun) checkRow(v *violations, row runRow) {
	if strings.Contains(run.output, runInOutput) {
		return
	}
	s := run.summary
	if row.Total != int64(s.Total) || row.Successful != int64(s.Successful) || row.Failed != int64(s.Failed) ||
		row.Skipped != int64(s.Skipped) || row.Warnings != int64(s.Warnings) {
		v.add("run %s: cmms_sync_run and the Summary differ: %+v, %+v", row.ID, row, s)
	}
	want := synclog.Completed
	switch {
	case errors.Is(run.err, cmmsimport.ErrAuditIncomplete): // which says nothing of how the run itself ended
		return
	case errors.Is(run.err, cmmsimport.ErrAborted):
		want = synclog.Aborted
	case run.err != nil:
		want = synclog.Interrupted
	}
	if row.Status != want {
		v.add("run %s is %s and not %s, error %v", row.ID, row.Status, want, run.err)
	}
}

// checkSummary holds a Summary to its own sums and to the results.
func (run *notedRun) checkSummary(v *violations) {
	s := run.summary
	kinds := 0
	for _, n := range s.FailedByKind {
		kinds += n
	}
	if s.Total != s.Successful+s.Failed+s.Skipped || s.Successful != s.Changed+s.Unchanged || kinds != s.Failed {
		v.add("the Summary of run %s does not add up: %+v", s.RunID, s)
	}
	if !run.watched {
		return
	}
	byKind, successful := map[innomaint.Kind]int{}, 0
	for _, r := range run.results {
		if r.status == synclog.Success {
			successful++
		} else {
			byKind[r.kind]++
		}
	}
	if s.Successful != successful || !maps.Equal(s.FailedByKind, byKind) {
		v.add("the Summary of run %s says %d successful, failed %v; OnAsset was told %d, %v", s.RunID, s.Successful, s.FailedByKind, successful, byKind)
	}
}

// unwritten reports whether log rows of the run are in its output instead of the table.
func (run *notedRun) unwritten() bool { return strings.Contains(run.output, entryInOutput) }

// lostLease reports whether a run stopped because another one took its lease.
func (w *World) lostLease(id string) bool {
	for _, run := range w.noted() {
		if run.summary.RunID == id {
			return errors.Is(run.err, cmmsimport.ErrSyncInProgress)
		}
	}
	return false
}

func (w *World) noted() []*notedRun {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]*notedRun(nil), w.runs...)
}
