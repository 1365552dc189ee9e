package dbtest_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"ic3.internal/innomaintsync/internal/dbtest"
)

// childVariable makes the test binary start a server, print its PID and exit without cleaning up.
const childVariable = "DBTEST_CHILD_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childVariable); dir != "" {
		s, err := dbtest.Run(dir)
		if err != nil {
			os.Stderr.WriteString(err.Error())
			os.Exit(1)
		}
		os.Stdout.WriteString(strconv.Itoa(s.PID()) + "\n")
		os.Exit(0)
	}
	os.Exit(dbtest.Main(m))
}

func open(tb testing.TB, dsn string) *sql.DB {
	tb.Helper()
	db, err := sql.Open("mysql", dsn)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { db.Close() })
	return db
}

func mustExec(tb testing.TB, db *sql.DB, statement string) {
	tb.Helper()
	if _, err := db.Exec(statement); err != nil {
		tb.Fatalf("%s: %v", statement, err)
	}
}

func one[T any](tb testing.TB, db *sql.DB, query string, args ...any) (v T) {
	tb.Helper()
	if err := db.QueryRow(query, args...).Scan(&v); err != nil {
		tb.Fatalf("%s: %v", query, err)
	}
	return v
}

func TestDatabasesAreSeparate(t *testing.T) {
	t.Parallel()
	a, b := open(t, dbtest.Database(t)), open(t, dbtest.Database(t))
	for _, db := range []*sql.DB{a, b} {
		mustExec(t, db, "CREATE TABLE greeting (word VARCHAR(20))")
	}
	mustExec(t, a, "INSERT INTO greeting VALUES ('வணக்கம் 🙏')")
	if got := one[string](t, a, "SELECT word FROM greeting"); got != "வணக்கம் 🙏" {
		t.Errorf("word = %q", got)
	}
	if got := one[int](t, b, "SELECT COUNT(*) FROM greeting"); got != 0 {
		t.Errorf("the other database has %d rows", got)
	}
	wantVersion := map[string]string{dbtest.MariaDB: "MariaDB", dbtest.MariaDB11: "11.8.", dbtest.MySQL: "9.7."}[dbtest.Engine()]
	if got := one[string](t, a, "SELECT VERSION()"); !strings.Contains(got, wantVersion) {
		t.Errorf("version = %q on %s, want %q", got, dbtest.Engine(), wantVersion)
	}
}

func TestDatabaseIsDroppedAfterItsTest(t *testing.T) {
	t.Parallel()
	admin := open(t, dbtest.Database(t))
	var name string
	t.Run("creates one", func(t *testing.T) {
		name = one[string](t, open(t, dbtest.Database(t)), "SELECT DATABASE()")
	})
	if got := one[int](t, admin, "SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name = ?", name); got != 0 {
		t.Errorf("database %s outlived its test", name)
	}
}

func TestRestartKeepsCommittedRows(t *testing.T) {
	t.Parallel()
	s := dbtest.Start(t)
	db := open(t, s.Database(t))
	mustExec(t, db, "CREATE TABLE kept (n INT) ENGINE=InnoDB")
	mustExec(t, db, "INSERT INTO kept VALUES (1), (2)")
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec("INSERT INTO kept VALUES (3)"); err != nil {
		t.Fatal(err)
	}
	before := s.PID()
	s.Kill(t)
	if s.PID() != 0 {
		t.Errorf("PID = %d after Kill", s.PID())
	}
	if err := db.Ping(); err == nil {
		t.Error("a killed server responds")
	}
	s.Restart(t)
	if s.PID() == before {
		t.Error("the process is the same after a restart")
	}
	if got := one[int](t, open(t, s.DSN("t1")), "SELECT SUM(n) FROM kept"); got != 3 {
		t.Errorf("sum = %d, want 3, the committed rows only", got)
	}
}

func TestFreezeAndThaw(t *testing.T) {
	t.Parallel()
	s := dbtest.Start(t)
	db := s.Admin(t)
	if err := db.Ping(); err != nil {
		t.Fatal(err)
	}
	s.Freeze(t)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := db.ExecContext(ctx, "DO 1"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a frozen server: %v, want deadline exceeded", err)
	}
	s.Thaw(t)
	mustExec(t, db, "DO 1")
}

func TestStartTakesFlags(t *testing.T) {
	t.Parallel()
	s := dbtest.Start(t, "--max-connections=17")
	if got := one[int](t, s.Admin(t), "SELECT @@max_connections"); got != 17 {
		t.Errorf("max_connections = %d", got)
	}
}

func TestRunErrorQuotesTheServersLog(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("needs a database server; run without -short")
	}
	dir, err := os.MkdirTemp("", "dbtest") // the path of t.TempDir is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	_, err = dbtest.Run(dir, "--no-such-flag")
	if err == nil || !strings.Contains(err.Error(), "no-such-flag") {
		t.Errorf("err = %v, want one that quotes the error log", err)
	}
	_, err = dbtest.Run(filepath.Join(dir, strings.Repeat("long", 25)))
	if err == nil || !strings.Contains(err.Error(), "TMPDIR") {
		t.Errorf("err = %v, want one that names TMPDIR", err)
	}
}

func TestServerEndsWithItsProcess(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("needs a database server; run without -short")
	}
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		t.Skip("needs PR_SET_PDEATHSIG, which only Linux has")
	}
	dir, err := os.MkdirTemp("", "dbtest")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childVariable+"="+dir)
	var stderr strings.Builder
	child.Stderr = &stderr
	out, err := child.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(out)))
	if err != nil {
		t.Fatal(err)
	}
	cmdlineFile := fmt.Sprintf("/proc/%d/cmdline", pid)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for {
		// a zombie has an empty command line
		if cmdline, err := os.ReadFile(cmdlineFile); err != nil || len(cmdline) == 0 {
			return
		}
		select {
		case <-ctx.Done():
			if p, err := os.FindProcess(pid); err == nil {
				_ = p.Kill() // nothing else kills it
			}
			t.Fatalf("server %d is still running after the process that started it has ended", pid)
		case <-ticker.C:
		}
	}
}
