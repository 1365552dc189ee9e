// Package showcase has the sample data of the examples: assets, an in-process database, and past runs.
package showcase

import (
	"fmt"
	"slices"
	"time"
)

// Asset is one asset of the fake Innomaint.
type Asset struct {
	CustomerID uint64
	ID         string
	Body       map[string]any // the API's response; innomaint.FieldMap documents other formats
}

// Customers are three customers with their sites. Their ids are high to avoid those of real customers.
var Customers = []struct {
	ID     uint64
	prefix string
	sites  [2]string
	Vendor string // the service company
}{
	{990001, "QS-HOSP", [2]string{"Harbour Hospital", "Harbour Clinic North"}, "Coastal Engineering"},
	{990002, "QS-MALL", [2]string{"Lakeside Mall", "Lakeside Parking"}, "Acme Supply"},
	{990003, "QS-CAMP", [2]string{"Green Valley Campus", "Green Valley Hostel"}, "Deccan Facility Care"},
}

// CustomerName returns the name of a customer's largest site, "" for another id.
func CustomerName(id uint64) string {
	for _, c := range Customers {
		if c.ID == id {
			return c.sites[0]
		}
	}
	return ""
}

// equipment are the kinds of equipment that each customer has.
var equipment = []struct {
	category, subcategory, manufacturer, model, name, power, cost string
}{
	{"HVAC", "Pumps", "Grundfos", "NB 50-200", "Chilled water pump", "11 kW", "125000.50"},
	{"HVAC", "Air handling units", "Daikin", "D-AHU Professional", "Air handling unit", "7.5 kW", "₹ 4,80,000"},
	{"HVAC", "Chillers", "Carrier", "AquaForce 30XW", "Water-cooled chiller", "310 kW", "6250000"},
	{"Electrical", "Generators", "Cummins", "C500 D5", "Standby generator", "400 kW", "3,150,000.00"},
	{"Electrical", "UPS", "Eaton", "93PM", "Uninterruptible supply", "100 kVA", "1890000"},
	{"Electrical", "Switchgear", "Schneider Electric", "Premset", "Main switchboard", "-", "975000.00"},
	{"Lifts", "Passenger lifts", "KONE", "MonoSpace 500", "Passenger lift", "9 kW", "2400000"},
	{"Lifts", "Escalators", "Schindler", "9300", "Escalator", "11 kW", "3300000"},
	{"Fire safety", "Fire pumps", "Kirloskar", "DB 100/26", "Fire pump", "45 kW", "410000"},
	{"Fire safety", "Fire alarm panels", "Honeywell", "ESSER FlexES", "Fire alarm panel", "NA", "285000.75"},
	{"Plumbing", "Water heaters", "A. O. Smith", "BTH-300", "Water heater", "88 kW", "540000"},
	{"Plumbing", "Treatment plants", "Thermax", "ECOMOL 50", "Sewage treatment plant", "15 kW", "2750000"},
}

var (
	categories  = []string{"HVAC", "Electrical", "Lifts", "Fire safety", "Plumbing"}
	rooms       = []string{"Plant room", "Electrical room", "Lift lobby", "Pump house"}
	departments = []string{"Facilities", "Electrical", "Housekeeping", "Safety"}
)

// NewFleet returns n assets, a third for each customer.
func NewFleet(n int) []Asset {
	fleet := make([]Asset, n)
	for i := range fleet {
		c := i * len(Customers) / n
		customer := Customers[c]
		id := fmt.Sprintf("%s-%04d", customer.prefix, i+1)
		fleet[i] = Asset{CustomerID: customer.ID, ID: id, Body: newBody(id, i, c)}
	}
	return fleet
}

// newBody returns asset number i, of customer number c.
func newBody(id string, i, c int) map[string]any {
	e := i % len(equipment)
	kind, customer := equipment[e], Customers[c]
	site := i / 12 % 2
	building := i / 24 % 2
	room := e / 3
	floor := room % 3
	where := 1000*(c+1) + 100*site + 10*building + floor
	bought := time.Date(2016, 1, 4, 0, 0, 0, 0, time.UTC).AddDate(0, 0, i*37%2900)
	date := func(t time.Time) string { return t.Format(time.DateOnly) }

	return map[string]any{
		"asset_id": id, "asset_code": fmt.Sprintf("%.3s-%d", kind.subcategory, i+1),
		"asset_name":    fmt.Sprintf("%s %d", kind.name, i/len(equipment)+1),
		"serial_number": fmt.Sprintf("SN%08d", 7919*(i+1)), "barcode": fmt.Sprintf("8901%09d", i+1),
		"category":     Ref(10+slices.Index(categories, kind.category), kind.category),
		"subcategory":  Ref(100+e, kind.subcategory),
		"manufacturer": Ref(200+e, kind.manufacturer),
		"model":        Ref(300+e, kind.model),
		"vendor":       Vendor(c, customer.Vendor),
		"location": map[string]any{
			"site":     Ref(1000*(c+1)+100*site, customer.sites[site]),
			"building": Ref(1000*(c+1)+100*site+10*building, fmt.Sprintf("Block %c", 'A'+building)),
			"floor":    Ref(where, fmt.Sprintf("Level %d", floor)),
			"room":     Ref(10*where+room, rooms[room]),
		},
		"department": Ref(1+e%len(departments), departments[e%len(departments)]),
		"status":     Ref(1, "In service"), "criticality": []string{"High", "Medium", "Low"}[i%3],
		"purchase_date": date(bought), "purchase_cost": kind.cost, "currency": "INR",
		"installation_date": date(bought.AddDate(0, 1, 0)),
		"warranty_start":    date(bought.AddDate(0, 1, 0)), "warranty_end": date(bought.AddDate(3, 1, -1)),
		"amc":           map[string]any{"start": "01-04-2025", "end": "31-03-2026"},
		"custom_fields": map[string]any{"Rated power": kind.power},
		"updated_at":    "2026-10-01T08:30:00Z",
	}
}

// Ref is a master as the API returns it.
func Ref(id int, name string) map[string]any { return map[string]any{"id": id, "name": name} }

// Vendor is the service company of customer number c.
func Vendor(c int, name string) map[string]any {
	v := Ref(900+c, name)
	v["email"], v["phone"] = fmt.Sprintf("service%d@vendor.example", c+1), "+91 44 5550 0100"
	return v
}
