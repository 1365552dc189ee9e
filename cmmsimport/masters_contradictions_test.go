package cmmsimport_test

import (
	"context"
	"testing"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

// Three responses place one room: one leaves its building out, one contradicts it, one is more exact. The second run
// changes nothing.
func TestRoomOfContradictoryResponsesIsStable(t *testing.T) {
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
}
