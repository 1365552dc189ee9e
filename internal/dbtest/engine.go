package dbtest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// The engines, as the environment variable DBTEST_ENGINE names them.
const (
	MariaDB   = "mariadb"   // the one that this machine has installed; the default
	MariaDB11 = "mariadb11" // MariaDB 11.8
	MySQL     = "mysql"     // MySQL 9.7
)

// Engine returns the name of the engine that this process's servers run.
func Engine() string {
	if name := os.Getenv("DBTEST_ENGINE"); name != "" {
		return name
	}
	return MariaDB
}

// logFileSize replaces the default of about 100M, which would be copied for each server.
const logFileSize = "16M"

// engine is what is specific to one kind of server.
type engine struct {
	program string
	version string   // contained in the output of --version
	unpack  bool     // make setup unpacks it into a folder of the user's cache
	flags   []string // beside those that every engine takes
	// renamed are flags of MariaDB that it knows by another name, each with its "=".
	renamed map[string]string
}

var engines = map[string]engine{
	MariaDB:   {program: "mariadbd", version: "MariaDB"},
	MariaDB11: {program: "mariadbd", version: "Ver 11.8", unpack: true},
	MySQL: {
		program: "mysqld", version: "Ver 9.7", unpack: true,
		// EXPLAIN returns rows, as MariaDB's does
		flags:   []string{"--mysqlx=OFF", "--secure-file-priv=NULL", "--explain-format=TRADITIONAL"},
		renamed: map[string]string{"--innodb-log-file-size=": "--innodb-redo-log-capacity="},
	},
}

func currentEngine() (engine, error) {
	e, ok := engines[Engine()]
	if !ok {
		return e, fmt.Errorf("DBTEST_ENGINE is %q: use %s, %s or %s", Engine(), MariaDB, MySQL, MariaDB11)
	}
	return e, nil
}

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

// unpackedDir is the folder into which make setup unpacks the current engine: in DBTEST_ENGINES, or in the user's cache.
func unpackedDir() (string, error) {
	if dir := os.Getenv("DBTEST_ENGINES"); dir != "" {
		return filepath.Join(dir, Engine()), nil
	}
	cache, err := os.UserCacheDir()
	return filepath.Join(cache, "innomaintsync", "engines", Engine()), err
}

// findServer returns the path of the current engine's server. MySQL and MariaDB often answer to each other's names, so a program
// in PATH counts only if its version is right.
func findServer() (string, error) {
	e, err := currentEngine()
	if err != nil {
		return "", err
	}
	if !e.unpack {
		return findProgram(e.program)
	}
	dir, err := unpackedDir()
	if err != nil {
		return "", err
	}
	unpacked := filepath.Join(dir, "bin", e.program)
	if _, err := os.Stat(unpacked); err == nil {
		return unpacked, nil
	}
	if path, err := findProgram(e.program); err == nil {
		if out, err := exec.Command(path, "--version").Output(); err == nil && strings.Contains(string(out), e.version) {
			return path, nil
		}
	}
	return "", fmt.Errorf("%s %s: neither in %s nor in PATH: run make setup ENGINES=%s, or the tests on the MariaDB of this machine with DBTEST_ENGINE=%s",
		e.program, e.version, unpacked, Engine(), MariaDB)
}

// template returns a data directory to copy: the one that make setup has created, or a new one in dir. Its root account has no
// password.
func template(dir string) (string, error) {
	server, err := findServer()
	if err != nil {
		return "", err
	}
	unpacked := filepath.Join(filepath.Dir(filepath.Dir(server)), "data")
	if info, err := os.Stat(unpacked); err == nil && info.IsDir() && engines[Engine()].unpack {
		return unpacked, nil
	}
	created := filepath.Join(dir, "template")
	return created, install(server, created)
}

func install(server, datadir string) (err error) {
	program, args := server, []string{"--no-defaults", "--initialize-insecure"}
	if Engine() != MySQL {
		if program, err = findProgram("mariadb-install-db"); err != nil {
			return err
		}
		args = []string{"--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db"}
	}
	args = append(args, "--datadir="+datadir, "--innodb-log-file-size="+logFileSize,
		"--tmpdir="+filepath.Dir(datadir)) // not the system's: a server that starts removes other servers' temporary tables there
	args = engines[Engine()].translate(args)
	out, err := exec.Command(program, append(args, asRoot()...)...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", program, err, out)
	}
	return nil
}

// copyData copies a data directory that no server uses.
func copyData(to, from string) error {
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		return fmt.Errorf("copy the template data directory: %w", err)
	}
	return nil
}

// asRoot returns the flag that a server needs to run as root.
func asRoot() []string {
	if os.Geteuid() == 0 {
		return []string{"--user=root"}
	}
	return nil
}

// translate writes flags of MariaDB as the engine knows them.
func (e engine) translate(flags []string) []string {
	flags = slices.Clone(flags)
	for i, flag := range flags {
		for from, to := range e.renamed {
			if value, ok := strings.CutPrefix(flag, from); ok {
				flags[i] = to + value
			}
		}
	}
	return flags
}

// arguments returns the flags that the server starts with.
func (s *Server) arguments() []string {
	e := engines[Engine()]
	args := []string{
		"--no-defaults", "--datadir=" + s.datadir(), "--socket=" + s.Socket(), "--skip-networking",
		"--pid-file=" + filepath.Join(s.dir, "pid"), "--log-error=" + s.errorLog(), "--tmpdir=" + s.dir,
		"--skip-log-bin", "--character-set-server=utf8mb4",
		"--innodb-flush-log-at-trx-commit=1", "--innodb-buffer-pool-size=64M", "--innodb-log-file-size=" + logFileSize,
	}
	return e.translate(slices.Concat(args, e.flags, asRoot(), s.flags))
}
