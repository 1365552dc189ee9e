package dbschema

import (
	"fmt"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/schema"
)

// tableKeys is what the database holds of one table beside its columns.
type tableKeys struct {
	view    bool
	indexes map[string]tableIndex
}

type tableIndex struct {
	unique  bool
	columns []string
}

func (t tableKeys) hasPrimary() bool {
	_, ok := t.indexes["primary"]
	return ok
}

// covers reports whether the table has the index, or another one that does its work.
func (t tableKeys) covers(wanted *schema.Index) bool {
	columns := make([]string, len(wanted.Fields))
	for i, field := range wanted.Fields {
		columns[i] = field.DBName
	}
	for _, index := range t.indexes {
		if wanted.Class == "UNIQUE" {
			if index.unique && slices.Equal(index.columns, columns) {
				return true
			}
		} else if len(index.columns) >= len(columns) && slices.Equal(index.columns[:len(columns)], columns) {
			return true
		}
	}
	return false
}

// readKeys asks which of the sync's tables are views, and what indexes they have.
func readKeys(s *gorm.DB, models []schema.Tabler) (map[string]tableKeys, error) {
	var views []string
	err := s.Raw("SELECT LOWER(table_name) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type = 'VIEW'").Scan(&views).Error
	if err != nil {
		return nil, fmt.Errorf("reading which tables are views: %w", err)
	}
	var indexed []struct {
		TableName string  `gorm:"column:in_table"`
		IndexName string  `gorm:"column:in_index"`
		NonUnique bool    `gorm:"column:not_unique"`
		Column    string  `gorm:"column:in_column"`
		Prefix    *uint64 `gorm:"column:prefix"` // characters, where not the whole column is indexed
	}
	err = s.Raw(`SELECT LOWER(table_name) AS in_table, LOWER(index_name) AS in_index, non_unique AS not_unique,
		LOWER(column_name) AS in_column, sub_part AS prefix
		FROM information_schema.statistics WHERE table_schema = DATABASE() ORDER BY table_name, index_name, seq_in_index`).Scan(&indexed).Error
	if err != nil {
		return nil, fmt.Errorf("reading the indexes: %w", err)
	}

	keys := map[string]tableKeys{}
	for _, model := range models {
		keys[model.TableName()] = tableKeys{view: slices.Contains(views, model.TableName()), indexes: map[string]tableIndex{}}
	}
	for _, row := range indexed {
		if table, ok := keys[row.TableName]; ok {
			index := table.indexes[row.IndexName]
			index.unique = !row.NonUnique
			if row.Prefix != nil {
				row.Column = fmt.Sprintf("%s(%d)", row.Column, *row.Prefix)
			}
			index.columns = append(index.columns, row.Column)
			table.indexes[row.IndexName] = index
		}
	}
	return keys, nil
}
