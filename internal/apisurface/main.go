// Apisurface keeps api/current.txt, the library's public surface, and api/released.txt, that of the last release. The
// package's test holds the code and CHANGELOG.md to them.
//
//	go run ./internal/apisurface
//
// adds what is new to current.txt. It takes nothing away: what the code lacks by now is incompatible, and whoever means it
// deletes the line by hand. Where CHANGELOG.md has a release that released.txt does not know yet, it records its surface.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	if err := update(context.Background(), "."); err != nil {
		fmt.Fprintln(os.Stderr, "apisurface:", err)
		os.Exit(1)
	}
}

// update brings the files of the module at root up to date.
func update(ctx context.Context, root string) error {
	s, err := read(ctx, root)
	if err != nil {
		return err
	}
	if gone := minus(s.current, s.code); len(gone) > 0 {
		return s.goneError(gone)
	}
	s.current = s.code
	if err := s.write("current.txt", "", s.current); err != nil {
		return err
	}
	if s.changelog.latest() == s.released.version {
		return nil
	}
	if err := s.checkRelease(); err != nil {
		return err
	}
	return s.write("released.txt", s.changelog.latest().String(), s.current)
}

// state is what the check compares.
type state struct {
	root      string
	code      []string // the surface as the code has it
	current   []string // as recorded
	released  release  // the last one whose surface is recorded
	changelog changelog
}

// release is a version with its surface. The zero value stands before the first release.
type release struct {
	version version
	surface []string
}

func read(ctx context.Context, root string) (s state, err error) {
	s.root = root
	if s.code, err = moduleSurface(ctx, root); err != nil {
		return s, err
	}
	if _, s.current, err = s.readFile("current.txt"); err != nil {
		return s, err
	}
	text, surface, err := s.readFile("released.txt")
	if err != nil {
		return s, err
	}
	s.released.surface = surface
	if text != "" {
		if s.released.version, err = parseVersion(text); err != nil {
			return s, fmt.Errorf("api/released.txt: %w", err)
		}
	}
	log, err := os.ReadFile(filepath.Join(root, "CHANGELOG.md"))
	if err != nil {
		return s, err
	}
	s.changelog, err = parseChangelog(string(log))
	return s, err
}

// readFile returns a file's lines, and what stands behind the "#" of its first one. A missing file is an empty one.
func (s state) readFile(name string) (title string, lines []string, err error) {
	text, err := os.ReadFile(filepath.Join(s.root, "api", name))
	if err != nil && !os.IsNotExist(err) {
		return "", nil, err
	}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if comment, ok := strings.CutPrefix(line, "#"); ok {
			title = strings.TrimSpace(comment)
		} else if line != "" {
			lines = append(lines, line)
		}
	}
	return title, lines, nil
}

func (s state) write(name, title string, lines []string) error {
	text := strings.Join(lines, "\n") + "\n"
	if title != "" {
		text = "# " + title + "\n" + text
	}
	return os.WriteFile(filepath.Join(s.root, "api", name), []byte(text), 0o644)
}
