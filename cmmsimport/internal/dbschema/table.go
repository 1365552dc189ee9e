package dbschema

import (
	"fmt"
	"strings"
	"sync"

	"gorm.io/gorm/schema"
)

// Table is what the sync needs of one table. It is a value, so that a host's names can take the place of the model's.
type Table struct {
	Name    string
	Columns []Definition
	Indexes []Index
}

// Definition is a column of a new table.
type Definition struct {
	Name          string
	Type          string
	NotNull       bool
	Default       string // a number or NULL; empty: none
	PrimaryKey    bool
	AutoIncrement bool
}

// Index is a key besides the primary one.
type Index struct {
	Name    string
	Unique  bool
	Columns []string
}

// TableOf returns the table of a GORM model whose tags name each column and its type. It panics if GORM cannot read
// the model, which is a mistake in the source.
func TableOf(model schema.Tabler) Table {
	parsed, err := schema.Parse(model, &sync.Map{}, schema.NamingStrategy{})
	if err != nil {
		panic(fmt.Sprintf("dbschema: model %T: %v", model, err))
	}
	table := Table{Name: model.TableName()}
	for _, name := range parsed.DBNames {
		field := parsed.FieldsByDBName[name]
		table.Columns = append(table.Columns, Definition{
			Name: name, Type: string(field.DataType), NotNull: field.NotNull || field.PrimaryKey, Default: field.DefaultValue,
			PrimaryKey: field.PrimaryKey, AutoIncrement: field.AutoIncrement,
		})
	}
	for _, parsed := range parsed.ParseIndexes() {
		index := Index{Name: parsed.Name, Unique: parsed.Class == "UNIQUE"}
		for _, field := range parsed.Fields {
			index.Columns = append(index.Columns, field.DBName)
		}
		table.Indexes = append(table.Indexes, index)
	}
	return table
}

// needsValue reports whether each row must bring a value of its own.
func (d Definition) needsValue() bool { return d.NotNull && d.Default == "" && !d.AutoIncrement }

// sql is the column as CREATE TABLE and ALTER TABLE ADD take it.
func (d Definition) sql() string {
	text := quote(d.Name) + " " + d.Type
	if d.NotNull {
		text += " NOT NULL"
	}
	if d.AutoIncrement {
		text += " AUTO_INCREMENT"
	}
	if d.Default != "" {
		text += " DEFAULT " + strings.ToUpper(d.Default)
	}
	return text
}

func (i Index) sql() string {
	kind := "INDEX "
	if i.Unique {
		kind = "UNIQUE INDEX "
	}
	return kind + quote(i.Name) + " (" + quote(i.Columns...) + ")"
}

// create is the statement that makes the table.
func (t Table) create(options string) string {
	var parts, primary []string
	for _, column := range t.Columns {
		parts = append(parts, column.sql())
		if column.PrimaryKey {
			primary = append(primary, column.Name)
		}
	}
	parts = append(parts, "PRIMARY KEY ("+quote(primary...)+")")
	for _, index := range t.Indexes {
		parts = append(parts, index.sql())
	}
	return "CREATE TABLE " + quote(t.Name) + " (" + strings.Join(parts, ", ") + ")" + options
}

// quote quotes names as identifiers, separated by commas.
func quote(names ...string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = "`" + strings.ReplaceAll(name, "`", "``") + "`"
	}
	return strings.Join(quoted, ",")
}
