package main

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// leftBehind is a file of what a contender left in its database, row by row: everything but what differs by its nature
// (times, durations, ids of runs and log rows, the wording of errors), of which the rows say whether it is there and new.
// It is a file because a heap full of rows would make the collector run less often in the passes that follow.
type leftBehind string

// snapshot reads what was left behind by a pass that began at the given time.
func (b *bench) snapshot(ctx context.Context, database, who string, began time.Time) (left leftBehind, err error) {
	left = leftBehind(filepath.Join(b.dir, who+".rows"))
	file, err := os.Create(string(left))
	if err != nil {
		return left, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	rows := bufio.NewWriter(file)
	for _, query := range snapshotQueries(database, began) {
		if err := b.server.writeRows(ctx, rows, query); err != nil {
			return left, err
		}
	}
	return left, rows.Flush()
}

func snapshotQueries(database string, began time.Time) []string {
	at := "'" + began.UTC().Format(datetime) + "'"
	queries := []string{
		"SELECT 'asset', id, customer_id, cmms_asset_id, cmms_sync_status, cmms_synced_at >= " + at + " AS synced, cmms_attempted_at >= " + at +
			" AS attempted, EXISTS (SELECT 1 FROM " + database + ".cmms_sync_log WHERE attempt_key = CONCAT(cmms_run_id, ':', asset.id)) AS logged, " +
			"deleted_at, " + strings.Join(columns[:], ", ") + " FROM " + database + ".ic3_asset_master asset ORDER BY id",
		"SELECT 'log', customer_id, cmms_asset_id, status, error_kind, error_message IS NULL, warnings, changes, synced_at >= " + at +
			" AS new, duration_ms BETWEEN 0 AND 60000 AS timed, CHAR_LENGTH(run_id) AS run, attempt_key LIKE CONCAT(run_id, ':%') AS keyed FROM " + database + ".cmms_sync_log ORDER BY id",
	}
	for _, table := range masterTables {
		names := []string{"id", "customer_id", "cmms_id", "name", "code"}
		for _, shape := range masterShapes {
			if shape.table == table {
				for _, column := range []string{shape.parent, shape.email, shape.phone} {
					if column != "" {
						names = append(names, column)
					}
				}
				if shape.level != "" {
					names = append(names, "level")
				}
				break
			}
		}
		queries = append(queries, fmt.Sprintf("SELECT '%s', %s FROM %s.%s ORDER BY id", table, strings.Join(names, ", "), database, table))
	}
	return queries
}

func (s *server) writeRows(ctx context.Context, out *bufio.Writer, query string) error {
	rows, err := s.admin.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return err
	}
	found := make([]sql.RawBytes, len(names))
	into := make([]any, len(names))
	for i := range found {
		into[i] = &found[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		_, _ = out.Write(found[0]) // Flush returns the error of every write
		for i, value := range found[1:] {
			if value != nil { // NULL
				_, _ = fmt.Fprintf(out, " %s=%q", names[i+1], value)
			}
		}
		_ = out.WriteByte('\n')
	}
	return rows.Err()
}

// compare says how what was left behind differs from what somebody else left.
func (l leftBehind) compare(who string, other leftBehind, otherWho string) error {
	ours, closeOurs, err := l.read()
	if err != nil {
		return err
	}
	defer closeOurs()
	theirs, closeTheirs, err := other.read()
	if err != nil {
		return err
	}
	defer closeTheirs()
	for {
		more, theirMore := ours.Scan(), theirs.Scan()
		switch {
		case !more && !theirMore:
			return errors.Join(ours.Err(), theirs.Err())
		case !more:
			return fmt.Errorf("%s left no row like %s's %s", who, otherWho, theirs.Text())
		case !theirMore:
			return fmt.Errorf("%s left a row that %s did not: %s", who, otherWho, ours.Text())
		case ours.Text() != theirs.Text():
			return fmt.Errorf("the rows differ:\n%s: %s\n%s: %s", who, ours.Text(), otherWho, theirs.Text())
		}
	}
}

func (l leftBehind) read() (rows *bufio.Scanner, done func(), err error) {
	file, err := os.Open(string(l))
	if err != nil {
		return nil, nil, err
	}
	return bufio.NewScanner(file), func() { _ = file.Close() }, nil
}

// check makes sure that a pass did its work: so many assets and log rows, with so many failures, all of them new.
func (l leftBehind) check(f fleet) error {
	wanted := []struct {
		what  string
		parts []string
		want  int
	}{
		{"assets marked as synced in this pass", []string{"asset ", ` cmms_sync_status="Success" synced="1" attempted="1" logged="1"`}, f.Assets - f.failed()},
		{"assets marked as failed in this pass", []string{"asset ", ` cmms_sync_status="Failed"`, ` attempted="1" logged="1"`}, f.failed()},
		{"log rows of successes", []string{"log ", ` status="Success"`, ` new="1" timed="1" run="26" keyed="1"`}, f.Assets - f.failed()},
		{"log rows of failures", []string{"log ", ` status="Failed" error_kind="not_found"`, ` new="1" timed="1" run="26" keyed="1"`}, f.failed()},
	}
	found := make([]int, len(wanted))
	rows, done, err := l.read()
	if err != nil {
		return err
	}
	defer done()
	for rows.Scan() {
		for i, w := range wanted {
			if !slices.ContainsFunc(w.parts, func(part string) bool { return !strings.Contains(rows.Text(), part) }) {
				found[i]++
			}
		}
	}
	for i, w := range wanted {
		if found[i] != w.want {
			return fmt.Errorf("%d %s, want %d", found[i], w.what, w.want)
		}
	}
	return rows.Err()
}
