package consoletest_test

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/oklog/ulid/v2"

	"ic3.internal/innomaintsync/cmmsimport/innomaint/innomainttest"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// fill links assets A-1 to A-n. The fake holds back its response for the asset held until the channel is closed.
func fill(s *site, n int, held string) (release chan struct{}) {
	s.t.Helper()
	for _, id := range ids(n) {
		s.link(customer, id, innomainttest.SampleAsset(id))
	}
	release = make(chan struct{})
	if held != "" {
		s.api.Script(held, innomainttest.Answer{Hold: release})
	}
	return release
}

func startRun(b *tab) {
	b.t.Helper()
	b.run(chromedp.SetValue("#start-customer", "990001", chromedp.ByQuery))
	b.button("Start")
	b.see("h1", "Harbour Hospital (990001)")
}

func TestStartRunAndWatchProgress(t *testing.T) {
	t.Parallel()
	s := setup(t)
	release := fill(s, 6, "A-4")
	b := newTab(t)
	b.open(s, "")
	b.see("main", "No sync is running")
	startRun(b)
	b.see("[data-part=text]", "3 of 6 assets done, 0 failed")
	b.until("document.querySelector('progress').value === 3 && document.querySelector('progress').max === 6")
	b.see(".badge", "Running")

	other := newTab(t) // the overview shows the run too, until its end
	other.open(s, "")
	other.see("[data-part=text]", "3 of 6 assets done")
	close(release)
	b.see(".lead .badge", "Completed")
	other.see(".badge", "Completed")
	other.see("[data-part=announcer]", "Completed: 6 of 6 assets done")

	run := s.runs()[0]
	equal(t, "state", run.Status, synclog.Completed)
	equal(t, "customer", *run.CustomerID, customer)
	equal(t, "synced", run.Successful, 6)
	b.see(".figures", "Synced 6")
	b.see(".entries", "A-6")
}

func TestCancelRun(t *testing.T) {
	t.Parallel()
	s := setup(t)
	defer close(fill(s, 6, "A-3"))
	b := newTab(t)
	b.open(s, "")
	startRun(b)
	b.see("[data-part=text]", "2 of 6 assets done")
	b.button("Cancel run")
	b.see(".lead .badge", "Interrupted")
	b.see(".note", "canceled in the console")
	equal(t, "state", s.runs()[0].Status, synclog.Interrupted)
	equal(t, "synced before", s.runs()[0].Successful, 2)
	b.open(s, "failures") // the current asset is logged
	b.see("main", "The run was canceled at this asset")
}

// The row and the lease are all that is known of a run in another process.
func TestProgressOfRunInAnotherProcess(t *testing.T) {
	t.Parallel()
	s := setup(t)
	run := synclog.Run{ID: ulid.Make().String(), Status: synclog.Running, Total: 4000, Successful: 1000, Host: "jobs-2, process 7"}
	run.StartedAt, run.HeartbeatAt = time.Now(), time.Now()
	must(t, s.db.Create(&run).Error)
	lease := s.db.Exec("INSERT INTO cmms_sync_lock VALUES ('all', ?, 'jobs-2, process 7', UTC_TIMESTAMP(6) + INTERVAL 1 HOUR)", run.ID)
	must(t, lease.Error)
	b := newTab(t)
	b.open(s, "run?id="+run.ID)
	b.see("[data-part=text]", "1,000 of 4,000 assets done, 0 failed")
	b.see("main", "This run is on jobs-2, process 7 and can be canceled only there.")

	run.Successful, run.Failed, run.CurrentAsset, run.HeartbeatAt = 1990, 10, "A-2001", time.Now()
	must(t, s.db.Save(&run).Error)
	b.see("[data-part=text]", "2,000 of 4,000 assets done, 10 failed")
	b.see("[data-part=asset]", "A-2001")
	b.see("[data-part=announcer]", "Running: 2,000 of 4,000")

	run.Status, run.Successful = synclog.Completed, 3990
	must(t, s.db.Save(&run).Error)
	b.see(".lead .badge", "Completed")
	b.see(".figures", "Synced 3,990")
}

func TestDeadRun(t *testing.T) {
	t.Parallel()
	s := setup(t)
	run := synclog.Run{ID: ulid.Make().String(), Status: synclog.Running, Total: 9, CurrentAsset: "A-5", StartedAt: time.Now().Add(-time.Hour), HeartbeatAt: time.Now().Add(-time.Hour)}
	must(t, s.db.Create(&run).Error)
	page := s.get("run?id=" + run.ID)
	for _, want := range []string{"Died", "The process of this run ended early", "A-5"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
}

func TestSecondRunForACustomerIsRefused(t *testing.T) {
	t.Parallel()
	s := setup(t)
	defer close(fill(s, 2, "A-1"))
	b := newTab(t)
	b.open(s, "")
	startRun(b)
	b.see(".badge", "Running")
	b.open(s, "")
	b.run(chromedp.SetValue("#start-customer", "990001", chromedp.ByQuery))
	b.button("Start")
	b.see(".note", "The run was not started: another sync is in progress")
	equal(t, "runs", len(s.runs()), 1)
}
