package invariant_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint/innomainttest"
	"ic3.internal/innomaintsync/examples/faults/invariant"
	"ic3.internal/innomaintsync/internal/dbtest"
)

func TestMain(m *testing.M) { os.Exit(dbtest.Main(m)) }

func newWorld(t *testing.T) *invariant.World {
	t.Helper()
	return invariant.NewWorld(t, dbtest.Open(t, dbtest.Database(t)), invariant.Size{})
}

// sync makes a run that fails for two assets, and leaves the others new.
func sync(t *testing.T, w *invariant.World) cmmsimport.Summary {
	t.Helper()
	w.API.Script(w.Assets[2].CMMSAssetID, innomainttest.Answer{Status: 404, Body: "gone"})
	opts := w.Options()
	opts.OnAsset = func(r cmmsimport.AssetResult, _ cmmsimport.Progress) {
		if r.AssetID == w.Assets[3].RowID {
			panic("of the test")
		}
	}
	summary, err := w.Run(t.Context(), opts)
	if err != nil || summary.Failed != 2 {
		t.Fatalf("error %v, %v", err, summary)
	}
	return summary
}

func TestHoldsWhereNothingBreaks(t *testing.T) {
	t.Parallel()
	for _, atomic := range []bool{false, true} {
		t.Run(fmt.Sprint("AtomicLog ", atomic), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.Check(t)
			if n := w.CountNew(t); n != 0 {
				t.Errorf("%d assets are new before the first sync", n)
			}
			sync(t, w)
			w.Check(t)
			for range 4 {
				w.Advance(t)
				opts := w.Options()
				opts.AtomicLog = atomic
				if summary, err := w.Run(t.Context(), opts); err != nil || summary.Changed != len(w.Assets) {
					t.Errorf("error %v, %v", err, summary)
				}
				w.Check(t)
				if n := w.CountNew(t); n != len(w.Assets) {
					t.Errorf("%d assets are new", n)
				}
			}
		})
	}
}

func TestHoldsForRunsThatEndEarly(t *testing.T) {
	t.Parallel()
	tests := map[string]func(w *invariant.World, opts *cmmsimport.Options, cancel func()){
		"dry run": func(_ *invariant.World, opts *cmmsimport.Options, _ func()) { opts.DryRun = true },
		"aborted": func(w *invariant.World, opts *cmmsimport.Options, _ func()) {
			opts.MaxConsecutiveFailures = 1
			w.API.ScriptAlways(w.Assets[4].CMMSAssetID, innomainttest.Answer{Status: 503})
		},
		"canceled": func(_ *invariant.World, opts *cmmsimport.Options, cancel func()) {
			opts.OnAsset = func(cmmsimport.AssetResult, cmmsimport.Progress) { cancel() }
		},
		"in progress": func(w *invariant.World, _ *cmmsimport.Options, _ func()) {
			w.DB.Exec("INSERT INTO cmms_sync_lock VALUES ('all', 'R', 'H', UTC_TIMESTAMP(6) + INTERVAL 10 SECOND)")
		},
	}
	for name, arrange := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			opts := w.Options()
			arrange(w, &opts, cancel)
			if _, err := w.Run(ctx, opts); (err == nil) != opts.DryRun {
				t.Errorf("got error %v", err)
			}
			w.Check(t)
		})
	}
}

