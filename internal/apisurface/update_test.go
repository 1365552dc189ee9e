package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A module's life: recorded, extended, released, broken.
func TestUpdate(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(filepath.Join(root, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	wantFile := func(name, want string) {
		t.Helper()
		text, err := os.ReadFile(filepath.Join(root, "api", name))
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		if string(text) != want {
			t.Errorf("%s is %q, want %q", name, text, want)
		}
	}
	wantUpdate := func(want string) {
		t.Helper()
		err := update(t.Context(), root)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Fatalf("error %v, want %q", err, want)
		}
	}
	write("go.mod", "module example.com/m\n\ngo 1.25\n")
	write("api/current.txt", "")
	write("internal/x/x.go", "package x\n\nfunc Hidden() {}\n")
	write("cmd/main.go", "package main\n\nfunc main() {}\n")
	write("p/p.go", "package p\n\nimport \"context\"\n\nfunc F(ctx context.Context) {}\n")
	write("CHANGELOG.md", unreleased)
	wantUpdate("")
	wantFile("current.txt", "p: func F(context.Context)\n")
	wantFile("released.txt", "")

	write("CHANGELOG.md", unreleased+"## [0.1.0] - 2026-01-02\n")
	wantUpdate("")
	wantFile("released.txt", "# 0.1.0\np: func F(context.Context)\n")

	write("p/p.go", "package p\n\nfunc G() {}\n")
	wantUpdate("removed or changed")
	wantFile("current.txt", "p: func F(context.Context)\n")

	write("api/current.txt", "") // as whoever means it does
	wantUpdate("")
	wantFile("current.txt", "p: func G()\n")
	write("CHANGELOG.md", unreleased+"## [0.1.1] - 2026-01-03\n### Incompatible\n## [0.1.0] - 2026-01-02\n")
	wantUpdate("must be 0.2.0 at least")
	wantFile("released.txt", "# 0.1.0\np: func F(context.Context)\n")
	write("CHANGELOG.md", unreleased+"## [0.2.0] - 2026-01-03\n### Incompatible\n## [0.1.0] - 2026-01-02\n")
	wantUpdate("")
	wantFile("released.txt", "# 0.2.0\np: func G()\n")
}
