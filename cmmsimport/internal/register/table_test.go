package register_test

import (
	"encoding/json"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/internal/dbschema"
	"ic3.internal/innomaintsync/cmmsimport/internal/register"
	"ic3.internal/innomaintsync/internal/dbtest"
)

func TestMain(m *testing.M) { os.Exit(dbtest.Main(m)) }

// pump is a model of its own with a field that the library does not know: color. It has one line in the list of columns below.
type pump struct {
	ID, CustomerID         uint64
	AssetID, Status, RunID string
	SyncedAt, AttemptedAt  time.Time

	Name, Color string
	VendorID    uint64
	Bought      innomaint.Date
	Cost        innomaint.Decimal
	Fields      json.RawMessage
	ChangedAt   time.Time
}

func (pump) TableName() string { return "pumps" }

var pumps = register.New("pumps",
	func(p *pump) register.Own {
		return register.Own{
			ID: &p.ID, CustomerID: &p.CustomerID, CMMSAssetID: &p.AssetID, SyncStatus: &p.Status, RunID: &p.RunID,
			SyncedAt: &p.SyncedAt, AttemptedAt: &p.AttemptedAt,
		}
	},
	register.Text("name", func(p *pump) *string { return &p.Name }, func(a *innomaint.Asset) string { return a.Name }),
	register.Text("color", func(p *pump) *string { return &p.Color }, func(a *innomaint.Asset) string { return text(a, "color") }),
	register.Reference("vendor_id", func(p *pump) *uint64 { return &p.VendorID }),
	register.Date("bought", func(p *pump) *innomaint.Date { return &p.Bought }, func(a *innomaint.Asset) innomaint.Date { return a.PurchaseDate }),
	register.Money("cost", func(p *pump) *innomaint.Decimal { return &p.Cost }, func(a *innomaint.Asset) innomaint.Decimal { return a.PurchaseCost }),
	register.JSON("fields", func(p *pump) *json.RawMessage { return &p.Fields }, func(a *innomaint.Asset) json.RawMessage { return a.CustomFields }),
	register.Timestamp("changed_at", func(p *pump) *time.Time { return &p.ChangedAt }, func(a *innomaint.Asset) time.Time { return a.UpdatedAt }),
)

func text(a *innomaint.Asset, path string) string {
	s, _ := a.Text(path)
	return s
}

func setup(t *testing.T) *gorm.DB {
	t.Helper()
	db := dbtest.Open(t, dbtest.Database(t))
	exec(t, db, `CREATE TABLE pumps (id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, customer_id BIGINT UNSIGNED NOT NULL, cmms_asset_id VARCHAR(64),
		name VARCHAR(255), color VARCHAR(20), vendor_id BIGINT UNSIGNED, bought DATE, cost DECIMAL(18,2), fields JSON, changed_at DATETIME(6),
		cmms_sync_status VARCHAR(16), cmms_synced_at DATETIME(6), cmms_attempted_at DATETIME(6), cmms_run_id CHAR(26), updated_at DATETIME(6), deleted_at DATETIME(6))`)
	exec(t, db, "INSERT INTO pumps (customer_id, cmms_asset_id, name, color) VALUES (7, 'P-1', 'old', 'red'), (7, 'P-2', NULL, NULL), (7, NULL, 'not linked', NULL), (8, 'P-3', NULL, NULL)")
	return db
}

func exec(t *testing.T, db *gorm.DB, text string) {
	t.Helper()
	if err := db.Exec(text).Error; err != nil {
		t.Fatal(err)
	}
}

func page(t *testing.T, db *gorm.DB, q register.Query) []pump {
	t.Helper()
	plan, err := pumps.Plan(t.Context(), db, q)
	if err != nil {
		t.Fatal(err)
	}
	var all []pump
	for _, customer := range plan {
		rows, err := pumps.Page(t.Context(), db, q, customer, register.Cursor{}, 10)
		if err != nil || len(rows) != customer.Assets {
			t.Fatalf("%d rows of %d, %v", len(rows), customer.Assets, err)
		}
		all = append(all, rows...)
	}
	return all
}

var at = time.Date(2026, 11, 1, 10, 0, 0, 0, time.UTC)

func assign(p pump, detail *innomaint.Asset) pump {
	for _, c := range pumps.Columns() {
		if c.Assign != nil {
			c.Assign(&p, detail)
		}
	}
	return p
}

func overwrite(string) register.Policy { return register.Overwrite }

