package main

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"net"
	"slices"

	"github.com/go-sql-driver/mysql"

	"ic3.internal/innomaintsync/internal/dbtest"
)

// serverFlags are mariadbd's beside those of dbtest: memory as on a small server. Every commit is durable
// (innodb_flush_log_at_trx_commit=1), there is no binary log.
var serverFlags = []string{"--innodb-buffer-pool-size=512M", "--innodb-log-file-size=256M"}

// server is the MariaDB of this program's own.
type server struct {
	mariadb *dbtest.Server
	admin   *sql.DB
	port    int // 0: a Unix socket
}

func startServer(dir string, tcp bool) (s *server, err error) {
	s = &server{}
	flags := serverFlags
	if tcp {
		if s.port, err = freePort(); err != nil {
			return nil, err
		}
		flags = append(slices.Clip(flags), "--skip-networking=0", "--bind-address=127.0.0.1", fmt.Sprintf("--port=%d", s.port))
	}
	if s.mariadb, err = dbtest.Run(dir, flags...); err != nil {
		return nil, err
	}
	if s.admin, err = sql.Open("mysql", s.dsn("", "")); err != nil {
		_ = s.mariadb.Close() // the first error says what is wrong
		return nil, err
	}
	s.admin.SetMaxOpenConns(1) // so that SET SESSION and USE hold
	return s, nil
}

func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return listener.Addr().(*net.TCPAddr).Port, listener.Close()
}

func (s *server) close() error {
	_ = s.admin.Close() // the server goes next
	return s.mariadb.Close()
}

func (s *server) transport() string {
	if s.port != 0 {
		return "over TCP on loopback"
	}
	return "over a Unix socket"
}

func (s *server) dsn(database, params string) string {
	dsn := s.mariadb.DSN(database)
	if s.port != 0 {
		dsn = fmt.Sprintf("root@tcp(127.0.0.1:%d)/%s", s.port, database)
	}
	return dsn + "?" + params
}

func (s *server) connector(database, params string) (driver.Connector, error) {
	cfg, err := mysql.ParseDSN(s.dsn(database, params))
	if err != nil {
		return nil, err
	}
	return mysql.NewConnector(cfg)
}

func (s *server) exec(ctx context.Context, statements ...string) error {
	for _, statement := range statements {
		if _, err := s.admin.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}

// relaxed does what need not be measured without waiting for the disk at each commit.
func (s *server) relaxed(ctx context.Context, do func() error) error {
	if err := s.exec(ctx, "SET GLOBAL innodb_flush_log_at_trx_commit = 0"); err != nil {
		return err
	}
	if err := do(); err != nil {
		return err
	}
	return s.exec(ctx, "SET GLOBAL innodb_flush_log_at_trx_commit = 1")
}

// counters are what the server has counted, by the names of SHOW GLOBAL STATUS.
type counters map[string]int64

func (s *server) counters(ctx context.Context) (counters, error) {
	rows, err := s.admin.QueryContext(ctx, "SHOW GLOBAL STATUS WHERE Variable_name IN ('Questions', 'Com_begin', 'Com_commit', "+
		"'Com_rollback', 'Com_select', 'Com_insert', 'Com_update', 'Com_stmt_prepare')")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := counters{}
	for rows.Next() {
		var name string
		var value int64
		if err := rows.Scan(&name, &value); err != nil {
			return nil, err
		}
		found[name] = value
	}
	return found, rows.Err()
}

// since returns how much was counted after earlier; the statement that read them is not in it.
func (c counters) since(earlier counters) counters {
	diff := counters{}
	for name, value := range c {
		diff[name] = value - earlier[name]
	}
	diff["Questions"]--
	return diff
}
