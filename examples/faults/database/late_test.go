package database_test

import (
	"fmt"
	"testing"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/examples/faults/stage"
	"ic3.internal/innomaintsync/internal/dbtest/wire"
)

// TestLateLogRow keeps a log INSERT back until the run has given up its connection, has repeated the
// INSERT on another one and has gone on. Then the server gets it after all: the attempt still has one row.
func TestLateLogRow(t *testing.T) {
	t.Parallel()
	for nth, what := range map[int]string{1: "success", 2: "failure"} {
		for when, during := range map[string]bool{"during the run": true, "after the run": false} {
			t.Run(what+" "+when, func(t *testing.T) {
				t.Parallel()
				s := stage.New(t, stage.Settings{Size: small, Params: "?readTimeout=400ms"})
				deliver := make(chan struct{})
				connection := make(chan uint32, 1)
				late := stage.At(stage.Point{Kind: "INSERT cmms_sync_log", Nth: nth}, func(sent wire.Statement) wire.Verdict {
					connection <- sent.ThreadID
					<-deliver
					return wire.Pass
				})
				var runID string
				arrive := func() {
					where := " WHERE run_id = ? AND cmms_asset_id = ?"
					asset := s.World.Assets[nth-1].CMMSAssetID
					if result, err := s.Host.ExecContext(t.Context(), "UPDATE cmms_sync_log SET duration_ms = -1"+where, runID, asset); err != nil {
						t.Error(err)
					} else if n, _ := result.RowsAffected(); n != 1 {
						t.Errorf("the run has gone on with %d rows of the attempt", n)
					}
					close(deliver)
					awaitNone(t, s, fmt.Sprintf("id = %d", <-connection))
					var rows, arrived int
					if err := s.Host.QueryRowContext(t.Context(), "SELECT COUNT(*), SUM(duration_ms >= 0) FROM cmms_sync_log"+where, runID, asset).Scan(&rows, &arrived); err != nil {
						t.Error(err)
					}
					if rows != 1 || arrived != 1 {
						t.Errorf("%d rows of the attempt, %d as the late INSERT has it", rows, arrived)
					}
				}
				opts := s.Options(false)
				opts.OnStart = func(summary cmmsimport.Summary) { runID = summary.RunID }
				if during {
					duringFetch(s, &opts, 3, arrive)
				}
				summary, err := s.Run(t, wire.Taps{Request: late.Request}, opts)
				late.MustHaveFired(t)
				if !during {
					arrive()
				}
				s.MustSucceed(t, summary, err)
				s.Check(t)
			})
		}
	}
}