func TestTable_NewColumn(t *testing.T) {
	t.Parallel()
	db := setup(t)
	local := page(t, db, register.Query{})[0]
	if local.Color != "red" || local.Name != "old" {
		t.Fatalf("read %+v", local)
	}
	detail := &innomaint.Asset{
		ID: "P-1", Name: "new", PurchaseDate: innomaint.Date{Year: 2021, Month: 4, Day: 1}, PurchaseCost: "12.5",
		CustomFields: json.RawMessage(`{"a":1}`), UpdatedAt: at, Raw: json.RawMessage(`{"color":"blue"}`),
	}
	enriched := assign(local, detail)
	changes := pumps.Diff(&local, &enriched, overwrite, nil, func(w innomaint.Warning) { t.Error(w) })
	want := []register.Change{
		{Column: "name", From: "old", To: "new"}, {Column: "color", From: "red", To: "blue"}, {Column: "bought", To: "2021-04-01"},
		{Column: "cost", To: "12.5"}, {Column: "fields", To: `{"a":1}`}, {Column: "changed_at", To: "2026-11-01 10:00:00.000000"},
	}
	if diff := cmp.Diff(want, changes); diff != "" {
		t.Fatalf("(-want +got)\n%s", diff)
	}
	if err := pumps.Update(t.Context(), db, local.ID, local.AssetID, changes, register.Mark{RunID: "run 1", At: at}); err != nil {
		t.Fatal(err)
	}
	stored := page(t, db, register.Query{})[0]
	again := assign(stored, detail)
	if changes := pumps.Diff(&stored, &again, overwrite, nil, nil); len(changes) != 0 || stored.Color != "blue" || stored.RunID != "run 1" || stored.Status != "Success" {
		t.Errorf("stored %+v; a second sync would change %v", stored, changes)
	}
}

func TestTable_Diff(t *testing.T) {
	t.Parallel()
	narrow := map[string]dbschema.Column{"color": {Characters: 3, Charset: "utf8mb4"}}
	for name, tc := range map[string]struct {
		policy        register.Policy
		local, remote string
		to            any
		changed       bool
		warned        bool
	}{
		"OverwriteTakesAValue":        {register.Overwrite, "red", "sky", "sky", true, false},
		"OverwriteKeepsOnEmpty":       {register.Overwrite, "red", "", nil, false, false},
		"MirrorClears":                {register.Mirror, "red", "", nil, true, false},
		"FillIfEmptyFills":            {register.FillIfEmpty, "", "sky", "sky", true, false},
		"FillIfEmptyKeeps":            {register.FillIfEmpty, "red", "sky", nil, false, false},
		"IgnoreKeeps":                 {register.Ignore, "", "sky", nil, false, false},
		"ValueThatDoesNotFitIsWarned": {register.Overwrite, "red", "turquoise", nil, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			local, enriched := pump{Color: tc.local}, pump{Color: tc.remote}
			var warnings []innomaint.Warning
			changes := pumps.Diff(&local, &enriched, func(string) register.Policy { return tc.policy }, narrow,
				func(w innomaint.Warning) { warnings = append(warnings, w) })
			if (len(changes) == 1) != tc.changed || tc.changed && changes[0].To != tc.to || (len(warnings) == 1) != tc.warned {
				t.Errorf("changes %v, warnings %v", changes, warnings)
			}
			if !tc.changed && enriched.Color != tc.local {
				t.Errorf("the enriched row holds %q, want the local value", enriched.Color)
			}
		})
	}
}

