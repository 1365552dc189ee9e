package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// printAudit shows the run's row, the last rows of its log, and the changes of one asset, as a host would look them up.
func printAudit(ctx context.Context, out io.Writer, db *gorm.DB, runID, assetID string) error {
	runs, err := synclog.Runs(ctx, db, synclog.Filter{RunID: runID})
	if err != nil {
		return err
	}
	var rows []string
	for _, r := range runs {
		rows = append(rows, row(r.ID, r.Status, r.Total, r.Successful, r.Failed, r.Warnings, r.StartedAt.Format(time.DateTime)))
	}
	table(out, "run\tstatus\ttotal\tsuccessful\tfailed\twarnings\tstarted (UTC)", rows)

	entries, err := synclog.Entries(ctx, db, synclog.Filter{RunID: runID, Limit: 3})
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "\nThe log's last rows, newest first:")
	printEntries(out, entries)
	failed, err := synclog.Entries(ctx, db, synclog.Filter{RunID: runID, Status: synclog.Failed, Limit: 3})
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "\nOnly its failures:")
	printEntries(out, failed)

	history, err := synclog.Entries(ctx, db, synclog.Filter{CMMSAssetID: assetID, Limit: 1})
	if err != nil {
		return err
	}
	if len(history) == 0 {
		return fmt.Errorf("cmms_sync_log has no row of asset %s, although it was synced", assetID)
	}
	fmt.Fprintf(out, "\nWhat the sync changed in %s, column by column:\n", assetID)
	table(out, "asset\tcolumn\tfrom\tto", changeRows(assetID, history[0].Changes, 8))
	return nil
}

func printEntries(out io.Writer, entries []synclog.Entry) {
	var rows []string
	for _, e := range entries {
		what := fmt.Sprintf("%d columns changed", len(e.Changes))
		if e.Status == synclog.Failed {
			what = fmt.Sprintf("%.70s", e.ErrorMessage)
			if what != e.ErrorMessage {
				what += "…"
			}
		}
		rows = append(rows, row(e.ID, e.CustomerID, e.CMMSAssetID, e.Status, e.ErrorKind, what, fmt.Sprint(e.DurationMS, " ms")))
	}
	table(out, "id\tcustomer\tasset\tstatus\tkind\twhat\ttook", rows)
}
