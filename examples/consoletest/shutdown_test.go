package consoletest_test

import (
	"bufio"
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport/synclog"
	"ic3.internal/innomaintsync/examples/console"
)

func TestShutdownEndsRunsAndStreams(t *testing.T) {
	t.Parallel()
	s := setup(t)
	defer close(fill(s, 3, "A-2"))
	response, err := http.PostForm(s.url+"start", url.Values{"customer": {"990001"}})
	must(t, err)
	response.Body.Close()
	equal(t, "the run's page", response.StatusCode, http.StatusOK)

	live, err := http.Get(s.url + "events?run=" + s.runs()[0].ID)
	must(t, err)
	defer live.Body.Close()
	equal(t, "type", live.Header.Get("Content-Type"), "text/event-stream")
	lines := bufio.NewScanner(live.Body)
	for lines.Scan() && !strings.Contains(lines.Text(), `"text":"1 of 3 assets done`) {
		continue
	}

	limited, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	must(t, s.console.Shutdown(limited))
	run := s.runs()[0]
	equal(t, "state", run.Status, synclog.Interrupted)
	if !strings.Contains(run.ErrorMessage, "the process is shutting down") {
		t.Errorf("the run says %q", run.ErrorMessage)
	}
	for lines.Scan() { // until the stream ends
		continue
	}
	response, err = http.PostForm(s.url+"start", url.Values{"customer": {"990001"}})
	must(t, err)
	response.Body.Close()
	equal(t, "a run afterwards", response.StatusCode, http.StatusServiceUnavailable)
	equal(t, "runs", len(s.runs()), 1)
}

func TestNewNamesMissingField(t *testing.T) {
	t.Parallel()
	for name, cfg := range map[string]console.Config{"Config.DB": {}, "Config.Options.Client": {DB: &gorm.DB{}}} {
		if _, err := console.New(cfg); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}
