package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"ic3.internal/innomaintsync/examples/internal/showcase"
)

// Opens the pages on the in-process database, starts a run and ends the program during the run.
func TestDemo(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	read, write := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := demo(ctx, "127.0.0.1:0", settings{pace: time.Minute, assets: 120, nights: 14}, write)
		_ = write.Close()
		ended <- err
	}()
	home := ""
	lines := bufio.NewScanner(read)
	for home == "" && lines.Scan() {
		home = regexp.MustCompile(`http://\S+`).FindString(lines.Text())
	}
	if home == "" {
		t.Fatal(<-ended)
	}
	go func() { _, _ = io.Copy(io.Discard, read) }()

	since := fmt.Sprintf("for %.0f days", time.Since(showcase.Night(12, time.Now())).Hours()/24)
	for address, want := range map[string]string{
		"":                     "failures</a>|processed 120 assets|Over time",
		"failures":             "Not found in Innomaint|" + since + "|What to do",
		"warnings":             "Not applied: Purchase date",
		"assets?q=QS-MALL":     "QS-MALL-0041",
		"asset?id=QS-HOSP-007": "No asset",
		"export.csv":           "QS-CAMP-0120",
	} {
		body := get(t, home+address)
		for text := range strings.SplitSeq(want, "|") {
			if !strings.Contains(body, text) {
				t.Errorf("%q lacks %q", address, text)
			}
		}
	}
	response, err := http.PostForm(home+"start", url.Values{"customer": {"990002"}})
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || !strings.Contains(string(body), "0 of 40 assets done") {
		t.Errorf("the run's page: %v\n%s", err, body)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("the program ended with %v", err)
	}
}

func get(t *testing.T, address string) string {
	t.Helper()
	response, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}
