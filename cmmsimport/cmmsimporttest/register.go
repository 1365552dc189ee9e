package cmmsimporttest

import (
	"context"
	"sync"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// Register holds assets and log entries in memory. It is an AssetRepository and a LogRecorder. All methods are safe for
// concurrent use.
type Register struct {
	db *gorm.DB

	mu         sync.Mutex
	assets     []cmmsimport.AssetMaster // by id
	entries    []synclog.Entry
	statements []string
}

var (
	_ cmmsimport.AssetRepository = (*Register)(nil)
	_ cmmsimport.LogRecorder     = (*Register)(nil)
)

// NewRegister returns a register with these assets. One without an ID gets the next one.
func NewRegister(assets ...cmmsimport.AssetMaster) *Register {
	r := &Register{}
	r.db = openDB(r)
	for _, a := range assets {
		r.Add(a)
	}
	return r
}

// Add adds an asset, or replaces the one of the same ID.
func (r *Register) Add(a cmmsimport.AssetMaster) {
	r.mu.Lock()
	defer r.mu.Unlock()
	next := 0
	for next < len(r.assets) && (a.ID == 0 || r.assets[next].ID < a.ID) {
		next++
	}
	switch {
	case a.ID == 0 && next > 0:
		a.ID = r.assets[next-1].ID + 1
	case a.ID == 0:
		a.ID = 1
	case next < len(r.assets) && r.assets[next].ID == a.ID:
		r.assets[next] = a
		return
	}
	r.assets = append(r.assets[:next], append([]cmmsimport.AssetMaster{a}, r.assets[next:]...)...)
}

// DB returns the handle for the call of the sync. The package comment says what it is not. It need not be closed, unless a
// test counts goroutines: database/sql starts one.
func (r *Register) DB() *gorm.DB { return r.db }

// Asset returns the first asset that is linked to this asset of Innomaint, the zero AssetMaster where there is none.
func (r *Register) Asset(cmmsAssetID string) cmmsimport.AssetMaster {
	for _, a := range r.Assets() {
		if a.CMMSAssetID == cmmsAssetID {
			return a
		}
	}
	return cmmsimport.AssetMaster{}
}

// Assets returns a copy of all assets, by id.
func (r *Register) Assets() []cmmsimport.AssetMaster {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]cmmsimport.AssetMaster{}, r.assets...)
}

// Entries returns a copy of the log, in the order of its ids.
func (r *Register) Entries() []synclog.Entry {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]synclog.Entry{}, r.entries...)
}

// Statements returns what [Register.DB] was asked to execute on tables that are not the library's, such as what a host's
// enricher writes: texts as GORM sends them, without their arguments.
func (r *Register) Statements() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string{}, r.statements...)
}

// Record implements cmmsimport.LogRecorder.
func (r *Register) Record(_ context.Context, _ *gorm.DB, e *synclog.Entry) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range r.entries {
		if e.AttemptKey != "" && r.entries[i].AttemptKey == e.AttemptKey {
			e.ID = r.entries[i].ID
			r.entries[i] = *e
			return nil
		}
	}
	e.ID = uint64(len(r.entries)) + 1
	r.entries = append(r.entries, *e)
	return nil
}

// Update implements cmmsimport.AssetRepository.
func (r *Register) Update(ctx context.Context, _ *gorm.DB, asset *cmmsimport.AssetMaster, changes []cmmsimport.ColumnChange, mark cmmsimport.Mark) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	a := r.find(asset.ID, asset.CMMSAssetID)
	if a == nil {
		return cmmsimport.ErrAssetGone
	}
	for _, c := range changes {
		if err := setColumn(ctx, a, c); err != nil {
			return err
		}
	}
	if len(changes) > 0 {
		a.UpdatedAt = mark.At
	}
	a.CMMSSyncStatus, a.CMMSSyncedAt, a.CMMSAttemptedAt, a.CMMSRunID = string(synclog.Success), mark.At, mark.At, mark.RunID
	return nil
}

// MarkFailed implements cmmsimport.AssetRepository.
func (r *Register) MarkFailed(_ context.Context, _ *gorm.DB, id uint64, cmmsAssetID string, mark cmmsimport.Mark) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if a := r.find(id, cmmsAssetID); a != nil && !a.CMMSAttemptedAt.After(mark.At) {
		a.CMMSSyncStatus, a.CMMSAttemptedAt, a.CMMSRunID = string(synclog.Failed), mark.At, mark.RunID
	}
	return nil
}

func (r *Register) find(id uint64, cmmsAssetID string) *cmmsimport.AssetMaster {
	for i := range r.assets {
		if a := &r.assets[i]; a.ID == id && a.CMMSAssetID == cmmsAssetID && !a.DeletedAt.Valid {
			return a
		}
	}
	return nil
}
