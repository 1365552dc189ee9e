package causes_test

import (
	"errors"
	"fmt"
	"testing"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/internal/causes"
)

func TestTally(t *testing.T) {
	t.Parallel()
	t.Run("GroupsWhatDiffersInIDsOnly", func(t *testing.T) {
		t.Parallel()
		var tally causes.Tally
		tally.Add("database", errors.New("Error 1114: The table is full"), 7, "B-1")
		for n := range 3 {
			id := fmt.Sprintf("AST-%d", n)
			tally.Add("not_found", &innomaint.Error{Kind: innomaint.KindNotFound, StatusCode: 404, AssetID: id, Message: "no such asset"}, 7, id)
		}
		got := tally.Top(10)
		if len(got) != 2 || *got[0] != (causes.Cause{Kind: "not_found", Message: "not_found (HTTP 404): no such asset", Count: 3, CustomerID: 7, CMMSAssetID: "AST-0"}) {
			t.Errorf("got %+v", got[0])
		}
	})
	t.Run("KeepsTheMostFrequent", func(t *testing.T) {
		t.Parallel()
		var tally causes.Tally
		for n := range 500 {
			tally.Add("internal", fmt.Errorf("reason %d", n), 7, "A")
		}
		tally.Add("internal", errors.New("reason 100"), 7, "A")
		got := tally.Top(10)
		if len(got) != 10 || got[0].Message != "reason 100" || got[0].Count != 2 {
			t.Errorf("%d causes, the first %+v", len(got), got[0])
		}
	})
}
