// Package dbschema knows what the database has, what the sync needs, and the DDL between the two.
package dbschema

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

// Catalog is what the database has of the sync's tables: by table and column, in lower case.
type Catalog map[string]map[string]Column

// Read asks the database for the columns of the tables, in one query.
func Read(ctx context.Context, db *gorm.DB, tables []Table) (Catalog, error) {
	var rows []struct {
		Table  string `gorm:"column:in_table"` // named, since the host's NamingStrategy is another
		Column string `gorm:"column:in_column"`
		Extra  string `gorm:"column:extra"`
		Holds  Column `gorm:"embedded"`
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
		table := strings.ToLower(row.Table)
		if found[table] == nil {
			found[table] = map[string]Column{}
		}
		row.Holds.AutoIncrement = strings.Contains(strings.ToLower(row.Extra), "auto_increment")
		found[table][strings.ToLower(row.Column)] = row.Holds
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

// Column is what a column of the host's database can hold. The host's definition counts, not the model's: it may be
// wider or narrower. The zero value holds anything.
type Column struct {
	Characters    uint64 `gorm:"column:characters"` // of text; 0: no limit known
	Bytes         uint64 `gorm:"column:bytes"`      // of text in UTF-8; 0: no limit known
	Charset       string `gorm:"column:charset"`
	Precision     int    `gorm:"column:digits"` // decimal digits in all; 0: no limit known
	Scale         int    `gorm:"column:scale"`  // of them after the point
	AutoIncrement bool   `gorm:"-"`
}

// TextProblem says why s cannot be stored, "" if it can. Nothing is ever cut to fit.
func (c Column) TextProblem(s string) string {
	characters := utf8.RuneCountInString(s)
	if c.Charset == "" { // a binary column counts bytes
		characters = len(s)
	}
	if c.Characters > 0 && uint64(characters) > c.Characters {
		return fmt.Sprintf("has %d characters, the column takes %d", characters, c.Characters)
	}
	if c.Bytes > 0 && strings.HasPrefix(c.Charset, "utf8") && uint64(len(s)) > c.Bytes {
		return fmt.Sprintf("has %d bytes, the column takes %d", len(s), c.Bytes)
	}
	for _, r := range s {
		if !c.hasRoomFor(r) {
			return fmt.Sprintf("holds %q, and the column's character set %s has no room for it", r, c.Charset)
		}
	}
	return ""
}

// hasRoomFor reports whether the column's character set has the character. Unknown character sets count as complete.
func (c Column) hasRoomFor(r rune) bool {
	switch c.Charset {
	case "utf8", "utf8mb3", "ucs2":
		return r <= 0xFFFF
	case "latin1": // Windows-1252, says the manual of both servers
		return r <= 0xFF || strings.ContainsRune("€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ", r)
	case "ascii":
		return r <= 0x7F
	}
	return true
}

// DecimalProblem says why d cannot be stored, "" if it can.
func (c Column) DecimalProblem(d innomaint.Decimal) string {
	if c.Precision > 0 && !d.Fits(c.Precision, c.Scale) {
		return fmt.Sprintf("does not fit the column's DECIMAL(%d,%d)", c.Precision, c.Scale)
	}
	return ""
}
