package cmmsimport_test

import (
	"slices"
	"sync"

	"github.com/DATA-DOG/go-sqlmock"
	"gorm.io/gorm/schema"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// tables are the models of the sync, for mocks of the schema.
var tables = []schema.Tabler{
	cmmsimport.AssetMaster{}, cmmsimport.CategoryMaster{}, cmmsimport.ManufacturerMaster{}, cmmsimport.ModelMaster{},
	cmmsimport.VendorMaster{}, cmmsimport.LocationMaster{}, cmmsimport.DepartmentMaster{}, cmmsimport.StatusMaster{},
	synclog.Entry{}, synclog.Run{}, cmmsimport.SyncLock{},
}

func parsed(model schema.Tabler) *schema.Schema {
	s, err := schema.Parse(model, &sync.Map{}, schema.NamingStrategy{})
	exitOn(err)
	return s
}

// everyColumn is the result of the schema check: every column, except those of some tables.
func everyColumn(but ...string) *sqlmock.Rows {
	rows := sqlmock.NewRows([]string{"in_table", "in_column", "characters", "bytes", "charset", "digits", "scale"})
	for _, model := range tables {
		if slices.Contains(but, model.TableName()) {
			continue
		}
		for _, column := range parsed(model).DBNames {
			rows.AddRow(model.TableName(), column, nil, nil, nil, nil, nil)
		}
	}
	return rows
}

// everyIndex is the result of the query for the indexes: every index.
func everyIndex() *sqlmock.Rows {
	rows := sqlmock.NewRows([]string{"in_table", "in_index", "not_unique", "in_column"})
	for _, model := range tables {
		for _, index := range parsed(model).ParseIndexes() {
			for _, field := range index.Fields {
				rows.AddRow(model.TableName(), index.Name, index.Class != "UNIQUE", field.DBName)
			}
		}
	}
	return rows
}
