package cmmsimport_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/innomaint/innomainttest"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

func TestAFailingAssetIsLoggedAndTheRunGoesOn(t *testing.T) {
	t.Parallel()
	w := setup(t)
	kinds := map[string]string{}
	add := func(id, kind string, answer innomainttest.Answer) {
		w.link(7, id)
		w.serve(id)
		kinds[id] = kind
		if answer.Status != 0 || answer.Body != "" {
			w.api.ScriptAlways(id, answer)
		}
	}
	add("A-1", "", innomainttest.Answer{})
	add("A-2", "not_found", innomainttest.Answer{Status: 404})
	add("A-3", "bad_response", innomainttest.Answer{Body: "<html>Please log in</html>"})
	add("A-4", "bad_response", innomainttest.Answer{Body: `{"asset_id": "A-1", "asset_name": "another one"}`})
	add("A-5", "invalid_data", innomainttest.Answer{Body: `{"asset_name": "nameless"}`})
	add("A-6", "unavailable", innomainttest.Answer{Status: 503})
	add("A-7", "auth", innomainttest.Answer{Status: 403})
	add("A-8", "rate_limited", innomainttest.Answer{Status: 429})
	add("A-9", "", innomainttest.Answer{})

	summary := w.sync(w.options())
	equal(t, "successful", summary.Successful, 2)
	equal(t, "failed", summary.Failed, 7)
	for _, e := range w.entries() {
		equal(t, e.CMMSAssetID+" kind", e.ErrorKind, kinds[e.CMMSAssetID])
		equal(t, e.CMMSAssetID+" has a message", e.ErrorMessage != "", e.Status == synclog.Failed)
		equal(t, e.CMMSAssetID+" rows marked like the log", w.count("ic3_asset_master",
			"cmms_asset_id = ? AND cmms_sync_status = ? AND cmms_attempted_at IS NOT NULL", e.CMMSAssetID, e.Status), 1)
		equal(t, e.CMMSAssetID+" rows named", w.count("ic3_asset_master", "cmms_asset_id = ? AND asset_name IS NOT NULL", e.CMMSAssetID) == 1, e.Status == synclog.Success)
		delete(kinds, e.CMMSAssetID)
	}
	equal(t, "assets without a log row", len(kinds), 0)

	var run synclog.Run
	must(t, w.db.First(&run, "id = ?", summary.RunID).Error)
	equal(t, "run", run.Status, synclog.Completed)
	equal(t, "run's failed", run.Failed, 7)
	equal(t, "run is finished", run.FinishedAt != nil && run.DurationMS != nil, true)
}

func TestAFailureKeepsTheLastSuccess(t *testing.T) {
	t.Parallel()
	w := setup(t)
	id := w.link(7, "A-1")
	w.serve("A-1")
	w.sync(w.options())
	before := w.asset(id)

	w.api.RemoveAsset("A-1")
	equal(t, "failed", w.sync(w.options()).FailedByKind["not_found"], 1)
	after := w.asset(id)
	equal(t, "status", after.CMMSSyncStatus, "Failed")
	equal(t, "last success", after.CMMSSyncedAt, before.CMMSSyncedAt)
	equal(t, "attempt moved on", after.CMMSAttemptedAt.After(before.CMMSAttemptedAt), true)
	after.CMMSSyncStatus, after.CMMSAttemptedAt = before.CMMSSyncStatus, before.CMMSAttemptedAt
	equal(t, "name", after.AssetName, before.AssetName)
}

