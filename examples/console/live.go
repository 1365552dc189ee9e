package console

import (
	"context"
	"time"

	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// heartbeatLimit is the age up to which a heartbeat shows that a run is alive.
const heartbeatLimit = 30 * time.Second

// liveRuns returns the ids of the runs that hold a lease now, in any process. The table has few other rows. A run whose row
// says Running but which holds no lease is dead: its process ended before it could write its end.
func (c *Console) liveRuns(ctx context.Context) ([]string, error) {
	var ids []string
	err := c.session(ctx).Raw("SELECT DISTINCT run_id FROM cmms_sync_lock WHERE expires_at > UTC_TIMESTAMP(6) LIMIT ?", maxListed).Scan(&ids).Error
	return ids, err
}

// runsByID reads the rows of runs.
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

// runView is a run on a page.
type runView struct {
	synclog.Run
	Live      bool   // in progress
	Dead      bool   // its row says Running, but it holds no lease
	Here      bool   // in this process, which can cancel it
	Canceling bool   // an operator has canceled it
	Done      int64  // assets
	Asset     string // current or last asset
}

// State is the text of the run's badge.
func (v runView) State() string {
	switch {
	case v.Dead:
		return "Died"
	case v.Canceling && v.Live:
		return "Canceling"
	}
	return string(v.Status)
}

// viewRun combines a run's row with the progress in this process.
func (c *Console) viewRun(run synclog.Run, live bool) runView {
	v := runView{Run: run, Done: run.Successful + run.Failed, Asset: run.CurrentAsset}
	if run.Status != synclog.Running {
		return v
	}
	job, here := c.runner.progressOf(run.ID)
	fresh := time.Since(run.HeartbeatAt) < heartbeatLimit // its lease may have begun or ended between the two queries
	v.Live, v.Here, v.Canceling = live || here || fresh, here, job.canceling
	v.Dead = !v.Live
	if here && int64(job.progress.Done) > v.Done { // newer than the row, which is written every few seconds
		v.Done, v.Failed, v.Warnings, v.Asset = int64(job.progress.Done), int64(job.progress.Failed), int64(job.warnings), job.asset
		v.Total = max(v.Total, int64(job.progress.Total))
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
