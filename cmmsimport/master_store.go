package cmmsimport

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/internal/utc"
)

// masterRow is a row of any master table; what a table does not have stays zero.
type masterRow struct {
	ID       uint64 `gorm:"column:id"`
	CMMSID   string `gorm:"column:cmms_id"`
	Name     string `gorm:"column:name"`
	Code     string `gorm:"column:code"`
	ParentID uint64 `gorm:"column:parent_id"`
	Level    string `gorm:"column:level"`
	Email    string `gorm:"column:email"`
	Phone    string `gorm:"column:phone"`
}

// masterReader begins a query for master rows.
type masterReader func(text string, args ...any) *gorm.DB

// columns lists the columns of a master table for SELECT.
func (t masterTable) columns() []string {
	columns := []string{"id", "cmms_id", "name", "code"}
	if t.parent != "" {
		columns = append(columns, t.parent+" AS parent_id")
	}
	if t.level != "" {
		columns = append(columns, "level")
	}
	if t.contact {
		columns = append(columns, "email", "phone")
	}
	return columns
}

// findByID finds the row that carries Innomaint's id, nil where there is none.
func (t masterTable) findByID(read masterReader, customerID uint64, cmmsID string) (*masterRow, error) {
	if t.level == "" {
		return t.find(read, "customer_id = ? AND cmms_id = ?", customerID, cmmsID)
	}
	return t.find(read, "customer_id = ? AND level = ? AND cmms_id = ?", customerID, t.level, cmmsID)
}

// findByName finds the row of that name under the parent, as the unique key has it: at any level, and equal in the
// sense of the column's collation.
func (t masterTable) findByName(read masterReader, customerID, parentID uint64, name string) (*masterRow, error) {
	if t.parent == "" {
		return t.find(read, "customer_id = ? AND name = ?", customerID, name)
	}
	return t.find(read, "customer_id = ? AND "+t.parent+" = ? AND name = ?", customerID, parentID, name)
}

func (t masterTable) find(read masterReader, where string, args ...any) (*masterRow, error) {
	rows := make([]masterRow, 0, 1)
	text := "SELECT " + strings.Join(t.columns(), ", ") + " FROM " + t.name + " WHERE " + where + " ORDER BY id LIMIT 1"
	if err := read(text, args...).Scan(&rows).Error; err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}

// parentOf returns the parent's id of one row, 0 where there is none.
func (t masterTable) parentOf(tx *gorm.DB, id uint64) (uint64, error) {
	var parents []uint64
	err := tx.Table(t.name).Select(t.parent).Where("id = ?", id).Scan(&parents).Error
	if err != nil || len(parents) == 0 {
		return 0, err
	}
	return parents[0], nil
}

// insert creates the row and returns its id. The statement's result gives the id on MySQL and MariaDB alike.
func (t masterTable) insert(ctx context.Context, tx *gorm.DB, customerID uint64, m Master) (uint64, error) {
	now := utc.Format(utc.Now())
	columns := []string{"customer_id", "cmms_id", "name", "code", "created_at", "updated_at"}
	args := []any{customerID, nullable(m.CMMSID), m.Name, nullable(m.Code), now, now}
	if t.parent != "" {
		columns, args = append(columns, t.parent), append(args, m.under())
	}
	if t.level != "" {
		columns, args = append(columns, "level"), append(args, t.level)
	}
	if t.contact {
		columns, args = append(columns, "email", "phone"), append(args, nullable(m.Email), nullable(m.Phone))
	}
	text := fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)", t.name, strings.Join(columns, ", "),
		strings.Join(slices.Repeat([]string{"?"}, len(columns)), ", "))

	inserted := gorm.WithResult()
	if err := tx.WithContext(ctx).Clauses(inserted).Exec(text, args...).Error; err != nil {
		return 0, err
	}
	id, err := inserted.Result.LastInsertId()
	return uint64(id), err
}

// update sets columns of one row.
func (t masterTable) update(ctx context.Context, tx *gorm.DB, id uint64, set masterUpdate) error {
	values := map[string]any{"updated_at": utc.Format(utc.Now())}
	for column, change := range set {
		values[column] = change.To
	}
	return tx.WithContext(ctx).Table(t.name).Where("id = ?", id).Updates(values).Error
}

// nullable makes NULL of an empty text.
func nullable(s string) any {
	if s == "" {
		return nil
	}
	return s
}
