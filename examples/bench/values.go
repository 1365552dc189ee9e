package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// values are the synced columns of an asset as texts; "" is NULL.
type values [columnCount]string

const (
	assetCode = iota
	assetName
	description
	serialNumber
	barcode
	categoryID
	subcategoryID
	manufacturerID
	modelID
	vendorID
	locationID
	departmentID
	statusID
	criticality
	parentAssetID
	purchaseDate
	purchaseCost
	currency
	installationDate
	warrantyStart
	warrantyEnd
	amcStart
	amcEnd
	customFields
	updatedAt
	columnCount
)

var columns = [columnCount]string{
	"asset_code", "asset_name", "description", "serial_number", "barcode", "category_id", "subcategory_id",
	"manufacturer_id", "model_id", "vendor_id", "location_id", "department_id", "status_id", "criticality",
	"parent_cmms_asset_id", "purchase_date", "purchase_cost", "currency", "installation_date", "warranty_start",
	"warranty_end", "amc_start", "amc_end", "custom_fields", "cmms_updated_at",
}

// datetime is how times go to the server.
const datetime = "2006-01-02 15:04:05.000000"

func now() string { return time.Now().UTC().Format(datetime) }

// set takes a value over; where there is none the local one stays.
func (v *values) set(column int, value string) {
	if value != "" {
		v[column] = value
	}
}

// merge takes over all of d but the references to masters. What cannot be read is a warning.
func (v *values) merge(d *detail) (warnings []string) {
	v.set(assetCode, string(d.Code))
	v.set(assetName, string(d.Name))
	v.set(description, string(d.Description))
	v.set(serialNumber, string(d.SerialNumber))
	v.set(barcode, string(d.Barcode))
	v.set(criticality, string(d.Criticality))
	v.set(parentAssetID, string(d.ParentAssetID))
	v.set(currency, string(d.Currency))

	read := func(column int, value text, reader func(string) (string, error)) {
		result, err := reader(string(value))
		if err != nil {
			warnings = append(warnings, fmt.Sprintf("%s: %q %s; %s", columns[column], string(value), err, kept(v[column])))
		}
		v.set(column, result)
	}
	read(purchaseDate, d.PurchaseDate, readDay)
	read(purchaseCost, d.PurchaseCost, readMoney)
	read(installationDate, d.InstallationDate, readDay)
	read(warrantyStart, d.WarrantyStart, readDay)
	read(warrantyEnd, d.WarrantyEnd, readDay)
	read(amcStart, d.AMC.Start, readDay)
	read(amcEnd, d.AMC.End, readDay)
	read(updatedAt, d.UpdatedAt, readTime)
	v.set(customFields, compact(d.CustomFields))
	return warnings
}

func kept(local string) string {
	if local == "" {
		return "stays empty"
	}
	return "kept " + local
}

func compact(raw json.RawMessage) string {
	var b bytes.Buffer
	if err := json.Compact(&b, raw); err != nil || b.Len() <= len("{}") || b.String() == "null" {
		return ""
	}
	return b.String()
}

// changesJSON is what the log says of a change, nil where there is none.
func changesJSON(before, after *values) any {
	if *before == *after {
		return nil
	}
	type change struct {
		From any `json:"from"`
		To   any `json:"to"`
	}
	changed := map[string]change{}
	for i := range after {
		if before[i] != after[i] {
			changed[columns[i]] = change{logged(i, before[i]), logged(i, after[i])}
		}
	}
	return asJSON(changed)
}

func logged(column int, value string) any {
	switch {
	case value == "":
		return nil
	case column >= categoryID && column <= statusID:
		return json.Number(value)
	}
	return value
}

func warningsJSON(warnings []string) any {
	if len(warnings) == 0 {
		return nil
	}
	return asJSON(warnings)
}

func asJSON(v any) string {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		panic(err) // of maps and lists of strings: never
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// nullable makes NULL of an empty text.
func nullable(s string) any {
	if s == "" {
		return nil
	}
	return s
}
