package cancellation_test

import (
	"testing"
	"time"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

// place is where a run is when a tripwire begins to wait for its statement.
type place int

const (
	start        place = iota // of the run
	firstAtAPI                // the API is asked for the first asset
	secondAtAPI               // and for the second
	thirdAtAPI                // and for the third
	betweenThem               // a minute after the first asset, so that heartbeat and leases are due
	secondIsGone              // as secondAtAPI, and Innomaint has no such asset
)

// What the run does with its own context ends at once, also where the answer never comes. What records an attempt or the
// run is not reached by the cancellation, and the database answers.
var (
	reached    = []moment{before, unanswered, after}
	notReached = []moment{before, answered, after}
)

// TestCancelledInAStatement cancels at each statement of a run, before it is sent, while its answer is awaited, and when the
// answer is there.
func TestCancelledInAStatement(t *testing.T) { //nolint:paralleltest // goleak looks at every goroutine of the process
	one := want{successful: 1, failed: 1} // the second failed
	two := want{successful: 2}            // the second was done
	all := want{successful: 3, completes: true}
	gone := want{successful: 1, failed: 1, kind: innomaint.KindNotFound}

	const runRow, lease = "EXECUTE INSERT INTO cmms_sync_run", "EXECUTE INSERT INTO cmms_sync_lock"
	tests := []struct {
		name, text string
		behind     string
		from       place
		atomicLog  bool
		single     bool // a pool of one connection
		moments    []moment
		want       want
	}{
		{name: "schema check", text: "information_schema.columns", moments: reached, want: want{uncounted: true}},
		{name: "lease of the run", text: lease, moments: reached, want: want{uncounted: true}},
		{name: "count", text: "COUNT(*) AS assets", moments: []moment{before, unanswered}, want: want{uncounted: true}},
		{name: "the run's row", text: runRow, moments: reached},
		{name: "lease of the customer", text: lease, behind: runRow, moments: reached},
		{name: "page", text: "EXECUTE SELECT `id`", behind: runRow, moments: reached},

		// What the first transaction has used is prepared before the next statement outside of one.
		{name: "PREPARE of look-ups", text: "PREPARE SELECT id, ", from: firstAtAPI, moments: notReached, want: want{successful: 1}},
		{name: "PREPARE of look-ups", text: "PREPARE SELECT id, ", from: secondAtAPI, atomicLog: true, moments: reached, want: one},
		{name: "PREPARE of the log row", text: "PREPARE INSERT INTO cmms_sync_log", from: secondAtAPI, atomicLog: true, moments: reached, want: one},
		{name: "BEGIN", text: "BEGIN", from: secondAtAPI, moments: reached, want: one},
		{name: "master SELECT", text: "FROM ic3_manufacturer_master", from: secondAtAPI, moments: reached, want: one},
		{name: "master INSERT", text: "EXECUTE INSERT INTO ic3_vendor_master", from: firstAtAPI, moments: reached, want: want{failed: 1}},
		{name: "master UPDATE", text: "EXECUTE UPDATE `ic3_department_master`", from: secondAtAPI, moments: reached, want: one},
		{name: "asset UPDATE", text: "EXECUTE UPDATE ic3_asset_master SET `", from: secondAtAPI, moments: reached, want: one},
		{name: "log INSERT inside", text: "EXECUTE INSERT INTO cmms_sync_log", from: secondAtAPI, atomicLog: true, moments: reached, want: one},
		{name: "asset UPDATE", text: "EXECUTE UPDATE ic3_asset_master SET `", from: secondAtAPI, single: true, moments: reached, want: one},
		{name: "COMMIT", text: "COMMIT", from: secondAtAPI, moments: notReached, want: two},
		{name: "COMMIT", text: "COMMIT", from: secondAtAPI, single: true, moments: notReached, want: two},
		{name: "COMMIT with the log row", text: "COMMIT", from: secondAtAPI, atomicLog: true, moments: notReached, want: two},
		{name: "PREPARE of the log row", text: "PREPARE INSERT INTO cmms_sync_log", from: firstAtAPI, moments: notReached, want: want{successful: 1}},
		{name: "log INSERT", text: "EXECUTE INSERT INTO cmms_sync_log", from: secondAtAPI, moments: notReached, want: two},
		{name: "PREPARE of the mark Failed", text: "PREPARE UPDATE ic3_asset_master SET cmms_sync_status = 'Failed'", from: secondIsGone, moments: notReached, want: gone},
		{name: "mark Failed", text: "EXECUTE UPDATE ic3_asset_master SET cmms_sync_status = 'Failed'", from: secondIsGone, moments: notReached, want: gone},
		{name: "log INSERT of a failure", text: "EXECUTE INSERT INTO cmms_sync_log", from: secondIsGone, moments: notReached, want: gone},

		{name: "lease renewal of the run", text: "EXECUTE UPDATE cmms_sync_lock", from: betweenThem, moments: reached, want: want{successful: 1}},
		{name: "lease renewal of the customer", text: "EXECUTE UPDATE cmms_sync_lock", behind: "EXECUTE UPDATE cmms_sync_lock", from: betweenThem, moments: reached, want: want{successful: 1}},
		{name: "heartbeat", text: "EXECUTE UPDATE cmms_sync_run", from: betweenThem, moments: reached, want: want{successful: 1}},

		{name: "release of the customer", text: "EXECUTE DELETE FROM cmms_sync_lock", from: thirdAtAPI, moments: notReached, want: all},
		{name: "the run's end", text: "EXECUTE UPDATE cmms_sync_run", from: thirdAtAPI, moments: notReached, want: all},
		{name: "release of the run", text: "EXECUTE DELETE FROM cmms_sync_lock", behind: "EXECUTE UPDATE cmms_sync_run", from: thirdAtAPI, moments: notReached, want: all},
	}
	w := newWorld(t)
	for _, tt := range tests { //nolint:paralleltest // as above
		for _, when := range tt.moments {
			name := tt.name + ", " + when.String()
			if tt.atomicLog {
				name += ", AtomicLog"
			}
			if tt.single {
				name += ", one connection"
			}
			t.Run(name, func(t *testing.T) {
				// Masters that have lost Innomaint's id get it back by an UPDATE.
				must(t, w.DB.Exec("UPDATE ic3_department_master SET cmms_id = NULL").Error)
				wire := &tripwire{text: tt.text, behind: tt.behind, when: when}
				w.round(t, connector{wire: wire}, func(s *scene) {
					s.opts.AtomicLog = tt.atomicLog
					if tt.single {
						s.pool.SetMaxOpenConns(1)
					}
					tt.from.arm(s, wire)
				}, tt.want)
			})
		}
	}
}

func (p place) arm(s *scene, wire *tripwire) {
	switch p {
	case start:
		wire.arm()
	case firstAtAPI:
		s.atAPI[first] = wire.arm
	case secondAtAPI:
		s.atAPI[second] = wire.arm
	case thirdAtAPI:
		s.atAPI[third] = wire.arm
	case secondIsGone:
		s.atAPI[second] = wire.arm
		s.tenant.serve[second] = status(404)
	case betweenThem:
		s.opts.OnAsset = func(res cmmsimport.AssetResult, _ cmmsimport.Progress) {
			if res.CMMSAssetID == first {
				<-time.After(time.Minute)
				wire.arm()
			}
		}
	}
}
