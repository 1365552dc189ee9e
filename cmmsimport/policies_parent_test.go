package cmmsimport_test

import (
	"context"
	"testing"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

// wrapped is a MasterResolver of a host that wraps the library's.
type wrapped struct{ cmmsimport.MasterResolver }

func (w wrapped) EnsureMaster(ctx context.Context, m cmmsimport.Master) (uint64, error) {
	return w.MasterResolver.EnsureMaster(ctx, m)
}

func enrichWrapped(ctx context.Context, tx *gorm.DB, masters cmmsimport.MasterResolver, asset *cmmsimport.AssetMaster, detail *innomaint.Asset) error {
	return cmmsimport.EnrichAssetFromAPI(ctx, tx, wrapped{masters}, asset, detail)
}

// TestLocalParent has a model without an id. It is looked for under the local manufacturer, unless the policy clears that one: then the
// second run would find another model. Wrapping the resolver makes no difference.
func TestLocalParent(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		policy     cmmsimport.FieldPolicy
		fields     map[string]any
		references string
	}{
		"OverwriteKeepsTheManufacturer":       {cmmsimport.Overwrite, field("model", "NB 50"), "manufacturer_id=1 model_id=1"},
		"MirrorClearsTheManufacturer":         {cmmsimport.Mirror, field("model", "NB 50"), "model_id=2"},
		"MirrorKeepsAnUnreadableManufacturer": {cmmsimport.Mirror, modelOf(field("name", []any{1, 2}), field("name", "NB 50")), "manufacturer_id=1 model_id=1"},
		"MirrorKeepsAManufacturerWithoutRow":  {cmmsimport.Mirror, modelOf(ref(99, ""), field("name", "NB 50")), "manufacturer_id=1 model_id=1"},
		"FillIfEmptyKeepsBoth":                {cmmsimport.FillIfEmpty, field("model", "NB 65"), "manufacturer_id=1 model_id=1"},
	} {
		for resolver, enrich := range map[string]cmmsimport.EnrichFunc{"Default": nil, "Wrapped": enrichWrapped} {
			t.Run(name+"/"+resolver, func(t *testing.T) {
				t.Parallel()
				w := setup(t)
				id := w.link(7, "AST-1")
				w.respond("AST-1", modelOf(ref(5, "Grundfos"), ref(31, "NB 50")))
				w.sync(w.options())
				w.respond("AST-1", tc.fields)
				opts := w.options()
				opts.Policies = map[string]cmmsimport.FieldPolicy{"*": tc.policy}
				opts.Enrich = enrich
				w.sync(opts)
				equal(t, "references", w.references(id), tc.references)
				equal(t, "unchanged in the second run", w.sync(opts).Unchanged, 1)
			})
		}
	}
}
