package contention_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"gorm.io/driver/mysql"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint/innomainttest"
	"ic3.internal/innomaintsync/examples/faults/invariant"
	"ic3.internal/innomaintsync/examples/faults/stage"
)

// childVariable makes the test binary one process that syncs, as its value says.
const childVariable = "FAULTS_SYNC"

// task is what a child does.
type task struct {
	DSN, API   string
	CustomerID *uint64
}

// report is what came of it.
type report struct {
	Summary    cmmsimport.Summary
	Error      string
	InProgress bool
}

func child() int {
	var do task
	if err := json.Unmarshal([]byte(os.Getenv(childVariable)), &do); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	db, err := gorm.Open(mysql.Open(do.DSN), &gorm.Config{Logger: logger.Discard})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	client, err := invariant.NewClient(do.API)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	summary, err := cmmsimport.SyncAllAssetsFromInnomaint(context.Background(), db, cmmsimport.Options{
		Client: client, CustomerID: do.CustomerID,
		Logger: slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	r := report{Summary: summary, InProgress: errors.Is(err, cmmsimport.ErrSyncInProgress)}
	if err != nil {
		r.Error = err.Error()
	}
	if err := json.NewEncoder(os.Stdout).Encode(r); err != nil {
		return 1
	}
	return 0
}

// process is a child at work; its report comes through the channel.
type process chan report

// start starts a child over every customer, or one.
func start(t *testing.T, s *stage.Stage, customerID *uint64) process {
	t.Helper()
	do, err := json.Marshal(task{DSN: s.Server.DSN("t1"), API: s.World.API.URL(), CustomerID: customerID})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childVariable+"="+string(do))
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	p := make(process, 1)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		var r report
		if err := errors.Join(cmd.Wait(), json.Unmarshal([]byte(stdout.String()), &r)); err != nil {
			t.Errorf("the child: %v\n%s%s", err, stdout.String(), stderr.String())
		}
		var failure error
		switch {
		case r.InProgress:
			failure = fmt.Errorf("%w: %s", cmmsimport.ErrSyncInProgress, r.Error)
		case r.Error != "":
			failure = errors.New(r.Error)
		}
		s.World.NoteRun(r.Summary, failure, stderr.String())
		p <- r
	}()
	return p
}

// hold has Innomaint keep its next answer for an asset back until release is called.
func hold(s *stage.Stage, asset int) (release func()) {
	gate := make(chan struct{})
	s.World.API.Script(s.World.Assets[asset].CMMSAssetID, innomainttest.Answer{Hold: gate})
	return func() { close(gate) }
}

func (r report) mustBeTurnedAway(t *testing.T) {
	t.Helper()
	if !r.InProgress || r.Summary.Successful+r.Summary.Failed > 0 {
		t.Errorf("error %q\n%v", r.Error, r.Summary)
	}
}

func (r report) mustComeTo(t *testing.T, successful, failed, skipped int) {
	t.Helper()
	s := r.Summary
	if r.Error != "" || s.Successful != successful || s.Failed != failed || s.Skipped != skipped {
		t.Errorf("error %q\n%v", r.Error, s)
	}
}

// TestWholeRunsOfSeveralProcesses starts three at once: the first keeps the others off.
func TestWholeRunsOfSeveralProcesses(t *testing.T) {
	t.Parallel()
	s := stage.New(t, stage.Settings{Size: small})
	release := hold(s, 0) // whoever has the lease comes this far, and no further until the others have ended
	ended := make(chan report, 3)
	for range 3 {
		p := start(t, s, nil)
		go func() { ended <- <-p }()
	}
	(<-ended).mustBeTurnedAway(t)
	(<-ended).mustBeTurnedAway(t)
	release()
	(<-ended).mustComeTo(t, 3, 1, 0)
	s.Check(t)
}

// TestAManualRunBesideAWholeRun: it is turned away while its customer is worked on, and let in otherwise.
func TestAManualRunBesideAWholeRun(t *testing.T) {
	t.Parallel()
	s := stage.New(t, stage.Settings{Size: small})
	held := make(chan struct{})
	s.World.API.Script(s.World.Assets[0].CMMSAssetID, innomainttest.Answer{Hold: held})
	whole := start(t, s, nil)
	awaitCalls(t, s, 0)
	first, second := s.World.Assets[0].CustomerID, s.World.Assets[2].CustomerID
	(<-start(t, s, &first)).mustBeTurnedAway(t)
	(<-start(t, s, &second)).mustComeTo(t, 2, 0, 0)
	close(held)
	(<-whole).mustComeTo(t, 3, 1, 0)
	s.World.Check(t)
}

// TestAWholeRunBesideAManualRun leaves out the customer that somebody works on.
func TestAWholeRunBesideAManualRun(t *testing.T) {
	t.Parallel()
	s := stage.New(t, stage.Settings{Size: small})
	release := hold(s, 2)
	second := s.World.Assets[2].CustomerID
	manual := start(t, s, &second)
	awaitCalls(t, s, 2)
	(<-start(t, s, nil)).mustComeTo(t, 1, 1, 2)
	release()
	(<-manual).mustComeTo(t, 2, 0, 0)
	s.World.Check(t)
}

// TestProcessesAtRandom starts whole and manual runs all at once, and lets them meet as they will.
func TestProcessesAtRandom(t *testing.T) {
	t.Parallel()
	s := stage.New(t, stage.Settings{Size: invariant.Size{Customers: 3, Assets: 4}})
	for range invariant.Rounds(2, 100) {
		s.World.Advance(t)
		var processes []process
		for i := range 5 {
			var customer *uint64
			if i > 1 {
				customer = &s.World.Assets[4*(i-2)].CustomerID
			}
			processes = append(processes, start(t, s, customer))
		}
		for _, p := range processes {
			if r := <-p; r.Error != "" && !r.InProgress {
				t.Error(r.Error)
			}
		}
		s.World.Check(t)
	}
}

// awaitCalls returns when Innomaint has been asked for an asset.
func awaitCalls(t *testing.T, s *stage.Stage, asset int) {
	t.Helper()
	limit := time.After(time.Minute)
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for s.World.API.CallsFor(s.World.Assets[asset].CMMSAssetID) == 0 {
		select {
		case <-again.C:
		case <-limit:
			t.Fatal("Innomaint is not asked")
		}
	}
}
