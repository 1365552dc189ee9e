package cmmsimport_test

import (
	"testing"

	"ic3.internal/innomaintsync/cmmsimport"
)

// Where Mirror clears the manufacturer, a model by name only is not looked for under it: the second run would find another.
func TestMirrorForgetsTheParentThatItClears(t *testing.T) {
	t.Parallel()
	w := setup(t)
	id := w.link(7, "AST-1")
	w.answer("AST-1", modelOf(ref(5, "Grundfos"), ref(31, "NB 50")))
	w.sync(w.options())
	w.answer("AST-1", field("model", "NB 65"))
	opts := w.options()
	opts.Policies = map[string]cmmsimport.FieldPolicy{"*": cmmsimport.Mirror}
	w.sync(opts)
	equal(t, "references", w.references(id), "model_id=2")
	equal(t, "unchanged in the second run", w.sync(opts).Unchanged, 1)
}
