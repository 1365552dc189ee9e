package database_test

import (
	"errors"
	"strings"
	"testing"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/examples/faults/invariant"
	"ic3.internal/innomaintsync/examples/faults/stage"
	"ic3.internal/innomaintsync/internal/dbtest/wire"
)

// TestTheDatabaseIsGoneForGood: the run does not hang. It ends with an error that says what the matter is and what is not
// in the tables, and once the database is back the next run makes up for it. Where there is time, the run waits as long as
// it does by itself, two minutes; otherwise one failed asset is enough.
func TestTheDatabaseIsGoneForGood(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]struct {
		set  stage.Settings
		do   func(*testing.T, *stage.Stage) (undo func())
		says string
	}{
		"killed": {
			do: func(t *testing.T, s *stage.Stage) func() {
				s.Server.Kill(t)
				s.Proxy.CutAll()
				return func() { s.Server.Restart(t) }
			},
			says: "connection",
		},
		"stopped": {
			set: stage.Settings{Params: "?timeout=1s&readTimeout=1s&writeTimeout=1s"},
			do: func(t *testing.T, s *stage.Stage) func() {
				s.Server.Freeze(t)
				return func() { s.Server.Thaw(t) }
			},
			says: "connection",
		},
		"read-only": {
			do: func(t *testing.T, s *stage.Stage) func() {
				s.Exec(t, "SET GLOBAL read_only = 1")
				return func() { s.Exec(t, "SET GLOBAL read_only = 0") }
			},
			says: "--read-only",
		},
		"no connection left": {
			set:  stage.Settings{Flags: []string{"--max-connections=10"}},
			do:   takeAll,
			says: "Too many connections",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fault.set.Size = four
			s := stage.New(t, fault.set)
			opts, want := s.Options(false), cmmsimport.ErrAborted
			if stage.Soak() {
				want = nil
			} else {
				opts.MaxConsecutiveFailures = 1
			}
			var undo func()
			duringFetch(s, &opts, 2, func() { undo = fault.do(t, s) })
			summary, err := s.Run(t, wire.Taps{}, opts)
			undo()
			mustBeIncomplete(t, err, fault.says, "1 entries of cmms_sync_log", "cmms_sync_run")
			if want != nil && !errors.Is(err, want) || want == nil && !strings.Contains(err.Error(), "the database has not responded for 2m0s") {
				t.Errorf("error %v", err)
			}
			if summary.Successful != 1 || summary.FailedByKind["database"] != 1 || summary.Skipped != 1 {
				t.Errorf("%v", summary)
			}
			s.Check(t)

			s.Exec(t, "UPDATE t1.cmms_sync_lock SET expires_at = UTC_TIMESTAMP(6)") // or wait
			summary, err = s.Run(t, wire.Taps{}, s.Options(false))
			s.MustSucceed(t, summary, err)
			s.World.Check(t)
		})
	}
}

// TestTheLogIsFullForVeryLong: a run does not gather log rows in memory without end.
func TestTheLogIsFullForVeryLong(t *testing.T) {
	t.Parallel()
	if !stage.Soak() {
		t.Skip("takes more than a thousand assets")
	}
	s := stage.New(t, stage.Settings{Size: invariant.Size{Customers: 1, Assets: 1_010}})
	opts := s.Options(false)
	duringFetch(s, &opts, 2, func() { refuseLog(t, s) })
	summary, err := s.Run(t, wire.Taps{}, opts)
	mustBeIncomplete(t, err, "1000 entries of cmms_sync_log", "is full")
	if summary.Skipped != 8 {
		t.Errorf("%v", summary)
	}
	s.Check(t)
}
