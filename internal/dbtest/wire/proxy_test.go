package wire_test

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"

	"github.com/go-sql-driver/mysql"

	"ic3.internal/innomaintsync/internal/dbtest"
	"ic3.internal/innomaintsync/internal/dbtest/wire"
)

func TestMain(m *testing.M) { os.Exit(dbtest.Main(m)) }

// setup returns a handle through a proxy, with one connection, and a handle that connects directly to the server.
func setup(t *testing.T) (proxy *wire.Proxy, through, direct *sql.DB) {
	t.Helper()
	s := dbtest.Start(t)
	s.Database(t)
	proxy = wire.Start(t, s.Socket())
	handles := make([]*sql.DB, 2)
	for i, dsn := range []string{proxy.DSN("t1"), s.DSN("t1")} {
		db, err := sql.Open("mysql", dsn)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close() })
		handles[i] = db
	}
	through, direct = handles[0], handles[1]
	through.SetMaxOpenConns(1)
	if _, err := direct.Exec("CREATE TABLE note (n INT)"); err != nil {
		t.Fatal(err)
	}
	return proxy, through, direct
}

func rows(t *testing.T, db *sql.DB) (n int) {
	t.Helper()
	if err := db.QueryRow("SELECT COUNT(*) FROM note").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

const insert = "INSERT INTO note VALUES (?)"

func TestRequestSeesEveryStatement(t *testing.T) {
	t.Parallel()
	proxy, through, _ := setup(t)
	var mu sync.Mutex
	var seen []string
	var refusedWith uint16
	proxy.Watch(wire.Taps{
		Request: func(s wire.Statement) wire.Verdict {
			mu.Lock()
			defer mu.Unlock()
			if s.ThreadID == 0 || s.Number != len(seen)+1 {
				t.Errorf("statement %d of thread %d after %d", s.Number, s.ThreadID, len(seen))
			}
			seen = append(seen, map[bool]string{true: "prepare "}[s.Prepare]+s.Text)
			return wire.Pass
		},
		Response: func(_ wire.Statement, number uint16) wire.Verdict {
			mu.Lock()
			defer mu.Unlock()
			refusedWith = max(refusedWith, number)
			return wire.Pass
		},
	})
	tx, err := through.Begin()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(insert, 1); err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec("invalid SQL"); err == nil {
		t.Error("the server accepted invalid SQL")
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if n := rows(t, through); n != 1 {
		t.Errorf("%d rows", n)
	}
	mu.Lock()
	defer mu.Unlock()
	want := []string{"START TRANSACTION", "prepare " + insert, insert, "invalid SQL", "COMMIT", "SELECT COUNT(*) FROM note"}
	if !slices.Equal(seen, want) {
		t.Errorf("seen %q", seen)
	}
	if refusedWith != 1064 {
		t.Errorf("the highest error number is %d", refusedWith)
	}
}

func TestTapsOfAStatement(t *testing.T) {
	t.Parallel()
	proxy, through, direct := setup(t)
	moments := make(chan string, 5) // Sent and Response are called from two goroutines
	at := func(moment string) func(wire.Statement) wire.Verdict {
		return func(s wire.Statement) wire.Verdict {
			if s.Text == insert && !s.Prepare {
				moments <- fmt.Sprint(moment, ", rows ", rows(t, direct))
			}
			return wire.Pass
		}
	}
	sent := make(chan struct{})
	proxy.Watch(wire.Taps{
		Request: at("request"), HalfSent: at("half sent"),
		Sent: func(s wire.Statement) {
			if s.Text == insert && !s.Prepare {
				moments <- "sent"
				close(sent)
			}
		},
		Response: func(s wire.Statement, _ uint16) wire.Verdict {
			if s.Text == insert && !s.Prepare {
				<-sent
			}
			return at("response")(s)
		},
		Responded: func(s wire.Statement) { at("responded")(s) },
	})
	if _, err := through.Exec(insert, 1); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"request, rows 0", "half sent, rows 0", "sent", "response, rows 1", "responded, rows 1"} {
		if got := <-moments; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestCutLosesRequestOrResponse(t *testing.T) {
	t.Parallel()
	proxy, through, direct := setup(t)
	cut := func(s wire.Statement) wire.Verdict {
		if s.Text == insert && !s.Prepare {
			return wire.Cut
		}
		return wire.Pass
	}
	for name, tc := range map[string]struct {
		taps wire.Taps
		rows int
	}{
		"request":  {wire.Taps{Request: cut}, 0},
		"half":     {wire.Taps{HalfSent: cut}, 0},
		"response": {wire.Taps{Response: func(s wire.Statement, _ uint16) wire.Verdict { return cut(s) }}, 1},
	} {
		if _, err := direct.Exec("DELETE FROM note"); err != nil {
			t.Fatal(err)
		}
		proxy.Watch(tc.taps)
		if _, err := through.Exec(insert, 1); !errors.Is(err, mysql.ErrInvalidConn) {
			t.Errorf("lost %s: %v", name, err)
		}
		proxy.Watch(wire.Taps{})
		if got := rows(t, direct); got != tc.rows {
			t.Errorf("lost %s: %d rows", name, got)
		}
	}
}

func TestRefusedWithoutServer(t *testing.T) {
	t.Parallel()
	s := dbtest.Start(t)
	s.Database(t)
	proxy := wire.Start(t, s.Socket())
	s.Kill(t)
	refused := make(chan struct{}, 100)
	proxy.Watch(wire.Taps{Refused: func() { refused <- struct{}{} }})
	db, err := sql.Open("mysql", proxy.DSN("t1"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if err := db.Ping(); err == nil {
		t.Error("Ping succeeds although the server is down")
	}
	<-refused
	s.Restart(t)
	if err := db.Ping(); err != nil {
		t.Error(err)
	}
}

func TestRefusedByFullServer(t *testing.T) {
	t.Parallel()
	s := dbtest.Start(t, "--max-connections=10")
	s.Database(t)
	if _, err := s.Admin(t).Exec("CREATE USER plain@localhost"); err != nil {
		t.Fatal(err)
	}
	proxy := wire.Start(t, s.Socket())
	refused := make(chan struct{}, 100)
	proxy.Watch(wire.Taps{Refused: func() { refused <- struct{}{} }})
	db, err := sql.Open("mysql", proxy.UserDSN("plain", ""))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	var full *mysql.MySQLError
	for err == nil {
		var conn *sql.Conn
		if conn, err = db.Conn(t.Context()); err == nil {
			t.Cleanup(func() { conn.Close() })
		}
	}
	if !errors.As(err, &full) || full.Number != 1040 {
		t.Fatal(err)
	}
	<-refused
}
