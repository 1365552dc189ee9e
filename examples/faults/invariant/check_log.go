package invariant

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// What the library's log output says of a row that a run could not write.
const (
	entryInOutput = `"log entry not written"`
	runInOutput   = `"run not stored"`
	leaseInOutput = `"lease not released; it expires by itself"`
	unmarked      = `"asset not marked as failed yet"`
)

// logRow is a row of cmms_sync_log.
type logRow struct {
	ID          uint64
	RunID       string
	CustomerID  uint64
	CmmsAssetID string
	Status      synclog.Status
	ErrorKind   innomaint.Kind
	SyncedAt    string
	Warnings    int64
	AttemptKey  string
}

func (w *World) readLog() (rows []logRow, err error) {
	err = w.DB.Raw(`SELECT id, COALESCE(run_id, '') AS run_id, customer_id, cmms_asset_id, status, COALESCE(error_kind, '') AS error_kind,
		CAST(synced_at AS CHAR) AS synced_at, COALESCE(JSON_LENGTH(warnings), 0) AS warnings, COALESCE(attempt_key, '') AS attempt_key FROM cmms_sync_log ORDER BY synced_at, id`).Scan(&rows).Error
	return rows, err
}

// attemptKey is cmms_sync_log.attempt_key of a run's attempt on an asset row.
func attemptKey(runID string, rowID uint64) string { return fmt.Sprintf("%s:%d", runID, rowID) }

// checkLog checks that an attempt has one row, with its own key: every run has no asset twice, a watched one has what OnAsset was
// told.
func (w *World) checkLog(v *violations) error {
	rows, err := w.readLog()
	if err != nil {
		return err
	}
	type attempt struct {
		run, asset string
		customer   uint64
	}
	rowIDs := map[attempt]uint64{}
	for _, a := range w.Assets {
		rowIDs[attempt{asset: a.CMMSAssetID, customer: a.CustomerID}] = a.RowID
	}
	seen := map[attempt]int{}
	byRun := map[string][]result{}
	for _, row := range rows {
		byRun[row.RunID] = append(byRun[row.RunID], result{row.CustomerID, row.CmmsAssetID, row.Status, row.ErrorKind})
		key := attempt{row.RunID, row.CmmsAssetID, row.CustomerID}
		if seen[key]++; seen[key] == 2 {
			v.add("cmms_sync_log has several rows of asset %q of customer %d in run %s", row.CmmsAssetID, row.CustomerID, row.RunID)
		}
		rowID, known := rowIDs[attempt{asset: row.CmmsAssetID, customer: row.CustomerID}]
		if want := attemptKey(row.RunID, rowID); known && row.AttemptKey != want {
			v.add("cmms_sync_log row %d has the attempt_key %q, not %q", row.ID, row.AttemptKey, want)
		}
		if row.Status != synclog.Success && row.Status != synclog.Failed || row.RunID == "" {
			v.add("cmms_sync_log row %d: run %q, status %q", row.ID, row.RunID, row.Status)
		}
	}
	for _, run := range w.noted() {
		if run.watched {
			run.compare(v, byRun[run.summary.RunID])
		}
	}
	return nil
}

// compare finds results without their row, and rows without their result. As many rows may be missing as the output holds.
func (run *notedRun) compare(v *violations, rows []result) {
	if run.summary.DryRun {
		if len(rows) > 0 {
			v.add("dry run %s has %d log rows", run.summary.RunID, len(rows))
		}
		return
	}
	count := map[result]int{}
	for _, r := range run.results {
		count[r]++
	}
	for _, r := range rows {
		count[r]--
	}
	missing := -strings.Count(run.output, entryInOutput)
	for _, r := range slices.SortedFunc(maps.Keys(count), func(a, b result) int { return cmp.Compare(a.asset, b.asset) }) {
		text := fmt.Sprintf("%s %s of asset %q of customer %d in run %s", r.status, r.kind, r.asset, r.customer, run.summary.RunID)
		switch n := count[r]; {
		case n < 0:
			v.add("cmms_sync_log has %d rows too many: %s", -n, text)
		case n > 0:
			if missing += n; missing > 0 {
				v.add("cmms_sync_log has no row: %s", text)
			}
		}
	}
}

// checkMarks compares the marks on an asset row with the log row of the attempt that they name, and with the asset's latest one.
func (w *World) checkMarks(v *violations) error {
	log, err := w.readLog()
	if err != nil {
		return err
	}
	latest, byKey := map[string]logRow{}, map[string]logRow{}
	for _, row := range log {
		latest[fmt.Sprint(row.CustomerID, row.CmmsAssetID)] = row
		byKey[row.AttemptKey] = row
	}
	assets, err := w.readAssets()
	if err != nil {
		return err
	}
	output := w.Output()
	for _, a := range w.Assets {
		mark := assets[a.RowID]
		named, logged := byKey[attemptKey(mark.runID, a.RowID)]
		switch {
		case mark.attemptedAt == "":
		case mark.runID == "":
			v.add("%s is marked %s at %s by no run", a, mark.status, mark.attemptedAt)
		case !logged && !inOutput(output, entryInOutput, a):
			v.add("%s is marked %s by run %s, and cmms_sync_log has no row of that attempt", a, mark.status, mark.runID)
		case logged && mark.attemptedAt > named.SyncedAt:
			v.add("%s is marked at %s, after its log row of %s", a, mark.attemptedAt, named.SyncedAt)
		}
		for _, row := range []logRow{named, latest[fmt.Sprint(a.CustomerID, a.CMMSAssetID)]} {
			if row.ID != 0 && mark.status != string(row.Status) && !inOutput(output, unmarked, a) && !inOutput(output, entryInOutput, a) && !w.lostLease(row.RunID) {
				v.add("%s is marked %q at %s, and cmms_sync_log says %s at %s", a, mark.status, mark.attemptedAt, row.Status, row.SyncedAt)
				break
			}
		}
	}
	return w.find(v, "the asset row %s, which cmms_sync_run does not have",
		`SELECT CONCAT(a.id, ' is marked by run ', a.cmms_run_id) FROM ic3_asset_master a
			LEFT JOIN cmms_sync_run r ON r.id = a.cmms_run_id WHERE a.cmms_run_id IS NOT NULL AND r.id IS NULL`)
}

// inOutput reports whether a line of the output says this of the asset.
func inOutput(output, says string, a *Asset) bool {
	for line := range strings.SplitSeq(output, "\n") {
		if strings.Contains(line, says) && strings.Contains(line, `"`+a.CMMSAssetID+`"`) {
			return true
		}
	}
	return false
}
