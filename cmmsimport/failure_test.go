package cmmsimport_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/innomaint/innomainttest"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

func TestFailure(t *testing.T) {
	t.Parallel()
	t.Run("IsLoggedAndTheRunContinues", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.add("A-0", "A-9")
		kinds := map[string]innomaint.Kind{"A-0": "", "A-9": ""}
		for id, tc := range map[string]struct {
			kind     innomaint.Kind
			response innomainttest.Answer
		}{
			"A-1": {innomaint.KindNotFound, innomainttest.Answer{Status: 404}},
			"A-2": {innomaint.KindBadResponse, innomainttest.Answer{Body: "<html>Please log in</html>"}},
			"A-3": {innomaint.KindBadResponse, innomainttest.Answer{Body: `{"asset_id": "A-1", "asset_name": "another one"}`}},
			"A-4": {innomaint.KindInvalidData, innomainttest.Answer{Body: `{"asset_name": "nameless"}`}},
			"A-5": {innomaint.KindUnavailable, innomainttest.Answer{Status: 503}},
			"A-6": {innomaint.KindAuth, innomainttest.Answer{Status: 403}},
			"A-7": {innomaint.KindRateLimited, innomainttest.Answer{Status: 429}},
		} {
			w.add(id)
			w.api.ScriptAlways(id, tc.response)
			kinds[id] = tc.kind
		}

		summary := w.sync(w.options())
		equal(t, "successful", summary.Successful, 2)
		equal(t, "failed", summary.Failed, 7)
		for _, e := range w.entries() {
			equal(t, "kind of "+e.CMMSAssetID, e.ErrorKind, string(kinds[e.CMMSAssetID]))
			equal(t, "message of "+e.CMMSAssetID, e.ErrorMessage != "", e.Status == synclog.Failed)
			equal(t, "rows marked like the log, of "+e.CMMSAssetID, w.count("ic3_asset_master",
				"cmms_asset_id = ? AND cmms_sync_status = ? AND cmms_attempted_at IS NOT NULL", e.CMMSAssetID, e.Status), 1)
			equal(t, "rows written, of "+e.CMMSAssetID, w.count("ic3_asset_master", "cmms_asset_id = ? AND asset_name IS NOT NULL", e.CMMSAssetID) == 1, e.Status == synclog.Success)
			delete(kinds, e.CMMSAssetID)
		}
		equal(t, "assets without a log row", len(kinds), 0)

		run := w.runRow(summary.RunID)
		equal(t, "run's status", run.Status, synclog.Completed)
		equal(t, "run's failed", run.Failed, 7)
		equal(t, "run is finished", run.FinishedAt != nil && run.DurationMS != nil, true)
	})
	t.Run("KeepsTheLastSuccess", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		id := w.link(7, "A-1")
		w.serve("A-1")
		w.sync(w.options())
		before := w.asset(id)

		w.api.RemoveAsset("A-1")
		equal(t, "failed", w.sync(w.options()).FailedByKind[innomaint.KindNotFound], 1)
		after := w.asset(id)
		equal(t, "cmms_sync_status", after.CMMSSyncStatus, "Failed")
		equal(t, "cmms_synced_at", after.CMMSSyncedAt, before.CMMSSyncedAt)
		equal(t, "cmms_attempted_at is later", after.CMMSAttemptedAt.After(before.CMMSAttemptedAt), true)
		equal(t, "asset_name", after.AssetName, before.AssetName)
	})
	t.Run("OfHostCode", func(t *testing.T) {
		t.Parallel()
		client := func(f clientFunc) func(*cmmsimport.Options) {
			return func(o *cmmsimport.Options) { o.Client = f }
		}
		enrich := func(then func(enrichment) error) func(*cmmsimport.Options) {
			return func(o *cmmsimport.Options) { o.Enrich = enrichWith(then) }
		}
		for name, tc := range map[string]struct {
			set  func(*cmmsimport.Options)
			kind innomaint.Kind
			text string
		}{
			"EnricherError": {enrich(func(enrichment) error { return errors.New("no cost center") }), cmmsimport.KindInternal, "no cost center"},
			"EnricherPanic": {enrich(func(enrichment) error { panic("nil map") }), cmmsimport.KindPanic, "Enrich panicked: nil map"},
			"ClientPanic": {client(func(context.Context, innomaint.AssetRef) (*innomaint.Asset, error) { panic("index out of range") }),
				cmmsimport.KindPanic, "Client panicked: index out of range"},
			"NeitherAssetNorError": {client(func(context.Context, innomaint.AssetRef) (*innomaint.Asset, error) { return nil, nil }),
				cmmsimport.KindInternal, "neither an asset nor an error"},
			"AnotherAsset": {client(func(context.Context, innomaint.AssetRef) (*innomaint.Asset, error) {
				return &innomaint.Asset{ID: "B-1"}, nil
			}),
				innomaint.KindBadResponse, `"B-1"`},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				w := setup(t)
				id := w.link(7, "A-1")
				w.serve("A-1")
				var output bytes.Buffer
				opts := w.options()
				opts.Logger = slog.New(slog.NewTextHandler(&output, nil))
				tc.set(&opts)

				equal(t, "failed", w.sync(opts).FailedByKind[tc.kind], 1)
				message := w.entries()[0].ErrorMessage
				contains(t, message, tc.text)
				equal(t, "stack in the table", strings.Contains(message, "goroutine"), false)
				equal(t, "stack in the log output", strings.Contains(output.String(), "goroutine "), tc.kind == cmmsimport.KindPanic)
				equal(t, "asset_name", w.asset(id).AssetName, "")
				equal(t, "vendors", w.count("ic3_vendor_master", "1 = 1"), 0)
			})
		}
	})
	t.Run("OfAnAssetRowThatChangesDuringTheRequest", func(t *testing.T) {
		t.Parallel()
		for name, change := range map[string]string{
			"Unlinked":        "UPDATE ic3_asset_master SET cmms_asset_id = NULL",
			"LinkedToAnother": "UPDATE ic3_asset_master SET cmms_asset_id = 'B-9'",
			"SoftDeleted":     "UPDATE ic3_asset_master SET deleted_at = NOW(6)",
			"Deleted":         "DELETE FROM ic3_asset_master",
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				w := setup(t)
				w.add("A-1")
				opts := w.options()
				opts.Client = w.before(func(innomaint.AssetRef) { w.exec(change) })
				equal(t, "failed", w.sync(opts).FailedByKind[innomaint.KindInvalidData], 1)
				contains(t, w.entries()[0].ErrorMessage, "unlinked or deleted")
				equal(t, "rows written", w.count("ic3_asset_master", "asset_name IS NOT NULL OR cmms_sync_status IS NOT NULL"), 0)
				equal(t, "vendors", w.count("ic3_vendor_master", "1 = 1"), 0)
			})
		}
	})
}

