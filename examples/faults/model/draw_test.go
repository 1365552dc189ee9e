package model_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

// A reference is a master as an answer speaks of it.
type reference struct{ id, name, code, email, phone string }

func (r reference) isZero() bool { return r == reference{} }

// json writes the reference in one of the shapes that tenants use.
func (r reference) json(bare bool) any {
	switch {
	case r.isZero():
		return nil
	case bare && r == reference{name: r.name}:
		return r.name
	case bare && r == reference{id: r.id} && strings.Trim(r.id, "0123456789") == "":
		return json.RawMessage(r.id)
	}
	object := map[string]string{}
	for key, value := range map[string]string{"id": r.id, "name": r.name, "code": r.code, "email": r.email, "phone": r.phone} {
		if value != "" {
			object[key] = value
		}
	}
	return object
}

// A value is a plain field as an answer has it, and what its column makes of it.
type value struct {
	json       any    // nil: absent
	column     string // as the database writes it; "" for empty
	unreadable bool   // stays, with a warning
	misfit     bool   // does not fit its column: stays, with a warning
}

var tooLong = strings.Repeat("x", 300)

// values are what the plain columns are drawn from, by their names in an answer.
var values = map[string][]value{
	"asset_code":    {{}, {json: "P-1", column: "P-1"}, {json: "-"}, {json: "p-1", column: "p-1"}},
	"asset_name":    {{}, {json: "Pump", column: "Pump"}, {json: " Boiler  &amp; 🔥 ", column: "Boiler & 🔥"}, {json: tooLong, misfit: true}, {json: 7, column: "7"}},
	"serial_number": {{}, {json: "SN'; DROP TABLE ic3_asset_master; --", column: "SN'; DROP TABLE ic3_asset_master; --"}, {json: "a\x00b", unreadable: true}},
	"criticality":   {{}, {json: "High", column: "High"}, {json: "N/A"}, {json: strings.Repeat("y", 33), misfit: true}},
	"purchase_date": {{}, {json: "2021-04-01", column: "2021-04-01"}, {json: "02/01/2006", column: "2006-01-02"}, {json: "soon", unreadable: true},
		{json: "31-02-2021", unreadable: true}, {json: "0000-00-00"}, {json: 1617235200, column: "2021-04-01"}},
	"purchase_cost": {{}, {json: "1,25,000.50", column: "125000.50"}, {json: 10, column: "10.00"}, {json: "12,50", unreadable: true}, {json: "1.005", misfit: true}},
	"currency":      {{}, {json: "INR", column: "INR"}, {json: "EURO", misfit: true}},
	"custom_fields": {{}, {json: map[string]string{"a": "1"}, column: `{"a":"1"}`}, {json: []int{1}, column: `[1]`}, {json: "text", unreadable: true}},
}

var plainColumns = []string{
	"asset_code", "asset_name", "serial_number", "criticality", "purchase_date", "purchase_cost", "currency", "custom_fields",
}

// referenceFields are the masters of an answer, but for the location's levels.
var referenceFields = []string{"category", "subcategory", "manufacturer", "model", "vendor", "department", "status"}

var levels = []string{"site", "building", "floor", "room"}

// An answer is one asset as Innomaint has it.
type answer struct {
	values     map[string]value
	references map[string]reference // by field, and by level of the location
	bare       bool                 // references of one part without an object around them
}

func answers() *rapid.Generator[answer] { return rapid.Custom(drawAnswer) }

func drawAnswer(t *rapid.T) answer {
	a := answer{values: map[string]value{}, references: map[string]reference{}, bare: rapid.Bool().Draw(t, "bare")}
	for _, column := range plainColumns {
		if v := rapid.SampledFrom(values[column]).Draw(t, column); v.json != nil {
			a.values[column] = v
		}
	}
	for _, field := range slices.Concat(referenceFields, levels) {
		if rapid.IntRange(0, 2).Draw(t, "has "+field) > 0 {
			a.references[field] = drawReference(t, field)
		}
	}
	return a
}

// drawReference draws from few ids and names, so that masters are renamed, moved, doubled and met by case only.
func drawReference(t *rapid.T, field string) reference {
	var r reference
	shape := rapid.SampledFrom([]string{"id and name", "name", "id", "none"}).Draw(t, field)
	if strings.Contains(shape, "id") {
		r.id = rapid.SampledFrom([]string{"1", "2", "3", "a1", "A1"}).Draw(t, field+" id")
	}
	if strings.Contains(shape, "name") {
		r.name = rapid.SampledFrom([]string{"Acme", "Beta", "ACME", "Gamma", tooLong}).Draw(t, field+" name")
	}
	if shape == "id and name" && rapid.Bool().Draw(t, field+" has more") {
		r.code = rapid.SampledFrom([]string{"C1", "C2", strings.Repeat("c", 65)}).Draw(t, field+" code")
		if field == "vendor" {
			r.email = rapid.SampledFrom([]string{"", "a@example.com", "b@example.com"}).Draw(t, "email")
			r.phone = rapid.SampledFrom([]string{"", "1", "2"}).Draw(t, "phone")
		}
	}
	return r
}

