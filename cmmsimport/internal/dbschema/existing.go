package dbschema

import (
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/schema"
)

// existingTable is a table of the sync that the database has already.
type existingTable struct {
	dry     *gorm.DB // records DDL
	model   schema.Tabler
	fields  *schema.Schema
	columns map[string]Column
	keys    tableKeys
}

// missing lists the columns that the table lacks.
func (t existingTable) missing() []string {
	return slices.DeleteFunc(slices.Clone(t.fields.DBNames), func(name string) bool {
		_, ok := t.columns[name]
		return ok
	})
}

// problem says what only the host can mend, nil where there is nothing.
func (t existingTable) problem() error {
	missing, counter := t.missing(), t.counter()
	switch {
	case len(missing) > 0 && t.keys.view:
		return fmt.Errorf("%s is a view: let it carry %s too", t.model.TableName(), strings.Join(missing, ", "))
	case counter != "" && slices.ContainsFunc(missing, func(name string) bool { return t.fields.FieldsByDBName[name].AutoIncrement }):
		return fmt.Errorf("%[1]s counts up %[2]s, and a table cannot count up two columns: give the table another name and make %[1]s a view of it, in which %[2]s is called id",
			t.model.TableName(), counter)
	}
	return nil
}

// counter is the column that counts up by itself, empty where there is none.
func (t existingTable) counter() string {
	for name, column := range t.columns {
		if column.CountsUp {
			return name
		}
	}
	return ""
}

// addMissing records the statements for what the table lacks.
func (t existingTable) addMissing() error {
	for _, name := range t.missing() {
		if err := t.addColumn(t.fields.FieldsByDBName[name]); err != nil {
			return err
		}
	}
	if t.keys.view {
		return nil
	}
	for _, index := range t.fields.ParseIndexes() {
		if t.keys.covers(index) {
			continue
		}
		if _, taken := t.keys.indexes[strings.ToLower(index.Name)]; taken { // by one of the host's on other columns
			index.Name += "_sync"
		}
		if err := t.dry.Exec(createIndex(t.model.TableName(), index)).Error; err != nil {
			return err
		}
	}
	return nil
}

func (t existingTable) addColumn(field *schema.Field) error {
	if field.PrimaryKey && t.keys.hasPrimary() {
		// The host's rows have a primary key of their own, which stays; ours is unique beside it.
		return t.dry.Exec(fmt.Sprintf("ALTER TABLE `%s` ADD `%s` %s UNIQUE",
			t.model.TableName(), field.DBName, t.dry.Migrator().FullDataTypeOf(field).SQL)).Error
	}
	return t.dry.Migrator().AddColumn(t.model, field.DBName)
}

func createIndex(table string, index *schema.Index) string {
	columns := make([]string, len(index.Fields))
	for i, field := range index.Fields {
		columns[i] = "`" + field.DBName + "`"
	}
	class := ""
	if index.Class != "" {
		class = index.Class + " "
	}
	return fmt.Sprintf("CREATE %sINDEX `%s` ON `%s`(%s)", class, index.Name, table, strings.Join(columns, ","))
}
