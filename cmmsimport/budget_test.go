package cmmsimport_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestWhatTheLibraryCarriesIntoAHost holds the list of modules that importing the sync links into a host's binary.
func TestWhatTheLibraryCarriesIntoAHost(t *testing.T) {
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
		"filippo.io/edwards25519", // of the MySQL driver
		"github.com/go-resty/resty/v2",
		"github.com/go-sql-driver/mysql",
		"github.com/jinzhu/inflection", "github.com/jinzhu/now", // of GORM
		"github.com/oklog/ulid/v2",
		"github.com/tidwall/gjson", "github.com/tidwall/match", "github.com/tidwall/pretty",
		"golang.org/x/net", "golang.org/x/text", // of resty and GORM
		"golang.org/x/time",
		"gorm.io/gorm",
	}
	for module := range modules {
		equal(t, "allowed: "+module, slices.Contains(allowed, module), true)
	}
	equal(t, "modules were found", len(modules) > 5, true)
}