// outcomes are what the API does when it is asked for one asset, and the kind of failure that comes of it.
var outcomes = []struct {
	name string
	kind innomaint.Kind
}{
	{"ok", ""}, {"ok behind a 503", ""}, {"ok behind a 429", ""}, {"ok behind a reset", ""}, {"ok in an envelope", ""},
	{"404", "not_found"}, {"empty", "not_found"}, {"says not found in a 200", "not_found"}, {"403", "auth"}, {"503", "unavailable"}, {"429", "rate_limited"},
	{"reset", "unavailable"}, {"cut", "unavailable"}, {"a year's Retry-After", "rate_limited"}, {"418", "bad_response"}, {"login page", "bad_response"},
	{"cut JSON", "bad_response"}, {"garbage", "bad_response"}, {"another asset", "bad_response"}, {"two assets", "bad_response"}, {"no id", "invalid_data"},
}

// events are what else happens while an asset is at hand; where it matters they strike once.
var events = []string{
	"", "", "", "", "connections are killed before the API answers", "connection is killed in the transaction", "deadlock at the UPDATE", "lock wait at the UPDATE",
	"UPDATE is refused", "UPDATE is out of range", "deadlock at a master", "deadlock at the log", "log refuses from here", "log takes rows again",
	"host edits it", "host unlinks it", "host deletes it", "cancelled before the API answers", "cancelled in the transaction", "cancelled behind it",
	"enricher panics", "enricher fails",
}

// A step is one asset's turn in a run.
type step struct {
	answer  answer
	outcome int
	event   string
}

// A script is one run: its options, what the host does before it, and what befalls each asset.
type script struct {
	atomic, dryRun, onlyFailed bool
	policy                     string
	limit, abortAfter          int
	before                     map[int]string // by asset: what the host has done to its row
	steps                      []step         // by asset
}

// scripts draws as one value, so that a failure prints as one.
func scripts(assets int) *rapid.Generator[script] {
	return rapid.Custom(func(t *rapid.T) script { return drawScript(t, assets) })
}

func drawScript(t *rapid.T, assets int) script {
	s := script{
		atomic:     rapid.Bool().Draw(t, "AtomicLog"),
		dryRun:     rapid.IntRange(0, 9).Draw(t, "DryRun") == 9,
		onlyFailed: rapid.IntRange(0, 9).Draw(t, "OnlyFailed") == 9,
		policy:     rapid.SampledFrom([]string{"", "", "mirror", "fill_if_empty", "ignore"}).Draw(t, "policy"),
		limit:      rapid.SampledFrom([]int{0, 0, 0, 2}).Draw(t, "Limit"),
		abortAfter: rapid.SampledFrom([]int{0, 0, 2}).Draw(t, "MaxConsecutiveFailures"),
		before:     map[int]string{},
	}
	for i := range assets {
		if did := rapid.SampledFrom([]string{"", "", "", "edits", "unlinks", "deletes", "links", "links"}).Draw(t, "host"); did != "" {
			s.before[i] = did
		}
		step := step{answer: drawAnswer(t)}
		if rapid.Bool().Draw(t, "troubled") {
			step.outcome = rapid.IntRange(0, len(outcomes)-1).Draw(t, "outcome")
			step.event = rapid.SampledFrom(events).Draw(t, "event")
		}
		s.steps = append(s.steps, step)
	}
	return s
}

// GoString is what rapid prints of a script that fails.
func (s script) GoString() string {
	lines := []string{fmt.Sprintf("AtomicLog %v, DryRun %v, OnlyFailed %v, policy %q, Limit %d, MaxConsecutiveFailures %d",
		s.atomic, s.dryRun, s.onlyFailed, s.policy, s.limit, s.abortAfter)}
	for i, step := range s.steps {
		lines = append(lines, fmt.Sprintf("asset %d: before it the host %q; %s; %s; %#v", i, s.before[i], outcomes[step.outcome].name, step.event, step.answer))
	}
	return strings.Join(lines, "\n\t")
}

// GoString lists what the answer has.
func (a answer) GoString() string {
	var parts []string
	for _, column := range plainColumns {
		if v, ok := a.values[column]; ok {
			parts = append(parts, fmt.Sprintf("%s %.20q", column, fmt.Sprint(v.json)))
		}
	}
	for _, field := range slices.Concat(referenceFields, levels) {
		if r := a.references[field]; !r.isZero() {
			parts = append(parts, fmt.Sprintf("%s{%s %.6s %.3s %s %s}", field, r.id, r.name, r.code, r.email, r.phone))
		}
	}
	return strings.Join(parts, ", ")
}
