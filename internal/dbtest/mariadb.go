package dbtest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
)

// logFileSize replaces the default of 96M, which would be copied for each server.
const logFileSize = "16M"

// binDirs are searched after PATH: distributions install servers in directories that are often not in PATH.
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

// install creates a data directory whose root account has no password.
func install(datadir string) error {
	program, err := findProgram("mariadb-install-db")
	if err != nil {
		return err
	}
	args := []string{
		"--no-defaults", "--datadir=" + datadir, "--auth-root-authentication-method=normal", "--skip-test-db",
		"--innodb-log-file-size=" + logFileSize,
		// not the system's: a server that starts removes other servers' temporary tables there
		"--tmpdir=" + filepath.Dir(datadir),
	}
	out, err := exec.Command(program, append(args, asRoot()...)...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("mariadb-install-db: %w\n%s", err, out)
	}
	return nil
}

// asRoot returns the flag that mariadbd needs to run as root.
func asRoot() []string {
	if os.Geteuid() == 0 {
		return []string{"--user=root"}
	}
	return nil
}

// arguments returns the flags that mariadbd starts with.
func (s *Server) arguments() []string {
	args := []string{
		"--no-defaults", "--datadir=" + s.datadir(), "--socket=" + s.Socket(), "--skip-networking",
		"--pid-file=" + filepath.Join(s.dir, "pid"), "--log-error=" + s.errorLog(), "--tmpdir=" + s.dir,
		"--skip-log-bin", "--character-set-server=utf8mb4",
		"--innodb-flush-log-at-trx-commit=1", "--innodb-buffer-pool-size=64M", "--innodb-log-file-size=" + logFileSize,
	}
	return slices.Concat(args, asRoot(), s.flags)
}
