package synclog_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"
	"gorm.io/gorm/schema"

	"ic3.internal/innomaintsync/cmmsimport/synclog"
	"ic3.internal/innomaintsync/internal/dbtest"
)

// Under every connection string and session setting of a host, what is recorded is what is read.
func TestRecord_ReadsBack(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		params string
		config gorm.Config
	}{
		"plain":              {},
		"parseTime":          {params: "?parseTime=true"},
		"Kolkata":            {params: "?parseTime=true&loc=Asia%2FKolkata"},
		"Local":              {params: "?parseTime=true&loc=Local"},
		"summer time":        {params: "?parseTime=true&loc=Europe%2FBerlin"},
		"session zone":       {params: "?time_zone=%27%2B05%3A30%27"},
		"interpolated":       {params: "?interpolateParams=true"},
		"another collation":  {params: "?charset=utf8mb4&collation=utf8mb4_unicode_ci"},
		"client found rows":  {params: "?clientFoundRows=true"},
		"DryRun":             {config: gorm.Config{DryRun: true}},
		"PrepareStmt":        {config: gorm.Config{PrepareStmt: true}},
		"TranslateError":     {config: gorm.Config{TranslateError: true}},
		"SkipDefaultTx":      {config: gorm.Config{SkipDefaultTransaction: true}},
		"another NowFunc":    {config: gorm.Config{NowFunc: func() time.Time { return time.Unix(0, 0) }}},
		"another naming":     {config: gorm.Config{NamingStrategy: schema.NamingStrategy{TablePrefix: "x_", NoLowerCase: true}}},
		"AllowGlobalUpdate":  {config: gorm.Config{AllowGlobalUpdate: true, QueryFields: true}},
		"prepared, in a loc": {params: "?parseTime=true&loc=Asia%2FKolkata", config: gorm.Config{PrepareStmt: true}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dsn := dbtest.Database(t)
			plain := open(t, dsn, nil)
			mustExec(t, plain, logDDL)
			mustExec(t, plain, runDDL)
			db := open(t, dsn+test.params, &test.config)

			failed, success := failedEntry(), successEntry()
			// 02:30 on that day is no time in Berlin
			success.SyncedAt = time.Date(2026, 3, 29, 2, 30, 0, 5000, time.UTC)
			mustRecord(t, db, failed)
			mustRecord(t, db, success)
			if failed.ID == 0 || success.ID <= failed.ID {
				t.Fatalf("ids %d, %d", failed.ID, success.ID)
			}
			if got := one[string](t, plain, "SELECT CAST(synced_at AS CHAR) FROM cmms_sync_log WHERE id = ?", success.ID); got != "2026-03-29 02:30:00.000005" {
				t.Errorf("synced_at is stored as %s", got)
			}
			got := mustEntries(t, db, synclog.Filter{})
			if diff := cmp.Diff([]synclog.Entry{*success, *failed}, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}

			failed.ErrorMessage, failed.ErrorKind, failed.DurationMS = "timeout", "timeout", 9
			mustRecord(t, db, failed)
			if got := mustEntries(t, db, synclog.Filter{}); len(got) != 2 || got[1].ErrorMessage != "timeout" {
				t.Errorf("after an update: %+v", got)
			}
		})
	}
}

