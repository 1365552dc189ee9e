package main

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/creack/pty"
)

// TestProgressOnATerminal gives a process a terminal as its standard error.
func TestProgressOnATerminal(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.link(7, "A-1")
	w.linkMissing(7, "A-2")
	w.link(7, "A-3")
	seen, code := w.onTerminal()
	equal(t, "exit code", code, exitAssetsFailed)
	for _, want := range []string{"syncing, 1 failed", "(3/3)", "100%"} {
		if !strings.Contains(seen, want) {
			t.Errorf("the terminal lacks %q:\n%q", want, seen)
		}
	}
	// Each log line stands on a line of its own, which begins where the bar was wiped away.
	logged := 0
	for line := range strings.SplitSeq(seen, "\n") {
		if start := strings.IndexByte(line, '{'); start >= 0 {
			var record map[string]any
			if err := json.Unmarshal([]byte(strings.TrimSpace(line[start:])), &record); err != nil {
				t.Errorf("a log line is broken: %v: %q", err, line)
			}
			if before := line[:start]; before != "" && !strings.HasSuffix(before, "\r") {
				t.Errorf("a log line stands behind the bar: %q", line)
			}
			logged++
		}
	}
	equal(t, "log lines are there", logged > 3, true)

	seen, _ = w.onTerminal("-dry-run")
	equal(t, "a bar beside a dry run's table", strings.Contains(seen, "syncing"), false)
}

func TestNoProgressElsewhere(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.link(7, "A-1")
	out := w.job()
	out.records(t) // nothing but log lines
	equal(t, "a bar", strings.Contains(out.stdout, "100%"), false)
}

func (w *world) onTerminal(args ...string) (seen string, code int) {
	w.t.Helper()
	terminal, end, err := pty.Open()
	must(w.t, err)
	defer terminal.Close()
	cmd := w.child(nil, args...)
	cmd.Stderr = end
	must(w.t, cmd.Start())
	must(w.t, end.Close())
	var all bytes.Buffer
	_, _ = io.Copy(&all, terminal) // ends with an error when the process has closed it
	return all.String(), exitOf(w.t, cmd.Wait())
}
