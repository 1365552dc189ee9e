package crash_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"testing"
	"time"

	"gorm.io/driver/mysql"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/examples/faults/invariant"
	"ic3.internal/innomaintsync/internal/dbtest"
)

const childEnv = "CRASH_TEST_CHILD" // this binary is to run a sync, and this says which

func TestMain(m *testing.M) {
	if order := os.Getenv(childEnv); order != "" {
		if err := runChild(order); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(dbtest.Main(m))
}

// order is what a child process is to do.
type order struct {
	DSN, URL     string
	CustomerID   *uint64
	AtomicLog    bool
	AssetTimeout time.Duration
}

// report is what a child prints if it lives to do so.
type report struct {
	Summary    cmmsimport.Summary
	Err        string
	InProgress bool
}

func runChild(text string) error {
	var o order
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		return err
	}
	db, err := gorm.Open(mysql.Open(o.DSN), &gorm.Config{Logger: logger.Discard})
	if err != nil {
		return err
	}
	client, err := invariant.NewClient(o.URL)
	if err != nil {
		return err
	}
	summary, err := cmmsimport.SyncAllAssetsFromInnomaint(context.Background(), db, cmmsimport.Options{
		Client: client, CustomerID: o.CustomerID, AtomicLog: o.AtomicLog, AssetTimeout: o.AssetTimeout,
		Logger: slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	r := report{Summary: summary, InProgress: errors.Is(err, cmmsimport.ErrSyncInProgress)}
	if err != nil {
		r.Err = err.Error()
	}
	return json.NewEncoder(os.Stdout).Encode(r)
}

// child is a process that syncs.
type child struct {
	cmd            *exec.Cmd
	stdout, stderr bytes.Buffer
}

func start(tb testing.TB, o order) *child {
	tb.Helper()
	text, err := json.Marshal(o)
	must(tb, err)
	program, err := os.Executable()
	must(tb, err)
	c := &child{cmd: exec.CommandContext(tb.Context(), program)}
	c.cmd.Env = append(os.Environ(), childEnv+"="+string(text))
	c.cmd.Stdout, c.cmd.Stderr = &c.stdout, &c.stderr
	must(tb, c.cmd.Start())
	return c
}

// wait returns when the child is gone, and whether it was killed; what it printed is noted in the world.
func (c *child) wait(tb testing.TB, w *invariant.World) (killed bool) {
	tb.Helper()
	err := c.cmd.Wait()
	if !c.cmd.ProcessState.Exited() {
		w.Note(c.stdout.String() + c.stderr.String())
		return true
	}
	if err != nil {
		tb.Fatalf("the child failed: %v\n%s", err, c.stderr.String())
	}
	var r report
	must(tb, json.Unmarshal(c.stdout.Bytes(), &r))
	var runErr error
	if r.Err != "" {
		runErr = errors.New(r.Err)
		if r.InProgress {
			runErr = fmt.Errorf("%w: %s", cmmsimport.ErrSyncInProgress, r.Err)
		}
	}
	w.NoteRun(r.Summary, runErr, c.stderr.String())
	return false
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}
