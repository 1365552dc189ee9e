package dbschema

import (
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"
)

// keys is what the database has of one table beside its columns.
type keys struct {
	view    bool
	indexes map[string]Index // by name in lower case
}

func (k keys) hasPrimary() bool {
	_, ok := k.indexes["primary"]
	return ok
}

// covers reports whether the table has the index, or another one that does its work.
func (k keys) covers(wanted Index) bool {
	for _, index := range k.indexes {
		if wanted.Unique {
			if index.Unique && slices.EqualFunc(index.Columns, wanted.Columns, strings.EqualFold) {
				return true
			}
		} else if n := len(wanted.Columns); len(index.Columns) >= n && slices.EqualFunc(index.Columns[:n], wanted.Columns, strings.EqualFold) {
			return true
		}
	}
	return false
}

// readKeys asks which tables are views, and what indexes they have. The result is by table, in lower case.
func readKeys(db *gorm.DB, tables []Table) (map[string]keys, error) {
	var views []string
	err := db.Raw("SELECT LOWER(table_name) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type = 'VIEW'").Scan(&views).Error
	if err != nil {
		return nil, fmt.Errorf("reading which tables are views: %w", err)
	}
	var indexed []struct {
		TableName string  `gorm:"column:in_table"`
		IndexName string  `gorm:"column:in_index"`
		NonUnique bool    `gorm:"column:not_unique"`
		Column    string  `gorm:"column:in_column"`
		Prefix    *uint64 `gorm:"column:prefix"` // characters, where only the column's beginning is indexed
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
		index := found[row.TableName].indexes[row.IndexName]
		index.Unique = !row.NonUnique
		if row.Prefix != nil {
			row.Column = fmt.Sprintf("%s(%d)", row.Column, *row.Prefix)
		}
		index.Columns = append(index.Columns, row.Column)
		found[row.TableName].indexes[row.IndexName] = index
	}
	return found, nil
}
