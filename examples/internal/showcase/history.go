package showcase

import (
	"context"
	"fmt"
	"time"

	"github.com/oklog/ulid/v2"
	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// trouble is a failure or warning of some assets in the last nights.
type trouble struct {
	nights   int // number of nights, including the last
	assets   func(i int) bool
	kind     innomaint.Kind
	message  string // %q: the asset's id
	warnings []string
}

var troubles = []trouble{
	{nights: 12, assets: func(i int) bool { return i%8 == 5 && i > 100 }, kind: innomaint.KindNotFound,
		message: `innomaint: asset %q: not_found (HTTP 404): the API has no such asset: correct the row's cmms_asset_id, or unlink it; it says: Asset not found`},
	{nights: 5, assets: func(i int) bool { return i%70 == 6 }, kind: innomaint.KindBadResponse,
		message: `innomaint: asset %q: bad_response (HTTP 200): the response is an HTML page, probably a login form: check Config.BaseURL, AssetPath and Auth`},
	{nights: 1, assets: func(i int) bool { return i%60 == 33 }, kind: innomaint.KindTimeout,
		message: `innomaint: asset %q: timeout: no response within 30s (Config.Timeout) (after 4 attempts)`},
	{nights: 20, assets: func(i int) bool { return i%30 == 4 },
		warnings: []string{`purchase_date: "end of last summer" is not a date in a known layout; kept 2020-01-31`}},
	{nights: 3, assets: func(i int) bool { return i%90 == 8 },
		warnings: []string{`purchase_cost: "on request" is no decimal number; stays empty`}},
}

// Past writes a run for each night into the audit tables, the last one in the night before now. It writes the assets into
// ic3_asset_master in the state after the last run. The tables must be empty.
func Past(ctx context.Context, db *gorm.DB, fleet []Asset, nights int, now time.Time) error {
	const step = 380 * time.Millisecond // per asset
	var last time.Time
	for night := nights; night >= 1; night-- {
		last = Night(night, now)
		run := newRun(last, fleet)
		entries := make([]synclog.Entry, len(fleet))
		for i, asset := range fleet {
			e := attempt(asset, i, night)
			e.RunID, e.SyncedAt = run.ID, last.Add(time.Duration(i)*step)
			e.AttemptKey = fmt.Sprintf("%s:%d", run.ID, i+1)
			entries[i] = e
			run.Warnings += int64(len(e.Warnings))
			if e.Status == synclog.Failed {
				run.Failed++
			} else {
				run.Successful++
			}
		}
		if err := db.WithContext(ctx).CreateInBatches(entries, 500).Error; err != nil { // row by row the engine needs minutes
			return err
		}
		if err := finishRun(ctx, db, &run, time.Duration(len(fleet))*step+time.Duration(night%7)*4*time.Second); err != nil {
			return err
		}
	}
	return writeAssets(ctx, db, fleet, last, step)
}

// Night is the start of the run of a night: 1 is the last night before now.
func Night(n int, now time.Time) time.Time {
	last := now.UTC().Truncate(24 * time.Hour).Add(90 * time.Minute)
	if last.After(now) {
		last = last.AddDate(0, 0, -1)
	}
	return last.AddDate(0, 0, 1-n)
}

func newRun(at time.Time, fleet []Asset) synclog.Run {
	id := ulid.MustNew(ulid.Timestamp(at), ulid.DefaultEntropy()).String()
	return synclog.Run{ID: id, Status: synclog.Completed, Total: int64(len(fleet)), Host: "jobs-1, process 4711", StartedAt: at}
}

func finishRun(ctx context.Context, db *gorm.DB, run *synclog.Run, took time.Duration) error {
	end, ms := run.StartedAt.Add(took), took.Milliseconds()
	run.HeartbeatAt, run.FinishedAt, run.DurationMS = end, &end, &ms
	return db.WithContext(ctx).Create(run).Error
}

// attempt returns the log row of asset number i in one night.
func attempt(asset Asset, i, night int) synclog.Entry {
	e := synclog.Entry{CustomerID: asset.CustomerID, CMMSAssetID: asset.ID, Status: synclog.Success, DurationMS: int64(120 + (i*37+night*11)%290)}
	for _, t := range troubles {
		if night > t.nights || !t.assets(i) {
			continue
		}
		e.Warnings = t.warnings
		if t.kind != "" {
			e.Status, e.ErrorKind, e.ErrorMessage = synclog.Failed, string(t.kind), fmt.Sprintf(t.message, asset.ID)
			return e
		}
	}
	if (i+night)%41 == 0 {
		e.Changes = synclog.Changes{
			"criticality":  {From: "Medium", To: asset.Body["criticality"]},
			"warranty_end": {From: nil, To: asset.Body["warranty_end"]},
		}
	}
	return e
}

func writeAssets(ctx context.Context, db *gorm.DB, fleet []Asset, last time.Time, step time.Duration) error {
	rows := make([]cmmsimport.AssetMaster, len(fleet))
	for i, asset := range fleet {
		at := last.Add(time.Duration(i) * step)
		row := cmmsimport.AssetMaster{
			CustomerID: asset.CustomerID, CMMSAssetID: asset.ID, AssetName: fmt.Sprint(asset.Body["asset_name"]),
			CMMSSyncStatus: string(synclog.Success), CMMSSyncedAt: at, CMMSAttemptedAt: at,
		}
		for _, t := range troubles {
			if t.kind != "" && t.assets(i) {
				row.CMMSSyncStatus, row.CMMSSyncedAt = string(synclog.Failed), at.AddDate(0, 0, -t.nights)
				break
			}
		}
		rows[i] = row
	}
	return db.WithContext(ctx).CreateInBatches(rows, 100).Error
}

// TroubleOf returns the failure kind of asset number i in the last night, "" for none.
func TroubleOf(i int) innomaint.Kind {
	for _, t := range troubles {
		if t.kind != "" && t.assets(i) {
			return t.kind
		}
	}
	return ""
}
