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

// fleet are the assets before the first sync.
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

// newClient returns a client of a tenant that has three assets of the fleet, and a fourth with values that cannot be read.
func newClient(t *testing.T) *innomaint.Client {
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

// TestRegister_MatchesTheDatabase syncs into the register and into a database: rows, log and summaries are the same.
func TestRegister_MatchesTheDatabase(t *testing.T) {
	t.Parallel()
	seven := uint64(7)
	for name, set := range map[string]func(*cmmsimport.Options){
		"Default":        func(*cmmsimport.Options) {},
		"OldestFirst":    func(o *cmmsimport.Options) { o.OldestFirst = true },
		"CustomerID":     func(o *cmmsimport.Options) { o.CustomerID = &seven },
		"OnlyFailed":     func(o *cmmsimport.Options) { o.OnlyFailed = true },
		"NotSyncedSince": func(o *cmmsimport.Options) { o.NotSyncedSince = day.Add(-30 * time.Hour) },
		"CMMSAssetIDs":   func(o *cmmsimport.Options) { o.CMMSAssetIDs = []string{"synced", "fresh", "unknown"} },
		"Limit":          func(o *cmmsimport.Options) { o.Limit = 2 },
		"DryRun":         func(o *cmmsimport.Options) { o.DryRun = true },
		"AtomicLog":      func(o *cmmsimport.Options) { o.AtomicLog = true },
		"Policies": func(o *cmmsimport.Options) {
			o.Policies = map[string]cmmsimport.FieldPolicy{"barcode": cmmsimport.Mirror, "description": cmmsimport.FillIfEmpty, "asset_name": cmmsimport.Ignore}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			opts := cmmsimport.Options{Client: newClient(t), Logger: slog.New(slog.DiscardHandler)}
			set(&opts)
			want := syncDatabase(t, opts)
			got := syncRegister(t, opts)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("register (-database +register):\n%s", diff)
			}
		})
	}
}

func syncRegister(t *testing.T, opts cmmsimport.Options) []string {
	t.Helper()
	register := cmmsimporttest.NewRegister(fleet()...)
	opts.Repository, opts.Recorder = register, register
	lines := syncTwice(t, register.DB(), opts)
	return append(lines, rows(register.Assets(), register.Entries())...)
}

func syncDatabase(t *testing.T, opts cmmsimport.Options) []string {
	t.Helper()
	db := dbtest.Open(t, dbtest.Database(t))
	must(t, cmmsimport.Migrate(t.Context(), db))
	for _, a := range fleet() {
		must(t, db.Omit("created_at", "updated_at").Create(&a).Error)
	}
	must(t, db.Exec("UPDATE ic3_asset_master SET updated_at = NULL").Error)
	lines := syncTwice(t, db, opts)
	var assets []cmmsimport.AssetMaster
	must(t, db.Unscoped().Omit("created_at", "deleted_at").Order("id").Find(&assets).Error)
	entries, err := synclog.Entries(t.Context(), db, synclog.Filter{Limit: 100})
	must(t, err)
	slices.SortFunc(entries, func(a, b synclog.Entry) int { return int(a.ID) - int(b.ID) })
	return append(lines, rows(assets, entries)...)
}

// syncTwice syncs, and syncs again while Innomaint is down. It returns one line for each asset and each summary, in their order. The ids of
// masters are left out, since the register creates its masters anew.
func syncTwice(t *testing.T, db *gorm.DB, opts cmmsimport.Options) (lines []string) {
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

func TestRegister(t *testing.T) {
	t.Parallel()
	t.Run("ListsWhatTheHostWrites", func(t *testing.T) {
		t.Parallel()
		register := cmmsimporttest.NewRegister(cmmsimport.AssetMaster{CustomerID: 7, CMMSAssetID: "fresh"})
		_, err := cmmsimport.SyncAllAssetsFromInnomaint(t.Context(), register.DB(), cmmsimport.Options{
			Client: newClient(t), Repository: register, Recorder: register, Logger: slog.New(slog.DiscardHandler),
			Enrich: func(_ context.Context, tx *gorm.DB, _ cmmsimport.MasterResolver, _ *cmmsimport.AssetMaster, _ *innomaint.Asset) error {
				return tx.Exec("INSERT INTO host_notes (note) VALUES (?)", "a note").Error
			},
		})
		must(t, err)
		if got := register.Statements(); !slices.Equal(got, []string{"INSERT INTO host_notes (note) VALUES (?)"}) {
			t.Errorf("statements %q", got)
		}
	})
	t.Run("NumbersAssetsWithoutID", func(t *testing.T) {
		t.Parallel()
		register := cmmsimporttest.NewRegister(cmmsimport.AssetMaster{CMMSAssetID: "A"}, cmmsimport.AssetMaster{ID: 9, CMMSAssetID: "B"}, cmmsimport.AssetMaster{CMMSAssetID: "C"})
		var ids []uint64
		for _, a := range register.Assets() {
			ids = append(ids, a.ID)
		}
		if !slices.Equal(ids, []uint64{1, 9, 10}) {
			t.Errorf("ids %v", ids)
		}
	})
	t.Run("AssetThatIsLinkedToAnotherDuringTheRequest", func(t *testing.T) {
		t.Parallel()
		register := cmmsimporttest.NewRegister(cmmsimport.AssetMaster{CustomerID: 7, CMMSAssetID: "fresh"})
		var got error
		_, err := cmmsimport.SyncAllAssetsFromInnomaint(t.Context(), register.DB(), cmmsimport.Options{
			Repository: register, Recorder: register, Logger: slog.New(slog.DiscardHandler),
			Client: cmmsimport.APIClientFunc(func(_ context.Context, ref innomaint.AssetRef) (*innomaint.Asset, error) {
				register.Add(cmmsimport.AssetMaster{ID: 1, CustomerID: 7, CMMSAssetID: "another"})
				return &innomaint.Asset{ID: ref.AssetID, Name: "Pump"}, nil
			}),
			OnAsset: func(r cmmsimport.AssetResult, _ cmmsimport.Progress) { got = r.Err },
		})
		must(t, err)
		if !errors.Is(got, cmmsimport.ErrAssetGone) || register.Asset("another").AssetName != "" || register.Asset("fresh").ID != 0 {
			t.Errorf("error %v, assets %+v", got, register.Assets())
		}
	})
}
