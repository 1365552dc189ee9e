package consoletest_test

import (
	"encoding/csv"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"ic3.internal/innomaintsync/cmmsimport/innomaint/innomainttest"
)

func TestExportContainsTheLogWithoutFormulas(t *testing.T) {
	t.Parallel()
	s := setup(t)
	const id = `=HYPERLINK("http://elsewhere.example","A-1")`
	body := innomainttest.SampleAsset(id)
	body["asset_name"] = "@SUM(A1:A9)"
	s.link(customer, id, body)
	s.link(990002, "A-2", nil)
	summary := s.sync(nil)

	rows := s.csv("export.csv?run=" + summary.RunID)
	equal(t, "rows with the header", len(rows), 3)
	equal(t, "newest first", rows[1][3], "A-2")
	equal(t, "state", rows[1][4], "Failed")
	equal(t, "kind", rows[1][5], "not_found")
	equal(t, "a formula is text", rows[2][3], "'"+id)
	if !strings.Contains(rows[2][8], "asset_name: (none) -> @SUM(A1:A9)") { // not a formula in the middle of a cell
		t.Errorf("changes: %s", rows[2][8])
	}
	for _, row := range rows[1:] {
		for _, cell := range row {
			if strings.HasPrefix(cell, "=") || strings.HasPrefix(cell, "@") || strings.HasPrefix(cell, "+") || strings.HasPrefix(cell, "-") {
				t.Errorf("a spreadsheet reads %q as a formula", cell)
			}
		}
	}
	for address, want := range map[string]int{
		"export.csv":                                       3,
		"export.csv?customer=990001":                       2,
		"export.csv?status=Failed":                         2,
		"export.csv?customer=990001&status=Failed":         1,
		"export.csv?customer=990002&id=A-2":                2,
		"export.csv?since=2099-01-01":                      1,
		"export.csv?customer=990001&since=2099-01-01":      1,
		"export.csv?status=Failed&run=" + summary.RunID:    2,
		"export.csv?run=01AAAAAAAAAAAAAAAAAAAAAAAA&id=A-2": 1,
	} {
		equal(t, address, len(s.csv(address)), want)
	}
}

// Each row is exported once, across pages and hours.
func TestExportOfManyRows(t *testing.T) {
	t.Parallel()
	s := setup(t)
	must(t, s.db.Exec(`INSERT INTO cmms_sync_log (run_id, customer_id, cmms_asset_id, status, synced_at, duration_ms)
		SELECT '01AAAAAAAAAAAAAAAAAAAAAAAA', 1 + seq % 2, CONCAT('A-', seq), 'Success', UTC_TIMESTAMP(6) - INTERVAL (7300 - seq) SECOND, 5 FROM seq_1_to_7200`).Error)
	for address, want := range map[string]int{
		"export.csv": 7200, "export.csv?customer=1": 3600, "export.csv?run=01AAAAAAAAAAAAAAAAAAAAAAAA": 7200,
	} {
		seen := map[string]bool{}
		for _, row := range s.csv(address)[1:] {
			seen[row[0]] = true
		}
		equal(t, address, len(seen), want)
		equal(t, address, len(s.csv(address))-1, want)
	}
}

func TestExportRefusesInvalidParameters(t *testing.T) {
	t.Parallel()
	s := setup(t)
	for _, address := range []string{"export.csv?since=soon", "export.csv?customer=x"} {
		response, err := http.Get(s.url + address)
		must(t, err)
		response.Body.Close()
		equal(t, address, response.StatusCode, http.StatusBadRequest)
	}
}

// csv downloads and reads an export.
func (s *site) csv(address string) [][]string {
	s.t.Helper()
	rows, err := csv.NewReader(strings.NewReader(s.get(address))).ReadAll()
	must(s.t, err)
	return rows
}

// get downloads a page.
func (s *site) get(address string) string {
	s.t.Helper()
	client := http.Client{Timeout: time.Minute}
	response, err := client.Get(s.url + address)
	must(s.t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	must(s.t, err)
	equal(s.t, address, response.StatusCode, http.StatusOK)
	return string(body)
}
