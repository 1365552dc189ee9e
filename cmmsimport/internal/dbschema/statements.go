package dbschema

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/logger"
	"gorm.io/gorm/schema"
)

// Statements returns the DDL that the database lacks, in order, and what only the host can fix.
func Statements(ctx context.Context, db *gorm.DB, models []schema.Tabler) (statements []string, problems []error, err error) {
	s := db.WithContext(ctx)
	found, err := Read(ctx, s, models)
	if err != nil {
		return nil, nil, err
	}
	keys, err := readKeys(s, models)
	if err != nil {
		return nil, nil, err
	}
	options, err := tableOptions(s)
	if err != nil {
		return nil, nil, err
	}

	var ddl recordedDDL
	dry := s.Session(&gorm.Session{DryRun: true, Logger: &ddl}).Set("gorm:table_options", options)
	for _, model := range models {
		fields, err := parseModel(model)
		if err != nil {
			return nil, nil, err
		}
		columns, exists := found[model.TableName()]
		if !exists {
			if err := dry.Migrator().CreateTable(model); err != nil {
				return nil, nil, err
			}
			continue
		}
		existing := existingTable{dry: dry, model: model, fields: fields, columns: columns, keys: keys[model.TableName()]}
		if problem := existing.problem(); problem != nil {
			problems = append(problems, problem)
		} else if err := existing.addMissing(); err != nil {
			return nil, nil, err
		}
	}
	return ddl.statements, problems, nil
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