func TestRecord_StoresEmptyAsNull(t *testing.T) {
	t.Parallel()
	db := setup(t)
	e := &synclog.Entry{
		CustomerID: 7, CMMSAssetID: "A", Status: synclog.Success, SyncedAt: syncedAt,
		ErrorKind: "left over", ErrorMessage: "left over", Warnings: []string{}, Changes: synclog.Changes{},
	}
	mustRecord(t, db, e)
	nulls := one[int](t, db, "SELECT COUNT(*) FROM cmms_sync_log WHERE run_id IS NULL AND error_kind IS NULL AND error_message IS NULL AND warnings IS NULL AND changes IS NULL")
	if nulls != 1 {
		t.Error("not all empty columns are NULL")
	}
	got := mustEntries(t, db, synclog.Filter{})
	want := synclog.Entry{ID: e.ID, CustomerID: 7, CMMSAssetID: "A", Status: synclog.Success, SyncedAt: syncedAt}
	if diff := cmp.Diff([]synclog.Entry{want}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestRecord_ZeroSyncedAtIsNow(t *testing.T) {
	t.Parallel()
	db := setup(t)
	e := failedEntry()
	e.SyncedAt = time.Time{}
	mustRecord(t, db, e)
	if d := time.Since(mustEntries(t, db, synclog.Filter{})[0].SyncedAt); d < -time.Second || d > time.Minute {
		t.Errorf("synced_at is %s ago", d)
	}
}

// Integers beyond 2^53 come back digit for digit, and so do decimals, which are texts here: MySQL keeps 125000.50 as 125000.5.
func TestChanges_KeepDigits(t *testing.T) {
	t.Parallel()
	db := setup(t)
	e := successEntry()
	e.Changes = synclog.Changes{
		"vendor_id":     {From: uint64(18446744073709551615), To: "125000.50"},
		"custom_fields": {From: json.RawMessage(`{"a":[9007199254740993,null]}`), To: "\x00\xff\"\\"},
	}
	mustRecord(t, db, e)
	got := mustEntries(t, db, synclog.Filter{})[0].Changes
	want := synclog.Changes{
		"vendor_id":     {From: json.Number("18446744073709551615"), To: "125000.50"},
		"custom_fields": {From: map[string]any{"a": []any{json.Number("9007199254740993"), nil}}, To: "\x00\uFFFD\"\\"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// What a host's EnrichFunc puts into a change may be no JSON at all; the entry must get in.
func TestChanges_ThatDoNotEncode(t *testing.T) {
	t.Parallel()
	db := setup(t)
	e := successEntry()
	e.Changes = synclog.Changes{"asset_name": {From: "old", To: "new"}, "odd": {From: json.RawMessage("{cut"), To: complex(1, 2)}}
	mustRecord(t, db, e)
	got := mustEntries(t, db, synclog.Filter{})[0].Changes
	if got["asset_name"] != (synclog.Change{From: "old", To: "new"}) || got["odd"].To != "(1+2i)" {
		t.Errorf("changes = %v", got)
	}
}

func TestRecord_RedactsErrorMessages(t *testing.T) {
	t.Parallel()
	db := setup(t)
	e := failedEntry()
	e.ErrorMessage = "Get \"https://u:hunter2@h/p?token=hunter2\": password=hunter2\x00\xff " + strings.Repeat("é", 3000)
	mustRecord(t, db, e)
	got := mustEntries(t, db, synclog.Filter{})[0].ErrorMessage
	if got != synclog.ErrorMessage(errors.New(e.ErrorMessage)) || strings.Contains(got, "hunter2") || len([]rune(got)) != 2000 {
		t.Errorf("stored %q", got)
	}
}

func TestRecord_InTransaction(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]*gorm.Config{"plain": {}, "PrepareStmt": {PrepareStmt: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dsn := dbtest.Database(t)
			db := open(t, dsn, config)
			mustExec(t, db, logDDL)
			undone := errors.New("undone")
			e := failedEntry()
			err := db.Transaction(func(tx *gorm.DB) error {
				mustRecord(t, tx, e)
				if n := one[int](t, db, "SELECT COUNT(*) FROM cmms_sync_log"); n != 0 {
					t.Errorf("%d rows are seen outside before the commit", n)
				}
				return undone
			})
			if !errors.Is(err, undone) || e.ID == 0 {
				t.Fatalf("err = %v, id = %d", err, e.ID)
			}
			// its row is gone with the transaction: the entry must get in all the same
			mustRecord(t, db, e)
			got := mustEntries(t, db, synclog.Filter{})
			if diff := cmp.Diff([]synclog.Entry{*e}, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// A handle on which an earlier statement of the host's has failed, or that has conditions chained, is as good as any.
func TestRecord_IgnoresWhatIsChainedOnTheHandle(t *testing.T) {
	t.Parallel()
	db := setup(t)
	broken := db.Where("no_such_column = 1").Limit(1).Select("id")
	broken.AddError(errors.New("an earlier failure"))
	mustRecord(t, broken, failedEntry())
	if got := mustEntries(t, broken, synclog.Filter{}); len(got) != 1 {
		t.Errorf("%d entries", len(got))
	}
}

func TestRecord_RepeatedKeepsTheID(t *testing.T) {
	t.Parallel()
	db := setup(t)
	e := failedEntry()
	mustRecord(t, db, e)
	id := e.ID
	mustRecord(t, db, e)
	if n := one[int](t, db, "SELECT COUNT(*) FROM cmms_sync_log"); n != 1 || e.ID != id {
		t.Errorf("%d rows, id %d, want one of id %d", n, e.ID, id)
	}
}

// If cmms_sync_log is an updatable view on the host's own table, all works through it.
func TestRecord_ThroughView(t *testing.T) {
	t.Parallel()
	db := open(t, dbtest.Database(t), nil)
	mustExec(t, db, strings.Replace(logDDL, "cmms_sync_log", "host_log", 1))
	mustExec(t, db, strings.Replace(runDDL, "cmms_sync_run", "host_run", 1))
	mustExec(t, db, "CREATE VIEW cmms_sync_log AS SELECT * FROM host_log")
	mustExec(t, db, "CREATE VIEW cmms_sync_run AS SELECT * FROM host_run")

	e := failedEntry()
	mustRecord(t, db, e)
	if e.ID == 0 {
		t.Error("no id through the view")
	}
	mustRecord(t, db, failedEntry())
	e.ErrorMessage = "something else"
	mustRecord(t, db, e)
	got := mustEntries(t, db, synclog.Filter{CustomerID: &e.CustomerID})
	if diff := cmp.Diff([]synclog.Entry{*e}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	mustExec(t, db, "INSERT INTO cmms_sync_run (id, status, started_at, heartbeat_at) VALUES (?, 'Completed', '2026-03-01', '2026-03-01')", runID)
	deleted, err := synclog.Purge(t.Context(), db, syncedAt.Add(time.Hour))
	if err != nil || deleted != 1 || one[int](t, db, "SELECT (SELECT COUNT(*) FROM host_log) + (SELECT COUNT(*) FROM host_run)") != 0 {
		t.Errorf("purged %d, %v", deleted, err)
	}
}

// A steady entry is one round trip: nothing is prepared again, begun, committed or asked for besides the INSERT.
func TestRecord_IsOneRoundTrip(t *testing.T) {
	t.Parallel()
	dsn := dbtest.Database(t)
	for name, db := range map[string]*gorm.DB{
		"PrepareStmt":  open(t, dsn, &gorm.Config{PrepareStmt: true}),
		"interpolated": open(t, dsn+"?interpolateParams=true", nil),
	} {
		mustExec(t, db, "DROP TABLE IF EXISTS cmms_sync_log")
		mustExec(t, db, logDDL)
		mustPool(t, db).SetMaxOpenConns(1) // the counter is the session's
		mustRecord(t, db, failedEntry())
		questions := "SELECT variable_value FROM " + dbtest.SessionStatus() + " WHERE variable_name = 'QUESTIONS'"
		before := one[int](t, db, questions)
		for range 5 {
			mustRecord(t, db, failedEntry())
			mustRecord(t, db, successEntry())
		}
		if trips := one[int](t, db, questions) - before - 1; trips != 10 {
			t.Errorf("%s: 10 entries took %d statements", name, trips)
		}
	}
}

func TestRecord_Errors(t *testing.T) {
	t.Parallel()
	db := open(t, dbtest.Database(t), nil)
	e := failedEntry()
	err := synclog.Recorder{}.Record(t.Context(), db, e)
	for _, part := range []string{`"AST-1042"`, "customer 7", "cmmsimport.Migrate"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("without a table: %v, want a text with %s", err, part)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := (synclog.Recorder{}).Record(ctx, db, e); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
	if e.ID != 0 {
		t.Errorf("id = %d after failures", e.ID)
	}
}
