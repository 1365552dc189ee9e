package main

import (
	"context"
	"database/sql/driver"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// part is one thing that the time of an asset is spent on.
type part int

const (
	partAPI part = iota
	partDecode
	partBegin
	partOther
	partUpdate
	partCommit
	partInsert
	partRest
	partCount
)

var partNames = [partCount]string{"API wait", "decode", "BEGIN", "pages, masters", "UPDATE", "COMMIT", "INSERT log", "rest of client"}

// watch looks at what a pass spends its time on, from outside: between the contender and its transport and driver.
type watch struct {
	mu       sync.Mutex
	spent    [partCount]time.Duration
	prepared map[preparedText]int
}

type preparedText struct {
	conn driver.Conn
	text string
}

func newWatch() *watch { return &watch{prepared: map[preparedText]int{}} }

// spend is called with the time at which something of this part began, when it ends.
func (w *watch) spend(p part, began time.Time) {
	took := time.Since(began)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.spent[p] += took
}

func (w *watch) notePrepared(conn driver.Conn, text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.prepared[preparedText{conn, text}]++
}

// preparedMost returns the statement that one connection prepared most often, and how often.
func (w *watch) preparedMost() (text string, times int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for p, n := range w.prepared {
		if n > times || n == times && p.text < text {
			text, times = p.text, n
		}
	}
	return text, times
}

// partOf says what a statement is for.
func partOf(text string) part {
	switch {
	case strings.HasPrefix(text, "UPDATE ic3_asset_master"), strings.HasPrefix(text, "UPDATE `ic3_asset_master`"):
		return partUpdate
	case strings.HasPrefix(text, "INSERT INTO cmms_sync_log"), strings.HasPrefix(text, "INSERT INTO `cmms_sync_log`"):
		return partInsert
	}
	return partOther
}

// transport times requests up to the last byte of the answer.
func (w *watch) transport(next http.RoundTripper) http.RoundTripper {
	return &watchedTransport{next, w}
}

type watchedTransport struct {
	next  http.RoundTripper
	watch *watch
}

// RoundTrip implements http.RoundTripper.
func (t *watchedTransport) RoundTrip(request *http.Request) (*http.Response, error) {
	defer t.watch.spend(partAPI, time.Now())
	response, err := t.next.RoundTrip(request)
	if err == nil {
		response.Body = &watchedBody{response.Body, t.watch}
	}
	return response, err
}

type watchedBody struct {
	io.ReadCloser
	watch *watch
}

// Read implements io.Reader.
func (b *watchedBody) Read(p []byte) (int, error) {
	defer b.watch.spend(partAPI, time.Now())
	return b.ReadCloser.Read(p)
}

// connector times what goes to the server.
func (w *watch) connector(next driver.Connector) driver.Connector { return &watchedConnector{next, w} }

type watchedConnector struct {
	driver.Connector
	watch *watch
}

// Connect implements driver.Connector.
func (c *watchedConnector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &watchedConn{conn.(mysqlConn), c.watch}, nil
}
