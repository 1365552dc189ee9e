package cmmsimport

import (
	"slices"
	"testing"

	"ic3.internal/innomaintsync/cmmsimport/internal/dbschema"
	"ic3.internal/innomaintsync/cmmsimport/internal/masters"
)

func TestDefaultMasterTables(t *testing.T) {
	t.Parallel()
	for kind, table := range masters.DefaultTables() {
		i := slices.IndexFunc(tables(), func(model dbschema.Table) bool { return model.Name == table.Name })
		if i < 0 {
			t.Errorf("%s: no model has the table %s", kind, table.Name)
			continue
		}
		c := table.Columns
		named := []string{c.ID, c.CustomerID, c.CMMSID, c.Name, c.Code, c.Parent, c.Level, c.Email, c.Phone, c.CreatedAt, c.UpdatedAt}
		named = slices.DeleteFunc(named, func(column string) bool { return column == "" })
		var columns []string
		for _, column := range tables()[i].Columns {
			columns = append(columns, column.Name)
		}
		slices.Sort(named)
		slices.Sort(columns)
		if !slices.Equal(named, columns) {
			t.Errorf("%s: the columns are %v, those of the model %v", kind, named, columns)
		}
		if (table.Level != "") != (c.Level != "") {
			t.Errorf("%s: the level is %q, its column %q", kind, table.Level, c.Level)
		}
	}
	for _, kind := range []MasterKind{
		MasterCategory, MasterSubcategory, MasterManufacturer, MasterModel, MasterVendor, MasterSite, MasterBuilding, MasterFloor, MasterRoom,
		MasterDepartment, MasterStatus,
	} {
		if _, ok := masters.DefaultTables()[masters.Kind(kind)]; !ok {
			t.Errorf("%s has no table", kind)
		}
	}
}
