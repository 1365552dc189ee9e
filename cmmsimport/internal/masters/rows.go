package masters

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport/synclog"
	"ic3.internal/innomaintsync/internal/prepared"
	"ic3.internal/innomaintsync/internal/utc"
)

// masterRow is a row of any master table; what its table has no column for stays zero.
type masterRow struct {
	ID       uint64
	CMMSID   string
	Name     string
	Code     string
	ParentID uint64
	Level    string
	Email    string
	Phone    string
}

// reader queries for rows.
type reader struct {
	ctx  context.Context
	tx   *gorm.DB
	lock bool
}

func (r reader) query(text string, args ...any) (*sql.Rows, error) {
	if r.lock {
		return r.tx.WithContext(r.ctx).Raw(text+" FOR UPDATE", args...).Rows()
	}
	return prepared.Query(r.ctx, r.tx, text, args...).Rows()
}

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

// selected lists what find reads, in the order of masterRow. Columns of a host's own may be NULL where ours are not.
func (t Table) selected() string {
	c := t.Columns
	list := c.ID
	for _, column := range []struct{ name, zero string }{
		{c.CMMSID, "''"}, {c.Name, "''"}, {c.Code, "''"}, {c.Parent, "0"}, {c.Level, "''"}, {c.Email, "''"}, {c.Phone, "''"},
	} {
		if column.name == "" {
			list += ", " + column.zero
		} else {
			list += ", COALESCE(" + column.name + ", " + column.zero + ")"
		}
	}
	return list
}

// findByID finds the row with Innomaint's id, nil where there is none.
func (t Table) findByID(read reader, customerID uint64, cmmsID string) (*masterRow, error) {
	if t.Columns.CMMSID == "" {
		return nil, nil
	}
	return t.find(read, cellValue{t.Columns.CustomerID, customerID}, cellValue{t.Columns.Level, t.Level}, cellValue{t.Columns.CMMSID, cmmsID})
}

// findByName finds the row of that name under the parent, as the unique key has it: at any level, and equal in the
// sense of the column's collation.
func (t Table) findByName(read reader, customerID, parentID uint64, name string) (*masterRow, error) {
	return t.find(read, cellValue{t.Columns.CustomerID, customerID}, cellValue{t.Columns.Parent, parentID}, cellValue{t.Columns.Name, name})
}

func (t Table) find(read reader, where ...cellValue) (*masterRow, error) {
	columns, values := split(where)
	found, err := read.query("SELECT "+t.selected()+" FROM "+t.Name+" WHERE "+strings.Join(columns, " = ? AND ")+" = ? ORDER BY "+t.Columns.ID+" LIMIT 1",
		values...)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	if !found.Next() {
		return nil, found.Err()
	}
	var r masterRow
	if err := found.Scan(&r.ID, &r.CMMSID, &r.Name, &r.Code, &r.ParentID, &r.Level, &r.Email, &r.Phone); err != nil {
		return nil, err
	}
	return &r, found.Close() // before the transaction's next statement
}

// parentOf returns the parent's id of one row, 0 where there is none.
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
		{c.CustomerID, customerID}, {c.CMMSID, nullable(m.CMMSID)}, {c.Name, m.Name}, {c.Code, nullable(m.Code)},
		{c.CreatedAt, now}, {c.UpdatedAt, now}, {c.Parent, m.under()}, {c.Level, t.Level},
		{c.Email, nullable(m.Email)}, {c.Phone, nullable(m.Phone)},
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

// nullable makes NULL of an empty text.
func nullable(s string) any {
	if s == "" {
		return nil
	}
	return s
}
