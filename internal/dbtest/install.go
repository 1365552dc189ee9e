package dbtest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
)

// binDirs are searched after PATH: distributions put servers where users' PATHs do not look.
var binDirs = []string{
	"/usr/sbin", "/usr/libexec", "/usr/bin", "/usr/local/sbin", "/usr/local/libexec", "/usr/local/bin",
	"/usr/local/mysql/bin", "/usr/local/mysql/scripts", "/opt/homebrew/bin", "/opt/homebrew/opt/mariadb/bin",
}

var errMissing = errors.New("not found: make setup installs MariaDB (Debian's packages mariadb-server-core and mariadb-client-core); go test -short leaves out the tests that need servers")

func findProgram(name string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	for _, dir := range binDirs {
		if path, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("%s: %w", name, errMissing)
}

// install makes a fresh data directory whose root has no password.
func install(datadir string) error {
	program, err := findProgram("mariadb-install-db")
	if err != nil {
		return err
	}
	args := []string{
		"--no-defaults", "--datadir=" + datadir, "--auth-root-authentication-method=normal", "--skip-test-db",
		"--innodb-log-file-size=" + logFileSize,
		// never the machine's: a server that starts removes the temporary tables of another that is at work there
		"--tmpdir=" + filepath.Dir(datadir),
	}
	out, err := exec.Command(program, append(args, asRoot()...)...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("mariadb-install-db: %w\n%s", err, out)
	}
	return nil
}

// asRoot lets mariadbd run as root where it must: it refuses to unless told.
func asRoot() []string {
	if os.Geteuid() == 0 {
		return []string{"--user=root"}
	}
	return nil
}

// workspace is the folder of this test binary, with the template that data directories are copied from. It is made on
// first use: most runs of a fuzz target's workers, and all with -short, need none.
type workspace struct {
	root string
	once func() error
}

func newWorkspace() *workspace {
	w := &workspace{}
	w.once = sync.OnceValue(func() (err error) {
		if w.root, err = os.MkdirTemp("", "mdb"); err != nil {
			return err
		}
		return install(w.template())
	})
	return w
}

func (w *workspace) template() string { return filepath.Join(w.root, "template") }

func (w *workspace) remove() {
	if w.root != "" {
		_ = os.RemoveAll(w.root) // files left in a temporary folder fail no test
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
