// Package dbschema knows what the database has, what the sync needs, and the DDL between the two.
package dbschema

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"gorm.io/gorm"
)

// Catalog is what the database has of the sync's tables: by table and column, in lower case.
type Catalog map[string]map[string]Column

// Read asks the database for the columns of the tables, in one query.
func Read(ctx context.Context, db *gorm.DB, tables []Table) (Catalog, error) {
	var rows []struct {
		InTable, InColumn, Extra string
		Column
	}
	err := db.WithContext(ctx).Raw(`SELECT table_name AS in_table, column_name AS in_column, extra AS extra,
		character_maximum_length AS characters, character_octet_length AS bytes, character_set_name AS charset,
		numeric_precision AS digits, numeric_scale AS scale
		FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name IN ?`, names(tables)).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("reading the tables' definitions: %w", err)
	}

	found := Catalog{}
	for _, row := range rows {
		table := strings.ToLower(row.InTable)
		if found[table] == nil {
			found[table] = map[string]Column{}
		}
		row.AutoIncrement = strings.Contains(strings.ToLower(row.Extra), "auto_increment")
		found[table][strings.ToLower(row.InColumn)] = row.Column
	}
	return found, nil
}

// Check returns one error that lists the tables and columns that are missing; nil if none is.
func (c Catalog) Check(tables []Table) error {
	var problems []error
	for _, table := range tables {
		if !c.has(table) {
			problems = append(problems, fmt.Errorf("table %s is missing", table.Name))
			continue
		}
		for _, column := range c.missing(table) {
			problems = append(problems, fmt.Errorf("column %s.%s is missing", table.Name, column.Name))
		}
	}
	return errors.Join(problems...)
}

func (c Catalog) has(table Table) bool { return c[strings.ToLower(table.Name)] != nil }

// missing lists the columns that an existing table lacks.
func (c Catalog) missing(table Table) (missing []Definition) {
	for _, column := range table.Columns {
		if _, ok := c[strings.ToLower(table.Name)][strings.ToLower(column.Name)]; !ok {
			missing = append(missing, column)
		}
	}
	return missing
}

// counter is the table's AUTO_INCREMENT column, empty if it has none.
func (c Catalog) counter(table Table) string {
	for name, column := range c[strings.ToLower(table.Name)] {
		if column.AutoIncrement {
			return name
		}
	}
	return ""
}

func names(tables []Table) []string {
	names := make([]string, len(tables))
	for i, table := range tables {
		names[i] = table.Name
	}
	return names
}