func TestMaxConsecutiveFailures(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.add("A-1", "A-2", "A-3", "A-4", "A-5", "A-6")
	for _, id := range []string{"A-1", "A-3", "A-4", "A-5"} {
		w.api.ScriptAlways(id, innomainttest.Answer{Status: 503})
	}
	w.api.RemoveAsset("A-2") // a failure of the asset, not of the system: counting starts anew
	opts := w.options()
	opts.MaxConsecutiveFailures = 3

	summary, err := cmmsimport.SyncAllAssetsFromInnomaint(t.Context(), w.db, opts)
	checkSums(t, summary)
	var aborted *cmmsimport.AbortedError
	if !errors.Is(err, cmmsimport.ErrAborted) || !errors.Is(err, innomaint.ErrUnavailable) || !errors.As(err, &aborted) {
		t.Fatalf("got %v, want an *AbortedError that wraps ErrUnavailable", err)
	}
	equal(t, "failures in a row", aborted.Failures, 3)
	equal(t, "kind", aborted.Kind, innomaint.KindUnavailable)
	equal(t, "asset", aborted.CMMSAssetID, "A-5")
	equal(t, "failed", summary.Failed, 5)
	equal(t, "skipped", summary.Skipped, 1)
	w.checkAudit(summary)
	equal(t, "aborted runs", w.count("cmms_sync_run", "status = 'Aborted' AND error_message IS NOT NULL"), 1)
}
