package cmmsimport

import (
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport/synclog"
	"ic3.internal/innomaintsync/internal/utc"
)

// A run may die with the row of the asset in flight unwritten, and those of a backlog. So what it attempted since its last
// maxBacklog log rows is compared with the log, by the marks on the asset rows, batch by batch.
const unloggedBatch = 500

const (
	lastLogged = "SELECT COUNT(*) AS n, CAST(MIN(synced_at) AS CHAR) AS since FROM (SELECT synced_at FROM cmms_sync_log WHERE run_id = ? ORDER BY id DESC LIMIT ?) last_rows"

	// idx_asset_attempted answers this by a loose scan: a look-up a customer.
	attemptedCustomers = "SELECT customer_id, CAST(MAX(cmms_attempted_at) AS CHAR) AS newest FROM ic3_asset_master GROUP BY customer_id"

	attemptedAssets = "SELECT id, cmms_asset_id, cmms_sync_status AS status, CAST(cmms_attempted_at AS CHAR) AS attempted FROM ic3_asset_master WHERE customer_id = ? AND cmms_attempted_at >= ? AND (cmms_attempted_at > ? OR id > ?) ORDER BY cmms_attempted_at, id LIMIT ?"

	logOfAssets = "SELECT cmms_asset_id, COALESCE(run_id, '') AS run_id, CAST(synced_at AS CHAR) AS synced FROM cmms_sync_log WHERE customer_id = ? AND cmms_asset_id IN ? AND synced_at >= ?"
)

// coarseTime is what a host's column of whole seconds, cut or rounded, may be off.
const coarseTime = time.Second

// findUnlogged finds what the dead run attempted and did not log. Customers that live runs work on are left out: their marks
// may be those of attempts that are being logged just now. A recorder that does not embed synclog.Recorder may keep its log
// elsewhere, so that nothing can be said of it.
func (r *run) findUnlogged(tx *gorm.DB, d *deadRun) error {
	if !r.logsToTable() {
		return nil
	}
	since, err := d.windowStart(tx)
	if err != nil {
		return err
	}
	customers, err := d.customers(tx, since)
	if err != nil {
		return err
	}
	for _, customer := range customers {
		if err := r.findUnloggedOf(tx, d, customer, since); err != nil {
			return err
		}
	}
	return nil
}

// logsToTable reports whether the log is in cmms_sync_log.
func (r *run) logsToTable() bool {
	recorder, ok := r.opts.Recorder.(tableRecorder)
	return ok && recorder.InTable()
}

// windowStart is the time from which on attempts of the run may lack their log row.
func (d *deadRun) windowStart(tx *gorm.DB) (time.Time, error) {
	var last struct {
		N     int
		Since []byte
	}
	if err := tx.Raw(lastLogged, d.ID, maxBacklog).Scan(&last).Error; err != nil {
		return time.Time{}, err
	}
	since, err := utc.Parse(last.Since)
	if last.N < maxBacklog {
		since = d.StartedAt
	}
	return since.Add(-coarseTime), err
}

// customers returns those that the run may have been at.
func (d *deadRun) customers(tx *gorm.DB, since time.Time) ([]uint64, error) {
	if d.CustomerID != nil {
		return []uint64{*d.CustomerID}, nil
	}
	var rows []struct {
		CustomerID uint64
		Newest     []byte
	}
	if err := tx.Raw(attemptedCustomers).Scan(&rows).Error; err != nil {
		return nil, err
	}
	var customers []uint64
	for _, row := range rows {
		newest, err := utc.Parse(row.Newest)
		if err != nil {
			return nil, err
		}
		if !newest.Before(since) && !slices.Contains(d.others, customerLease(row.CustomerID)) {
			customers = append(customers, row.CustomerID)
		}
	}
	return customers, nil
}

// findUnloggedOf goes through what was attempted on one customer since then.
func (r *run) findUnloggedOf(tx *gorm.DB, d *deadRun, customer uint64, since time.Time) error {
	after, afterID := since, uint64(0)
	for {
		var rows []struct {
			ID          uint64
			CmmsAssetID string
			Status      synclog.Status
			Attempted   []byte
		}
		if err := tx.Raw(attemptedAssets, customer, utc.Format(after), utc.Format(after), afterID, unloggedBatch).Scan(&rows).Error; err != nil {
			return err
		}
		if len(rows) == 0 {
			return nil
		}
		ids := make([]string, len(rows))
		for i, row := range rows {
			ids[i] = row.CmmsAssetID
		}
		logged, err := readLogged(tx, customer, ids, since.Add(-coarseTime))
		if err != nil {
			return err
		}
		for _, row := range rows {
			attempted, err := utc.Parse(row.Attempted)
			if err != nil {
				return err
			}
			after, afterID = attempted, row.ID
			known := row.Status == synclog.Success || row.Status == synclog.Failed
			if row.CmmsAssetID != "" && known && !d.logged(logged[row.CmmsAssetID], attempted) {
				d.unlogged = append(d.unlogged, r.reconstructed(d, customer, row.ID, row.CmmsAssetID, row.Status, attempted))
			}
		}
	}
}

// loggedAttempt is a log row of an asset.
type loggedAttempt struct {
	runID string
	at    time.Time
}

func readLogged(tx *gorm.DB, customer uint64, ids []string, since time.Time) (map[string][]loggedAttempt, error) {
	var rows []struct {
		CmmsAssetID, RunID string
		Synced             []byte
	}
	if err := tx.Raw(logOfAssets, customer, ids, utc.Format(since)).Scan(&rows).Error; err != nil {
		return nil, err
	}
	logged := map[string][]loggedAttempt{}
	for _, row := range rows {
		at, err := utc.Parse(row.Synced)
		if err != nil {
			return nil, err
		}
		logged[row.CmmsAssetID] = append(logged[row.CmmsAssetID], loggedAttempt{row.RunID, at})
	}
	return logged, nil
}

// logged reports whether the attempt that an asset row is marked with has its log row, the dead run's or that of another run
// which has attempted the asset since.
func (d *deadRun) logged(rows []loggedAttempt, attempted time.Time) bool {
	for _, row := range rows {
		if !row.at.Before(attempted) { // one before it is that of another attempt, or of another row that is linked to this asset
			return true
		}
		if row.runID >= d.ID && (coarse(row.at) || coarse(attempted)) && !row.at.Before(attempted.Add(-coarseTime)) {
			return true
		}
	}
	return false
}

// coarse reports whether a time may come from a column that holds no microseconds.
func coarse(t time.Time) bool { return t.Nanosecond()%int(time.Millisecond) == 0 }

// reconstructedBy begins the text of a reconstructed row.
const reconstructedBy = "reconstructed by run "

// reconstructed is the log row that the dead run owes, as far as the asset row tells.
func (r *run) reconstructed(d *deadRun, customer, assetID uint64, cmmsAssetID string, status synclog.Status, at time.Time) *synclog.Entry {
	e := &synclog.Entry{
		RunID: d.ID, CustomerID: customer, CMMSAssetID: cmmsAssetID, AssetID: assetID, Status: status, SyncedAt: at,
	}
	text := fmt.Sprintf(reconstructedBy+"%s from the marks of the asset row: the run died before it wrote this row, and what changed, the duration and", r.summary.RunID)
	if status == synclog.Success {
		e.Warnings = []string{text + " warnings are not known"}
	} else {
		e.ErrorMessage = text + " the reason of the failure are not known"
	}
	return e
}
