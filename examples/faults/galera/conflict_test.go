package galera_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/examples/faults/invariant"
	"ic3.internal/innomaintsync/internal/dbtest"
)

// meddler calls meddle behind the first UPDATE of each asset, before that transaction commits.
type meddler struct {
	cmmsimport.GormRepository
	seen   map[uint64]bool
	meddle func(row *cmmsimport.AssetMaster)
}

func (m *meddler) Update(ctx context.Context, tx *gorm.DB, row *cmmsimport.AssetMaster, changes []cmmsimport.ColumnChange, mark cmmsimport.Mark) error {
	err := m.GormRepository.Update(ctx, tx, row, changes, mark)
	if !m.seen[row.ID] {
		m.seen[row.ID] = true
		m.meddle(row)
	}
	return err
}

func TestWritersOnOtherNodes(t *testing.T) {
	t.Parallel()
	nodes := dbtest.StartCluster(t, 3)
	bothLogs(t, "a conflict in every transaction", func(t *testing.T, atomicLog bool) { conflictInEvery(t, newDatabase(t, nodes), atomicLog) })
	bothLogs(t, "a storm of edits", func(t *testing.T, atomicLog bool) { storm(t, newDatabase(t, nodes), atomicLog) })
	t.Run("runs through two nodes", func(t *testing.T) { twoRuns(t, newDatabase(t, nodes)) })
}

// conflictInEvery has another node commit an edit of the same asset, and a new master of the name that the sync
// inserts, while the sync's transaction is open.
func conflictInEvery(t *testing.T, c cluster, atomicLog bool) {
	w := invariant.NewWorld(t, c.node(t, 0), invariant.Size{})
	opts := w.Options()
	_, err := w.Run(t.Context(), opts)
	must(t, err)
	w.Advance(t)

	elsewhere := []*gorm.DB{c.node(t, 1), c.node(t, 2)}
	n := 0
	opts.AtomicLog = atomicLog
	opts.Repository = &meddler{seen: map[uint64]bool{}, meddle: func(row *cmmsimport.AssetMaster) {
		n++
		edit := fmt.Sprint("edited elsewhere, ", n)
		node := elsewhere[n%2]
		must(t, node.Exec("UPDATE ic3_asset_master SET description = ? WHERE id = ?", edit, row.ID).Error)
		edited(w, row.ID, edit)
		must(t, node.Exec("INSERT IGNORE INTO ic3_vendor_master (customer_id, name) VALUES (?, 'Vendor of generation 2')", row.CustomerID).Error)
	}}
	before := conflicts(w)
	summary, err := w.Run(t.Context(), opts)
	must(t, err)
	equal(t, "changed", summary.Changed, len(w.Assets))
	equal(t, "new assets", w.CountNew(t), len(w.Assets))
	seen := conflicts(w) - before
	t.Logf("%d conflicts in %d transactions", seen, n)
	if seen < len(w.Assets) {
		t.Errorf("%d conflicts: the test wants one for each of %d assets", seen, len(w.Assets))
	}
	c.check(t, w, 0, 1, 2)
}

// storm has people edit all assets through the other two nodes, one half through each, as fast as they can, while run
// follows upon run.
func storm(t *testing.T, c cluster, atomicLog bool) {
	w := invariant.NewWorld(t, c.node(t, 0), invariant.Size{})
	opts := w.Options()
	opts.AtomicLog = atomicLog
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var people sync.WaitGroup
	editors := []*editor{{db: c.node(t, 1), last: map[uint64]string{}}, {db: c.node(t, 2), last: map[uint64]string{}}}
	for i, e := range editors {
		for j := i; j < len(w.Assets); j += len(editors) {
			e.rows = append(e.rows, w.Assets[j].RowID)
		}
		people.Go(func() { e.work(ctx) })
	}
	for n := range invariant.Rounds(5, 200) {
		if n > 0 {
			w.Advance(t)
		}
		summary, err := w.Run(t.Context(), opts)
		must(t, err)
		equal(t, "changed", summary.Changed, len(w.Assets))
	}
	stop()
	people.Wait()
	edits, lost := 0, 0
	for _, e := range editors {
		must(t, e.err)
		edits, lost = edits+e.edits, lost+e.conflicts
		for id, text := range e.last {
			edited(w, id, text)
		}
	}
	t.Logf("%d conflicts of the sync, %d edits on other nodes, of which %d met conflicts", conflicts(w), edits, lost)
	if edits == 0 {
		t.Error("nobody edited anything")
	}
	c.awaitApplied(t, 0)
	equal(t, "new assets", w.CountNew(t), len(w.Assets))
	c.check(t, w, 0, 1, 2)
}
