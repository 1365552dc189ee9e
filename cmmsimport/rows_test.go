package cmmsimport_test

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ic3.internal/innomaintsync/cmmsimport"
)

// masterTables are the seven master tables, without the ic3_ and _master around their names.
var masterTables = []string{"category", "manufacturer", "model", "vendor", "location", "department", "status"}

// rows returns the result of a query, one line a row: the columns that are not NULL, as name=value. JSON is shown in its canonical form.
func (w *world) rows(query string, args ...any) []string {
	w.t.Helper()
	cursor, err := w.db.Raw(query, args...).Rows()
	must(w.t, err)
	defer cursor.Close()
	names, err := cursor.Columns()
	must(w.t, err)
	var lines []string
	for cursor.Next() {
		values := make([]sql.NullString, len(names))
		targets := make([]any, len(names))
		for i := range values {
			targets[i] = &values[i]
		}
		must(w.t, cursor.Scan(targets...))
		var line []string
		for i, value := range values {
			if value.Valid {
				line = append(line, names[i]+"="+canonicalJSON(value.String))
			}
		}
		lines = append(lines, strings.Join(line, " "))
	}
	must(w.t, cursor.Err())
	return lines
}

// canonicalJSON returns an object or a list of JSON in one form, since servers store it differently: compact, with sorted keys, each
// number in its shortest form. Any other text stays.
func canonicalJSON(text string) string {
	if trimmed := strings.TrimSpace(text); !strings.HasPrefix(trimmed, "{") && !strings.HasPrefix(trimmed, "[") {
		return text
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var value any
	if decoder.Decode(&value) != nil || decoder.More() {
		return text
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(shortNumbers(value)) != nil {
		return text
	}
	return strings.TrimSpace(b.String())
}

func shortNumbers(value any) any {
	switch value := value.(type) {
	case map[string]any:
		for name := range value {
			value[name] = shortNumbers(value[name])
		}
	case []any:
		for i := range value {
			value[i] = shortNumbers(value[i])
		}
	case json.Number:
		if f, err := value.Float64(); err == nil && strings.ContainsAny(value.String(), ".eE") {
			return json.Number(strconv.FormatFloat(f, 'f', -1, 64))
		}
	}
	return value
}

// masters lists the rows of master tables, without the customer and the times: "vendor 1 cmms_id=9 name=Acme".
func (w *world) masters(tables ...string) []string {
	w.t.Helper()
	var lines []string
	for _, table := range tables {
		columns := "id, cmms_id, name, code"
		switch table {
		case "category", "location":
			columns = "id, level, cmms_id, parent_id, name, code"
		case "model":
			columns = "id, cmms_id, manufacturer_id, name, code"
		case "vendor":
			columns += ", email, phone"
		}
		for _, line := range w.rows(fmt.Sprintf("SELECT %s FROM ic3_%s_master ORDER BY id", columns, table)) {
			lines = append(lines, table+" "+strings.TrimPrefix(line, "id="))
		}
	}
	return lines
}

// references returns the references of an asset that are set: "category_id=1 subcategory_id=2".
func (w *world) references(assetID uint64) string {
	w.t.Helper()
	return w.rows(`SELECT category_id, subcategory_id, manufacturer_id, model_id, vendor_id, location_id, department_id, status_id
		FROM ic3_asset_master WHERE id = ?`, assetID)[0]
}

// dump returns every row of every table.
func (w *world) dump() []string {
	w.t.Helper()
	var lines []string
	for _, table := range w.tables() {
		for _, line := range w.rows("SELECT * FROM `" + table + "` ORDER BY 1") {
			lines = append(lines, table+": "+line)
		}
	}
	return lines
}

func (w *world) tables() (names []string) {
	w.t.Helper()
	must(w.t, w.db.Raw("SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()").Scan(&names).Error)
	slices.Sort(names)
	return names
}

// definitions returns all columns and indexes of the database.
func (w *world) definitions() []string {
	w.t.Helper()
	return append(
		w.rows(`SELECT table_name AS tab, column_name AS col, column_type AS type, is_nullable AS nullable, column_default AS def, extra, character_set_name AS chars
			FROM information_schema.columns WHERE table_schema = DATABASE() ORDER BY table_name, ordinal_position`),
		w.rows(`SELECT table_name AS tab, index_name AS idx, non_unique, GROUP_CONCAT(column_name ORDER BY seq_in_index) AS cols
			FROM information_schema.statistics WHERE table_schema = DATABASE() GROUP BY table_name, index_name, non_unique ORDER BY table_name, index_name`)...)
}

// lastChanges returns the changes in the newest row of cmms_sync_log, in the form {old new} for each column.
func (w *world) lastChanges() string {
	w.t.Helper()
	entries := w.entries()
	return fmt.Sprint(entries[len(entries)-1].Changes)
}

// changesOf syncs, and returns one line an asset: status, error, changes and warnings.
func (w *world) changesOf(opts cmmsimport.Options) (lines []string) {
	w.t.Helper()
	opts.OnAsset = func(r cmmsimport.AssetResult, _ cmmsimport.Progress) {
		lines = append(lines, fmt.Sprint(r.CMMSAssetID, " ", r.Status, " ", r.Err, " ", r.Changes, " ", r.Warnings))
	}
	w.sync(opts)
	return lines
}

// syncedColumns selects what the sync keeps of an asset, without the references.
const syncedColumns = `SELECT asset_code, asset_name, description, serial_number, barcode, criticality, parent_cmms_asset_id, purchase_date,
	purchase_cost, currency, installation_date, warranty_start, warranty_end, amc_start, amc_end, custom_fields, cmms_updated_at
	FROM ic3_asset_master WHERE id = ?`

// sampleColumns are the columns of the sample asset.
const sampleColumns = "asset_code=PMP-07 asset_name=Chilled water pump 7 description=Primary loop, north plant serial_number=SN-88 " +
	"barcode=8901234567890 criticality=High parent_cmms_asset_id=AST-1000 purchase_date=2021-04-01 purchase_cost=125000.50 currency=INR " +
	"installation_date=2021-05-01 warranty_start=2021-05-01 warranty_end=2024-04-30 amc_start=2024-05-01 amc_end=2025-04-30 " +
	`custom_fields={"Rated power":"11 kW"} cmms_updated_at=2026-10-01 08:30:00.000000`

// sampleMasters are the masters that the sample asset creates in an empty database.
var sampleMasters = []string{
	"category 1 level=category cmms_id=12 parent_id=0 name=HVAC code=HV",
	"category 2 level=subcategory cmms_id=77 parent_id=1 name=Pumps",
	"manufacturer 1 cmms_id=5 name=Grundfos",
	"model 1 cmms_id=31 manufacturer_id=1 name=NB 50-200",
	"vendor 1 cmms_id=9 name=Acme Supply email=sales@acme.example phone=+91 44 5550 0100",
	"location 1 level=site cmms_id=1 parent_id=0 name=Chennai",
	"location 2 level=building cmms_id=2 parent_id=1 name=B1",
	"location 3 level=floor cmms_id=3 parent_id=2 name=L2",
	"location 4 level=room cmms_id=4 parent_id=3 name=Plant room",
	"department 1 cmms_id=6 name=Facilities",
	"status 1 cmms_id=1 name=In service",
}

const sampleReferences = "category_id=1 subcategory_id=2 manufacturer_id=1 model_id=1 vendor_id=1 location_id=4 department_id=1 status_id=1"
