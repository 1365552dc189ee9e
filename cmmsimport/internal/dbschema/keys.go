package dbschema

import (
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"
)

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