// Each kind of damage must be seen.
func TestGoesRed(t *testing.T) {
	t.Parallel()
	const asset1 = " WHERE cmms_asset_id = 'C1-0001'"
	tests := map[string]struct {
		statements []string
		want       string
	}{
		"mixed row":              {[]string{"UPDATE ic3_asset_master SET criticality = 'Level 0'" + asset1}, `neither old nor new. Beside the old state`},
		"a column emptied":       {[]string{"UPDATE ic3_asset_master SET purchase_cost = NULL" + asset1}, `neither old nor new`},
		"another's master":       {[]string{"UPDATE ic3_asset_master SET department_id = (SELECT MIN(id) FROM ic3_department_master WHERE customer_id = 1)" + asset1}, `department_id is "Department 1"`},
		"written unmarked":       {[]string{"UPDATE ic3_asset_master SET cmms_attempted_at = NULL, cmms_synced_at = NULL, cmms_sync_status = NULL" + asset1}, "no attempt is marked"},
		"marks that part":        {[]string{"UPDATE ic3_asset_master SET cmms_synced_at = NULL" + asset1}, "is marked Success, attempted at"},
		"row gone":               {[]string{"DELETE FROM ic3_asset_master" + asset1}, "its row is gone"},
		"master doubled by name": {[]string{"ALTER TABLE ic3_vendor_master DROP INDEX uq_vendor_name", "INSERT INTO ic3_vendor_master (customer_id, name) VALUES (1, 'VENDOR of generation 1')"}, "ic3_vendor_master has several rows of one (customer_id, name)"},
		"master doubled by id":   {[]string{"ALTER TABLE ic3_location_master DROP INDEX uq_location_cmms", "INSERT INTO ic3_location_master (customer_id, name, level, cmms_id) VALUES (1, 'x', 'room', '1')"}, "ic3_location_master has several rows of one (customer_id, level, cmms_id)"},
		"dangling reference":     {[]string{"UPDATE ic3_asset_master SET vendor_id = 99999" + asset1}, "ic3_asset_master.vendor_id of rows 2 refers"},
		"customer's reference":   {[]string{"UPDATE ic3_asset_master SET model_id = (SELECT MAX(id) FROM ic3_model_master WHERE customer_id = 2)" + asset1}, "ic3_asset_master.model_id of rows 2 refers"},
		"dangling parent":        {[]string{"UPDATE ic3_model_master SET manufacturer_id = 99999 WHERE customer_id = 1 AND cmms_id = '2'"}, "ic3_model_master: rows 2 refer to a parent in ic3_manufacturer_master"},
		"log row missing":        {[]string{"DELETE FROM cmms_sync_log" + asset1}, `cmms_sync_log has no row: Success  of asset "C1-0001"`},
		"log row missing, mark":  {[]string{"DELETE FROM cmms_sync_log" + asset1}, `"C1-0001" (row 2 of customer 1) is marked Success by run`},
		"log row of a failure":   {[]string{"DELETE FROM cmms_sync_log WHERE status = 'Failed'"}, `cmms_sync_log has no row: Failed not_found of asset "C1-0002"`},
		"log row doubled":        {[]string{"ALTER TABLE cmms_sync_log DROP INDEX uq_log_attempt", "INSERT INTO cmms_sync_log (run_id, customer_id, cmms_asset_id, status, synced_at, duration_ms, attempt_key) SELECT run_id, customer_id, cmms_asset_id, status, synced_at, duration_ms, attempt_key FROM cmms_sync_log" + asset1}, `cmms_sync_log has several rows of asset "C1-0001"`},
		"log row of no attempt":  {[]string{"UPDATE cmms_sync_log SET attempt_key = NULL" + asset1}, `cmms_sync_log row 2 has the attempt_key ""`},
		"log row of another":     {[]string{"UPDATE cmms_sync_log SET attempt_key = CONCAT(run_id, ':99')" + asset1}, `cmms_sync_log row 2 has the attempt_key "`},
		"attempt without a row":  {[]string{"UPDATE cmms_sync_log SET attempt_key = CONCAT(run_id, ':99')" + asset1}, `"C1-0001" (row 2 of customer 1) is marked Success by run`},
		"marked by no run":       {[]string{"UPDATE ic3_asset_master SET cmms_run_id = NULL" + asset1}, `by no run`},
		"marked by unknown run":  {[]string{"UPDATE ic3_asset_master SET cmms_run_id = '01J00000000000000000000000'" + asset1}, `the asset row 2 is marked by run 01J00000000000000000000000, which cmms_sync_run does not have`},
		"marked after its row":   {[]string{"UPDATE ic3_asset_master SET cmms_attempted_at = cmms_attempted_at + INTERVAL 1 HOUR, cmms_synced_at = cmms_attempted_at" + asset1}, `after its log row of`},
		"skipped of a run":       {[]string{"UPDATE cmms_sync_run SET skipped = 1"}, "cmms_sync_run and the Summary differ"},
		"total of a run":         {[]string{"UPDATE cmms_sync_run SET total = total + 1"}, "total 17, successful 14, failed 2, skipped 0"},
		"wrong status":           {[]string{"UPDATE cmms_sync_log SET status = 'Failed'" + asset1}, `cmms_sync_log says Failed`},
		"wrong mark":             {[]string{"UPDATE ic3_asset_master SET cmms_sync_status = 'Failed'" + asset1}, `is marked "Failed" at`},
		"wrong kind":             {[]string{"UPDATE cmms_sync_log SET error_kind = 'auth' WHERE status = 'Failed'"}, `cmms_sync_log has no row: Failed not_found`},
		"wrong summary":          {[]string{"UPDATE cmms_sync_run SET successful = successful - 1, failed = failed + 1"}, "cmms_sync_run and the Summary differ"},
		"wrong run row":          {[]string{"UPDATE cmms_sync_run SET warnings = 7"}, "2 failed, 7 warnings, and cmms_sync_log 14, 2, 0"},
		"wrong end":              {[]string{"UPDATE cmms_sync_run SET status = 'Interrupted'"}, "is Interrupted and not Completed"},
		"unfinished end":         {[]string{"UPDATE cmms_sync_run SET finished_at = NULL"}, "finished: false"},
		"run gone":               {[]string{"DELETE FROM cmms_sync_run"}, "has no row in cmms_sync_run"},
		"lease left":             {[]string{"INSERT INTO cmms_sync_lock SELECT 'customer:1', id, 'h', UTC_TIMESTAMP(6) FROM cmms_sync_run"}, "is that of a finished run"},
		"lease too long":         {[]string{"INSERT INTO cmms_sync_lock VALUES ('customer:1', 'another', 'h', UTC_TIMESTAMP(6) + INTERVAL 4 MINUTE)"}, "outlives its time"},
		"secret in the database": {[]string{"UPDATE cmms_sync_log SET error_message = 'Bearer " + invariant.Token + "' WHERE status = 'Failed'"}, "stands in cmms_sync_log.error_message"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			sync(t, w)
			w.Check(t)
			for _, text := range tc.statements {
				if result := w.DB.Exec(text); result.Error != nil {
					t.Fatal(result.Error)
				}
			}
			found(t, w, tc.want)
		})
	}
}

func found(t *testing.T, w *invariant.World, want string) {
	t.Helper()
	got := strings.Join(w.Violations(t), "\n")
	if !strings.Contains(got, want) {
		t.Errorf("got\n%s\nwant %q", got, want)
	}
}

func TestGoesRedOverWhatIsTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	summary := sync(t, w)
	summary.Successful++
	summary.RunID = "another"
	w.NoteRun(summary, errors.New("refused "+invariant.Token), "")
	found(t, w, "does not add up")
	found(t, w, "stands in log output")

	w = newWorld(t)
	w.Note("Authorization: Bearer " + invariant.Token)
	found(t, w, "stands in log output")

	w = newWorld(t)
	w.Secret("hunter2")
	w.DB.Exec("UPDATE ic3_asset_master SET description = 'hunter2'")
	found(t, w, "secret 1 stands in ic3_asset_master.description")
}
