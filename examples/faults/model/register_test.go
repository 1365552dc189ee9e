package model_test

import (
	"fmt"
	"maps"
	"slices"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

// A register is the model of the whole database: assets by row id, and each customer's masters.
type register struct {
	assets  []*asset
	masters map[uint64]masters
	next    int // the last id that was given to a master
}

// An entry is a row of cmms_sync_log.
type entry struct {
	customer          uint64
	cmmsID, status    string
	kind              innomaint.Kind
	warnings, changes []string // fields and columns, sorted
	changed           bool     // something, be it only a master
	created           int
	stale             bool // the row was gone, so that it could not be marked
}

// An expectation is what must come of a run.
type expectation struct {
	entries          []*entry // of all attempts
	logged           []*entry // rows of cmms_sync_log, in the order in which they are written
	total            int
	cancelled, audit bool // the run's error is context.Canceled, ErrAuditIncomplete
	aborted          bool
}

// selected returns the customer's assets that a run takes now.
func (g *register) selected(customer uint64, s script) (found []*asset) {
	for _, a := range g.assets {
		if a.customer == customer && !a.gone() && (!s.onlyFailed || a.status == "Failed") {
			found = append(found, a)
		}
	}
	return found
}

// running is one run of the model.
type running struct {
	*register
	script
	want      *expectation
	decided   map[decision]string
	cancelled bool
	refusing  bool     // cmms_sync_log takes no row
	waiting   []*entry // of the log
	systemic  int      // failures in a row
}

// run predicts a run and does it to the register; a dry run does nothing to it.
func (g *register) run(s script) *expectation {
	r := &running{register: g, script: s, want: &expectation{}}
	planned := map[uint64]int{}
	for _, customer := range slices.Sorted(maps.Keys(g.masters)) {
		planned[customer] = len(g.selected(customer, s))
		r.want.total += planned[customer]
	}
	if s.limit > 0 {
		r.want.total = min(r.want.total, s.limit)
	}
	for _, customer := range slices.Sorted(maps.Keys(g.masters)) {
		if planned[customer] > 0 && !r.customer(customer) {
			break
		}
	}
	r.flush()
	r.want.total = max(r.want.total, len(r.want.entries))
	r.want.audit = len(r.waiting) > 0
	return r.want
}

// customer goes through one customer's assets, and reports whether the run goes on.
func (r *running) customer(id uint64) bool {
	if r.remaining() == 0 {
		return false
	}
	if r.cancelled {
		r.want.cancelled = true
		return false
	}
	r.decided = map[decision]string{}
	page := r.selected(id, r.script)
	read := make([]map[string]string, len(page)) // once, before the first asset
	for i, a := range page {
		read[i] = maps.Clone(a.columns)
	}
	for i, a := range page {
		if r.remaining() == 0 {
			return false
		}
		if r.cancelled {
			r.want.cancelled = true
			return false
		}
		r.flush()
		if !r.asset(a, read[i]) {
			r.want.aborted = true
			return false
		}
	}
	return true
}

func (r *running) remaining() int {
	if r.limit == 0 {
		return len(r.assets) + 1
	}
	return r.limit - len(r.want.entries)
}

// asset makes one attempt, and reports whether the run goes on.
func (r *running) asset(a *asset, page map[string]string) bool {
	step := r.steps[slices.Index(r.assets, a)]
	e := &entry{customer: a.customer, cmmsID: a.cmmsID}
	r.befall(a, step.event)
	inside := r.attempt(a, page, step, e)
	e.status = "Success"
	if e.kind != "" {
		e.status, e.changes, e.changed, e.created = "Failed", nil, false, 0
	}
	r.want.entries = append(r.want.entries, e)
	if !r.dryRun {
		if e.stale = e.status == "Failed" && a.gone(); !e.stale {
			a.status = e.status
		}
		if inside {
			r.want.logged = append(r.want.logged, e)
		} else {
			r.waiting = append(r.waiting, e)
			r.flush()
		}
	}
	if step.event == "cancelled behind it" {
		r.cancelled = true
	}
	switch e.kind {
	case "auth", "rate_limited", "unavailable", cmmsimport.KindDatabase:
		r.systemic++
	default:
		r.systemic = 0
	}
	return r.abortAfter == 0 || r.systemic < r.abortAfter
}

// befall is what happens while the API is asked.
func (r *running) befall(a *asset, event string) {
	switch event {
	case "log refuses from here":
		r.refusing = true
	case "log takes rows again":
		r.refusing = false
	case "host edits it":
		maps.Copy(a.columns, edits)
	case "host unlinks it":
		a.linked = false
	case "host deletes it":
		a.deleted = true
	case "cancelled before the API answers":
		r.cancelled = true
	}
}

// attempt is one asset's transaction; it reports whether the log row was committed in it.
func (r *running) attempt(a *asset, page map[string]string, step step, e *entry) (logged bool) {
	if r.cancelled {
		e.kind = cmmsimport.KindCanceled
		return false
	}
	if e.kind = outcomes[step.outcome].kind; e.kind != "" {
		return false
	}
	try := r.masters[a.customer].begin(r.decided, &r.next)
	result := try.enrich(page, step.answer, r.policy)
	e.warnings, e.changes = result.warnings, slices.Sorted(maps.Keys(result.columns))
	e.changed, e.created = len(e.changes) > 0 || try.changed, try.created
	r.cancelled = step.event == "cancelled in the transaction"
	switch {
	case r.cancelled && !r.dryRun: // whose transaction has nothing more to do
		e.kind = cmmsimport.KindCanceled
	case step.event == "enricher panics":
		e.kind = cmmsimport.KindPanic
	case step.event == "enricher fails":
		e.kind = cmmsimport.KindInternal
	case r.dryRun:
		return false
	case a.gone(), step.event == "UPDATE is out of range":
		e.kind = "invalid_data"
	case step.event == "UPDATE is refused", r.atomic && r.refusing:
		e.kind = cmmsimport.KindDatabase
	}
	if e.kind != "" {
		return false
	}
	a.write(result.columns, r.policy)
	r.masters[a.customer], r.decided = try.rows, try.decided
	return r.atomic
}

// flush writes what waits for the log.
func (r *running) flush() {
	if !r.refusing {
		r.want.logged, r.waiting = append(r.want.logged, r.waiting...), nil
	}
}

// edits are what the host writes into a row while, or before, it is synced.
var edits = map[string]string{"criticality": "Host's", "barcode": "HOST", "purchase_cost": "7.00"}

// host does to a row what a host may do between two runs.
func (g *register) host(a *asset, did string) {
	switch did {
	case "edits":
		maps.Copy(a.columns, edits)
	case "unlinks":
		a.linked = false
	case "deletes":
		a.deleted = true
	case "links":
		a.linked, a.deleted = true, false
	}
}

func (e *entry) String() string {
	return fmt.Sprintf("%d %s %s %s %v %v", e.customer, e.cmmsID, e.status, e.kind, e.warnings, e.changes)
}
