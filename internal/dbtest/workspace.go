package dbtest

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
)

// workspace is the directory of this test binary. It contains the template that data directories are copied from. It is
// created on first use: with -short, and in most workers of a fuzz test, it is not needed.
type workspace struct {
	root string
	once func() error
}

func newWorkspace() *workspace {
	w := &workspace{}
	w.once = sync.OnceValue(func() (err error) {
		if w.root, err = os.MkdirTemp("", "dbtest"); err != nil {
			return err
		}
		return install(w.template())
	})
	return w
}

func (w *workspace) template() string { return filepath.Join(w.root, "template") }

func (w *workspace) remove() {
	if w.root != "" {
		_ = os.RemoveAll(w.root) // remaining temporary files do not fail a test
	}
}

// newServer starts a server on a copy of the template.
func (w *workspace) newServer(flags []string) (*Server, error) {
	if err := w.once(); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(w.root, "s")
	if err != nil {
		return nil, err
	}
	s := &Server{dir: dir, flags: flags}
	if err := os.CopyFS(s.datadir(), os.DirFS(w.template())); err != nil {
		return nil, fmt.Errorf("copy the template data directory: %w", err)
	}
	return s, s.start()
}
