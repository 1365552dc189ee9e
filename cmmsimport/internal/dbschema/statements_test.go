package dbschema

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"

	"ic3.internal/innomaintsync/internal/dbtest"
)

// part is a model with every kind of column.
type part struct {
	ID      uint64 `gorm:"column:id;type:bigint unsigned;not null;primaryKey;autoIncrement;index:idx_stock,priority:2"`
	OwnerID uint64 `gorm:"column:owner_id;type:bigint unsigned;not null;uniqueIndex:uq_part,priority:1"`
	Name    string `gorm:"column:name;type:varchar(20);not null;uniqueIndex:uq_part,priority:2"`
	Stock   int    `gorm:"column:stock;type:int;not null;default:0;index:idx_stock,priority:1"`
	Note    string `gorm:"column:note;type:text"`
}

func (part) TableName() string { return "part" }

// statements runs what Statements returns, and checks that nothing is left to do.
func statements(t *testing.T, db *gorm.DB, table Table) []string {
	t.Helper()
	ddl, problems, err := Statements(t.Context(), db, []Table{table})
	if err != nil || len(problems) > 0 {
		t.Fatalf("error %v, problems %v", err, problems)
	}
	for _, statement := range ddl {
		if err := db.Exec(statement).Error; err != nil {
			t.Fatal(err)
		}
	}
	if left, _, err := Statements(t.Context(), db, []Table{table}); err != nil || len(left) > 0 {
		t.Errorf("left to do: %q, error %v", left, err)
	}
	found, err := Read(t.Context(), db, []Table{table})
	if err := errors.Join(err, found.Check([]Table{table})); err != nil {
		t.Error(err)
	}
	return ddl
}

func TestStatements(t *testing.T) {
	t.Parallel()
	renamed := TableOf(part{})
	renamed.Name, renamed.Columns[2].Name, renamed.Indexes = "Host Part", "part`name", nil
	for name, tc := range map[string]struct {
		exists, want string
		table        Table
	}{
		"no table": {
			want: "CREATE TABLE `part` (`id` bigint unsigned NOT NULL AUTO_INCREMENT, `owner_id` bigint unsigned NOT NULL, `name` varchar(20) NOT NULL, " +
				"`stock` int NOT NULL DEFAULT 0, `note` text, PRIMARY KEY (`id`), INDEX `idx_stock` (`stock`,`id`), UNIQUE INDEX `uq_part` (`owner_id`,`name`))",
		},
		"a table by another name": {
			table: renamed,
			want: "CREATE TABLE `Host Part` (`id` bigint unsigned NOT NULL AUTO_INCREMENT, `owner_id` bigint unsigned NOT NULL, `part``name` varchar(20) NOT NULL, " +
				"`stock` int NOT NULL DEFAULT 0, `note` text, PRIMARY KEY (`id`))",
		},
		"no column is NOT NULL without a default": {
			exists: "(id INT AUTO_INCREMENT PRIMARY KEY)",
			want: "ALTER TABLE `part` ADD `owner_id` bigint unsigned, ADD `name` varchar(20), ADD `stock` int NOT NULL DEFAULT 0, ADD `note` text, " +
				"ADD INDEX `idx_stock` (`stock`,`id`), ADD UNIQUE INDEX `uq_part` (`owner_id`,`name`)",
		},
		"the host's primary key stays": {
			exists: "(owner_id INT, name VARCHAR(20), stock INT, note TEXT, PRIMARY KEY (owner_id, name), KEY (stock, id_of_host), id_of_host INT)",
			want:   "ALTER TABLE `part` ADD `id` bigint unsigned NOT NULL AUTO_INCREMENT UNIQUE, ADD INDEX `idx_stock` (`stock`,`id`)",
		},
		"an index name that is taken": {
			exists: "(id INT AUTO_INCREMENT PRIMARY KEY, owner_id INT, name VARCHAR(20), stock INT, note TEXT, KEY uq_part (name), KEY host (stock, id, name))",
			want:   "ALTER TABLE `part` ADD UNIQUE INDEX `uq_part_sync` (`owner_id`,`name`)",
		},
		"a unique index on a part of a column does not do": {
			exists: "(id INT AUTO_INCREMENT PRIMARY KEY, owner_id INT, name VARCHAR(20), stock INT, note TEXT, UNIQUE KEY host (owner_id, name(5)), KEY (stock, id))",
			want:   "ALTER TABLE `part` ADD UNIQUE INDEX `uq_part` (`owner_id`,`name`)",
		},
		"letter case": {exists: "(ID INT AUTO_INCREMENT PRIMARY KEY, Owner_ID INT, Name VARCHAR(20), Stock INT, Note TEXT, UNIQUE KEY (Owner_ID, Name), KEY (Stock, ID))"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := dbtest.Open(t, dbtest.Database(t))
			if tc.exists != "" {
				if err := db.Exec("CREATE TABLE part " + tc.exists).Error; err != nil {
					t.Fatal(err)
				}
			}
			if tc.table.Name == "" {
				tc.table = TableOf(part{})
			}
			if diff := cmp.Diff(tc.want, strings.Join(statements(t, db, tc.table), "\n")); diff != "" {
				t.Errorf("statements (-want +got):\n%s", diff)
			}
		})
	}
}

func TestStatements_Problems(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		exists []string
		want   string
	}{
		"a view without a column":        {[]string{"CREATE TABLE host (id INT)", "CREATE VIEW part AS SELECT id, 1 AS owner_id, 'x' AS name FROM host"}, "part is a view: add stock, note to it"},
		"another AUTO_INCREMENT column":  {[]string{"CREATE TABLE part (no INT AUTO_INCREMENT PRIMARY KEY, owner_id INT, name VARCHAR(20))"}, "part has the AUTO_INCREMENT column no, and MySQL allows one per table: give the table another name and make part a view of it, in which no is called id"},
		"rows that would need a value":   {[]string{"CREATE TABLE part (id INT AUTO_INCREMENT PRIMARY KEY)", "INSERT INTO part VALUES (1)"}, "part has rows but no owner_id, name: add it with a value for each row"},
		"rows, and columns with default": {[]string{"CREATE TABLE part (id INT AUTO_INCREMENT PRIMARY KEY, owner_id INT, name VARCHAR(20))", "INSERT INTO part VALUES (1, 1, 'x')"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := dbtest.Open(t, dbtest.Database(t))
			for _, statement := range tc.exists {
				if err := db.Exec(statement).Error; err != nil {
					t.Fatal(err)
				}
			}
			_, problems, err := Statements(t.Context(), db, []Table{TableOf(part{})})
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if err := errors.Join(problems...); err != nil {
				got = err.Error()
			}
			if got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}
