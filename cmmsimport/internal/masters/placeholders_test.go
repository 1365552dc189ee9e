package masters

import (
	"testing"

	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

func TestDryRun_PlaceholdersStandForNewRows(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.restart(true)
	site := Master{Kind: Site, CMMSID: "1", Name: "Chennai"}
	ids, resolver := w.transaction(site, Master{Kind: Site, CMMSID: "1"}, Master{Kind: Site, Name: "Chennai"})
	equal(t, "one placeholder", ids, []uint64{ids[0], ids[0], ids[0]})
	equal(t, "created", resolver.Created, 1)
	changes := synclog.Changes{"location_id": {From: nil, To: ids[0]}, "vendor_id": {To: uint64(5)}}
	w.customer.Describe(changes)
	equal(t, "changes", changes, synclog.Changes{"location_id": {To: `new site "Chennai"`}, "vendor_id": {To: uint64(5)}})

	rooms, resolver := w.transaction(Master{Kind: Room, Name: "Lab", ParentID: ids[0]}, Master{Kind: Room, Name: "Lab"})
	equal(t, "two rooms, as they have different parents", rooms[0] != rooms[1], true)
	equal(t, "created", resolver.Created, 2)
	w.places()
}

// An asset that fails in a dry run would have created nothing, so the next one that needs the row counts it.
func TestDryRun_PlaceholdersOfAFailedAssetAreForgotten(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.restart(true)
	site := Master{Kind: Site, CMMSID: "1", Name: "Chennai"}
	w.ensure(w.db, site)
	w.customer.Rollback()
	_, resolver := w.transaction(site)
	equal(t, "created", resolver.Created, 1)
	_, resolver = w.transaction(site)
	equal(t, "created again", resolver.Created, 0)
}
