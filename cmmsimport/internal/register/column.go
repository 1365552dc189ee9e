package register

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"reflect"
	"time"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/internal/dbschema"
	"ic3.internal/innomaintsync/internal/utc"
)

// Column is one synced column of the asset table, for a model A of its rows. Text, Reference, Date, Money, JSON and Timestamp
// make one. Each is told where the value is in the model and, if a value of Innomaint's asset maps onto it, which one.
type Column[A any] struct {
	Name   string
	Assign func(to *A, from *innomaint.Asset) // maps Innomaint's value, empty included; nil: the column is mapped elsewhere

	empty func(a *A) bool
	equal func(a, b *A) bool
	copy  func(to, from *A)
	value func(a *A) any // as an SQL argument and in the log: nil if empty
	scan  func(a *A) any // what database/sql scans the column into
	// problem says why the value does not fit the column, "" if it does. Nil: it always fits.
	problem func(a *A, column dbschema.Column) string
}

// newColumn makes a column whose empty value is the zero value and whose values compare with ==.
func newColumn[A any, T comparable](name string, at func(*A) *T, from func(*innomaint.Asset) T, argument func(T) any) Column[A] {
	var zero T
	c := Column[A]{
		Name:  name,
		empty: func(a *A) bool { return *at(a) == zero },
		equal: func(a, b *A) bool { return *at(a) == *at(b) },
		copy:  func(to, from *A) { *at(to) = *at(from) },
		value: func(a *A) any {
			if *at(a) == zero {
				return nil
			}
			return argument(*at(a))
		},
		scan: func(a *A) any { return nullAsZero(at(a)) },
	}
	if from != nil {
		c.Assign = func(to *A, asset *innomaint.Asset) { *at(to) = from(asset) }
	}
	return c
}

// Text is a column of characters.
func Text[A any](name string, at func(*A) *string, from func(*innomaint.Asset) string) Column[A] {
	c := newColumn(name, at, from, func(s string) any { return s })
	c.problem = func(a *A, column dbschema.Column) string { return column.TextProblem(*at(a)) }
	return c
}

// Reference is a column with the id of a master row. Nothing maps onto it here: Innomaint's reference has to be resolved first.
func Reference[A any](name string, at func(*A) *uint64) Column[A] {
	return newColumn(name, at, nil, func(id uint64) any { return id })
}

// Date is a column with a civil date.
func Date[A any](name string, at func(*A) *innomaint.Date, from func(*innomaint.Asset) innomaint.Date) Column[A] {
	c := newColumn(name, at, from, func(d innomaint.Date) any { return d.String() })
	c.scan = func(a *A) any { return at(a) }
	return c
}

// Money is a column with an exact decimal number.
func Money[A any](name string, at func(*A) *innomaint.Decimal, from func(*innomaint.Asset) innomaint.Decimal) Column[A] {
	c := newColumn(name, at, from, func(d innomaint.Decimal) any { return string(d) })
	c.scan = func(a *A) any { return at(a) }
	c.problem = func(a *A, column dbschema.Column) string { return column.DecimalProblem(*at(a)) }
	return c
}

// JSON is a column with a JSON document. Documents compare by their data, not by their text.
func JSON[A any](name string, at func(*A) *json.RawMessage, from func(*innomaint.Asset) json.RawMessage) Column[A] {
	return Column[A]{
		Name:   name,
		Assign: func(to *A, asset *innomaint.Asset) { *at(to) = from(asset) },
		empty:  func(a *A) bool { return emptyJSON(*at(a)) },
		equal:  func(a, b *A) bool { return sameJSON(*at(a), *at(b)) },
		copy:   func(to, from *A) { *at(to) = *at(from) },
		value: func(a *A) any {
			if emptyJSON(*at(a)) {
				return nil
			}
			return string(*at(a))
		},
		scan: func(a *A) any { return (*[]byte)(at(a)) },
		problem: func(a *A, column dbschema.Column) string {
			if !json.Valid(*at(a)) {
				return "is not valid JSON"
			}
			return column.TextProblem(string(*at(a)))
		},
	}
}

// Timestamp is a DATETIME column, in UTC.
func Timestamp[A any](name string, at func(*A) *time.Time, from func(*innomaint.Asset) time.Time) Column[A] {
	c := newColumn(name, at, from, func(t time.Time) any { return utc.Format(t) })
	c.equal = func(a, b *A) bool { return sameTime(*at(a), *at(b)) }
	c.scan = func(a *A) any { return (*utcTime)(at(a)) }
	return c
}

// sameTime reports whether two times are equal, or may be the same time before and after rounding to whole seconds.
func sameTime(a, b time.Time) bool {
	if a.Nanosecond() != 0 && b.Nanosecond() != 0 {
		return a.Equal(b)
	}
	return a.Sub(b).Abs() < time.Second
}

// nullAsZero scans into a field that holds its zero value for NULL.
func nullAsZero[T any](field *T) sql.Scanner { return &zeroForNull[T]{field: field} }

type zeroForNull[T any] struct {
	field *T
	value sql.Null[T]
}

// Scan implements sql.Scanner.
func (z *zeroForNull[T]) Scan(src any) error {
	err := z.value.Scan(src)
	*z.field = z.value.V
	return err
}

// utcTime scans a DATETIME, as text or as the driver reads it.
type utcTime time.Time

// Scan implements sql.Scanner.
func (t *utcTime) Scan(src any) error {
	at, err := utc.Parse(src)
	*t = utcTime(at)
	return err
}

// sameJSON reports whether two JSON texts hold the same data. MySQL stores JSON in a form of its own (sorted keys, spaces,
// 1.10 as 1.1), so texts that differ may be what was written.
func sameJSON(a, b json.RawMessage) bool {
	if bytes.Equal(a, b) {
		return true
	}
	if emptyJSON(a) || emptyJSON(b) {
		return emptyJSON(a) && emptyJSON(b)
	}
	x, errX := decodeJSON(a)
	y, errY := decodeJSON(b)
	return errX == nil && errY == nil && reflect.DeepEqual(x, y)
}

// emptyJSON reports whether a column holds nothing: NULL, no text, or JSON's own null.
func emptyJSON(text json.RawMessage) bool {
	text = bytes.TrimSpace(text)
	return len(text) == 0 || string(text) == "null"
}

func decodeJSON(text json.RawMessage) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber() // digit for digit, beyond 2^53 too
	var value any
	err := decoder.Decode(&value)
	return normalNumbers(value), err
}

// normalNumbers writes every number of a decoded value in one form.
func normalNumbers(value any) any {
	switch v := value.(type) {
	case json.Number:
		if d, err := innomaint.ParseDecimal(v.String()); err == nil {
			return d
		}
	case []any:
		for i := range v {
			v[i] = normalNumbers(v[i])
		}
	case map[string]any:
		for key := range v {
			v[key] = normalNumbers(v[key])
		}
	}
	return value
}
