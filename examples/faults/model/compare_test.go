package model_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/examples/faults/invariant"
)

// compare holds the real run against the expected one, and the database against the register.
func (w *world) compare(t *rapid.T, g *register, s script, want *expectation, got cmmsimport.Summary, err error) {
	w.compareError(t, want, err)
	w.compareSummary(t, s, want, got)
	w.compareLog(t, s, want, got.RunID)
	w.compareMasters(t, g)
	w.compareRows(t, g)
}

// checkInvariant is the check that every fault test ends with, but for rows that no mark could reach.
func (w *world) checkInvariant(t *rapid.T, stale map[string]bool) {
	all := w.Assets
	defer func() { w.Assets = all }()
	w.Assets = slices.DeleteFunc(slices.Clone(all), func(a *invariant.Asset) bool { return stale[a.CMMSAssetID] })
	for _, violation := range w.Violations(w.t) {
		t.Error(violation)
	}
}

func (w *world) compareError(t *rapid.T, want *expectation, err error) {
	for _, e := range []struct {
		sentinel error
		want     bool
	}{{context.Canceled, want.cancelled}, {cmmsimport.ErrAborted, want.aborted}, {cmmsimport.ErrAuditIncomplete, want.audit}} {
		if errors.Is(err, e.sentinel) != e.want {
			t.Errorf("the run's error is %v; want %q in it: %v", err, e.sentinel, e.want)
		}
	}
	if err != nil && !want.cancelled && !want.aborted && !want.audit {
		t.Errorf("the run ended with %v", err)
	}
}

func (w *world) compareSummary(t *rapid.T, s script, want *expectation, got cmmsimport.Summary) {
	sum := cmmsimport.Summary{Total: want.total, Skipped: want.total - len(want.entries), FailedByKind: map[innomaint.Kind]int{}}
	for _, e := range want.entries {
		sum.Warnings += len(e.warnings)
		sum.MastersCreated += e.created
		switch {
		case e.kind != "":
			sum.Failed++
			sum.FailedByKind[e.kind]++
		case e.changed:
			sum.Changed++
		default:
			sum.Unchanged++
		}
	}
	sum.Successful = sum.Changed + sum.Unchanged
	if s.dryRun { // it creates no masters, so that what it makes of later assets may differ
		sum.Warnings, sum.MastersCreated, sum.Changed, sum.Unchanged = got.Warnings, got.MastersCreated, got.Changed, got.Unchanged
	}
	text := func(s cmmsimport.Summary) string {
		return fmt.Sprint(s.Total, s.Successful, s.Failed, s.Skipped, s.Changed, s.Unchanged, s.MastersCreated, s.Warnings, s.FailedByKind)
	}
	if text(got) != text(sum) {
		t.Errorf("the Summary is %s, want %s", text(got), text(sum))
	}
}

// compareLog compares the run's rows of cmms_sync_log, in the order in which they were written.
func (w *world) compareLog(t *rapid.T, s script, want *expectation, runID string) {
	var rows, lines []string
	w.db.rows(w.t, "SELECT customer_id, cmms_asset_id, status, COALESCE(error_kind, ''), COALESCE(warnings, '[]'), COALESCE(changes, '{}') FROM cmms_sync_log WHERE run_id = '"+runID+"' ORDER BY id", func(r *sql.Rows) error {
		var e entry
		var warnings, changes []byte
		if err := r.Scan(&e.customer, &e.cmmsID, &e.status, &e.kind, &warnings, &changes); err != nil {
			return err
		}
		var texts []string
		columns := map[string]any{}
		if err := errors.Join(json.Unmarshal(warnings, &texts), json.Unmarshal(changes, &columns)); err != nil {
			return err
		}
		for _, text := range texts {
			field, _, _ := strings.Cut(text, ":")
			e.warnings = append(e.warnings, field)
		}
		slices.Sort(e.warnings)
		for _, column := range slices.Sorted(maps.Keys(columns)) {
			if !strings.Contains(column, ".") { // a master's
				e.changes = append(e.changes, column)
			}
		}
		rows = append(rows, e.String())
		return nil
	})
	if !s.dryRun {
		for _, e := range want.logged {
			lines = append(lines, e.String())
		}
	}
	if !slices.Equal(rows, lines) {
		t.Errorf("cmms_sync_log has\n%s\nwant\n%s", strings.Join(rows, "\n"), strings.Join(lines, "\n"))
	}
}

func (w *world) compareMasters(t *rapid.T, g *register) {
	lines := func(all map[uint64]masters) (lines []string) {
		for customer, rows := range all {
			for id, row := range rows {
				lines = append(lines, fmt.Sprintf("%d %s %s %q of %q, %q %q %q", customer, row.table, row.level, row.cmmsID, rows.path(id), row.code, row.email, row.phone))
			}
		}
		slices.Sort(lines)
		return lines
	}
	got, want := lines(w.db.readMasters(w.t)), lines(g.masters)
	for _, line := range got {
		if !slices.Contains(want, line) {
			t.Errorf("there is a master %s", line)
		}
	}
	for _, line := range want {
		if !slices.Contains(got, line) {
			t.Errorf("there is no master %s", line)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d masters, want %d", len(got), len(want))
	}
}

// compareRows compares the marks, and tells the invariant what each row should hold.
func (w *world) compareRows(t *rapid.T, g *register) {
	status := map[uint64]string{}
	w.db.rows(w.t, "SELECT id, COALESCE(cmms_sync_status, '') FROM ic3_asset_master", func(r *sql.Rows) error {
		var id uint64
		var s string
		err := r.Scan(&id, &s)
		status[id] = s
		return err
	})
	for i, a := range g.assets {
		if status[a.id] != a.status {
			t.Errorf("%s is marked %q, want %q", a.cmmsID, status[a.id], a.status)
		}
		state := invariant.State{}
		maps.Copy(state, a.columns)
		for _, c := range referenceColumns {
			if id := a.columns[c.column]; id != "" {
				var n int
				_, _ = fmt.Sscan(id, &n) // the model's own
				state[c.column] = g.masters[a.customer].path(n)
				if c.column == "model_id" && g.masters[a.customer][n].parent == 0 {
					state[c.column] = " > " + state[c.column] // as the invariant names a model of no manufacturer
				}
			}
		}
		w.Assets[i].Old, w.Assets[i].New = state, state
	}
}

// changes lists what a run changed, for a failure's text.
func (w *world) changes(runID string) string {
	var lines []string
	w.db.rows(w.t, "SELECT CONCAT(cmms_asset_id, ': ', changes) FROM cmms_sync_log WHERE changes IS NOT NULL AND run_id = '"+runID+"' ORDER BY id", func(r *sql.Rows) error {
		var line string
		err := r.Scan(&line)
		lines = append(lines, line)
		return err
	})
	return strings.Join(lines, "\n")
}
