package console

import (
	"context"
	"encoding/csv"
	"fmt"
	"iter"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

const (
	exportPage = 1000
	// exportSlice is the part of a customer's log that is read at once: its index is ordered by time.
	exportSlice = time.Hour
	// exportDays is the number of days in an export without a run, an asset or a first day.
	exportDays = 31
)

var exportHeader = []string{
	"id", "run_id", "customer_id", "cmms_asset_id", "status", "error_kind", "error_message", "warnings", "changes", "synced_at_utc", "duration_ms",
}

// export streams log rows as CSV, newest first: of a run, an asset, a customer or all.
func (c *Console) export(w http.ResponseWriter, r *http.Request) {
	filter, err := exportFilter(r)
	if err != nil {
		c.fail(r.Context(), err).write(c, w)
		return
	}
	stream := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="sync-log.csv"`)
	out := csv.NewWriter(w)
	_ = out.Write(exportHeader) // Error below reports a closed connection
	for page, err := range c.exportPages(r.Context(), filter) {
		if err != nil {
			c.log.ErrorContext(r.Context(), "an export failed", slog.String("error", synclog.ErrorMessage(err)))
			panic(http.ErrAbortHandler) // tells the browser that the file is incomplete
		}
		for _, e := range page {
			if filter.Status == "" || e.Status == filter.Status {
				_ = out.Write(csvRow(e))
			}
		}
		out.Flush()
		if out.Error() != nil {
			return
		}
		_ = stream.SetWriteDeadline(time.Time{}) // the server's limit is for pages
		_ = stream.Flush()
	}
	out.Flush()
}

func exportFilter(r *http.Request) (f synclog.Filter, err error) {
	f = synclog.Filter{RunID: r.FormValue("run"), CMMSAssetID: r.FormValue("id"), Status: synclog.Status(r.FormValue("status"))}
	if f.CustomerID, err = customerOf(r); err != nil {
		return f, err
	}
	if f.RunID != "" || f.CMMSAssetID != "" {
		return f, nil
	}
	f.Since = time.Now().UTC().AddDate(0, 0, -exportDays)
	if day := r.FormValue("since"); day != "" {
		if f.Since, err = time.Parse(time.DateOnly, day); err != nil {
			return f, userError{http.StatusBadRequest, "The first day must look like 2026-11-24."}
		}
	}
	return f, nil
}

// exportPages reads page by page. It holds no connection between pages.
func (c *Console) exportPages(ctx context.Context, filter synclog.Filter) iter.Seq2[[]synclog.Entry, error] {
	if filter.RunID == "" && filter.CMMSAssetID == "" && filter.CustomerID != nil {
		return c.exportCustomer(ctx, filter)
	}
	// Status and first day are checked afterward: no index covers them, so for the last page the database would read the
	// table to its end.
	f := filter
	f.Status, f.Since, f.Limit = "", time.Time{}, exportPage
	return func(yield func([]synclog.Entry, error) bool) {
		for {
			page, err := synclog.Entries(ctx, c.db, f)
			if err != nil {
				yield(nil, err)
				return
			}
			more := len(page) == exportPage
			if more {
				f.BeforeID = page[len(page)-1].ID
			}
			page = slices.DeleteFunc(page, func(e synclog.Entry) bool {
				early := e.SyncedAt.Before(filter.Since)
				more = more && !early
				return early
			})
			if !yield(page, nil) || !more {
				return
			}
		}
	}
}

// exportCustomer reads hour by hour: to sort one page of a customer's rows, the database reads all rows of its Filter.
func (c *Console) exportCustomer(ctx context.Context, filter synclog.Filter) iter.Seq2[[]synclog.Entry, error] {
	return func(yield func([]synclog.Entry, error) bool) {
		newest, err := c.queryTime(ctx, "SELECT CAST(synced_at AS CHAR) AS at FROM cmms_sync_log WHERE customer_id = ? ORDER BY synced_at DESC LIMIT 1", *filter.CustomerID)
		if err != nil {
			yield(nil, err)
			return
		}
		for until := newest.Add(time.Microsecond); until.After(filter.Since); until = until.Add(-exportSlice) {
			f := synclog.Filter{CustomerID: filter.CustomerID, Until: until, Since: later(until.Add(-exportSlice), filter.Since), Limit: exportPage}
			for more := true; more; {
				page, err := synclog.Entries(ctx, c.db, f)
				if !yield(page, err) || err != nil {
					return
				}
				if more = len(page) == exportPage; more {
					f.BeforeID = page[len(page)-1].ID
				}
			}
		}
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func csvRow(e synclog.Entry) []string {
	var changes []string
	for _, column := range slices.Sorted(maps.Keys(e.Changes)) {
		changes = append(changes, fmt.Sprintf("%s: %v -> %v", column, orNone(e.Changes[column].From), orNone(e.Changes[column].To)))
	}
	row := []string{
		strconv.FormatUint(e.ID, 10), e.RunID, strconv.FormatUint(e.CustomerID, 10), e.CMMSAssetID, string(e.Status), e.ErrorKind, e.ErrorMessage,
		strings.Join(e.Warnings, " | "), strings.Join(changes, " | "), e.SyncedAt.Format("2006-01-02 15:04:05.000"), strconv.FormatInt(e.DurationMS, 10),
	}
	for i, cell := range row {
		row[i] = escapeFormula(cell)
	}
	return row
}

func orNone(v any) any {
	if v == nil {
		return "(none)"
	}
	return v
}

// escapeFormula prevents a spreadsheet from reading a cell as a formula.
func escapeFormula(cell string) string {
	for _, start := range []string{"=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"} {
		if strings.HasPrefix(strings.TrimLeft(cell, " \u00a0"), start) {
			return "'" + cell
		}
	}
	return cell
}
