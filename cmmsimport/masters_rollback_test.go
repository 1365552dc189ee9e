package cmmsimport_test

import (
	"errors"
	"strings"
	"testing"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

func TestMasterRollback(t *testing.T) {
	t.Parallel()
	// The next asset must not refer to masters that a rolled-back transaction created.
	t.Run("ForgetsWhatItCreated", func(t *testing.T) {
		t.Parallel()
		refused := errors.New("no such cost center")
		tests := map[string]struct {
			prepare func(w *world, opts *cmmsimport.Options)
			kind    innomaint.Kind
		}{
			"EnricherFails": {kind: cmmsimport.KindInternal, prepare: func(_ *world, opts *cmmsimport.Options) {
				opts.Enrich = enrichWith(func(e enrichment) error {
					if e.detail.ID == "AST-1" {
						return refused
					}
					return nil
				})
			}},
			"EnricherPanics": {kind: cmmsimport.KindPanic, prepare: func(_ *world, opts *cmmsimport.Options) {
				opts.Enrich = enrichWith(func(e enrichment) error {
					if e.detail.ID == "AST-1" {
						panic(refused)
					}
					return nil
				})
			}},
			"TriggerRefusesTheUpdate": {kind: cmmsimport.KindDatabase, prepare: func(w *world, _ *cmmsimport.Options) {
				w.exec(`CREATE TRIGGER no_pumps BEFORE UPDATE ON ic3_asset_master FOR EACH ROW
					IF NEW.cmms_asset_id = 'AST-1' AND NEW.asset_name IS NOT NULL THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no pumps here'; END IF`)
			}},
			"AtomicLogRefusesItsRow": {kind: cmmsimport.KindDatabase, prepare: func(w *world, opts *cmmsimport.Options) {
				opts.AtomicLog = true
				w.exec(`CREATE TRIGGER no_log BEFORE INSERT ON cmms_sync_log FOR EACH ROW
					IF NEW.cmms_asset_id = 'AST-1' AND NEW.status = 'Success' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no log here'; END IF`)
			}},
		}
		for name, tc := range tests {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				w := setup(t)
				first, second := w.link(7, "AST-1"), w.link(7, "AST-2")
				w.serve("AST-1")
				w.serve("AST-2")
				opts := w.options()
				tc.prepare(w, &opts)
				summary := w.sync(opts)
				equal(t, "failed", summary.FailedByKind[tc.kind], 1)
				equal(t, "successful", summary.Successful, 1)
				equal(t, "masters created", summary.MastersCreated, len(sampleMasters))
				equal(t, "the failed asset", w.references(first), "")
				equal(t, "categories", w.count("ic3_category_master", "1 = 1"), 2)
				equal(t, "the next asset's references are rows", w.count("ic3_asset_master", `id = ?
					AND category_id IN (SELECT id FROM ic3_category_master WHERE level = 'category')
					AND subcategory_id IN (SELECT id FROM ic3_category_master WHERE level = 'subcategory' AND parent_id = category_id)
					AND model_id IN (SELECT id FROM ic3_model_master m WHERE m.manufacturer_id = ic3_asset_master.manufacturer_id)
					AND manufacturer_id IN (SELECT id FROM ic3_manufacturer_master)
					AND vendor_id IN (SELECT id FROM ic3_vendor_master)
					AND location_id IN (SELECT id FROM ic3_location_master WHERE level = 'room')
					AND department_id IN (SELECT id FROM ic3_department_master)
					AND status_id IN (SELECT id FROM ic3_status_master)`, second), 1)
			})
		}
	})
	t.Run("RepetitionAfterADeadlockCreatesAgain", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.link(7, "AST-1")
		w.serve("AST-1")
		attempts := 0
		opts := w.options()
		opts.Enrich = enrichWith(func(e enrichment) error {
			if attempts++; attempts == 1 {
				return e.tx.Exec("SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213, MESSAGE_TEXT = 'Deadlock found'").Error
			}
			return nil
		})
		summary := w.sync(opts)
		equal(t, "attempts", attempts, 2)
		equal(t, "masters created", summary.MastersCreated, len(sampleMasters))
		sameLines(t, "masters", w.masters("vendor", "location"), append([]string{strings.Replace(sampleMasters[4], "vendor 1", "vendor 2", 1)},
			"location 5 level=site cmms_id=1 parent_id=0 name=Chennai", "location 6 level=building cmms_id=2 parent_id=5 name=B1",
			"location 7 level=floor cmms_id=3 parent_id=6 name=L2", "location 8 level=room cmms_id=4 parent_id=7 name=Plant room"))
	})
}
