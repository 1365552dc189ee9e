package cmmsimport_test

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

// TestTheLibraryStartsNoGoroutine reads the sources: strictly one asset at a time, on the caller's goroutine.
func TestTheLibraryStartsNoGoroutine(t *testing.T) {
	t.Parallel()
	files := 0
	for _, root := range []string{".", "../internal/utc", "../internal/prepared"} {
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if entry.IsDir() && strings.HasSuffix(entry.Name(), "test") {
				return filepath.SkipDir // fakes for tests may
			}
			if filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
				return nil
			}
			files++
			set := token.NewFileSet()
			file, err := parser.ParseFile(set, path, nil, 0)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if statement, ok := n.(*ast.GoStmt); ok {
					t.Errorf("%s: a go statement", set.Position(statement.Go))
				}
				return true
			})
			return nil
		})
		must(t, err)
	}
	if files < 20 {
		t.Errorf("only %d files were read", files)
	}
}

func TestOneCallAtATime(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for _, id := range []string{"A-1", "A-2", "A-3", "A-4", "A-5"} {
		w.link(7, id)
		w.serve(id)
	}
	pool, err := w.db.DB()
	must(t, err)
	var inFlight atomic.Int32
	opts := w.options()
	opts.Client = clientFunc(func(ctx context.Context, ref innomaint.AssetRef) (*innomaint.Asset, error) {
		equal(t, "calls in flight", inFlight.Add(1), 1)
		equal(t, "connections held during the call", pool.Stats().InUse, 0)
		defer inFlight.Add(-1)
		return w.client.GetAsset(ctx, ref)
	})
	equal(t, "successful", w.sync(opts).Successful, 5)
	equal(t, "calls in flight at the server", w.api.MaxInFlight(), 1)
}
