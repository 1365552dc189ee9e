package console

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
)

// A host that mounts the console gets no module that the library does not require: no test database, no job engine, no metrics
// client.
func TestConsoleRequiresOnlyWhatTheLibraryRequires(t *testing.T) {
	t.Parallel()
	library := modules(t, "ic3.internal/innomaintsync/cmmsimport")
	for path := range modules(t, ".") {
		if !library[path] && path != "ic3.internal/innomaintsync/examples/console" {
			t.Errorf("the pages import packages of %s", path)
		}
	}
	required := requirements(t, "../../go.mod")
	for path := range requirements(t, "go.mod") {
		if !required[path] && path != "ic3.internal/innomaintsync" {
			t.Errorf("go.mod requires %s", path)
		}
	}
}

// modules returns the modules of all packages that a package imports, tests left out.
func modules(t *testing.T, pkg string) map[string]bool {
	t.Helper()
	output := command(t, "list", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}", pkg)
	found := map[string]bool{}
	for path := range strings.FieldsSeq(output) {
		found[path] = true
	}
	if len(found) < 5 {
		t.Fatalf("only %d modules found for %s", len(found), pkg)
	}
	return found
}

func requirements(t *testing.T, file string) map[string]bool {
	t.Helper()
	var parsed struct{ Require []struct{ Path string } }
	if err := json.Unmarshal([]byte(command(t, "mod", "edit", "-json", file)), &parsed); err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, r := range parsed.Require {
		found[r.Path] = true
	}
	return found
}

func command(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	output, err := cmd.Output()
	if err != nil {
		t.Fatalf("go %s: %v", strings.Join(args, " "), err)
	}
	return string(output)
}
