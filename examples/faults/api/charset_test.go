package api_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// TestFourByteLettersAndThreeByteColumns has tables of utf8mb3, as old hosts do, and an Innomaint that sends four-byte
// letters: what has no room is left out with a warning, the audit of it included, and the rest is synced.
func TestFourByteLettersAndThreeByteColumns(t *testing.T) {
	t.Parallel()
	w := freshWorld(t)
	must(t, w.DB.Exec("UPDATE ic3_asset_master SET asset_name = 'Pump'").Error)
	var tables []string
	must(t, w.DB.Raw("SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()").Scan(&tables).Error)
	for _, table := range tables {
		must(t, w.DB.Exec("ALTER TABLE "+table+" CONVERT TO CHARACTER SET utf8mb3").Error)
	}
	w.Advance(t)
	for _, a := range w.Assets { // all their names have a tap in them
		a.New["asset_name"] = a.Old["asset_name"]
	}
	var asset map[string]any
	must(t, json.Unmarshal([]byte(w.tenant.body(t, w.second().CMMSAssetID)), &asset))
	asset["vendor"] = map[string]any{"id": 900, "name": "Vendor 🚰"}
	asset["custom_fields"] = map[string]any{"note": "🚰"}
	asset["serial_number"] = "Sérïal, 三"
	body, err := json.Marshal(asset)
	must(t, err)
	res := w.round(t, fault{
		answer: says(http.StatusOK, string(body)), requests: 1,
		kept:    []string{"asset_name", "vendor_id", "custom_fields"},
		becomes: map[string]string{"serial_number": "Sérïal, 三"},
	})
	if all := strings.Join(res.Warnings, "\n"); strings.Count(all, "utf8mb3 has no room") != 3 {
		t.Errorf("the warnings do not say why: %s", all)
	}

	w.Advance(t)
	for _, a := range w.Assets {
		a.New["asset_name"] = a.Old["asset_name"]
	}
	w.round(t, fault{answer: says(http.StatusBadRequest, `{"message":"no 🚰 here"}`), kind: "bad_response", text: "no 🚰 here", requests: 1})
	var logged string
	must(t, w.DB.Raw("SELECT error_message FROM cmms_sync_log WHERE status = 'Failed'").Scan(&logged).Error)
	if !strings.Contains(logged, "no ") || !strings.Contains(logged, " here") {
		t.Errorf("the log says %q", logged)
	}
}
