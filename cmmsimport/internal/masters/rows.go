package masters

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport/internal/rowfit"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
	"ic3.internal/innomaintsync/internal/utc"
)

// masterRow is a row of any master table; what its table has no column for stays zero.
type masterRow struct {
	ID    uint64
	Level string
	Master
}

// reader begins a query for rows.
type reader func(text string, args ...any) *gorm.DB

// cellValue is a column with its value. A table that has no such column (empty) goes without it.
type cellValue struct {
	column string
	value  any
}

func split(cells []cellValue) (columns []string, values []any) {
	for _, c := range cells {
		if c.column != "" {
			columns, values = append(columns, c.column), append(values, c.value)
		}
	}
	return columns, values
}

// selected lists what find reads. Columns of a host's own may be NULL where ours are not.
func (t Table) selected() string {
	c := t.Columns
	orZero := func(column, zero string) string {
		if column == "" {
			return zero
		}
		return "COALESCE(" + column + ", " + zero + ")"
	}
	list := []string{c.ID, orZero(c.Parent, "0")}
	for _, text := range []string{c.CMMSID, c.Name, c.Code, c.Level, c.Email, c.Phone} {
		list = append(list, orZero(text, "''"))
	}
	return strings.Join(list, ", ")
}

// findByID finds the row with Innomaint's id, nil if there is none.
func (t Table) findByID(read reader, customerID uint64, cmmsID string) (*masterRow, error) {
	if t.Columns.CMMSID == "" {
		return nil, nil
	}
	c := t.Columns
	return t.find(read, cellValue{c.CustomerID, customerID}, cellValue{c.Level, t.Level}, cellValue{c.CMMSID, cmmsID})
}

// findByName finds the row of that name under the parent, as the unique key has it: at any level, and equal in the
// sense of the column's collation.
func (t Table) findByName(read reader, customerID, parentID uint64, name string) (*masterRow, error) {
	c := t.Columns
	return t.find(read, cellValue{c.CustomerID, customerID}, cellValue{c.Parent, parentID}, cellValue{c.Name, name})
}

func (t Table) find(read reader, where ...cellValue) (*masterRow, error) {
	columns, values := split(where)
	for i, column := range columns {
		if values[i] == uint64(0) { // no parent: NULL in some hosts' rows
			columns[i] = fmt.Sprintf("(%[1]s = ? OR %[1]s IS NULL)", column)
		} else {
			columns[i] = column + " = ?"
		}
	}
	found, err := read(fmt.Sprintf("SELECT %s FROM %s WHERE %s ORDER BY %s LIMIT 1",
		t.selected(), t.Name, strings.Join(columns, " AND "), t.Columns.ID), values...).Rows()
	if err != nil {
		return nil, err
	}
	defer found.Close()
	if !found.Next() {
		return nil, found.Err()
	}
	var r masterRow
	if err := found.Scan(&r.ID, &r.ParentID, &r.CMMSID, &r.Name, &r.Code, &r.Level, &r.Email, &r.Phone); err != nil {
		return nil, err
	}
	return &r, found.Close() // before the transaction's next statement
}

// parentOf returns the parent's id of one row, 0 if there is none.
func (t Table) parentOf(tx *gorm.DB, id uint64) (uint64, error) {
	var parents []uint64
	err := tx.Table(t.Name).Select("COALESCE("+t.Columns.Parent+", 0)").Where(t.Columns.ID+" = ?", id).Scan(&parents).Error
	if err != nil || len(parents) == 0 {
		return 0, err
	}
	return parents[0], nil
}

// insert creates the row and returns its id. The statement's result gives the id on MySQL and MariaDB alike.
func (t Table) insert(ctx context.Context, tx *gorm.DB, customerID uint64, m Master) (uint64, error) {
	c, now := t.Columns, utc.Format(utc.Now())
	columns, values := split([]cellValue{
		{c.CustomerID, customerID}, {c.CMMSID, rowfit.Nullable(m.CMMSID)}, {c.Name, m.Name}, {c.Code, rowfit.Nullable(m.Code)},
		{c.CreatedAt, now}, {c.UpdatedAt, now}, {c.Parent, m.under()}, {c.Level, t.Level},
		{c.Email, rowfit.Nullable(m.Email)}, {c.Phone, rowfit.Nullable(m.Phone)},
	})
	text := fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)", t.Name, strings.Join(columns, ", "),
		strings.Join(slices.Repeat([]string{"?"}, len(columns)), ", "))

	inserted := gorm.WithResult()
	if err := tx.WithContext(ctx).Clauses(inserted).Exec(text, values...).Error; err != nil {
		return 0, err
	}
	id, err := inserted.Result.LastInsertId()
	return uint64(id), err
}

// update sets columns of one row.
func (t Table) update(ctx context.Context, tx *gorm.DB, id uint64, set synclog.Changes) error {
	values := map[string]any{}
	if t.Columns.UpdatedAt != "" {
		values[t.Columns.UpdatedAt] = utc.Format(utc.Now())
	}
	for column, change := range set {
		values[column] = change.To
	}
	return tx.WithContext(ctx).Table(t.Name).Where(t.Columns.ID+" = ?", id).Updates(values).Error
}
