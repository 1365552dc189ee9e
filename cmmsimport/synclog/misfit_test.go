package synclog_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport/synclog"
	"ic3.internal/innomaintsync/internal/dbtest"
)

// Hosts' columns that take less than ours, on a real server. Each entry gets in, with as little lost as may be.
func TestRecord_IntoNarrowerTables(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 1999) + "🔥"
	escaped := `{"asset_name":{"from":null,"to":"\u0b95\ud83d\udd25"}}`
	manyChanges := synclog.Changes{"asset_name": {From: nil, To: "new"}, "description": {From: strings.Repeat("x", 70000), To: nil}}
	tests := map[string]struct {
		from, to string // of the DDL
		entry    synclog.Entry
		column   string
		want     any
	}{
		"our own table": {"", "", synclog.Entry{Status: synclog.Failed, ErrorMessage: long}, "error_message", long},
		"VARCHAR(255)": {"error_message TEXT", "error_message VARCHAR(255)",
			synclog.Entry{Status: synclog.Failed, ErrorMessage: long}, "error_message", strings.Repeat("é", 249) + "…"},
		"three-byte TEXT": {"error_message TEXT", "error_message TEXT CHARACTER SET utf8mb3",
			synclog.Entry{Status: synclog.Failed, ErrorMessage: long}, "error_message", strings.Repeat("é", 1999) + "\uFFFD"},
		"three-byte VARCHAR(255)": {"error_message TEXT", "error_message VARCHAR(255) CHARACTER SET utf8mb3",
			synclog.Entry{Status: synclog.Failed, ErrorMessage: "🔥" + long}, "error_message", "\uFFFD" + strings.Repeat("é", 248) + "…"},
		"latin1": {"error_message TEXT", "error_message TEXT CHARACTER SET latin1",
			synclog.Entry{Status: synclog.Failed, ErrorMessage: "é 🔥"}, "error_message", "? ?"},
		"JSON in three bytes": {"changes       JSON", "changes TEXT CHARACTER SET utf8mb3",
			synclog.Entry{Status: synclog.Success, Changes: synclog.Changes{"asset_name": {To: "க🔥"}}}, "changes", escaped},
		"JSON in latin1": {"changes       JSON", "changes TEXT CHARACTER SET latin1",
			synclog.Entry{Status: synclog.Success, Changes: synclog.Changes{"asset_name": {To: "க🔥"}}}, "changes", escaped},
		"changes beyond TEXT": {"changes       JSON", "changes TEXT",
			synclog.Entry{Status: synclog.Success, Changes: manyChanges}, "changes",
			`{"asset_name":{"from":null,"to":"new"},"description":{"from":"\"` + strings.Repeat("x", 58) + `…","to":null}}`},
		"changes far too long": {"changes       JSON", "changes VARCHAR(20)",
			synclog.Entry{Status: synclog.Success, Changes: manyChanges}, "changes", nil},
		"warnings too long": {"warnings      JSON", "warnings VARCHAR(100)",
			synclog.Entry{Status: synclog.Success, Warnings: []string{strings.Repeat("w", 300)}}, "warnings", `["` + strings.Repeat("w", 59) + `…"]`},
		"a longer asset id": {"", "", synclog.Entry{Status: synclog.Success, CMMSAssetID: strings.Repeat("A", 70)},
			"cmms_asset_id", strings.Repeat("A", 63) + "…"},
		"asset id in latin1": {"cmms_asset_id VARCHAR(64)", "cmms_asset_id VARCHAR(64) CHARACTER SET latin1",
			synclog.Entry{Status: synclog.Success, CMMSAssetID: "பம்பு-7"}, "cmms_asset_id", "?????-7"},
	}
	for name, test := range tests {
		for _, config := range []*gorm.Config{{}, {PrepareStmt: true}} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				ddl := strings.Replace(logDDL, test.from, test.to, 1)
				if test.from != "" && ddl == logDDL {
					t.Fatal("the DDL has no such column")
				}
				db := open(t, dbtest.Database(t), config)
				mustExec(t, db, ddl)
				e := test.entry
				e.SyncedAt, e.CustomerID = syncedAt, 7
				if e.CMMSAssetID == "" {
					e.CMMSAssetID = "AST-1"
				}
				before := e.ErrorMessage

				// in a transaction, which the refused statements must leave usable
				err := db.Transaction(func(tx *gorm.DB) error { return synclog.Recorder{}.Record(t.Context(), tx, &e) })
				if err != nil {
					t.Fatal(err)
				}
				if e.ErrorMessage != before {
					t.Error("the entry itself was changed")
				}
				var want, got *string
				if s, ok := test.want.(string); ok {
					want = &s
				}
				got = one[*string](t, db, "SELECT CAST("+test.column+" AS CHAR CHARACTER SET utf8mb4) FROM cmms_sync_log WHERE id = ?", e.ID)
				if (got == nil) != (want == nil) || got != nil && *got != *want {
					t.Errorf("stored %.300q\nwant   %.300q", deref(got), deref(want))
				}

				mustRecord(t, db, &e) // the update takes the same way
				if _, err := synclog.Entries(t.Context(), db, synclog.Filter{}); err != nil {
					t.Errorf("cannot be read: %v", err)
				}
			})
		}
	}
}

func deref(s *string) string {
	if s == nil {
		return "NULL"
	}
	return *s
}

// MariaDB takes no JSON deeper than 32; the entry gets in without it.
func TestRecord_TooDeepJSON(t *testing.T) {
	t.Parallel()
	db := setup(t)
	e := successEntry()
	e.Changes = synclog.Changes{"custom_fields": {To: json.RawMessage(strings.Repeat("[", 200) + strings.Repeat("]", 200))}}
	mustRecord(t, db, e)
	got := mustEntries(t, db, synclog.Filter{})[0]
	if text, ok := got.Changes["custom_fields"].To.(string); !ok || !strings.HasPrefix(text, "[[[[") {
		t.Errorf("changes = %v", got.Changes)
	}
}

// What the server refuses for another reason is tried once and reported.
func TestRecord_ReturnsOtherErrorsAtOnce(t *testing.T) {
	t.Parallel()
	db, m := mock(t)
	refused := errors.New("read only")
	m.ExpectExec("^INSERT").WillReturnError(refused)
	if err := (synclog.Recorder{}).Record(t.Context(), db, failedEntry()); !errors.Is(err, refused) {
		t.Errorf("err = %v", err)
	}
}

// A row that does not fit at all ends in the server's own error, not in an endless loop.
func TestRecord_GivesUpIfNothingFits(t *testing.T) {
	t.Parallel()
	db := open(t, dbtest.Database(t), nil)
	mustExec(t, db, strings.Replace(logDDL, "status        VARCHAR(16)", "status VARCHAR(2)", 1))
	err := synclog.Recorder{}.Record(t.Context(), db, failedEntry())
	if err == nil || !strings.Contains(err.Error(), "1406") || !strings.Contains(err.Error(), "status") {
		t.Errorf("err = %v", err)
	}
}
