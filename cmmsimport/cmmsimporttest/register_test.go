package cmmsimporttest_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/cmmsimporttest"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/innomaint/innomainttest"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
	"ic3.internal/innomaintsync/internal/dbtest"
)

func TestMain(m *testing.M) { os.Exit(dbtest.Main(m)) }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var day = time.Date(2026, 10, 1, 8, 30, 0, 0, time.UTC)

// fleet is what both the register in memory and the one on MariaDB begin with.
func fleet() []cmmsimport.AssetMaster {
	return []cmmsimport.AssetMaster{
		{ID: 1, CustomerID: 8, CMMSAssetID: "fresh"},
		{ID: 2, CustomerID: 7, CMMSAssetID: "failed", CMMSSyncStatus: "Failed", CMMSAttemptedAt: day.Add(-48 * time.Hour), CMMSSyncedAt: day.Add(-72 * time.Hour)},
		{ID: 3, CustomerID: 7, CMMSAssetID: "synced", AssetName: "Old", Description: "by hand", CMMSSyncStatus: "Success", CMMSAttemptedAt: day.Add(-24 * time.Hour), CMMSSyncedAt: day.Add(-24 * time.Hour)},
		{ID: 4, CustomerID: 7, CMMSAssetID: "gone"},
		{ID: 5, CustomerID: 7, CMMSAssetID: "deleted", DeletedAt: gorm.DeletedAt{Time: day, Valid: true}},
		{ID: 6, CustomerID: 7, CMMSAssetID: " \t"},
		{ID: 7, CustomerID: 8, CMMSAssetID: "garbage", Barcode: "kept"},
	}
}

func newTenant(t *testing.T) *innomaint.Client {
	t.Helper()
	server := innomainttest.NewServer()
	t.Cleanup(server.Close)
	for _, id := range []string{"fresh", "failed", "synced"} {
		server.SetAsset(id, innomainttest.SampleAsset(id))
	}
	server.SetAsset("garbage", `{"asset_id": "garbage", "asset_name": "Pump", "purchase_date": "soon", "barcode": ""}`)
	client, err := innomaint.New(innomaint.Config{BaseURL: server.URL(), Auth: innomaint.BearerToken("any"), Logger: slog.New(slog.DiscardHandler)})
	must(t, err)
	return client
}

// The register in memory and the library's own repository on MariaDB come to the same rows, log and Summary.
func TestRegisterDoesWhatTheDatabaseDoes(t *testing.T) {
	t.Parallel()
	seven := uint64(7)
	for name, change := range map[string]func(*cmmsimport.Options){
		"a whole run":    func(*cmmsimport.Options) {},
		"oldest first":   func(o *cmmsimport.Options) { o.OldestFirst = true },
		"one customer":   func(o *cmmsimport.Options) { o.CustomerID = &seven },
		"only failed":    func(o *cmmsimport.Options) { o.OnlyFailed = true },
		"not synced":     func(o *cmmsimport.Options) { o.NotSyncedSince = day.Add(-30 * time.Hour) },
		"these only":     func(o *cmmsimport.Options) { o.CMMSAssetIDs = []string{"synced", "fresh", "nobody's"} },
		"a limit":        func(o *cmmsimport.Options) { o.Limit = 2 },
		"a dry run":      func(o *cmmsimport.Options) { o.DryRun = true },
		"the log inside": func(o *cmmsimport.Options) { o.AtomicLog = true },
		"policies": func(o *cmmsimport.Options) {
			o.Policies = map[string]cmmsimport.FieldPolicy{"barcode": cmmsimport.Mirror, "description": cmmsimport.FillIfEmpty, "asset_name": cmmsimport.Ignore}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			opts := cmmsimport.Options{Client: newTenant(t), Logger: slog.New(slog.DiscardHandler)}
			change(&opts)
			want := onMariaDB(t, opts)
			register := cmmsimporttest.NewRegister(fleet()...)
			opts.Repository, opts.Recorder = register, register
			got := twice(t, register.DB(), opts)
			got = append(got, rows(register.Assets(), register.Entries())...)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("MariaDB (-) and the register (+):\n%s", diff)
			}
		})
	}
}

func onMariaDB(t *testing.T, opts cmmsimport.Options) []string {
	t.Helper()
	db := dbtest.Open(t, dbtest.Database(t))
	must(t, cmmsimport.Migrate(t.Context(), db))
	for _, a := range fleet() {
		must(t, db.Omit("created_at", "updated_at").Create(&a).Error)
	}
	must(t, db.Exec("UPDATE ic3_asset_master SET updated_at = NULL").Error)
	lines := twice(t, db, opts)
	var assets []cmmsimport.AssetMaster
	must(t, db.Unscoped().Omit("created_at", "deleted_at").Order("id").Find(&assets).Error)
	entries, err := synclog.Entries(t.Context(), db, synclog.Filter{Limit: 100})
	must(t, err)
	slices.SortFunc(entries, func(a, b synclog.Entry) int { return int(a.ID) - int(b.ID) })
	return append(lines, rows(assets, entries)...)
}

