package main

import (
	"net"
	"strings"
	"testing"

	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

func TestExitCodeWhenAnAssetFailed(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.link(7, "A-1")
	w.linkMissing(7, "A-2")
	w.job().expect(t, exitAssetsFailed, "failed           1 (not_found 1)", `"result":"assets_failed"`)
	equal(t, "run", w.runs()[0].Status, synclog.Completed)
}

func TestExitCodeWhenTheRunWasAborted(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for _, id := range []string{"A-1", "A-2", "A-3"} {
		w.link(7, id)
	}
	w.environ["INNOMAINT_TOKEN"] = "an-0ld-token"
	w.environ["SYNC_MAX_CONSECUTIVE_FAILURES"] = "2"
	out := w.job()
	out.expect(t, exitBroken, `"result":"aborted"`, "failed           2 (auth 2)", "skipped          1")
	if strings.Contains(out.stderr, "an-0ld-token") {
		t.Error("the token is printed")
	}
}

func TestExitCodeWhenTheAuditIsIncomplete(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.link(7, "A-1")
	must(t, w.db.Exec("CREATE TRIGGER full BEFORE INSERT ON cmms_sync_log FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no room'").Error)
	w.job().expect(t, exitBroken, `"result":"audit_incomplete"`, "no room")
}

func TestExitCodeWhenTheDatabaseIsNotThere(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	address := listener.Addr().String()
	must(t, listener.Close())
	w := &world{t: t, environ: map[string]string{
		"DATABASE_DSN":  "root:" + apiToken + "@tcp(" + address + ")/db",
		"INNOMAINT_URL": "http://127.0.0.1:1", "INNOMAINT_TOKEN": apiToken,
	}}
	out := w.job()
	out.expect(t, exitBroken, "the database could not be opened", address)
	out.records(t)
}

func TestExitCodeWhenAnotherRunIsInProgress(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.link(7, "A-1")
	hold := func(lease string) {
		must(t, w.db.Exec("REPLACE INTO cmms_sync_lock (name, run_id, holder, expires_at) VALUES (?, '01J00000000000000000000000', 'another machine', UTC_TIMESTAMP(6) + INTERVAL 1 HOUR)", lease).Error)
	}
	hold("all")
	w.job().expect(t, exitInProgress, "another machine", `"result":"in_progress"`)
	hold("customer:7")
	w.job("-customer", "7").expect(t, exitInProgress, "another machine")
	equal(t, "calls", w.api.Calls(), 0)
}

func TestExitCodeForFlags(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"-customer=0":            "it is a number from 1",
		"-customer=x":            "it is a number from 1",
		"-nosuch":                "-nosuch",
		"42":                     `unexpected argument "42"`,
		"-schedule -dry-run":     "-schedule and -migrate go with no other flag",
		"-migrate -customer=42":  "-schedule and -migrate go with no other flag",
		"-schedule -only-failed": "-schedule and -migrate go with no other flag",
	} {
		w := &world{t: t, environ: map[string]string{
			"DATABASE_DSN": "root@tcp(127.0.0.1:1)/db", "INNOMAINT_URL": "http://127.0.0.1:1", "INNOMAINT_TOKEN": apiToken,
		}}
		w.job(strings.Fields(args)...).expect(t, exitConfig, want)
	}
}
