package crash_test

import (
	"testing"

	"ic3.internal/innomaintsync/examples/faults/invariant"
	"ic3.internal/innomaintsync/internal/dbtest"
	"ic3.internal/innomaintsync/internal/dbtest/wire"
)

// The network keeps a log INSERT back while the process that sent it is killed and another run adds the missing row. The INSERT
// arrives after that. One row is left, the dead run's own.
func TestLateLogRowOfDeadRun(t *testing.T) {
	t.Parallel()
	p := newPlace(t, dbtest.Start(t))
	proxy := wire.Start(t, p.server.Socket())
	held, deliver := make(chan struct{}), make(chan struct{})
	late := strike{counter: counter{moment: moment{target: atLogRow, point: beforeSent, n: 3}}, resume: true, act: func() {
		close(held)
		<-deliver
	}}
	proxy.Watch(late.taps())
	c := start(t, p.order(proxy))
	<-held
	dead := p.dead()
	must(t, c.cmd.Process.Kill())
	c.wait(t, p.World)
	p.endLeases()
	summary, err := p.Run(t.Context(), p.Options())
	must(t, err)
	if n := p.added(dead); n != 1 || summary.Successful != len(p.Assets) {
		t.Errorf("%d log rows were added; %v", n, summary)
	}

	close(deliver)
	p.awaitDisconnected()
	proxy.Close()
	p.oneOwnRow(dead, p.Assets[2])
	p.Check(t)
}

// endLeases lets every lease expire now.
func (p *place) endLeases() {
	p.t.Helper()
	must(p.t, p.DB.Exec("UPDATE cmms_sync_lock SET expires_at = UTC_TIMESTAMP(6)").Error)
}

// oneOwnRow checks that a run's attempt on an asset has one log row, which the run wrote itself: it says what changed.
func (p *place) oneOwnRow(runID string, a *invariant.Asset) {
	p.t.Helper()
	rows := p.count("SELECT COUNT(*) FROM cmms_sync_log WHERE run_id = ? AND cmms_asset_id = ?", runID, a.CMMSAssetID)
	own := p.count("SELECT COUNT(*) FROM cmms_sync_log WHERE run_id = ? AND cmms_asset_id = ? AND changes IS NOT NULL AND warnings IS NULL", runID, a.CMMSAssetID)
	if rows != 1 || own != 1 || p.added(runID) != 0 {
		p.t.Errorf("asset %s has %d log rows of run %s, %d of them its own; %d are added ones", a.CMMSAssetID, rows, runID, own, p.added(runID))
	}
}