// twice runs the sync and runs it again, and returns the summaries and what happened in which order. Ids of masters are left
// out: the register in memory creates its masters anew.
func twice(t *testing.T, db *gorm.DB, opts cmmsimport.Options) (lines []string) {
	t.Helper()
	opts.OnAsset = func(r cmmsimport.AssetResult, p cmmsimport.Progress) {
		lines = append(lines, fmt.Sprint(r.CMMSAssetID, " ", r.Status, " ", r.Kind, " ", columns(r.Changes), " ", r.Warnings, p.Done, p.Total))
	}
	for range 2 {
		s, err := cmmsimport.SyncAllAssetsFromInnomaint(t.Context(), db, opts)
		must(t, err)
		lines = append(lines, fmt.Sprint(s.Total, s.Successful, s.Failed, s.Skipped, s.Warnings, s.FailedByKind))
		opts.Client = cmmsimport.APIClientFunc(func(context.Context, innomaint.AssetRef) (*innomaint.Asset, error) {
			return nil, &innomaint.Error{Kind: innomaint.KindUnavailable, Message: "down by now"}
		})
	}
	return lines
}

func columns(c synclog.Changes) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(c)), func(name string) bool { return strings.HasSuffix(name, "_id") })
}

func rows(assets []cmmsimport.AssetMaster, entries []synclog.Entry) (lines []string) {
	for _, a := range assets {
		lines = append(lines, fmt.Sprint(a.ID, a.CMMSAssetID, a.AssetName, a.Description, a.Barcode, a.PurchaseDate, a.PurchaseCost, a.Currency, a.VendorID > 0,
			a.LocationID > 0, strings.ReplaceAll(string(a.CustomFields), " ", ""), a.CMMSUpdatedAt, a.CMMSSyncStatus, a.CMMSSyncedAt.After(day), a.CMMSAttemptedAt.After(day), a.UpdatedAt.IsZero()))
	}
	for _, e := range entries {
		lines = append(lines, fmt.Sprint(e.ID, e.CustomerID, e.CMMSAssetID, e.Status, e.ErrorKind, e.ErrorMessage, e.Warnings, columns(e.Changes), e.RunID != "", !e.SyncedAt.IsZero()))
	}
	return lines
}

func TestWhatAHostWrites(t *testing.T) {
	t.Parallel()
	register := cmmsimporttest.NewRegister(cmmsimport.AssetMaster{CustomerID: 7, CMMSAssetID: "fresh"})
	_, err := cmmsimport.SyncAllAssetsFromInnomaint(t.Context(), register.DB(), cmmsimport.Options{
		Client: newTenant(t), Repository: register, Recorder: register, Logger: slog.New(slog.DiscardHandler),
		Enrich: func(_ context.Context, tx *gorm.DB, _ cmmsimport.MasterResolver, _ *cmmsimport.AssetMaster, _ *innomaint.Asset) error {
			return tx.Exec("INSERT INTO host_notes (note) VALUES (?)", "a note").Error
		},
	})
	must(t, err)
	if got := register.Statements(); !slices.Equal(got, []string{"INSERT INTO host_notes (note) VALUES (?)"}) {
		t.Errorf("statements %q", got)
	}
}

func TestAnAssetThatGoesMeanwhile(t *testing.T) {
	t.Parallel()
	register := cmmsimporttest.NewRegister(cmmsimport.AssetMaster{CustomerID: 7, CMMSAssetID: "fresh"}, cmmsimport.AssetMaster{ID: 9, CustomerID: 7})
	if a := register.Assets(); a[0].ID != 1 || a[1].ID != 9 {
		t.Errorf("ids %d and %d", a[0].ID, a[1].ID)
	}
	var seen error
	_, err := cmmsimport.SyncAllAssetsFromInnomaint(t.Context(), register.DB(), cmmsimport.Options{
		Repository: register, Recorder: register, Logger: slog.New(slog.DiscardHandler),
		Client: cmmsimport.APIClientFunc(func(_ context.Context, ref innomaint.AssetRef) (*innomaint.Asset, error) {
			register.Add(cmmsimport.AssetMaster{ID: 1, CustomerID: 7, CMMSAssetID: "another"})
			return &innomaint.Asset{ID: ref.AssetID, Name: "Pump"}, nil
		}),
		OnAsset: func(r cmmsimport.AssetResult, _ cmmsimport.Progress) { seen = r.Err },
	})
	must(t, err)
	if !errors.Is(seen, cmmsimport.ErrAssetGone) || register.Asset("another").AssetName != "" || register.Asset("fresh").ID != 0 {
		t.Errorf("error %v, assets %+v", seen, register.Assets())
	}
}
