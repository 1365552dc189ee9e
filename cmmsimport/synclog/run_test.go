package synclog_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

func TestRuns_Filter(t *testing.T) {
	t.Parallel()
	db := setup(t)
	one, two := uint64(1), uint64(2)
	id := func(n int) string { return fmt.Sprintf("01JC%022d", n) }
	for n := range 6 {
		r := &synclog.Run{ID: id(n), Status: synclog.Completed, StartedAt: syncedAt.Add(time.Duration(n) * time.Hour), HeartbeatAt: syncedAt}
		switch n % 3 {
		case 0:
			r.CustomerID = &one
		case 1:
			r.CustomerID, r.Status = &two, synclog.Aborted
		}
		if err := db.Create(r).Error; err != nil {
			t.Fatal(err)
		}
	}
	for name, test := range map[string]struct {
		filter synclog.Filter
		want   []int
	}{
		"all":       {synclog.Filter{}, []int{5, 4, 3, 2, 1, 0}},
		"customer":  {synclog.Filter{CustomerID: &two}, []int{4, 1}},
		"one run":   {synclog.Filter{RunID: id(3)}, []int{3}},
		"status":    {synclog.Filter{RunStatus: synclog.Aborted}, []int{4, 1}},
		"time":      {synclog.Filter{Since: syncedAt.Add(time.Hour), Until: syncedAt.Add(3 * time.Hour)}, []int{2, 1}},
		"page":      {synclog.Filter{Limit: 2}, []int{5, 4}},
		"next page": {synclog.Filter{Limit: 2, BeforeRunID: id(4)}, []int{3, 2}},
		"none":      {synclog.Filter{CustomerID: &two, RunStatus: synclog.Completed}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			runs, err := synclog.Runs(t.Context(), db, test.filter)
			if err != nil {
				t.Fatal(err)
			}
			var got, want []string
			for _, r := range runs {
				got = append(got, r.ID)
			}
			for _, n := range test.want {
				want = append(want, id(n))
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
