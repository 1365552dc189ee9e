package console

import (
	"context"
	"time"

	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// signOfLife is how long a heartbeat speaks for a run.
const signOfLife = 30 * time.Second

// liveRuns returns the ids of the runs that hold a lease now, wherever they run. The table has a row for each of them and
// little more. A run whose row says Running without a lease is dead: its process ended before it could say so.
func (c *Console) liveRuns(ctx context.Context) ([]string, error) {
	var ids []string
	err := c.session(ctx).Raw("SELECT DISTINCT run_id FROM cmms_sync_lock WHERE expires_at > UTC_TIMESTAMP(6) LIMIT ?", maxListed).Scan(&ids).Error
	return ids, err
}

// runsByID reads the rows of some runs, newest first.
func (c *Console) runsByID(ctx context.Context, ids []string) ([]synclog.Run, error) {
	var runs []synclog.Run
	for _, id := range ids {
		one, err := synclog.Runs(ctx, c.db, synclog.Filter{RunID: id})
		if err != nil {
			return nil, err
		}
		runs = append(runs, one...)
	}
	return runs, nil
}

// runView is a run as the pages show it.
type runView struct {
	synclog.Run
	Live       bool   // it goes on
	Dead       bool   // its row says so, but nobody holds its lease
	Here       bool   // in this process, so that it can be cancelled here
	Cancelling bool   // it has been
	Done       int64  // assets
	Asset      string // in flight or just done
}

// State is what the run's badge says.
func (v runView) State() string {
	switch {
	case v.Dead:
		return "Died"
	case v.Cancelling && v.Live:
		return "Cancelling"
	}
	return string(v.Status)
}

// viewRun puts together what the tables and this process know of a run.
func (c *Console) viewRun(run synclog.Run, live bool) runView {
	v := runView{Run: run, Done: run.Successful + run.Failed, Asset: run.CurrentAsset}
	if run.Status != synclog.Running {
		return v
	}
	one, here := c.runner.look(run.ID)
	fresh := time.Since(run.HeartbeatAt) < signOfLife // its lease may have come or gone between two queries
	v.Live, v.Here, v.Cancelling = live || here || fresh, here, one.cancelling
	v.Dead = !v.Live
	if here && int64(one.progress.Done) > v.Done { // newer than the row, which is written every few seconds
		v.Done, v.Failed, v.Warnings, v.Asset = int64(one.progress.Done), int64(one.progress.Failed), int64(one.warnings), one.asset
		v.Total = max(v.Total, int64(one.progress.Total))
		v.Successful = v.Done - v.Failed
	}
	return v
}

func (c *Console) viewRuns(ctx context.Context, runs []synclog.Run) ([]runView, error) {
	live, err := c.liveRuns(ctx)
	if err != nil {
		return nil, err
	}
	holds := map[string]bool{}
	for _, id := range live {
		holds[id] = true
	}
	views := make([]runView, len(runs))
	for i, run := range runs {
		views[i] = c.viewRun(run, holds[run.ID])
	}
	return views, nil
}
