package synclog_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"
	"gorm.io/gorm/schema"

	"ic3.internal/innomaintsync/cmmsimport/synclog"
	"ic3.internal/innomaintsync/internal/dbtest"
)

type column struct{ Table, Name, Type, Nullable, Default, Extra string }

type indexed struct {
	Table, Index string
	Position     int
	Column       string
	NonUnique    bool
}

func describe(t *testing.T, db *gorm.DB) (columns []column, indexes []indexed) {
	t.Helper()
	err := db.Raw(`SELECT table_name AS 'table', column_name AS name, column_type AS type, is_nullable AS nullable,
		IFNULL(column_default, '') AS 'default', extra
		FROM information_schema.columns WHERE table_schema = DATABASE() ORDER BY table_name, ordinal_position`).Scan(&columns).Error
	if err != nil {
		t.Fatal(err)
	}
	err = db.Raw(`SELECT table_name AS 'table', index_name AS 'index', seq_in_index AS position, column_name AS 'column', non_unique
		FROM information_schema.statistics WHERE table_schema = DATABASE() ORDER BY table_name, index_name, seq_in_index`).Scan(&indexes).Error
	if err != nil {
		t.Fatal(err)
	}
	return columns, indexes
}

// Whatever naming a host has configured, the models make the tables of the DDL.
func TestModels_MakeTheSchema(t *testing.T) {
	t.Parallel()
	wantColumns, wantIndexes := describe(t, setup(t))
	if len(wantColumns) != 12+15 || len(wantIndexes) != 1+7+1+1 {
		t.Fatalf("the DDL gives %d columns, %d index columns", len(wantColumns), len(wantIndexes))
	}
	for name, config := range map[string]*gorm.Config{
		"default":       {},
		"other naming":  {NamingStrategy: schema.NamingStrategy{TablePrefix: "x_", SingularTable: true, NoLowerCase: true}},
		"prepared":      {PrepareStmt: true},
		"no default tx": {SkipDefaultTransaction: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dsn := dbtest.Database(t)
			db := open(t, dsn, config)
			for range 2 { // the second time finds nothing to do, or at least does no harm
				if err := db.AutoMigrate(&synclog.Entry{}, &synclog.Run{}); err != nil {
					t.Fatal(err)
				}
			}
			columns, indexes := describe(t, open(t, dsn, nil))
			if diff := cmp.Diff(wantColumns, columns); diff != "" {
				t.Errorf("columns (-DDL +models):\n%s", diff)
			}
			if diff := cmp.Diff(wantIndexes, indexes); diff != "" {
				t.Errorf("indexes (-DDL +models):\n%s", diff)
			}
		})
	}
}

// A host that reads the tables with GORM itself gets what Entries and Runs give.
func TestModels_ReadWithGORM(t *testing.T) {
	t.Parallel()
	db := setup(t)
	want := successEntry()
	mustRecord(t, db, want)
	var got synclog.Entry
	if err := db.Where("customer_id = ?", 7).Take(&got).Error; err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(*want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
