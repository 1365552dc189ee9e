package cmmsimport_test

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
	"ic3.internal/innomaintsync/internal/dbtest"
)

// TestGrants syncs, reads and purges with the rights in testdata/grants.sql, and then without each of them: all are needed.
func TestGrants(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/grants.sql")
	must(t, err)
	grants := regexp.MustCompile(`(?m)^GRANT .*;$`).FindAllString(string(text), -1)
	if len(grants) < 3 {
		t.Fatalf("testdata/grants.sql lists %d grants", len(grants))
	}
	w := setupOn(t, dbtest.Start(t, "--innodb-flush-log-at-trx-commit=0").Database(t))
	must(t, w.workAs("granted", grants))
	for i, grant := range grants {
		parts := regexp.MustCompile(`GRANT (.*) ON (\S+)`).FindStringSubmatch(grant)
		rights := strings.Split(parts[1], ", ")
		for j, right := range rights {
			fewer := slices.Clone(grants)
			rest := slices.Delete(slices.Clone(rights), j, j+1)
			fewer[i] = strings.Replace(grant, parts[1], strings.Join(rest, ", "), 1)
			if err := w.workAs(fmt.Sprintf("fewer_%d_%d", i, j), fewer); err == nil {
				t.Errorf("%s on %s is not needed", right, parts[2])
			}
		}
	}
}

// workAs does what a backend's account does: it syncs twice, the second time with every master renamed, with an asset that fails and a
// callback that panics after the log row was written; it reads the audit; it purges the audit.
func (w *world) workAs(user string, grants []string) error {
	w.t.Helper()
	w.exec("CREATE USER " + user + "@localhost")
	for _, grant := range grants {
		w.exec(strings.NewReplacer("cmms.", w.dsn[strings.LastIndexByte(w.dsn, '/')+1:]+".", "'backend'@'%'", user+"@localhost").Replace(grant))
	}
	for _, table := range masterTables {
		w.exec("DELETE FROM ic3_" + table + "_master")
	}
	for _, table := range []string{"ic3_asset_master", "cmms_sync_log", "cmms_sync_run", "cmms_sync_lock"} {
		w.exec("DELETE FROM " + table)
	}
	w.exec("INSERT INTO cmms_sync_lock (name, run_id, holder, expires_at) VALUES ('all', 'of a run that died', 'x', UTC_TIMESTAMP(6) - INTERVAL 1 SECOND)")
	w.link(7, "A-1")
	w.link(7, "unknown")
	db := dbtest.Open(w.t, user+strings.TrimPrefix(w.dsn, "root"))
	for _, suffix := range []string{"", " II"} {
		named := func(id int, name string) map[string]any { return ref(id, name+suffix) }
		w.respond("A-1", map[string]any{
			"category": named(1, "HVAC"), "subcategory": named(2, "Pumps"), "manufacturer": named(3, "Grundfos"), "model": named(4, "NB 50"),
			"vendor": named(5, "Acme"), "department": named(6, "Facilities"), "status": named(7, "In service"), "location": map[string]any{"site": named(8, "Chennai")},
		})
		opts := w.options()
		opts.OnAsset = func(cmmsimport.AssetResult, cmmsimport.Progress) { panic("of the test") }
		summary, err := cmmsimport.SyncAllAssetsFromInnomaint(w.t.Context(), db, opts)
		if err != nil || summary.FailedByKind[innomaint.KindNotFound] != 1 || summary.FailedByKind[cmmsimport.KindPanic] != 1 {
			return fmt.Errorf("%v %w", summary, err)
		}
	}
	if entries, err := synclog.Entries(w.t.Context(), db, synclog.Filter{}); err != nil || len(entries) != 4 {
		return fmt.Errorf("%d entries, %w", len(entries), err)
	}
	if runs, err := synclog.Runs(w.t.Context(), db, synclog.Filter{}); err != nil || len(runs) != 2 {
		return fmt.Errorf("%d runs, %w", len(runs), err)
	}
	purged, err := synclog.Purge(w.t.Context(), db, time.Now().Add(time.Hour))
	if err == nil && purged == 0 {
		err = errors.New("nothing was purged")
	}
	return err
}
