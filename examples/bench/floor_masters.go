package main

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
)

// masterKind is what a master row stands for.
type masterKind int

const (
	kindCategory masterKind = iota
	kindSubcategory
	kindManufacturer
	kindModel
	kindVendor
	kindSite
	kindBuilding
	kindFloor
	kindRoom
	kindDepartment
	kindStatus
	masterKinds
)

// masterShape is where a kind of master is kept. Columns that a table lacks are "".
type masterShape struct{ table, level, parent, email, phone string }

var masterShapes = [masterKinds]masterShape{
	kindCategory:     {table: "ic3_category_master", level: "category", parent: "parent_id"},
	kindSubcategory:  {table: "ic3_category_master", level: "subcategory", parent: "parent_id"},
	kindManufacturer: {table: "ic3_manufacturer_master"},
	kindModel:        {table: "ic3_model_master", parent: "manufacturer_id"},
	kindVendor:       {table: "ic3_vendor_master", email: "email", phone: "phone"},
	kindSite:         {table: "ic3_location_master", level: "site", parent: "parent_id"},
	kindBuilding:     {table: "ic3_location_master", level: "building", parent: "parent_id"},
	kindFloor:        {table: "ic3_location_master", level: "floor", parent: "parent_id"},
	kindRoom:         {table: "ic3_location_master", level: "room", parent: "parent_id"},
	kindDepartment:   {table: "ic3_department_master"},
	kindStatus:       {table: "ic3_status_master"},
}

func (k masterKind) find() string {
	shape := masterShapes[k]
	text := fmt.Sprintf("SELECT id, name, COALESCE(code, ''), %s, COALESCE(%s, ''), COALESCE(%s, '') FROM %s WHERE customer_id = ? AND cmms_id = ?",
		cmp.Or(shape.parent, "0"), cmp.Or(shape.email, "''"), cmp.Or(shape.phone, "''"), shape.table)
	if shape.level != "" {
		text += " AND level = '" + shape.level + "'"
	}
	return text
}

// floorMasters are the masters of one customer that the run has met.
type floorMasters struct {
	statements *floorStatements
	customer   string
	known      map[masterKey]knownMaster
}

type masterKey struct {
	kind masterKind
	id   text
}

type knownMaster struct {
	id, parent string
	master     master
}

func newFloorMasters(statements *floorStatements, customer string) *floorMasters {
	return &floorMasters{statements: statements, customer: customer, known: map[masterKey]knownMaster{}}
}

// resolve sets the references of v: the ids of rows that are found, or else created.
func (m *floorMasters) resolve(ctx context.Context, tx *sql.Tx, d *detail, v *values) (err error) {
	row := func(kind masterKind, ref *master, parent string) string {
		if err != nil || ref.ID == "" {
			return ""
		}
		var id string
		id, err = m.ensure(ctx, tx, kind, ref, parent)
		return id
	}
	v.set(categoryID, row(kindCategory, &d.Category, "0"))
	v.set(subcategoryID, row(kindSubcategory, &d.Subcategory, v[categoryID]))
	v.set(manufacturerID, row(kindManufacturer, &d.Manufacturer, "0"))
	v.set(modelID, row(kindModel, &d.Model, v[manufacturerID]))
	v.set(vendorID, row(kindVendor, &d.Vendor, "0"))
	deepest := cmp.Or(row(kindSite, &d.Location.Site, "0"), "0")
	deepest = cmp.Or(row(kindBuilding, &d.Location.Building, deepest), deepest)
	deepest = cmp.Or(row(kindFloor, &d.Location.Floor, deepest), deepest)
	deepest = cmp.Or(row(kindRoom, &d.Location.Room, deepest), deepest)
	if deepest != "0" {
		v[locationID] = deepest
	}
	v.set(departmentID, row(kindDepartment, &d.Department, "0"))
	v.set(statusID, row(kindStatus, &d.Status, "0"))
	return err
}

// ensure returns the id of a master's row. The data set renames and moves none, so that would be an error.
func (m *floorMasters) ensure(ctx context.Context, tx *sql.Tx, kind masterKind, ref *master, parent string) (string, error) {
	key := masterKey{kind, ref.ID}
	known, ok := m.known[key]
	if !ok {
		var err error
		if known, err = m.findOrInsert(ctx, tx, kind, ref, parent); err != nil {
			return "", err
		}
		m.known[key] = known
	}
	if known.master != *ref || known.parent != parent {
		return "", fmt.Errorf("the master %q of kind %d was renamed or moved", ref.ID, kind)
	}
	return known.id, nil
}

func (m *floorMasters) findOrInsert(ctx context.Context, tx *sql.Tx, kind masterKind, ref *master, parent string) (known knownMaster, err error) {
	row := &known.master
	row.ID = ref.ID
	//nolint:sqlclosecheck // the transaction closes it
	err = tx.StmtContext(ctx, m.statements.findMaster[kind]).QueryRowContext(ctx, m.customer, string(ref.ID)).
		Scan(&known.id, &row.Name, &row.Code, &known.parent, &row.Email, &row.Phone)
	if !errors.Is(err, sql.ErrNoRows) {
		return known, err
	}
	id, err := insertMaster(ctx, tx, kind, m.customer, ref, parent)
	return knownMaster{id: id, parent: parent, master: *ref}, err
}

func insertMaster(ctx context.Context, tx *sql.Tx, kind masterKind, customer string, ref *master, parent string) (string, error) {
	shape := masterShapes[kind]
	at := now()
	text, args := "customer_id, cmms_id, name, code, created_at, updated_at", []any{
		customer, string(ref.ID), string(ref.Name), nullable(string(ref.Code)), at, at,
	}
	add := func(column, value string) {
		if column != "" {
			text, args = text+", "+column, append(args, nullable(value))
		}
	}
	add(shape.parent, parent)
	add(shape.email, string(ref.Email))
	add(shape.phone, string(ref.Phone))
	if shape.level != "" {
		add("level", shape.level)
	}
	result, err := tx.ExecContext(ctx, "INSERT INTO "+shape.table+" ("+text+") VALUES ("+placeholders(len(args))+")", args...)
	if err != nil {
		return "", err
	}
	id, err := result.LastInsertId()
	return strconv.FormatInt(id, 10), err
}

func placeholders(n int) string {
	text := make([]byte, 0, 3*n)
	for range n {
		text = append(text, "?, "...)
	}
	return string(text[:len(text)-2])
}
