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
	// exportSlice is what is read of a customer's log at once, since its pages go by time.
	exportSlice = time.Hour
	// exportDays is how far an export reaches back that names neither a run nor an asset nor a first day.
	exportDays = 31
)

var exportHeader = []string{
	"id", "run_id", "customer_id", "cmms_asset_id", "status", "error_kind", "error_message", "warnings", "changes", "synced_at_utc", "duration_ms",
}

// export streams rows of the log as CSV, newest first: of a run, an asset, a customer or all.
func (c *Console) export(w http.ResponseWriter, r *http.Request) {
	ask, err := readExport(r)
	if err != nil {
		c.fail(r.Context(), err).write(c, w)
		return
	}
	stream := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="sync-log.csv"`)
	out := csv.NewWriter(w)
	_ = out.Write(exportHeader) // Flush and Error below tell of a reader who has gone
	for page, err := range c.exportPages(r.Context(), ask) {
		if err != nil {
			c.log.ErrorContext(r.Context(), "an export broke off", slog.String("error", synclog.ErrorMessage(err)))
			panic(http.ErrAbortHandler) // so that the browser takes the file for incomplete
		}
		for _, e := range page {
			if ask.Status == "" || e.Status == ask.Status {
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

func readExport(r *http.Request) (f synclog.Filter, err error) {
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
			return f, failure{http.StatusBadRequest, "The first day of an export looks like 2026-11-24."}
		}
	}
	return f, nil
}

// exportPages reads page by page; no connection is held in between.
func (c *Console) exportPages(ctx context.Context, ask synclog.Filter) iter.Seq2[[]synclog.Entry, error] {
	if ask.RunID == "" && ask.CMMSAssetID == "" && ask.CustomerID != nil {
		return c.exportCustomer(ctx, ask)
	}
	// The status is looked at afterwards, and the first day too: an index serves neither, so that the database would go
	// on to the end of the table for the last page.
	f := ask
	f.Status, f.Since, f.Limit = "", time.Time{}, exportPage
	return func(yield func([]synclog.Entry, error) bool) {
		for {
			page, err := synclog.Entries(ctx, c.db, f)
			if err != nil {
				yield(nil, err)
				return
			}
			whole := len(page) == exportPage
			if whole {
				f.BeforeID = page[len(page)-1].ID
			}
			page = slices.DeleteFunc(page, func(e synclog.Entry) bool {
				early := e.SyncedAt.Before(ask.Since)
				whole = whole && !early
				return early
			})
			if !yield(page, nil) || !whole {
				return
			}
		}
	}
}

// exportCustomer goes back hour by hour: a page of a customer's rows is sorted after all that its Filter leaves are read.
func (c *Console) exportCustomer(ctx context.Context, ask synclog.Filter) iter.Seq2[[]synclog.Entry, error] {
	return func(yield func([]synclog.Entry, error) bool) {
		newest, err := c.moment(ctx, "SELECT CAST(synced_at AS CHAR) AS at FROM cmms_sync_log WHERE customer_id = ? ORDER BY synced_at DESC LIMIT 1", *ask.CustomerID)
		if err != nil {
			yield(nil, err)
			return
		}
		for until := newest.Add(time.Microsecond); until.After(ask.Since); until = until.Add(-exportSlice) {
			f := synclog.Filter{CustomerID: ask.CustomerID, Until: until, Since: later(until.Add(-exportSlice), ask.Since), Limit: exportPage}
			for whole := true; whole; {
				page, err := synclog.Entries(ctx, c.db, f)
				if !yield(page, err) || err != nil {
					return
				}
				if whole = len(page) == exportPage; whole {
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
		row[i] = harmless(cell)
	}
	return row
}

func orNone(v any) any {
	if v == nil {
		return "(none)"
	}
	return v
}

// harmless keeps a spreadsheet from taking a cell for a formula.
func harmless(cell string) string {
	for _, start := range []string{"=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"} {
		if strings.HasPrefix(strings.TrimLeft(cell, " \u00a0"), start) {
			return "'" + cell
		}
	}
	return cell
}
