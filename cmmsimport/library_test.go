package cmmsimport_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestLibrary(t *testing.T) {
	t.Parallel()
	// The sources have no go statement.
	t.Run("StartsNoGoroutine", func(t *testing.T) {
		t.Parallel()
		files := 0
		for _, root := range []string{".", "../internal/utc", "../internal/prepared"} {
			err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
				if err != nil {
					return err
				}
				if entry.IsDir() && strings.HasSuffix(entry.Name(), "test") {
					return filepath.SkipDir // test fakes may start some
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
	})
	// Importing the sync links these modules into a host's binary, and no test code.
	t.Run("LinksOnlyTheseModules", func(t *testing.T) {
		t.Parallel()
		list := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", "{{.ImportPath}}{{with .Module}} {{.Path}}{{end}}", ".", "./innomaint", "./synclog")
		output, err := list.Output()
		must(t, err)

		modules := map[string]bool{}
		for line := range strings.Lines(string(output)) {
			path, module, _ := strings.Cut(strings.TrimSpace(line), " ")
			if module != "" {
				modules[module] = true
			}
			equal(t, "package testing among the imports: "+path, path == "testing", false)
		}
		allowed := []string{
			"ic3.internal/innomaintsync",
			"filippo.io/edwards25519", // the MySQL driver needs it
			"github.com/go-resty/resty/v2",
			"github.com/go-sql-driver/mysql",
			"github.com/jinzhu/inflection", "github.com/jinzhu/now", // GORM needs them
			"github.com/oklog/ulid/v2",
			"github.com/tidwall/gjson", "github.com/tidwall/match", "github.com/tidwall/pretty",
			"golang.org/x/net", "golang.org/x/text", // resty and GORM need them
			"golang.org/x/time",
			"gorm.io/gorm",
		}
		for module := range modules {
			equal(t, "allowed: "+module, slices.Contains(allowed, module), true)
		}
		equal(t, "modules were found", len(modules) > 5, true)
	})
}
