package dbtest

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
)

// leftOut are the cases that Only has skipped in this test binary.
var leftOut struct {
	mu    sync.Mutex
	cases []string
}

// Only skips the test unless the servers run one of these engines. why says, in one line, what the other engines lack. What was
// left out is listed when the test binary ends, and in the file that the environment variable DBTEST_REPORT names: the go
// command prints nothing of a package whose tests pass.
func Only(tb testing.TB, why string, engines ...string) {
	tb.Helper()
	if slices.Contains(engines, Engine()) {
		return
	}
	leftOut.mu.Lock()
	leftOut.cases = append(leftOut.cases, tb.Name()+": "+why)
	leftOut.mu.Unlock()
	tb.Skipf("not on %s: %s", Engine(), why)
}

// report lists the cases that were left out. The file begins with the server's version.
func report(version string) error {
	leftOut.mu.Lock()
	defer leftOut.mu.Unlock()
	var b strings.Builder
	slices.Sort(leftOut.cases)
	for _, c := range slices.Compact(leftOut.cases) {
		fmt.Fprintf(&b, "not on %s: %s %s\n", Engine(), testedPackage(), c)
	}
	os.Stdout.WriteString(b.String())
	name := os.Getenv("DBTEST_REPORT")
	if name == "" || version == "" && b.Len() == 0 {
		return nil
	}
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(file, "server %s\n%s", version, b.String())
	return cmp.Or(err, file.Close())
}

func testedPackage() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		return strings.TrimSuffix(info.Path, ".test")
	}
	return filepath.Base(os.Args[0])
}
