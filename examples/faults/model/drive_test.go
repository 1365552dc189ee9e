package model_test

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/innomaint/innomainttest"
	"ic3.internal/innomaintsync/examples/faults/invariant"
)

// A world is the real thing: the library between a database and a fake Innomaint.
type world struct {
	*invariant.World
	db *database
	t  *testing.T
}

// newWorld empties the database, seeds it, and returns it beside the register that models it.
func newWorld(t *testing.T, db *database) (*world, *register) {
	t.Helper()
	db.empty(t)
	w := &world{invariant.NewWorld(t, db.host, invariant.Size{Customers: 2, Assets: 3}), db, t}
	g := &register{masters: db.readMasters(t), next: 1 << 40}
	for _, real := range w.Assets {
		a := &asset{id: real.RowID, customer: real.CustomerID, cmmsID: real.CMMSAssetID, columns: maps.Clone(real.Old), linked: true}
		for _, c := range referenceColumns {
			table := kinds[map[bool]string{true: "site", false: c.field}[c.column == "location_id"]].table
			for id, row := range g.masters[a.customer] {
				if row.table == table && g.masters[a.customer].path(id) == real.Old[c.column] {
					a.columns[c.column] = number(id)
				}
			}
		}
		g.assets = append(g.assets, a)
	}
	return w, g
}

// host does to the real row what register.host does to the modelled one.
func (w *world) host(a *asset, did string) {
	set := map[string]string{
		"edits":   "criticality = 'Host''s', barcode = 'HOST', purchase_cost = 7",
		"unlinks": "cmms_asset_id = NULL", "deletes": "deleted_at = NOW(6)", "links": "cmms_asset_id = '" + a.cmmsID + "', deleted_at = NULL",
	}[did]
	w.db.mustExec(w.t, "UPDATE ic3_asset_master SET "+set+" WHERE id = ?", a.id)
}

// run makes the script's run.
func (w *world) run(g *register, s script) (cmmsimport.Summary, error) {
	ctx, cancel := context.WithCancel(w.t.Context())
	defer cancel()
	opts := w.Options()
	api := opts.Client
	opts.AtomicLog, opts.DryRun, opts.OnlyFailed = s.atomic, s.dryRun, s.onlyFailed
	opts.Limit, opts.MaxConsecutiveFailures = s.limit, s.abortAfter
	if s.policy != "" {
		opts.Policies = map[string]cmmsimport.FieldPolicy{"*": cmmsimport.FieldPolicy(s.policy)}
	}
	var event string // of the asset at hand, until it has struck in the transaction
	opts.Client = cmmsimport.APIClientFunc(func(ctx context.Context, ref innomaint.AssetRef) (*innomaint.Asset, error) {
		at := slices.IndexFunc(g.assets, func(a *asset) bool { return a.cmmsID == ref.AssetID })
		event = s.steps[at].event
		w.befall(g.assets[at], event, cancel)
		if ctx.Err() == nil {
			w.answer(ref.AssetID, s.steps[at])
		}
		return api.GetAsset(ctx, ref)
	})
	opts.Enrich = func(ctx context.Context, tx *gorm.DB, masters cmmsimport.MasterResolver, asset *cmmsimport.AssetMaster, detail *innomaint.Asset) error {
		err := cmmsimport.EnrichAssetFromAPI(ctx, tx, masters, asset, detail)
		if err != nil {
			return err
		}
		switch event {
		case "connection is killed in the transaction":
			event = ""
			w.db.killSync(w.t)
		case "cancelled in the transaction":
			cancel()
		case "enricher panics":
			panic("of the test")
		case "enricher fails":
			return errors.New("of the test")
		}
		return nil
	}
	opts.OnAsset = func(cmmsimport.AssetResult, cmmsimport.Progress) {
		if event == "cancelled behind it" {
			cancel()
		}
	}
	summary, err := w.RunOn(ctx, w.db.sync, opts)
	w.db.mustExec(w.t, "DELETE FROM provoked")
	return summary, err
}

