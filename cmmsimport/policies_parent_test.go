package cmmsimport_test

import (
	"context"
	"testing"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

// wrapped is a host's resolver around the library's.
type wrapped struct{ cmmsimport.MasterResolver }

func (w wrapped) EnsureMaster(ctx context.Context, m cmmsimport.Master) (uint64, error) {
	return w.MasterResolver.EnsureMaster(ctx, m)
}

func enrichWrapped(ctx context.Context, tx *gorm.DB, masters cmmsimport.MasterResolver, asset *cmmsimport.AssetMaster, detail *innomaint.Asset) error {
	return cmmsimport.EnrichAssetFromAPI(ctx, tx, wrapped{masters}, asset, detail)
}

// A model by name only is looked for under the local manufacturer, unless the policy clears that one: then the second run
// would find another model. A resolver that a host wraps does the same.
func TestLocalParentCountsWhereItStays(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		policy     cmmsimport.FieldPolicy
		fields     map[string]any
		references string
	}{
		"Overwrite keeps the manufacturer":                 {cmmsimport.Overwrite, field("model", "NB 50"), "manufacturer_id=1 model_id=1"},
		"Mirror clears the manufacturer":                   {cmmsimport.Mirror, field("model", "NB 50"), "model_id=2"},
		"Mirror keeps an unreadable manufacturer":          {cmmsimport.Mirror, modelOf(field("name", []any{1, 2}), field("name", "NB 50")), "manufacturer_id=1 model_id=1"},
		"Mirror keeps a manufacturer that has no row":      {cmmsimport.Mirror, modelOf(ref(99, ""), field("name", "NB 50")), "manufacturer_id=1 model_id=1"},
		"FillIfEmpty keeps the manufacturer and the model": {cmmsimport.FillIfEmpty, field("model", "NB 65"), "manufacturer_id=1 model_id=1"},
	} {
		for resolver, enrich := range map[string]cmmsimport.EnrichFunc{"ours": nil, "wrapped by a host": enrichWrapped} {
			t.Run(name+"/"+resolver, func(t *testing.T) {
				t.Parallel()
				w := setup(t)
				id := w.link(7, "AST-1")
				w.answer("AST-1", modelOf(ref(5, "Grundfos"), ref(31, "NB 50")))
				w.sync(w.options())
				w.answer("AST-1", tc.fields)
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
