package masters

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport/internal/dbschema"
	"ic3.internal/innomaintsync/internal/dbtest"
)

func TestMain(m *testing.M) { os.Exit(dbtest.Main(m)) }

// hostTables are a host's own: other names, one list of suppliers for all customers, places without code.
func hostTables() map[Kind]Table {
	place := Columns{ID: "no", CustomerID: "tenant", CMMSID: "cmms", Name: "title", Parent: "inside", Level: "kind"}
	return map[Kind]Table{
		Vendor: {Name: "host_supplier", Columns: Columns{ID: "no", CMMSID: "cmms", Name: "title", Email: "mail", UpdatedAt: "changed"}},
		Site:   {Name: "host_place", Level: "site", Nested: true, Columns: place},
		Room:   {Name: "host_place", Level: "room", Nested: true, Columns: place},
	}
}

// world is a database with a host's tables and what a run knows of customer 7.
type world struct {
	t        *testing.T
	db       *gorm.DB
	customer *Customer
}

func setup(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, db: dbtest.Open(t, dbtest.Database(t))}
	w.exec("CREATE TABLE host_supplier (no INT AUTO_INCREMENT PRIMARY KEY, cmms VARCHAR(10), title VARCHAR(20) NOT NULL UNIQUE, mail VARCHAR(20), changed DATETIME)")
	w.exec("CREATE TABLE host_place (no INT AUTO_INCREMENT PRIMARY KEY, tenant INT, cmms VARCHAR(10), kind VARCHAR(10), inside INT, title VARCHAR(20), UNIQUE (tenant, inside, title), UNIQUE (tenant, kind, cmms))")
	w.restart(false)
	return w
}

// restart begins another run.
func (w *world) restart(dryRun bool) {
	w.customer = NewCustomer(Config{CustomerID: 7, Tables: hostTables(), DryRun: dryRun, Catalog: dbschema.Catalog{
		"host_supplier": {"title": {Characters: 20, Charset: "utf8mb4"}, "mail": {Characters: 20, Charset: "utf8mb4"}},
	}})
}

func (w *world) exec(text string) {
	w.t.Helper()
	if err := w.db.Exec(text).Error; err != nil {
		w.t.Fatal(err)
	}
}

// transaction resolves the masters in a transaction of their own, commits it, and returns the ids.
func (w *world) transaction(masters ...Master) (ids []uint64, resolver *Resolver) {
	w.t.Helper()
	tx := w.db.Begin()
	ids, resolver = w.ensure(tx, masters...)
	if err := tx.Commit().Error; err != nil {
		w.t.Fatal(err)
	}
	w.customer.Commit()
	return ids, resolver
}

func (w *world) ensure(tx *gorm.DB, masters ...Master) (ids []uint64, resolver *Resolver) {
	w.t.Helper()
	resolver = w.customer.Begin(tx)
	for _, m := range masters {
		id, err := resolver.Ensure(w.t.Context(), m)
		if err != nil {
			w.t.Fatal(err)
		}
		ids = append(ids, id)
	}
	return ids, resolver
}

// rows compares a query's rows, joined by spaces.
func (w *world) rows(query string, want ...string) {
	w.t.Helper()
	var got []string
	if err := w.db.Raw(query).Scan(&got).Error; err != nil {
		w.t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		w.t.Errorf("rows (-want +got):\n%s", diff)
	}
}

func (w *world) suppliers(want ...string) {
	w.t.Helper()
	w.rows("SELECT CONCAT_WS(' ', no, cmms, title, mail) FROM host_supplier ORDER BY no", want...)
}

func (w *world) places(want ...string) {
	w.t.Helper()
	w.rows("SELECT CONCAT_WS(' ', no, tenant, kind, cmms, inside, title) FROM host_place ORDER BY no", want...)
}

func equal[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// lines renders changes for comparison.
func lines(r *Resolver) string {
	var changes []string
	for column, change := range r.Changes {
		changes = append(changes, fmt.Sprintf("%s %v→%v", column, change.From, change.To))
	}
	return strings.Join(changes, "\n")
}
