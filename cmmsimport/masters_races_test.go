package cmmsimport_test

import (
	"testing"
)

// TestMasterRaces has another session write first, after this one has looked: this transaction's snapshot does not show the row.
func TestMasterRaces(t *testing.T) {
	t.Parallel()
	acme := []map[string]any{field("vendor", with(ref(9, "Acme"), "phone", "12"))}
	tests := map[string]struct {
		seed              string
		before, intrusion string
		responses         []map[string]any
		masters           []string
		asset             string
	}{
		"CreatesTheSame": {
			before: "INSERT INTO ic3_vendor_master", intrusion: "INSERT INTO ic3_vendor_master (customer_id, cmms_id, name, phone) VALUES (7, '9', 'Acme', '12')",
			responses: acme, masters: []string{"vendor 1 cmms_id=9 name=Acme phone=12"}, asset: "vendor_id=1",
		},
		"CreatesTheNameWithoutID": {
			before: "INSERT INTO ic3_vendor_master", intrusion: "INSERT INTO ic3_vendor_master (customer_id, name) VALUES (7, 'ACME')",
			responses: acme, masters: []string{"vendor 1 cmms_id=9 name=Acme phone=12"}, asset: "vendor_id=1",
		},
		"CreatesTheNameWithAnotherID": {
			before: "INSERT INTO ic3_vendor_master", intrusion: "INSERT INTO ic3_vendor_master (customer_id, cmms_id, name) VALUES (7, '8', 'Acme')",
			responses: acme, masters: []string{"vendor 1 cmms_id=8 name=Acme"}, asset: "vendor_id=1",
		},
		"CreatesTheIDWithAnotherName": {
			before: "INSERT INTO ic3_vendor_master", intrusion: "INSERT INTO ic3_vendor_master (customer_id, cmms_id, name, phone) VALUES (7, '9', 'Acme Ltd', '12')",
			responses: acme, masters: []string{"vendor 1 cmms_id=9 name=Acme phone=12"}, asset: "vendor_id=1",
		},
		"CreatesAChild": {
			seed:   "INSERT INTO ic3_manufacturer_master (customer_id, cmms_id, name) VALUES (7, '5', 'Grundfos')",
			before: "INSERT INTO ic3_model_master", intrusion: "INSERT INTO ic3_model_master (customer_id, manufacturer_id, name) VALUES (7, 1, 'NB')",
			responses: []map[string]any{modelOf(ref(5, "Grundfos"), ref(nil, "NB"))},
			masters:   []string{"manufacturer 1 cmms_id=5 name=Grundfos", "model 1 manufacturer_id=1 name=NB"}, asset: "manufacturer_id=1 model_id=1",
		},
		"TakesTheNameOfARename": {
			seed:   "INSERT INTO ic3_vendor_master (customer_id, cmms_id, name) VALUES (7, '9', 'Beta')",
			before: "UPDATE ic3_vendor_master", intrusion: "INSERT INTO ic3_vendor_master (customer_id, name) VALUES (7, 'Acme')",
			responses: acme, masters: []string{"vendor 1 cmms_id=9 name=Beta", "vendor 2 name=Acme"}, asset: "vendor_id=2",
		},
		"TakesTheIDOfAnAdoption": {
			seed:   "INSERT INTO ic3_vendor_master (customer_id, name) VALUES (7, 'Acme')",
			before: "UPDATE ic3_vendor_master", intrusion: "INSERT INTO ic3_vendor_master (customer_id, cmms_id, name) VALUES (7, '9', 'Acme Ltd')",
			responses: acme, masters: []string{"vendor 1 name=Acme", "vendor 2 cmms_id=9 name=Acme Ltd"}, asset: "vendor_id=1",
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
			w.respond("AST-1", tc.responses[0])
			w.intrude(tc.before, tc.intrusion)
			opts := w.options()
			opts.Enrich = enrichWith(func(e enrichment) error {
				var level string
				must(t, e.tx.Raw("SELECT @@"+w.transactionVariable("isolation")).Scan(&level).Error)
				equal(t, "isolation", level, "REPEATABLE-READ")
				return nil
			})
			summary := w.sync(opts)
			equal(t, "successful", summary.Successful, 1)
			equal(t, "warnings", summary.Warnings, 0)
			sameLines(t, "masters", w.masters("manufacturer", "model", "vendor"), tc.masters)
			equal(t, "asset", w.references(id), tc.asset)
			w.checkStable(w.options())
		})
	}
}
