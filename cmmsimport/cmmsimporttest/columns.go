package cmmsimporttest

import (
	"context"
	"fmt"
	"reflect"
	"sync"

	"gorm.io/gorm/schema"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
	"ic3.internal/innomaintsync/internal/utc"
)

// tables are the library's.
var tables = []schema.Tabler{
	cmmsimport.AssetMaster{}, cmmsimport.CategoryMaster{}, cmmsimport.ManufacturerMaster{}, cmmsimport.ModelMaster{},
	cmmsimport.VendorMaster{}, cmmsimport.LocationMaster{}, cmmsimport.DepartmentMaster{}, cmmsimport.StatusMaster{},
	synclog.Entry{}, synclog.Run{}, cmmsimport.SyncLock{},
}

var parsed sync.Map // what schema.Parse keeps between calls

func parse(table schema.Tabler) *schema.Schema {
	s, err := schema.Parse(table, &parsed, schema.NamingStrategy{})
	if err != nil {
		panic(fmt.Sprintf("cmmsimporttest: %T: %v", table, err)) // the library's own models
	}
	return s
}

// setColumn makes a change to a row as its UPDATE would.
func setColumn(ctx context.Context, a *cmmsimport.AssetMaster, c cmmsimport.ColumnChange) error {
	field := parse(cmmsimport.AssetMaster{}).LookUpField(c.Column)
	if field == nil {
		return fmt.Errorf("cmmsimporttest: ic3_asset_master has no column %q", c.Column)
	}
	row := reflect.ValueOf(a).Elem()
	if _, empty := field.ValueOf(ctx, row); c.OnlyIfEmpty && !empty {
		return nil
	}
	if text, ok := c.To.(string); ok && field.DBName == "cmms_updated_at" {
		at, err := utc.Parse([]byte(text))
		if err != nil {
			return err
		}
		a.CMMSUpdatedAt = at
		return nil
	}
	return field.Set(ctx, row, c.To)
}
