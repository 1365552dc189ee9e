package utc

import (
	"context"
	"fmt"
	"reflect"
	"time"

	"gorm.io/gorm/schema"
)

// Serializer is GORM's serializer "utc" for fields of type time.Time and *time.Time. It writes what [Format] gives, NULL for
// a nil pointer or a zero time, and reads what [Parse] reads; the result is in time.UTC, so == works.
// It is registered when the package is imported.
//
// GORM applies serializers to model fields only: values of a map given to Updates and arguments of Where need [Format].
type Serializer struct{}

var _ schema.SerializerInterface = Serializer{}

func init() {
	schema.RegisterSerializer("utc", Serializer{})
}

// Scan sets the field from the driver's value.
func (Serializer) Scan(ctx context.Context, field *schema.Field, dst reflect.Value, dbValue any) error {
	t, err := Parse(dbValue)
	if err != nil {
		return fmt.Errorf("column %s: %w", field.DBName, err)
	}
	target := field.ReflectValueOf(ctx, dst)
	switch target.Interface().(type) {
	case time.Time:
		target.Set(reflect.ValueOf(t))
	case *time.Time:
		if t.IsZero() {
			target.SetZero()
			return nil
		}
		target.Set(reflect.ValueOf(&t))
	default:
		return fmt.Errorf("utc: field %s is a %s, want time.Time or *time.Time", field.Name, target.Type())
	}
	return nil
}

// Value returns what is written for the field.
func (Serializer) Value(_ context.Context, field *schema.Field, _ reflect.Value, fieldValue any) (any, error) {
	switch t := fieldValue.(type) {
	case time.Time:
		if t.IsZero() {
			return nil, nil
		}
		return Format(t), nil
	case *time.Time:
		if t == nil || t.IsZero() {
			return nil, nil
		}
		return Format(*t), nil
	default:
		return nil, fmt.Errorf("utc: field %s is a %T, want time.Time or *time.Time", field.Name, fieldValue)
	}
}