func TestTable_Update(t *testing.T) {
	t.Parallel()
	t.Run("GoneRow", func(t *testing.T) {
		t.Parallel()
		db := setup(t)
		exec(t, db, "UPDATE pumps SET deleted_at = NOW() WHERE id = 1")
		if err := pumps.Update(t.Context(), db, 1, "P-1", nil, register.Mark{At: at}); !errors.Is(err, register.ErrGone) {
			t.Errorf("error %v", err)
		}
	})
	t.Run("RepeatedUpdateIsNoError", func(t *testing.T) {
		t.Parallel()
		db := setup(t)
		for range 2 {
			if err := pumps.Update(t.Context(), db, 1, "P-1", nil, register.Mark{RunID: "run 1", At: at}); err != nil {
				t.Error(err)
			}
		}
	})
	t.Run("FillIfEmptyFillsAZeroDate", func(t *testing.T) {
		t.Parallel()
		for _, columnType := range []string{"DATE", "DATETIME", "DATETIME(3)", "DATETIME(6)"} {
			db := setup(t)
			exec(t, db, "ALTER TABLE pumps MODIFY changed_at "+columnType)
			exec(t, db, "INSERT IGNORE INTO pumps (customer_id, cmms_asset_id, changed_at) VALUES (7, 'P-0', '0000-00-00')")
			change := []register.Change{{Column: "changed_at", To: "2026-11-01 10:00:00", OnlyIfEmpty: true}}
			if err := pumps.Update(t.Context(), db, 5, "P-0", change, register.Mark{At: at}); err != nil {
				t.Fatal(err)
			}
			if rows := page(t, db, register.Query{CMMSAssetIDs: []string{"P-0"}}); len(rows) != 1 || rows[0].ChangedAt.IsZero() {
				t.Errorf("%s: %+v", columnType, rows)
			}
		}
	})
	t.Run("MarksLeaveUpdatedAtAlone", func(t *testing.T) {
		t.Parallel()
		db := setup(t)
		exec(t, db, "ALTER TABLE pumps MODIFY updated_at DATETIME(6) NULL ON UPDATE CURRENT_TIMESTAMP(6)")
		exec(t, db, "UPDATE pumps SET updated_at = '2020-01-01'")
		mark := register.Mark{RunID: "run 1", At: at}
		if err := errors.Join(pumps.Update(t.Context(), db, 1, "P-1", nil, mark), pumps.MarkFailed(t.Context(), db, 2, "P-2", mark)); err != nil {
			t.Fatal(err)
		}
		var moved int
		if err := db.Raw("SELECT COUNT(*) FROM pumps WHERE updated_at <> '2020-01-01'").Scan(&moved).Error; err != nil || moved != 0 {
			t.Errorf("%d rows moved, %v", moved, err)
		}
	})
	t.Run("FillIfEmptyKeepsWhatSomebodyFilledIn", func(t *testing.T) {
		t.Parallel()
		db := setup(t)
		change := []register.Change{{Column: "color", To: "blue", OnlyIfEmpty: true}}
		if err := pumps.Update(t.Context(), db, 1, "P-1", change, register.Mark{At: at}); err != nil {
			t.Fatal(err)
		}
		if got := page(t, db, register.Query{})[0].Color; got != "red" {
			t.Errorf("color %q", got)
		}
	})
}

func TestTable_MarkFailed(t *testing.T) {
	t.Parallel()
	db := setup(t)
	mark := func(run string, at time.Time) {
		t.Helper()
		if err := pumps.MarkFailed(t.Context(), db, 1, "P-1", register.Mark{RunID: run, At: at}); err != nil {
			t.Fatal(err)
		}
	}
	mark("run 2", at)
	mark("run 1", at.Add(-time.Minute)) // a late statement of an earlier run
	got := page(t, db, register.Query{OnlyFailed: true})
	if len(got) != 1 || got[0].RunID != "run 2" || !got[0].AttemptedAt.Equal(at) || !got[0].SyncedAt.IsZero() {
		t.Errorf("failed rows %+v", got)
	}
}

func TestTable_Query(t *testing.T) {
	t.Parallel()
	db := setup(t)
	exec(t, db, "UPDATE pumps SET cmms_attempted_at = '2026-11-01 09:00:00', cmms_synced_at = '2026-11-01 09:00:00' WHERE id = 1")
	exec(t, db, "INSERT INTO pumps (customer_id, cmms_asset_id) VALUES (7, ' \t')")
	seven := uint64(7)
	for name, tc := range map[string]struct {
		query register.Query
		want  []string
	}{
		"EveryLinkedRow": {register.Query{}, []string{"P-1", "P-2", "P-3"}},
		"OneCustomer":    {register.Query{CustomerID: &seven}, []string{"P-1", "P-2"}},
		"SomeIDs":        {register.Query{CMMSAssetIDs: []string{"P-3"}}, []string{"P-3"}},
		"NoIDs":          {register.Query{CMMSAssetIDs: []string{}}, nil},
		"NotSyncedSince": {register.Query{NotSyncedSince: at}, []string{"P-1", "P-2", "P-3"}},
		"OldestFirst":    {register.Query{OldestFirst: true}, []string{"P-2", "P-1", "P-3"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, p := range page(t, db, tc.query) {
				got = append(got, p.AssetID)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
