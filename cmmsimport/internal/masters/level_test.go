package masters

import "testing"

// Rows from before the table had levels have none.
func TestLevel_IsAdoptedByTheFirstThatNamesTheRow(t *testing.T) {
	t.Parallel()
	site := func(id string) Master { return Master{Kind: Site, CMMSID: id, Name: "MAIN"} }
	room := func(id string) Master { return Master{Kind: Room, CMMSID: id, Name: "Main"} }
	for name, tc := range map[string]struct {
		cmmsID  string // of the row; it is called Main
		masters []Master
		changes string // of the last master
		want    string
	}{
		"with the id":               {"", []Master{site("1")}, "", "1 7 site 1 0 MAIN"},
		"without an id":             {"", []Master{site("")}, "site.kind <nil>→site", "1 7 site 0 Main"},
		"the second level does not": {"", []Master{site("1"), room("1")}, "", "1 7 site 1 0 MAIN"},
		"the row's id stays":        {"1", []Master{room("")}, "room.kind <nil>→room", "1 7 room 1 0 Main"},
		"the same id":               {"1", []Master{room("1")}, "room.kind <nil>→room", "1 7 room 1 0 Main"},
		"another id does not":       {"1", []Master{room("2")}, "", "1 7 1 0 Main"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			w.exec("INSERT INTO host_place (tenant, cmms, inside, title) VALUES (7, NULLIF('" + tc.cmmsID + "', ''), 0, 'Main')")
			var predicted, done []string
			for _, dryRun := range []bool{true, false} { // a dry run predicts it
				w.restart(dryRun)
				for _, m := range tc.masters {
					ids, resolver := w.transaction(m)
					equal(t, "ids", ids, []uint64{1})
					if len(resolver.Changes()) > 1 {
						continue // in any order
					}
					if dryRun {
						predicted = append(predicted, lines(resolver))
					} else {
						done = append(done, lines(resolver))
					}
				}
			}
			equal(t, "changes", done, predicted)
			if tc.changes != "" {
				equal(t, "changes of the last master", done[len(done)-1], tc.changes)
			}
			w.places(tc.want)
			w.restart(false)
			for _, m := range tc.masters {
				_, resolver := w.transaction(m)
				equal(t, "changes in the next run", lines(resolver), "")
			}
		})
	}
}
