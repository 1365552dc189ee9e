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
	ID       uint64
	CMMSID   string
	Name     string
	Code     string
	ParentID uint64
	Level    string
	Email    string
	Phone    string
}

// masterReader begins a query for master rows.
type masterReader func(text string, args ...any) *gorm.DB

// selected lists what find reads, in the order of masterRow. Columns of a host's own may be NULL where ours are not.
func (t masterTable) selected() string {
	parent, level, contact := "0", "''", "'', ''"
	if t.parent != "" {
		parent = "COALESCE(" + t.parent + ", 0)"
	}
	if t.level != "" {
		level = "COALESCE(level, '')"
	}
	if t.contact {
		contact = "COALESCE(email, ''), COALESCE(phone, '')"
	}
	return "id, COALESCE(cmms_id, ''), COALESCE(name, ''), COALESCE(code, ''), " + parent + ", " + level + ", " + contact
}

// byID is the text that findByID executes.
func (t masterTable) byID() string {
	if t.level == "" {
		return t.lookup("customer_id = ? AND cmms_id = ?")
	}
	return t.lookup("customer_id = ? AND level = ? AND cmms_id = ?")
}

func (t masterTable) lookup(where string) string {
	return "SELECT " + t.selected() + " FROM " + t.name + " WHERE " + where + " ORDER BY id LIMIT 1"
}

// findByID finds the row that carries Innomaint's id, nil where there is none.
func (t masterTable) findByID(read masterReader, customerID uint64, cmmsID string) (*masterRow, error) {
	if t.level == "" {
		return findMaster(read, t.byID(), customerID, cmmsID)
	}
	return findMaster(read, t.byID(), customerID, t.level, cmmsID)
}

// findByName finds the row of that name under the parent, as the unique key has it: at any level, and equal in the
// sense of the column's collation.
func (t masterTable) findByName(read masterReader, customerID, parentID uint64, name string) (*masterRow, error) {
	if t.parent == "" {
		return findMaster(read, t.lookup("customer_id = ? AND name = ?"), customerID, name)
	}
	return findMaster(read, t.lookup("customer_id = ? AND "+t.parent+" = ? AND name = ?"), customerID, parentID, name)
}

func findMaster(read masterReader, text string, args ...any) (*masterRow, error) {
	rows, err := read(text, args...).Rows()
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	if !rows.Next() {
		return nil, rows.Err()
	}
	var row masterRow
	if err := rows.Scan(&row.ID, &row.CMMSID, &row.Name, &row.Code, &row.ParentID, &row.Level, &row.Email, &row.Phone); err != nil {
		return nil, err
	}
	return &row, rows.Close() // before the transaction's next statement
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
