package contention_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"ic3.internal/innomaintsync/examples/faults/stage"
	"ic3.internal/innomaintsync/internal/dbtest/wire"
)

// TestPeopleEditTheAssetMeanwhile has the host change two columns of the first asset at each statement from the one that
// begins its transaction: one that Innomaint knows and did not change, one of the host's own. Both changes survive.
func TestPeopleEditTheAssetMeanwhile(t *testing.T) {
	t.Parallel()
	for _, atomicLog := range []bool{false, true} {
		t.Run(fmt.Sprint("AtomicLog ", atomicLog), func(t *testing.T) {
			t.Parallel()
			s := stage.New(t, stage.Settings{Size: small})
			s.Exec(t, "ALTER TABLE t1.ic3_asset_master ADD COLUMN cost_centre VARCHAR(32)")
			points := stage.Executions(s.Points(t, s.Options(atomicLog)))
			begin := slices.IndexFunc(points, func(p stage.Point) bool { return strings.HasPrefix(p.Kind, "START") })
			asset := s.World.Assets[0]
			barcode := asset.New["barcode"]
			for i, point := range stage.FirstOfKinds(points[begin:]) {
				t.Run(point.String(), func(t *testing.T) { //nolint:paralleltest // one world
					if _, err := s.Host.ExecContext(t.Context(), "UPDATE ic3_asset_master SET barcode = ? WHERE id = ?", barcode, asset.RowID); err != nil {
						t.Fatal(err)
					}
					edit := fmt.Sprint("edit ", i)
					var editor sync.WaitGroup
					once := stage.At(point, func(wire.Statement) wire.Verdict {
						change := func() {
							if _, err := s.Host.ExecContext(t.Context(), "UPDATE ic3_asset_master SET barcode = ?, cost_centre = ? WHERE id = ?", edit, edit, asset.RowID); err != nil {
								t.Error(err)
							}
						}
						if point.Kind == "COMMIT" || atomicLog && point.Kind == "INSERT cmms_sync_log" {
							editor.Go(change) // waits for the run's transaction
						} else {
							change()
						}
						return wire.Pass
					})
					summary, err := s.Run(t, wire.Taps{Request: once.Request}, s.Options(atomicLog))
					editor.Wait()
					once.MustHaveFired(t)
					s.MustSucceed(t, summary, err)
					asset.Old["barcode"], asset.New["barcode"] = edit, edit
					s.Check(t)
					var centre string
					if err := s.Host.QueryRowContext(t.Context(), "SELECT cost_centre FROM ic3_asset_master WHERE id = ?", asset.RowID).Scan(&centre); err != nil || centre != edit {
						t.Errorf("cost_centre is %q, error %v", centre, err)
					}
				})
			}
		})
	}
}
