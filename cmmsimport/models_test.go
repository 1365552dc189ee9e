package cmmsimport_test

import (
	"reflect"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm/schema"
)

func TestModels(t *testing.T) {
	t.Parallel()
	for _, model := range tables {
		t.Run(model.TableName(), func(t *testing.T) {
			t.Parallel()
			parsed, err := schema.Parse(model, &sync.Map{}, schema.NamingStrategy{})
			must(t, err)
			equal(t, "table", parsed.Table, model.TableName())
			equal(t, "associations, which GORM would save", len(parsed.Relationships.Relations), 0)
			for _, field := range parsed.Fields {
				if field.FieldType == reflect.TypeFor[time.Time]() && field.Serializer == nil {
					t.Errorf("%s would be written in the connection's time zone", field.DBName)
				}
			}
		})
	}
}
