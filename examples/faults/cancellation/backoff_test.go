package cancellation_test

import (
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"
)

// TestCancelledWhileTheDatabaseIsAskedAgain cancels in the waits between two tries of the same statements.
func TestCancelledWhileTheDatabaseIsAskedAgain(t *testing.T) { //nolint:paralleltest // goleak looks at every goroutine of the process
	deadlock := &mysql.MySQLError{Number: 1213, Message: "Deadlock found when trying to get lock; try restarting transaction"}
	const logRow = "EXECUTE INSERT INTO cmms_sync_log"
	tests := []struct {
		name, text string
		passes     int // so many get through first
		fails      int // and then so many fail, the last of them with the cancellation in the wait behind it
		want       want
	}{
		{"before the first asset", "COUNT(*) AS assets", 0, 2, want{uncounted: true}},
		{"in a page", "EXECUTE SELECT `id`", 0, 2, want{}},
		{"in a transaction", "EXECUTE UPDATE ic3_asset_master SET `", 1, 2, want{successful: 1, failed: 1}},
		{"at COMMIT", "COMMIT", 1, 2, want{successful: 1, failed: 1}},
		// What records an attempt waits on, milliseconds here, and gets through.
		{"in the log", logRow, 1, 2, want{successful: 2}},
		// Nine tries do not help, so the entry is buffered, and the run waits for the log before the next asset.
		{"while log rows wait in memory", logRow, 1, 9 + 2, want{successful: 2}},
	}
	w := newWorld(t)
	for _, tt := range tests { //nolint:paralleltest // as above
		t.Run(tt.name, func(t *testing.T) {
			var s *scene
			seen := 0
			fail := func(text string) error {
				if !strings.Contains(text, tt.text) {
					return nil
				}
				seen++
				switch {
				case seen <= tt.passes || seen > tt.passes+tt.fails:
					return nil
				case seen == tt.passes+tt.fails:
					onceItWaits(s.cancel)
				}
				return deadlock
			}
			w.round(t, connector{fail: fail}, func(opened *scene) { s = opened }, tt.want)
		})
	}
}