// befall makes the event happen, or lines it up.
func (w *world) befall(a *asset, event string, cancel func()) {
	w.db.mustExec(w.t, "DELETE FROM provoked WHERE place <> 'whole log'")
	const forever = 1_000_000
	switch event {
	case "connections are killed before the API answers":
		w.db.killSync(w.t)
	case "deadlock at the UPDATE":
		w.db.provoke(w.t, "asset", a.cmmsID, 1213, 1)
	case "lock wait at the UPDATE":
		w.db.provoke(w.t, "asset", a.cmmsID, 1205, 1)
	case "UPDATE is refused":
		w.db.provoke(w.t, "asset", a.cmmsID, 1644, forever)
	case "UPDATE is out of range":
		w.db.provoke(w.t, "asset", a.cmmsID, 1264, forever)
	case "deadlock at a master":
		w.db.provoke(w.t, "master", "*", 1213, 1)
	case "deadlock at the log":
		w.db.provoke(w.t, "log", a.cmmsID, 1213, 1)
	case "log refuses from here":
		w.db.provoke(w.t, "whole log", "*", 1644, forever)
	case "log takes rows again":
		w.db.mustExec(w.t, "DELETE FROM provoked")
	case "host edits it", "host unlinks it", "host deletes it":
		w.host(a, strings.Fields(event)[1])
	case "cancelled before the API answers":
		cancel()
	}
}

// answer lines up what the API does.
func (w *world) answer(id string, s step) {
	object := map[string]any{"asset_id": id}
	for field, v := range s.answer.values {
		object[field] = v.json
	}
	location := map[string]any{}
	for field, r := range s.answer.references {
		if slices.Contains(levels, field) {
			location[field] = r.json(s.answer.bare)
		} else {
			object[field] = r.json(s.answer.bare)
		}
	}
	object["location"] = location
	body, err := json.Marshal(object)
	if err != nil {
		w.t.Fatal(err)
	}
	w.API.SetAsset(id, body)

	status := func(code int) innomainttest.Answer { return innomainttest.Answer{Status: code, Body: "no"} }
	text := func(body string) innomainttest.Answer { return innomainttest.Answer{Body: body} }
	thrice := func(a innomainttest.Answer) []innomainttest.Answer { return []innomainttest.Answer{a, a, a} }
	once := func(a innomainttest.Answer) []innomainttest.Answer { return []innomainttest.Answer{a} }
	w.API.Script(id, map[string][]innomainttest.Answer{
		"ok behind a 503": once(status(503)), "ok behind a 429": once(innomainttest.Answer{Status: 429, RetryAfter: "0"}), "ok behind a reset": once(innomainttest.Answer{Drop: true}),
		"ok in an envelope": once(text(`{"status":"success","data":[` + string(body) + `]}`)),
		"404":               once(status(404)), "empty": once(text("[]")), "says not found in a 200": once(text(`{"status":"error","messages":"Asset not found"}`)),
		"403": once(status(403)), "503": thrice(status(503)), "429": thrice(status(429)), "reset": thrice(innomainttest.Answer{Drop: true}),
		"cut": thrice(innomainttest.Answer{Body: string(body), Cut: true}), "a year's Retry-After": once(innomainttest.Answer{Status: http.StatusTooManyRequests, RetryAfter: "31536000"}),
		"418": once(status(418)), "login page": once(text("<!DOCTYPE html><title>Log in</title>")), "cut JSON": once(text(string(body[:len(body)/2]))),
		"garbage": once(text("\x00\xff{{\"" + invariant.Token)), "another asset": once(text(`{"asset_id":"other"}`)), "two assets": once(text(`[{"asset_id":"1"},{"asset_id":"2"}]`)),
		"no id": once(text(`{"serial_number":"x"}`)),
	}[outcomes[s.outcome].name]...)
}
