package dbschema

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport/internal/mysqlerr"
)

// Statements returns the DDL that the database lacks, in order, one statement a table, and the problems that only the host
// can fix. The rows and the INSERTs that a host has already stay valid: an added column is nullable or has a default.
func Statements(ctx context.Context, db *gorm.DB, tables []Table) (statements []string, problems []error, err error) {
	db = db.WithContext(ctx)
	found, err := Read(ctx, db, tables)
	if err != nil {
		return nil, nil, err
	}
	keys, err := readKeys(db, tables)
	if err != nil {
		return nil, nil, err
	}
	var charset string
	if err := db.Raw("SELECT @@character_set_database").Scan(&charset).Error; err != nil {
		return nil, nil, fmt.Errorf("reading the database's character set: %w", err)
	}
	options := " DEFAULT CHARSET=utf8mb4" // it has every character
	if charset == "utf8mb4" {
		options = ""
	}
	for _, table := range tables {
		if !found.has(table) {
			statements = append(statements, table.create(options))
			continue
		}
		existing := existingTable{table, keys[strings.ToLower(table.Name)], found.missing(table), found.counter(table)}
		problem, err := existing.problem(db)
		if err != nil {
			return nil, nil, err
		}
		if problem != nil {
			problems = append(problems, problem)
		} else if additions := existing.additions(); len(additions) > 0 {
			statements = append(statements, "ALTER TABLE "+quote(table.Name)+" "+strings.Join(additions, ", "))
		}
	}
	return statements, problems, nil
}

// existingTable is a table of the sync that the database has already.
type existingTable struct {
	Table
	keys    keys
	missing []Definition
	counter string // its AUTO_INCREMENT column
}

// problem says what only the host can fix, nil if there is nothing.
func (t existingTable) problem(db *gorm.DB) (problem, err error) {
	if len(t.missing) == 0 {
		return nil, nil
	}
	if t.keys.view {
		return fmt.Errorf("%s is a view: add %s to it", t.Name, list(t.missing)), nil
	}
	if t.counter != "" && slices.ContainsFunc(t.missing, func(d Definition) bool { return d.AutoIncrement }) {
		return fmt.Errorf("%[1]s has the AUTO_INCREMENT column %[2]s, and MySQL allows one per table: give the table another name "+
			"and make %[1]s a view of it, in which %[2]s is called id", t.Name, t.counter), nil
	}
	unfilled := slices.DeleteFunc(slices.Clone(t.missing), func(d Definition) bool { return !d.needsValue() })
	if len(unfilled) == 0 {
		return nil, nil
	}
	var hasRows bool
	if err := db.Raw("SELECT EXISTS (SELECT 1 FROM " + quote(t.Name) + ")").Scan(&hasRows).Error; err != nil {
		return nil, fmt.Errorf("looking for rows in %s: %w", t.Name, err)
	}
	if hasRows {
		return fmt.Errorf("%s has rows but no %s: add it with a value for each row", t.Name, list(unfilled)), nil
	}
	return nil, nil
}

// additions are the parts of an ALTER TABLE for what the table lacks.
func (t existingTable) additions() (additions []string) {
	_, hasPrimary := t.keys.indexes["primary"]
	for _, column := range t.missing {
		column.NotNull = column.NotNull && !column.needsValue() // the host's INSERTs do not name it
		addition := "ADD " + column.sql()
		switch {
		case column.PrimaryKey && hasPrimary: // the host's primary key stays, ours is a unique key
			addition += " UNIQUE"
		case column.PrimaryKey:
			addition += " PRIMARY KEY"
		}
		additions = append(additions, addition)
	}
	if t.keys.view {
		return nil
	}
	for _, index := range t.Indexes {
		if t.keys.covers(index) {
			continue
		}
		if _, taken := t.keys.indexes[strings.ToLower(index.Name)]; taken { // by an index of the host's on other columns
			index.Name += "_sync"
		}
		additions = append(additions, "ADD "+index.sql())
	}
	return additions
}

func list(columns []Definition) string {
	names := make([]string, len(columns))
	for i, column := range columns {
		names[i] = column.Name
	}
	return strings.Join(names, ", ")
}

// keys is what the database has of one table besides its columns.
type keys struct {
	view    bool
	indexes map[string]Index // by name in lower case
}

// covers reports whether the table has the index, or another one that serves the same purpose.
func (k keys) covers(wanted Index) bool {
	n := len(wanted.Columns)
	for _, index := range k.indexes {
		longEnough := len(index.Columns) == n && index.Unique || len(index.Columns) >= n && !wanted.Unique
		if longEnough && slices.EqualFunc(index.Columns[:n], wanted.Columns, strings.EqualFold) {
			return true
		}
	}
	return false
}

// readKeys asks which tables are views, and what indexes they have. The result is by table, in lower case.
func readKeys(db *gorm.DB, tables []Table) (map[string]keys, error) {
	var views []string
	err := db.Raw(`SELECT LOWER(table_name) FROM information_schema.tables
		WHERE table_schema = DATABASE() AND table_type = 'VIEW'`).Scan(&views).Error
	if err != nil {
		return nil, fmt.Errorf("reading which tables are views: %w", err)
	}
	var indexed []struct {
		Table     string `gorm:"column:in_table"`
		Index     string `gorm:"column:in_index"`
		Column    string `gorm:"column:in_column"`
		NotUnique bool   `gorm:"column:not_unique"`
		Prefix    uint64 `gorm:"column:prefix"` // characters, if only the column's beginning is indexed
	}
	err = db.Raw(`SELECT LOWER(table_name) AS in_table, LOWER(index_name) AS in_index, non_unique AS not_unique,
		LOWER(column_name) AS in_column, sub_part AS prefix
		FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name IN ?
		ORDER BY table_name, index_name, seq_in_index`, names(tables)).Scan(&indexed).Error
	if err != nil {
		return nil, fmt.Errorf("reading the indexes: %w", err)
	}

	found := map[string]keys{}
	for _, table := range tables {
		name := strings.ToLower(table.Name)
		found[name] = keys{view: slices.Contains(views, name), indexes: map[string]Index{}}
	}
	for _, row := range indexed {
		index := found[row.Table].indexes[row.Index]
		index.Unique = !row.NotUnique
		if row.Prefix != 0 {
			row.Column = fmt.Sprintf("%s(%d)", row.Column, row.Prefix)
		}
		index.Columns = append(index.Columns, row.Column)
		found[row.Table].indexes[row.Index] = index
	}
	return found, nil
}

// Apply executes DDL. lost is the error of a statement whose table, or a part of it, another process has created meanwhile: what is
// missing has to be read anew.
func Apply(ctx context.Context, db *gorm.DB, statements []string) (lost, err error) {
	for _, statement := range statements {
		err := db.WithContext(ctx).Exec(statement).Error
		switch {
		case err == nil:
		case mysqlerr.AlreadyExists(err):
			lost = fmt.Errorf("%s: %w", statement, err)
		case mysqlerr.Duplicate(err):
			return nil, fmt.Errorf("a unique index cannot be created because of duplicate rows: merge them, then migrate again: %s: %w", statement, err)
		default:
			return nil, fmt.Errorf("%s: %w", statement, err)
		}
	}
	return lost, nil
}
