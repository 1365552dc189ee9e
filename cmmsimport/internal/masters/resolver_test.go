package masters

import (
	"errors"
	"strconv"
	"strings"
	"testing"

	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

func TestEnsure_InHostsTables(t *testing.T) {
	t.Parallel()
	w := setup(t)
	acme := Master{Kind: Vendor, CMMSID: "9", Name: "Acme", Code: "A", Email: "a@example.org", Phone: "12"}
	w.exec("INSERT INTO host_supplier (title) VALUES ('acme')")
	ids, resolver := w.transaction(acme, Master{Kind: Vendor, Name: "Beta"})
	equal(t, "ids", ids, []uint64{1, 2})
	equal(t, "created", resolver.Created(), 1)
	equal(t, "changes", resolver.Changes(), synclog.Changes{
		"vendor.cmms": {To: "9"}, "vendor.title": {From: "acme", To: "Acme"}, "vendor.mail": {To: "a@example.org"},
	})
	w.suppliers("1 9 Acme a@example.org", "2 Beta")

	w.restart(false)
	acme.Name = "Acme Ltd"
	_, resolver = w.transaction(acme)
	equal(t, "changes", lines(resolver), "vendor.title Acme→Acme Ltd")
	w.suppliers("1 9 Acme Ltd a@example.org", "2 Beta")

	ids, _ = w.transaction(Master{Kind: Site, CMMSID: "1", Name: "Chennai"})
	ids, _ = w.transaction(Master{Kind: Room, CMMSID: "1", Name: "Lab", ParentID: ids[0]})
	equal(t, "room", ids, []uint64{2})
	w.places("1 7 site 1 0 Chennai", "2 7 room 1 1 Lab")
}

func TestEnsure_Errors(t *testing.T) {
	t.Parallel()
	w := setup(t)
	resolver := w.customer.Begin(w.db)
	for name, tc := range map[string]struct {
		master  Master
		unknown bool
	}{
		"an id that no row has": {Master{Kind: Vendor, CMMSID: "9"}, true},
		"a name too long":       {Master{Kind: Vendor, Name: strings.Repeat("x", 21)}, true},
		"no such kind":          {Master{Kind: "planet", Name: "Mars"}, false},
	} {
		if _, err := resolver.Ensure(t.Context(), tc.master); err == nil || errors.Is(err, ErrUnknown) != tc.unknown {
			t.Errorf("%s: got %v, want ErrUnknown: %v", name, err, tc.unknown)
		}
	}
	equal(t, "created", resolver.Created(), 0)
}

func TestEnsure_RepeatsWarnings(t *testing.T) {
	t.Parallel()
	w := setup(t)
	acme := Master{Kind: Vendor, Name: "Acme", Email: strings.Repeat("x", 21)}
	for range 2 {
		_, resolver := w.transaction(acme)
		if warnings := resolver.Warnings(); len(warnings) != 1 || warnings[0].Field != "vendor.mail" {
			t.Errorf("warnings: %v", warnings)
		}
	}
	w.suppliers("1 Acme")
}

func TestRollback_ForgetsWhatTheTransactionCreated(t *testing.T) {
	t.Parallel()
	w := setup(t)
	acme := Master{Kind: Vendor, CMMSID: "9", Name: "Acme"}
	tx := w.db.Begin()
	w.ensure(tx, acme)
	tx.Rollback()
	w.customer.Rollback()
	ids, resolver := w.transaction(Master{Kind: Vendor, CMMSID: "9", Name: "Beta"}, acme)
	equal(t, "ids", ids, []uint64{2, 2})
	equal(t, "created", resolver.Created(), 1)
	w.suppliers("2 9 Beta")
}

// The cache starts anew beyond its bound; the first value of a column stays the run's.
func TestFirstWins_BeyondTheCache(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.transaction(Master{Kind: Vendor, CMMSID: "9", Name: "Acme"})
	for i := range maxCached + 1 {
		w.customer.cache.put(Master{Kind: Vendor, Name: strconv.Itoa(i)}, cached{id: uint64(i)})
	}
	w.customer.Commit()
	_, known := w.customer.cache.get(Master{Kind: Vendor, CMMSID: "9", Name: "Acme"})
	equal(t, "still in the cache", known, false)
	w.transaction(Master{Kind: Vendor, CMMSID: "9", Name: "Beta"})
	w.suppliers("1 9 Acme")
}

// The row takes the spelling of the master whose id it adopts, and keeps it as it would keep any first value.
func TestFirstWins_NameOfAnAdoptedRow(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.exec("INSERT INTO host_supplier (title) VALUES ('acme')")
	w.transaction(Master{Kind: Vendor, CMMSID: "9", Name: "Acme"})
	w.transaction(Master{Kind: Vendor, CMMSID: "9", Name: "ACME"})
	w.suppliers("1 9 Acme")
}

// Where a table has no column for Innomaint's id, a name alone does not say which spelling is right.
func TestEnsure_ByNameAloneRenamesNothing(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.exec("INSERT INTO host_supplier (title) VALUES ('Acme')")
	supplier := w.customer.Tables[Vendor]
	supplier.Columns.CMMSID = ""
	w.customer.Tables[Vendor] = supplier
	ids, resolver := w.transaction(Master{Kind: Vendor, CMMSID: "9", Name: "ACME"})
	equal(t, "ids", ids, []uint64{1})
	equal(t, "changes", lines(resolver), "")
	w.suppliers("1 Acme")
}
