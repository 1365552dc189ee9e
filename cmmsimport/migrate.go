package cmmsimport

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"ic3.internal/innomaintsync/cmmsimport/internal/handle"
	"ic3.internal/innomaintsync/cmmsimport/internal/mysqlerr"
)

// Migrate creates the tables, columns and indexes that the sync needs and the database lacks. It is safe on a host's own
// tables: it drops, renames and narrows nothing, and leaves a column alone whatever its type. Called again it does
// nothing. DDL commits by itself, so a call that fails half way is simply repeated.
//
// The library never calls it: a host does, once at deployment, or applies the statements by its own means. To print them:
//
//	statements, err := cmmsimport.MigrationSQL(ctx, db)
//	for _, s := range statements { fmt.Println(s + ";") }
//
// What it cannot do is an error that is ErrSchema and says what to do: a unique index that existing rows contradict, a
// view that lacks columns, a table without the column id that counts another one up by itself.
func Migrate(ctx context.Context, db *gorm.DB) error {
	statements, err := MigrationSQL(ctx, db)
	if err != nil {
		return err
	}
	s := handle.Plain(db).WithContext(ctx)
	for _, statement := range statements {
		err := s.Exec(statement).Error
		switch {
		case err == nil, mysqlerr.AlreadyExists(err): // another process that migrates too was first: table, column or index exists
		case mysqlerr.Duplicate(err):
			return fmt.Errorf("%w: rows contradict an index: make one of those that are alike, then migrate again: %s: %w", ErrSchema, statement, err)
		default:
			return fmt.Errorf("%w: %s: %w", ErrSchema, statement, err)
		}
	}
	return nil
}

// MigrationSQL returns the statements that Migrate would run on this database now, in order; none where the schema is
// complete.
func MigrationSQL(ctx context.Context, db *gorm.DB) ([]string, error) {
	if err := handle.Check(db); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrOptions, err)
	}
	s := handle.Plain(db).WithContext(ctx)
	found, err := readCatalog(ctx, s)
	if err != nil {
		return nil, err
	}
	keys, err := readKeys(s)
	if err != nil {
		return nil, err
	}
	options, err := tableOptions(s)
	if err != nil {
		return nil, err
	}

	var ddl recordedDDL
	dry := s.Session(&gorm.Session{DryRun: true, Logger: &ddl}).Set("gorm:table_options", options)
	var impossible []error
	for _, model := range models {
		fields, err := parseModel(model)
		if err != nil {
			return nil, err
		}
		columns, exists := found[model.TableName()]
		if !exists {
			if err := dry.Migrator().CreateTable(model); err != nil {
				return nil, err
			}
			continue
		}
		existing := existingTable{dry: dry, model: model, fields: fields, columns: columns, keys: keys[model.TableName()]}
		if problem := existing.problem(); problem != nil {
			impossible = append(impossible, problem)
		} else if err := existing.addMissing(); err != nil {
			return nil, err
		}
	}
	if len(impossible) > 0 {
		return nil, fmt.Errorf("%w: %w", ErrSchema, errors.Join(impossible...))
	}
	return ddl.statements, nil
}

// tableOptions gives new tables a character set that holds every name, unless the database's own does already.
func tableOptions(s *gorm.DB) (string, error) {
	var charset string
	if err := s.Raw("SELECT @@character_set_database").Scan(&charset).Error; err != nil {
		return "", fmt.Errorf("reading the database's character set: %w", err)
	}
	if charset == "utf8mb4" {
		return "", nil
	}
	return " DEFAULT CHARSET=utf8mb4", nil
}

// recordedDDL is a GORM logger that keeps the statements of a dry run.
type recordedDDL struct {
	logger.Interface
	statements []string
}

func (r *recordedDDL) LogMode(logger.LogLevel) logger.Interface { return r }

func (r *recordedDDL) Trace(_ context.Context, _ time.Time, statement func() (string, int64), _ error) {
	text, _ := statement()
	r.statements = append(r.statements, text)
}
