package galera_test

import (
	"context"
	"testing"
	"time"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/examples/faults/invariant"
	"ic3.internal/innomaintsync/internal/dbtest"
)

func TestNodesThatFail(t *testing.T) {
	t.Parallel()
	nodes := dbtest.StartCluster(t, 3)
	for range invariant.Rounds(1, 10) {
		bothLogs(t, "killed in a transaction", func(t *testing.T, atomicLog bool) { killed(t, newDatabase(t, nodes), atomicLog) })
		bothLogs(t, "killed while its last commit is on the way", func(t *testing.T, atomicLog bool) { killedInCommit(t, newDatabase(t, nodes), atomicLog) })
		bothLogs(t, "cut off", func(t *testing.T, atomicLog bool) { cutOff(t, newDatabase(t, nodes), atomicLog) })
	}
}

// killed kills the node that the sync is connected to before a transaction commits. The pool's next connection goes to
// another one.
func killed(t *testing.T, c cluster, atomicLog bool) {
	way := &path{sockets: []string{c.Nodes[0].Socket(), c.Nodes[1].Socket()}}
	w := invariant.NewWorld(t, way.pool(t, c.database), invariant.Size{})
	victim := w.Assets[len(w.Assets)/2].RowID
	var killedAt time.Time
	opts := w.Options()
	opts.AtomicLog = atomicLog
	opts.Repository = &meddler{seen: map[uint64]bool{}, meddle: func(row *cmmsimport.AssetMaster) {
		if row.ID == victim {
			killedAt = time.Now()
			c.Nodes[0].Kill(t)
		}
	}}
	opts.OnAsset = func(res cmmsimport.AssetResult, _ cmmsimport.Progress) {
		if res.AssetID == victim {
			t.Logf("%.1f s from the node's end to the asset's commit through another", time.Since(killedAt).Seconds())
		}
	}
	summary, err := w.Run(t.Context(), opts)
	must(t, err)
	equal(t, "successful", summary.Successful, len(w.Assets))
	equal(t, "new assets", w.CountNew(t), len(w.Assets))
	c.check(t, w, 1, 2)
	c.Rejoin(t, 0)
	c.check(t, w, 0)
}

// killedInCommit kills the node when it has sent the log row of an asset, or with AtomicLog the whole transaction, to the
// others, and they have not taken it in yet. It is theirs in the end. The sync, which does not know, sends it again, and there
// is one row.
func killedInCommit(t *testing.T, c cluster, atomicLog bool) {
	way := &path{sockets: []string{c.Nodes[0].Socket(), c.Nodes[1].Socket()}}
	w := invariant.NewWorld(t, way.pool(t, c.database), invariant.Size{})
	victim := w.Assets[len(w.Assets)/2]
	kill := &event{
		text:   "COMMIT",
		before: func() { c.Nodes[1].Freeze(t); c.Nodes[2].Freeze(t) },
		after: func() {
			awaitCommit(t, c)
			c.Nodes[0].Kill(t)
			c.Nodes[1].Thaw(t)
			c.Nodes[2].Thaw(t)
		},
	}
	first := kill
	if !atomicLog {
		kill.text = victim.CMMSAssetID // an argument of the INSERT behind the COMMIT
		first = &event{text: "COMMIT", before: func() {}, after: func() { way.event.Store(kill) }}
	}
	opts := w.Options()
	opts.AtomicLog = atomicLog
	opts.Repository = &meddler{seen: map[uint64]bool{}, meddle: func(row *cmmsimport.AssetMaster) {
		if row.ID == victim.RowID {
			way.event.Store(first)
		}
	}}
	summary, err := w.Run(t.Context(), opts)
	must(t, err)
	equal(t, "successful", summary.Successful, len(w.Assets))
	equal(t, "new assets", w.CountNew(t), len(w.Assets))
	c.check(t, w, 1, 2)
	c.Rejoin(t, 0)
	c.check(t, w, 0)
}

// awaitCommit waits until a commit on the first node is with the others.
func awaitCommit(t *testing.T, c cluster) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	admin := c.Nodes[0].Admin(t)
	for looks := 0; looks < 50; { // of which the first may come before it is on the wire
		var waiting int
		must(t, admin.QueryRowContext(ctx, `SELECT COUNT(*) FROM information_schema.processlist
			WHERE db = ? AND state = 'Waiting for certification'`, c.database).Scan(&waiting))
		looks += waiting
	}
}

// cutOff parts the only node that the host knows from the others until it has refused the sync a statement.
func cutOff(t *testing.T, c cluster, atomicLog bool) {
	way := &path{sockets: []string{c.Nodes[0].Socket()}}
	w := invariant.NewWorld(t, way.pool(t, c.database), invariant.Size{})
	opts := w.Options()
	opts.AtomicLog = atomicLog
	client := opts.Client
	healed := make(chan struct{})
	opts.Client = cmmsimport.APIClientFunc(func(ctx context.Context, ref innomaint.AssetRef) (*innomaint.Asset, error) {
		if ref.AssetID == w.Assets[len(w.Assets)/2].CMMSAssetID {
			c.Isolate(t, 0)
			go func() {
				defer close(healed)
				again := time.NewTicker(time.Millisecond)
				defer again.Stop()
				for way.refused.Load() == 0 && t.Context().Err() == nil {
					<-again.C
				}
				c.Reunite(t, 0)
			}()
		}
		return client.GetAsset(ctx, ref)
	})
	summary, err := w.Run(t.Context(), opts)
	must(t, err)
	<-healed
	t.Logf("%d answers 1047, %d conflicts; %v", way.refused.Load(), conflicts(w), summary)
	equal(t, "successful", summary.Successful, len(w.Assets))
	equal(t, "new assets", w.CountNew(t), len(w.Assets))
	c.AwaitSynced(t, 0, 1, 2)
	c.check(t, w, 0, 1, 2)
}
