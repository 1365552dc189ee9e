// Package dbschema knows what the database has, what the models of the sync need, and the DDL between the two.
package dbschema

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"gorm.io/gorm"
	"gorm.io/gorm/schema"
)

// Catalog is what the database holds of the sync's tables: by table and column, in lower case.
type Catalog map[string]map[string]Column

// Read asks the database for the columns of the models' tables, in one query.
func Read(ctx context.Context, db *gorm.DB, models []schema.Tabler) (Catalog, error) {
	names := make([]string, len(models))
	for i, model := range models {
		names[i] = model.TableName()
	}
	var rows []struct {
		TableName  string  `gorm:"column:in_table"`
		ColumnName string  `gorm:"column:in_column"`
		Characters *uint64 `gorm:"column:characters"`
		Bytes      *uint64 `gorm:"column:bytes"`
		Charset    *string `gorm:"column:charset"`
		Digits     *int    `gorm:"column:digits"`
		Scale      *int    `gorm:"column:scale"`
		Extra      string  `gorm:"column:in_extra"`
	}
	err := db.WithContext(ctx).Raw(`SELECT table_name AS in_table, column_name AS in_column, character_maximum_length AS characters,
		character_octet_length AS bytes, character_set_name AS charset, numeric_precision AS digits, numeric_scale AS scale, extra AS in_extra
		FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name IN ?`, names).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("reading the tables' definitions: %w", err)
	}

	found := Catalog{}
	for _, row := range rows {
		table := strings.ToLower(row.TableName)
		if found[table] == nil {
			found[table] = map[string]Column{}
		}
		found[table][strings.ToLower(row.ColumnName)] = Column{
			Characters: orZero(row.Characters), Bytes: orZero(row.Bytes), Charset: orZero(row.Charset),
			Precision: orZero(row.Digits), Scale: orZero(row.Scale),
			CountsUp: strings.Contains(strings.ToLower(row.Extra), "auto_increment"),
		}
	}
	return found, nil
}

// Check lists what the models have and the database lacks.
func (c Catalog) Check(models []schema.Tabler) error {
	var missing []error
	for _, model := range models {
		table := model.TableName()
		columns, ok := c[table]
		if !ok {
			missing = append(missing, fmt.Errorf("table %s is missing", table))
			continue
		}
		fields, err := parseModel(model)
		if err != nil {
			return err
		}
		for _, name := range fields.DBNames {
			if _, ok := columns[name]; !ok {
				missing = append(missing, fmt.Errorf("column %s.%s is missing", table, name))
			}
		}
	}
	return errors.Join(missing...)
}

func parseModel(model schema.Tabler) (*schema.Schema, error) {
	return schema.Parse(model, &parsedModels, schema.NamingStrategy{})
}

var parsedModels sync.Map // what schema.Parse keeps between calls

func orZero[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}
