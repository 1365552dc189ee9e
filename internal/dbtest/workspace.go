package dbtest

import (
	"os"
	"sync"
)

// workspace is the directory of this test binary. It is created on first use: with -short, and in most workers of a
// fuzz test, it is not needed.
type workspace struct {
	root     string
	template string // data directories are copied from it
	once     func() error
}

func newWorkspace() *workspace {
	w := &workspace{}
	w.once = sync.OnceValue(func() (err error) {
		if w.root, err = os.MkdirTemp("", "dbtest"); err != nil {
			return err
		}
		w.template, err = template(w.root)
		return err
	})
	return w
}

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
	if err := copyData(s.datadir(), w.template); err != nil {
		return nil, err
	}
	return s, s.start()
}
