package cmmsimport_test

import (
	"strings"
	"testing"

	"gorm.io/driver/mysql"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"ic3.internal/innomaintsync/internal/dbtest"
)

// TestRoundTrips reads the server's general log of a run in which the masters are known.
func TestRoundTrips(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		dsn    string
		config gorm.Config
		atomic bool
		want   []string
	}{
		"Default":             {want: []string{"START TRANSACTION", "UPDATE", "COMMIT", "INSERT"}},
		"AtomicLog":           {atomic: true, want: []string{"START TRANSACTION", "UPDATE", "INSERT", "COMMIT"}},
		"SmallStatementCache": {config: gorm.Config{PrepareStmt: true, PrepareStmtMaxSize: 1}, want: []string{"START TRANSACTION", "UPDATE", "COMMIT", "INSERT"}},
		"InterpolateParams":   {dsn: "?interpolateParams=true", want: []string{"START TRANSACTION", "UPDATE", "COMMIT", "INSERT"}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const assets = 450
			server := dbtest.Start(t)
			w := setupOn(t, server.Database(t)+tc.dsn)
			w.add(numbered(assets)...)
			tc.config.Logger = logger.Discard
			db, err := gorm.Open(mysql.Open(w.dsn), &tc.config)
			must(t, err)
			w.db = db
			opts := w.options()
			opts.AtomicLog = tc.atomic
			w.sync(opts)

			statements := generalLog(t, server, func() {
				equal(t, "unchanged", w.sync(opts).Unchanged, assets)
			})
			perAsset := map[string]int{}
			var order []string
			other := 0
			for _, s := range statements {
				switch {
				case s.command == "Prepare" || s.command == "Close stmt" || s.command == "Reset stmt":
					perAsset[s.command]++
				case isOneOf(s.text, "START TRANSACTION", "COMMIT", "UPDATE ic3_asset_master", "INSERT INTO cmms_sync_log"):
					verb := strings.Fields(s.text)[0]
					if verb == "START" {
						verb = "START TRANSACTION"
					}
					perAsset[verb]++
					order = append(order, verb)
				default:
					other++
				}
			}
			for _, verb := range tc.want {
				equal(t, verb, perAsset[verb], assets)
			}
			for i, verb := range order {
				if verb != tc.want[i%4] {
					t.Fatalf("statement %d is %s, want %s", i, verb, tc.want[i%4])
				}
			}
			if other > 30 || perAsset["Prepare"] > 40 { // of schema, plan, pages, leases and the run's row
				t.Errorf("%d statements and %d preparations besides those of the assets", other, perAsset["Prepare"])
			}
		})
	}
}

// loggedStatement is a row of mysql.general_log.
type loggedStatement struct{ command, text string }

// generalLog returns what the server was sent while do ran.
func generalLog(t *testing.T, server *dbtest.Server, do func()) []loggedStatement {
	t.Helper()
	admin := server.Admin(t)
	for _, text := range []string{"SET GLOBAL log_output = 'TABLE'", "TRUNCATE mysql.general_log", "SET GLOBAL general_log = 1"} {
		_, err := admin.Exec(text)
		must(t, err)
	}
	do()
	_, err := admin.Exec("SET GLOBAL general_log = 0")
	must(t, err)
	rows, err := admin.Query("SELECT command_type, CONVERT(argument USING utf8mb4) FROM mysql.general_log WHERE command_type IN ('Query', 'Execute', 'Prepare', 'Close stmt', 'Reset stmt') ORDER BY event_time, thread_id")
	must(t, err)
	defer rows.Close()
	var statements []loggedStatement
	for rows.Next() {
		var s loggedStatement
		must(t, rows.Scan(&s.command, &s.text))
		statements = append(statements, s)
	}
	must(t, rows.Err())
	return statements
}

func isOneOf(text string, starts ...string) bool {
	for _, start := range starts {
		if strings.HasPrefix(text, start) {
			return true
		}
	}
	return false
}