func TestFailuresOfHostCode(t *testing.T) {
	t.Parallel()
	sample := func(ctx context.Context, tx *gorm.DB, m cmmsimport.MasterResolver, a *cmmsimport.AssetMaster, d *innomaint.Asset) error {
		return cmmsimport.EnrichAssetFromAPI(ctx, tx, m, a, d)
	}
	tests := map[string]struct {
		vary func(*cmmsimport.Options)
		kind string
		text string
	}{
		"an enricher's error": {
			vary: func(o *cmmsimport.Options) {
				o.Enrich = func(ctx context.Context, tx *gorm.DB, m cmmsimport.MasterResolver, a *cmmsimport.AssetMaster, d *innomaint.Asset) error {
					return errors.Join(sample(ctx, tx, m, a, d), errors.New("no cost centre"))
				}
			},
			kind: "internal", text: "no cost centre",
		},
		"an enricher's panic": {
			vary: func(o *cmmsimport.Options) {
				o.Enrich = func(ctx context.Context, tx *gorm.DB, m cmmsimport.MasterResolver, a *cmmsimport.AssetMaster, d *innomaint.Asset) error {
					must(t, sample(ctx, tx, m, a, d))
					panic("nil map")
				}
			},
			kind: "panic", text: "Enrich panicked: nil map",
		},
		"a client's panic": {
			vary: func(o *cmmsimport.Options) {
				o.Client = clientFunc(func(context.Context, innomaint.AssetRef) (*innomaint.Asset, error) { panic("index out of range") })
			},
			kind: "panic", text: "Client panicked: index out of range",
		},
		"a client without asset or error": {
			vary: func(o *cmmsimport.Options) {
				o.Client = clientFunc(func(context.Context, innomaint.AssetRef) (*innomaint.Asset, error) { return nil, nil })
			},
			kind: "internal", text: "neither an asset nor an error",
		},
		"a client that answers with another asset": {
			vary: func(o *cmmsimport.Options) {
				o.Client = clientFunc(func(context.Context, innomaint.AssetRef) (*innomaint.Asset, error) {
					return &innomaint.Asset{ID: "B-1"}, nil
				})
			},
			kind: "bad_response", text: `"B-1"`,
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			id := w.link(7, "A-1")
			w.serve("A-1")
			var output bytes.Buffer
			opts := w.options()
			opts.Logger = slog.New(slog.NewTextHandler(&output, nil))
			tc.vary(&opts)

			equal(t, "failed as "+tc.kind, w.sync(opts).FailedByKind[innomaint.Kind(tc.kind)], 1)
			entry := w.entries()[0]
			equal(t, "message names the reason", strings.Contains(entry.ErrorMessage, tc.text), true)
			equal(t, "no stack in the table", strings.Contains(entry.ErrorMessage, "goroutine"), false)
			equal(t, "a stack in the log output", strings.Contains(output.String(), "goroutine "), tc.kind == "panic")
			equal(t, "nothing of the asset was written", w.asset(id).AssetName, "")
			equal(t, "masters left", w.count("ic3_vendor_master", "1 = 1"), 0)
		})
	}
}

func TestAnAssetThatIsUnlinkedInMidRunFailsAndSaysSo(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]string{
		"unlinked":           "UPDATE ic3_asset_master SET cmms_asset_id = NULL",
		"linked to another":  "UPDATE ic3_asset_master SET cmms_asset_id = 'B-9'",
		"deleted by a mark":  "UPDATE ic3_asset_master SET deleted_at = NOW(6)",
		"deleted altogether": "DELETE FROM ic3_asset_master",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			w.link(7, "A-1")
			w.serve("A-1")
			opts := w.options()
			opts.Client = clientFunc(func(ctx context.Context, ref innomaint.AssetRef) (*innomaint.Asset, error) {
				w.exec(change)
				return w.client.GetAsset(ctx, ref)
			})
			equal(t, "failed", w.sync(opts).FailedByKind["invalid_data"], 1)
			equal(t, "says so", strings.Contains(w.entries()[0].ErrorMessage, "unlinked or deleted"), true)
			equal(t, "rows written", w.count("ic3_asset_master", "asset_name IS NOT NULL OR cmms_sync_status IS NOT NULL"), 0)
			equal(t, "masters left", w.count("ic3_vendor_master", "1 = 1"), 0)
		})
	}
}

func TestMaxConsecutiveFailuresAborts(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for _, id := range []string{"A-1", "A-2", "A-3", "A-4", "A-5", "A-6"} {
		w.link(7, id)
		w.serve(id)
	}
	for _, id := range []string{"A-1", "A-3", "A-4", "A-5"} {
		w.api.ScriptAlways(id, innomainttest.Answer{Status: 503})
	}
	w.api.RemoveAsset("A-2") // an asset's own failure breaks the row
	opts := w.options()
	opts.MaxConsecutiveFailures = 3

	summary, err := cmmsimport.SyncAllAssetsFromInnomaint(t.Context(), w.db, opts)
	checkSums(t, summary)
	equal(t, "aborted", errors.Is(err, cmmsimport.ErrAborted), true)
	equal(t, "names the cause", errors.Is(err, innomaint.ErrUnavailable), true)
	equal(t, "failed", summary.Failed, 5)
	equal(t, "skipped", summary.Skipped, 1)
	equal(t, "log rows", len(w.entries()), 5)
	equal(t, "run", w.count("cmms_sync_run", "status = 'Aborted' AND failed = 5 AND error_message IS NOT NULL"), 1)
	equal(t, "leases left", w.count("cmms_sync_lock", "1 = 1"), 0)
}
