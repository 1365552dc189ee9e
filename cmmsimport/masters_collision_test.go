package cmmsimport_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	mysqldriver "github.com/go-sql-driver/mysql"
)

// unknownCollation is the server's error number: MariaDB and MySQL have different collations.
const unknownCollation = 1273

// collision is a test case in which two masters collide. Innomaint responds for AST-1, AST-2 and so on, all of customer 7, with the fields
// of first, and in the second run with those of second. No asset may fail, and another sync may change nothing.
type collision struct {
	collation     string   // of the master tables; the test is skipped if the server does not know it
	before        []string // statements
	first, second []map[string]any
	masters       []string
	assets        []string // their references
	warning       string   // of the last asset, a part of its text
	unpredicted   bool     // a dry run cannot predict it: only an INSERT shows what the table considers equal
}

func (c collision) run(t *testing.T) {
	t.Parallel()
	w := setup(t)
	if c.collation != "" {
		for _, table := range masterTables {
			err := w.db.Exec("ALTER TABLE ic3_" + table + "_master CONVERT TO CHARACTER SET utf8mb4 COLLATE " + c.collation).Error
			var refused *mysqldriver.MySQLError
			if errors.As(err, &refused) && refused.Number == unknownCollation {
				t.Skip(err)
			}
			must(t, err)
		}
	}
	for _, statement := range c.before {
		w.exec(statement)
	}
	var ids []uint64
	for i := range c.first {
		ids = append(ids, w.link(7, fmt.Sprintf("AST-%d", i+1)))
	}
	for _, responses := range [][]map[string]any{c.first, c.second} {
		if responses == nil {
			continue
		}
		for i, fields := range responses {
			w.respond(fmt.Sprintf("AST-%d", i+1), fields)
		}
		opts := w.options()
		opts.DryRun = true
		dry, summary := w.sync(opts), w.sync(w.options())
		if summary.Failed > 0 {
			t.Errorf("failed: %v", w.rows("SELECT cmms_asset_id, error_message FROM cmms_sync_log WHERE status = 'Failed'"))
		}
		if !c.unpredicted {
			equal(t, "masters created by the dry run", dry.MastersCreated, summary.MastersCreated)
			equal(t, "changed by the dry run", dry.Changed, summary.Changed)
		}
	}
	sameLines(t, "masters", w.masters(masterTables...), c.masters)
	var assets []string
	for _, id := range ids {
		assets = append(assets, w.references(id))
	}
	sameLines(t, "assets", assets, c.assets)
	entries := w.entries()
	warnings := strings.Join(entries[len(entries)-1].Warnings, "\n")
	if (c.warning == "") != (warnings == "") || !strings.Contains(warnings, c.warning) {
		t.Errorf("warnings: got %q, want %q", warnings, c.warning)
	}
	w.syncUnchanged(w.options())
	if !c.unpredicted {
		w.checkStable(w.options())
	}
}
