package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// masters is how many rows of each kind of master a customer has.
const masters = 40

// fleet is the data set: which assets there are, and what Innomaint answers for each. All of it follows from the asset's
// number, 1 to Assets, so that a million assets take no memory. It goes to the tenant's process as JSON.
type fleet struct {
	Assets      int
	PerCustomer int
	Latency     time.Duration // before each answer
}

func (f fleet) id(i int) string { return fmt.Sprintf("A-%07d", i) }

// linkSQL adds the rows that a host has before its first sync: customer and Innomaint's id, nothing else.
func (f fleet) linkSQL() string {
	return fmt.Sprintf("INSERT INTO ic3_asset_master (customer_id, cmms_asset_id) "+
		"SELECT 1 + (seq - 1) DIV %d, CONCAT('A-', LPAD(seq, 7, '0')) FROM seq_1_to_%d", f.PerCustomer, f.Assets)
}

// What goes wrong: 2 % are gone, 1 % are answered 503 at first, 1 % have a date that is none.
func missing(i int) bool    { return i%50 == 17 }
func flaky(i int) bool      { return i%100 == 33 }
func unreadable(i int) bool { return i%100 == 41 }

// failed is how many assets a pass cannot sync.
func (f fleet) failed() (n int) {
	for i := range f.Assets {
		if missing(i + 1) {
			n++
		}
	}
	return n
}

// number is the asset's number in the fleet, 0 where it is none of it.
func (f fleet) number(id string) int {
	digits, ok := strings.CutPrefix(id, "A-")
	i, err := strconv.Atoi(digits)
	if !ok || err != nil || i < 1 || i > f.Assets {
		return 0
	}
	return i
}

// body is the answer for asset i: the assumed contract in its envelope, with the untidiness of real tenants in it.
func (f fleet) body(i int) []byte {
	day := time.Date(2016, 1, 4, 0, 0, 0, 0, time.UTC).AddDate(0, 0, i*37%2900)
	date := func(years int, layout string) string { return day.AddDate(years, 0, 0).Format(layout) }
	pick := func(values ...string) string { return values[i%len(values)] }
	bought := pick(date(0, time.DateOnly), date(0, time.DateOnly), date(0, "2006-01-02T15:04:05")+"+05:30", "0000-00-00")
	if unreadable(i) {
		bought = "some day in spring"
	}

	b := fmt.Appendf(make([]byte, 0, 2048), `{"status":"success","data":{"asset_id":"A-%07d","asset_code":"PMP-%d",`+
		`"asset_name":"%s %d","description":"%s","serial_number":%s,"barcode":"8901%09d",`, i, i,
		pick("Chilled water pump", "Pump &amp; motor", "  Air  handling unit", "Standby generator"), i,
		pick("Primary loop, north plant; serves the levels 1 to 4", "NA", "Moved here from the old plant room in 2019"),
		pick(`"SN-77`+strconv.Itoa(i)+`"`, strconv.Itoa(70_000_000+i)), i)

	one := func(step int) int { return i/step%masters + 1 }
	kind, maker, vendor, place := one(1), one(3), one(7), one(2)
	b = fmt.Appendf(b, `"category":{"id":%d,"name":"Category %d","code":"C%d"},"subcategory":{"id":"%d","name":"Kind of equipment %d"},`,
		kind, kind, kind, 100+kind, kind)
	b = fmt.Appendf(b, `"manufacturer":{"id":%d,"name":"Maker %d &amp; Sons"},"model":{"id":%d,"name":"NB 50-%d"},`,
		200+maker, maker, 300+maker, maker)
	b = fmt.Appendf(b, `"vendor":{"id":%d,"name":"Supplier %d","email":"service%d@vendor.example","phone":"+91 44 5550 %04d"},`,
		400+vendor, vendor, vendor, vendor)
	b = fmt.Appendf(b, `"location":{"site":{"id":%d,"name":"Site %d"},"building":{"id":%d,"name":"Block %d"},"floor":{"id":%d,"name":"Level %d"},"room":{"id":%d,"name":"Plant room %d"}},`,
		place, place, 1000+place, place, 2000+place, place, 3000+place, place)
	b = fmt.Appendf(b, `"department":{"id":%d,"name":"Department %d"},"status":{"id":%d,"name":"In service %d"},`,
		one(5), one(5), one(11), one(11))

	return fmt.Appendf(b, `"criticality":"%s","parent_asset_id":"%s","purchase_date":"%s","purchase_cost":%s,"currency":"INR",`+
		`"installation_date":"%s","warranty_start":"%s","warranty_end":"%s","amc":{"start":"%s","end":"%s"},`+
		`"custom_fields":{"Rated power": "%d kW", "Frame": %d},"image_url":null,"tags":["hvac","plant"],"updated_at":"2026-10-01T14:00:00+05:30"}}`,
		pick("High", "Medium", "Low"), pick("-", f.id(1)), bought,
		pick(fmt.Sprintf("%d.5", 1000+i), `"1,25,000.50"`, `"₹ 125000.50"`, fmt.Sprintf(`"%d.00"`, 5000+i)),
		date(1, time.DateOnly), date(1, time.DateOnly), date(4, time.DateOnly), date(8, "02-01-2006"), date(9, "02-01-2006"),
		i%90+1, i%7*10+90)
}
