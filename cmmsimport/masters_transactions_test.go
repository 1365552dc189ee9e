package cmmsimport_test

import (
	"errors"
	"strings"
	"testing"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/internal/dbtest"
)

// What a rolled-back transaction created is not there for the next asset.
func TestRolledBackMastersAreForgotten(t *testing.T) {
	t.Parallel()
	refused := errors.New("no such cost centre")
	tests := map[string]struct {
		prepare func(w *world, opts *cmmsimport.Options)
		kind    string
	}{
		"the host's enricher fails": {kind: "internal", prepare: func(_ *world, opts *cmmsimport.Options) {
			opts.Enrich = enrichWith(func(e enrichment) error {
				if e.detail.ID == "AST-1" {
					return refused
				}
				return nil
			})
		}},
		"the host's enricher panics": {kind: "panic", prepare: func(_ *world, opts *cmmsimport.Options) {
			opts.Enrich = enrichWith(func(e enrichment) error {
				if e.detail.ID == "AST-1" {
					panic(refused)
				}
				return nil
			})
		}},
		"a trigger refuses the UPDATE": {kind: "database", prepare: func(w *world, _ *cmmsimport.Options) {
			w.exec(`CREATE TRIGGER no_pumps BEFORE UPDATE ON ic3_asset_master FOR EACH ROW
				IF NEW.cmms_asset_id = 'AST-1' AND NEW.asset_name IS NOT NULL THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no pumps here'; END IF`)
		}},
		"with AtomicLog, the log refuses its row": {kind: "database", prepare: func(w *world, opts *cmmsimport.Options) {
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
			equal(t, "failed of kind "+tc.kind, summary.FailedByKind[innomaint.Kind(tc.kind)], 1)
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
}

// What a failed asset's response said of a row does not count either.
func TestFirstWinsIgnoresFailedAssets(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.exec("INSERT INTO ic3_vendor_master (customer_id, cmms_id, name) VALUES (7, '9', 'Acme')")
	for id, name := range map[string]string{"AST-1": "Beta", "AST-2": "Gamma", "AST-3": "Delta"} {
		w.answer(id, field("vendor", ref(9, name)))
	}
	for _, id := range []string{"AST-1", "AST-2", "AST-3"} {
		w.link(7, id)
	}
	opts := w.options()
	opts.Enrich = enrichWith(func(e enrichment) error {
		if e.detail.ID == "AST-1" {
			return errors.New("no such cost centre")
		}
		return nil
	})
	equal(t, "failed", w.sync(opts).Failed, 1)
	sameLines(t, "vendors", w.masters("vendor"), []string{"vendor 1 cmms_id=9 name=Gamma"})
}

// A transaction that is repeated after a deadlock creates its masters again.
func TestMastersOfARepeatedTransaction(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.link(7, "AST-1")
	w.serve("AST-1")
	tries := 0
	opts := w.options()
	opts.Enrich = enrichWith(func(e enrichment) error {
		if tries++; tries == 1 {
			return e.tx.Exec("SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213, MESSAGE_TEXT = 'Deadlock found'").Error
		}
		return nil
	})
	summary := w.sync(opts)
	equal(t, "tries", tries, 2)
	equal(t, "masters created", summary.MastersCreated, len(sampleMasters))
	sameLines(t, "masters", w.masters("vendor", "location"), append([]string{strings.Replace(sampleMasters[4], "vendor 1", "vendor 2", 1)},
		"location 5 level=site cmms_id=1 parent_id=0 name=Chennai", "location 6 level=building cmms_id=2 parent_id=5 name=B1",
		"location 7 level=floor cmms_id=3 parent_id=6 name=L2", "location 8 level=room cmms_id=4 parent_id=7 name=Plant room"))
}

// intrude executes a statement on a connection of its own, once, just before the run's first statement that begins so.
func (w *world) intrude(before, statement string) {
	other, done := dbtest.Open(w.t, w.dsn), false
	intruder := func(s *gorm.DB, text string) {
		if !done && strings.HasPrefix(text, before) {
			done = true
			must(w.t, other.Exec(statement).Error)
		}
	}
	must(w.t, w.db.Callback().Raw().Before("gorm:raw").Register("test:intrude", func(s *gorm.DB) { intruder(s, s.Statement.SQL.String()) }))
	must(w.t, w.db.Callback().Update().Before("gorm:update").Register("test:intrude", func(s *gorm.DB) { intruder(s, "UPDATE "+s.Statement.Table) }))
	w.t.Cleanup(func() {
		if !done {
			w.t.Errorf("no statement %q: the race was not run", before)
		}
	})
}

// Another session is first, after this one has looked: its snapshot does not show the row.
func TestMasterRaces(t *testing.T) {
	t.Parallel()
	acme := []map[string]any{field("vendor", with(ref(9, "Acme"), "phone", "12"))}
	tests := map[string]struct {
		seed              string
		before, intrusion string
		answers           []map[string]any
		masters           []string
		asset             string
	}{
		"creates the same": {
			before: "INSERT INTO ic3_vendor_master", intrusion: "INSERT INTO ic3_vendor_master (customer_id, cmms_id, name, phone) VALUES (7, '9', 'Acme', '12')",
			answers: acme, masters: []string{"vendor 1 cmms_id=9 name=Acme phone=12"}, asset: "vendor_id=1",
		},
		"creates one of that name without id": {
			before: "INSERT INTO ic3_vendor_master", intrusion: "INSERT INTO ic3_vendor_master (customer_id, name) VALUES (7, 'ACME')",
			answers: acme, masters: []string{"vendor 1 cmms_id=9 name=Acme phone=12"}, asset: "vendor_id=1",
		},
		"creates one of that name with another id": {
			before: "INSERT INTO ic3_vendor_master", intrusion: "INSERT INTO ic3_vendor_master (customer_id, cmms_id, name) VALUES (7, '8', 'Acme')",
			answers: acme, masters: []string{"vendor 1 cmms_id=8 name=Acme"}, asset: "vendor_id=1",
		},
		"creates one of that id with another name": {
			before: "INSERT INTO ic3_vendor_master", intrusion: "INSERT INTO ic3_vendor_master (customer_id, cmms_id, name, phone) VALUES (7, '9', 'Acme Ltd', '12')",
			answers: acme, masters: []string{"vendor 1 cmms_id=9 name=Acme phone=12"}, asset: "vendor_id=1",
		},
		"creates a child": {
			seed:   "INSERT INTO ic3_manufacturer_master (customer_id, cmms_id, name) VALUES (7, '5', 'Grundfos')",
			before: "INSERT INTO ic3_model_master", intrusion: "INSERT INTO ic3_model_master (customer_id, manufacturer_id, name) VALUES (7, 1, 'NB')",
			answers: []map[string]any{modelOf(ref(5, "Grundfos"), ref(nil, "NB"))},
			masters: []string{"manufacturer 1 cmms_id=5 name=Grundfos", "model 1 manufacturer_id=1 name=NB"}, asset: "manufacturer_id=1 model_id=1",
		},
		"takes the name that a row is to be renamed to": {
			seed:   "INSERT INTO ic3_vendor_master (customer_id, cmms_id, name) VALUES (7, '9', 'Beta')",
			before: "UPDATE ic3_vendor_master", intrusion: "INSERT INTO ic3_vendor_master (customer_id, name) VALUES (7, 'Acme')",
			answers: acme, masters: []string{"vendor 1 cmms_id=9 name=Beta", "vendor 2 name=Acme"}, asset: "vendor_id=2",
		},
		"takes the id that a row is to adopt": {
			seed:   "INSERT INTO ic3_vendor_master (customer_id, name) VALUES (7, 'Acme')",
			before: "UPDATE ic3_vendor_master", intrusion: "INSERT INTO ic3_vendor_master (customer_id, cmms_id, name) VALUES (7, '9', 'Acme Ltd')",
			answers: acme, masters: []string{"vendor 1 name=Acme", "vendor 2 cmms_id=9 name=Acme Ltd"}, asset: "vendor_id=1",
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			if tc.seed != "" {
				w.exec(tc.seed)
			}
			id := w.link(7, "AST-1")
			w.answer("AST-1", tc.answers[0])
			w.intrude(tc.before, tc.intrusion)
			opts := w.options()
			opts.Enrich = enrichWith(func(e enrichment) error {
				var level string
				must(t, e.tx.Raw("SELECT @@tx_isolation").Scan(&level).Error)
				equal(t, "isolation", level, "REPEATABLE-READ")
				return nil
			})
			summary := w.sync(opts)
			equal(t, "successful", summary.Successful, 1)
			equal(t, "warnings", summary.Warnings, 0)
			sameLines(t, "masters", w.masters("manufacturer", "model", "vendor"), tc.masters)
			equal(t, "asset", w.references(id), tc.asset)
			w.settled(w.options())
		})
	}
}
