package cmmsimport_test

import (
	"context"
	"errors"
	"testing"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

func TestMasterContradictions(t *testing.T) {
	t.Parallel()
	// Three responses place one room: one has no building, one contradicts the others, one is more exact.
	t.Run("RoomIsStableInTheSecondRun", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		ref := func(id, name string) innomaint.Reference { return innomaint.Reference{ID: id, Name: name} }
		room := ref("R", "Plant room")
		places := map[string]innomaint.Location{
			"A-1": {Site: ref("1", "Chennai"), Room: room},
			"A-2": {Site: ref("2", "Pune"), Building: ref("9", "B9"), Room: room},
			"A-3": {Site: ref("1", "Chennai"), Building: ref("5", "B5"), Room: room},
		}
		for _, id := range []string{"A-1", "A-2", "A-3"} {
			w.link(7, id)
		}
		opts := w.options()
		opts.Client = clientFunc(func(_ context.Context, ref innomaint.AssetRef) (*innomaint.Asset, error) {
			return &innomaint.Asset{ID: ref.AssetID, Location: places[ref.AssetID]}, nil
		})
		w.sync(opts)
		equal(t, "unchanged in the second run", w.sync(opts).Unchanged, 3)
	})
	t.Run("RenamedRowIsNotFoundByItsOldName", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.exec("INSERT INTO ic3_vendor_master (customer_id, cmms_id, name) VALUES (7, '9', 'Acme')")
		var last uint64
		for id, vendor := range map[string]any{"AST-1": "Acme", "AST-2": ref(9, "Gamma"), "AST-3": "Acme"} {
			w.respond(id, field("vendor", vendor))
		}
		for _, id := range []string{"AST-1", "AST-2", "AST-3"} {
			last = w.link(7, id)
		}
		w.sync(w.options())
		sameLines(t, "masters", w.masters("vendor"), []string{"vendor 1 cmms_id=9 name=Gamma", "vendor 2 name=Acme"})
		equal(t, "the asset after the rename", w.references(last), "vendor_id=2")
	})
	t.Run("FailedAssetDecidesNothing", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.exec("INSERT INTO ic3_vendor_master (customer_id, cmms_id, name) VALUES (7, '9', 'Acme')")
		for id, name := range map[string]string{"AST-1": "Beta", "AST-2": "Gamma", "AST-3": "Delta"} {
			w.respond(id, field("vendor", ref(9, name)))
		}
		for _, id := range []string{"AST-1", "AST-2", "AST-3"} {
			w.link(7, id)
		}
		opts := w.options()
		opts.Enrich = enrichWith(func(e enrichment) error {
			if e.detail.ID == "AST-1" {
				return errors.New("no such cost center")
			}
			return nil
		})
		equal(t, "failed", w.sync(opts).Failed, 1)
		sameLines(t, "vendors", w.masters("vendor"), []string{"vendor 1 cmms_id=9 name=Gamma"})
	})
}
