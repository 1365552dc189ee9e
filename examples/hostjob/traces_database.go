package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
	"gorm.io/gorm"
)

// databaseSpans is a GORM plugin: a span a transaction, and one a statement below it. gorm.io/plugin/opentelemetry makes
// spans of statements only, and brings the drivers of ClickHouse and PostgreSQL along.
//
// A statement's text has placeholders where values are. Nothing is recorded outside of a span.
type databaseSpans struct{ tracer trace.Tracer }

// Name implements gorm.Plugin.
func (databaseSpans) Name() string { return "hostjob:spans" }

// Initialize implements gorm.Plugin.
func (p databaseSpans) Initialize(db *gorm.DB) error {
	pool, ok := db.ConnPool.(*sql.DB)
	if !ok {
		return fmt.Errorf("spans need a plain pool, not %T", db.ConnPool)
	}
	traced := tracedPool{pool, p.tracer}
	db.ConnPool, db.Statement.ConnPool = traced, traced

	type processor interface {
		Register(name string, fn func(*gorm.DB)) error
	}
	c := db.Callback()
	var errs []error
	for _, around := range []struct{ before, after processor }{
		{c.Create().Before("gorm:create"), c.Create().After("gorm:create")},
		{c.Query().Before("gorm:query"), c.Query().After("gorm:query")},
		{c.Update().Before("gorm:update"), c.Update().After("gorm:update")},
		{c.Delete().Before("gorm:delete"), c.Delete().After("gorm:delete")},
		{c.Row().Before("gorm:row"), c.Row().After("gorm:row")},
		{c.Raw().Before("gorm:raw"), c.Raw().After("gorm:raw")},
	} {
		errs = append(errs, around.before.Register("hostjob:start_span", p.before), around.after.Register("hostjob:end_span", p.after))
	}
	return errors.Join(errs...)
}

const spanKey = "hostjob:span"

func (p databaseSpans) before(db *gorm.DB) {
	ctx := db.Statement.Context
	if tx, ok := db.Statement.ConnPool.(*tracedTx); ok {
		ctx = trace.ContextWithSpan(ctx, tx.span)
	}
	if !trace.SpanContextFromContext(ctx).IsValid() {
		return
	}
	_, span := p.tracer.Start(ctx, "statement", trace.WithSpanKind(trace.SpanKindClient))
	db.InstanceSet(spanKey, span)
}

func (p databaseSpans) after(db *gorm.DB) {
	value, _ := db.InstanceGet(spanKey)
	span, ok := value.(trace.Span)
	if !ok {
		return
	}
	text := db.Statement.SQL.String()
	verb, _, _ := strings.Cut(text, " ")
	span.SetName("SQL " + verb)
	span.SetAttributes(attribute.String("db.system.name", "mysql"), attribute.String("db.query.text", text))
	if db.Error != nil && !errors.Is(db.Error, gorm.ErrRecordNotFound) {
		failed(span, db.Error)
	}
	span.End()
}

// tracedPool is the host's pool whose transactions have spans.
type tracedPool struct {
	*sql.DB
	tracer trace.Tracer
}

// BeginTx implements gorm.ConnPoolBeginner.
func (p tracedPool) BeginTx(ctx context.Context, opts *sql.TxOptions) (gorm.ConnPool, error) {
	_, span := p.tracer.Start(ctx, "transaction", trace.WithSpanKind(trace.SpanKindClient),
		trace.WithAttributes(attribute.String("db.system.name", "mysql")))
	tx, err := p.DB.BeginTx(ctx, opts)
	if err != nil {
		failed(span, err)
		span.End()
		return nil, err
	}
	return &tracedTx{tx, span}, nil
}

var _ gorm.GetDBConnector = tracedPool{}

// GetDBConn implements gorm.GetDBConnector.
func (p tracedPool) GetDBConn() (*sql.DB, error) { return p.DB, nil }

type tracedTx struct {
	*sql.Tx
	span trace.Span
}

var _ gorm.Tx = (*tracedTx)(nil)

// Commit ends the transaction and its span.
func (tx *tracedTx) Commit() error { return tx.end("commit", tx.Tx.Commit()) }

// Rollback ends the transaction and its span.
func (tx *tracedTx) Rollback() error { return tx.end("rollback", tx.Tx.Rollback()) }

func (tx *tracedTx) end(how string, err error) error {
	tx.span.SetAttributes(attribute.String("db.transaction", how))
	failed(tx.span, err)
	tx.span.End()
	return err
}
