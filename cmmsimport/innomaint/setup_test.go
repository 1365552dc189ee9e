package innomaint_test

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/innomaint/innomainttest"
	"ic3.internal/innomaintsync/cmmsimport/internal/redact"
)

// decoded compares assets by what was decoded, without Raw.
var decoded = cmp.Options{cmpopts.IgnoreUnexported(innomaint.Asset{}), cmpopts.IgnoreFields(innomaint.Asset{}, "Raw")}

var ref = innomaint.AssetRef{CustomerID: 7, AssetID: "AST-1042"}

// newServer starts a fake server that runs until the end of the test.
func newServer(t *testing.T, opts ...innomainttest.Option) *innomainttest.Server {
	t.Helper()
	server := innomainttest.NewServer(opts...)
	t.Cleanup(server.Close)
	return server
}

// newClient returns a client with short waits. change may be nil; it changes the configuration.
func newClient(t testing.TB, baseURL string, change func(*innomaint.Config)) *innomaint.Client {
	t.Helper()
	cfg := innomaint.Config{
		BaseURL:      baseURL,
		Auth:         innomaint.BearerToken("test-token"),
		RetryWait:    time.Millisecond,
		RetryMaxWait: 50 * time.Millisecond,
		HTTPClient:   &http.Client{Transport: &http.Transport{}},
		Logger:       slog.New(slog.DiscardHandler),
	}
	t.Cleanup(cfg.HTTPClient.CloseIdleConnections)
	if change != nil {
		change(&cfg)
	}
	client, err := innomaint.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// decode decodes a body for ref with a client of the default configuration.
func decode(t *testing.T, body string) (*innomaint.Asset, error) {
	t.Helper()
	return newClient(t, "http://127.0.0.1", nil).Decode(ref, []byte(body))
}

// mustDecode decodes an object with ref's id and these members.
func mustDecode(t *testing.T, members string) *innomaint.Asset {
	t.Helper()
	asset, err := decode(t, withID(members))
	if err != nil {
		t.Fatalf("Decode(%s): %v", members, err)
	}
	return asset
}

func withID(members string) string {
	if members != "" {
		members = "," + members
	}
	return `{"asset_id":"AST-1042"` + members + `}`
}

// wantKind checks that err is an *Error of the kind and matches the kind's sentinel.
func wantKind(t *testing.T, err error, kind innomaint.Kind) *innomaint.Error {
	t.Helper()
	sentinels := map[innomaint.Kind]error{
		innomaint.KindNotFound: innomaint.ErrNotFound, innomaint.KindAuth: innomaint.ErrAuth,
		innomaint.KindRateLimited: innomaint.ErrRateLimited, innomaint.KindUnavailable: innomaint.ErrUnavailable,
		innomaint.KindTimeout: innomaint.ErrTimeout, innomaint.KindBadResponse: innomaint.ErrBadResponse,
		innomaint.KindInvalidData: innomaint.ErrInvalidData,
	}
	var failed *innomaint.Error
	if !errors.As(err, &failed) {
		t.Fatalf("error is %v (%T), want an *Error of kind %s", err, err, kind)
	}
	if failed.Kind != kind {
		t.Fatalf("kind is %s, want %s: %v", failed.Kind, kind, err)
	}
	if text := strings.Replace(err.Error(), strconv.Quote(failed.AssetID), "", 1); redact.Text(text) != text {
		t.Errorf("the error does not survive a second redaction: %q becomes %q", text, redact.Text(text))
	}
	for k, sentinel := range sentinels {
		if got := errors.Is(err, sentinel); got != (k == kind) {
			t.Errorf("errors.Is(err, sentinel of %s) = %v for kind %s", k, got, kind)
		}
	}
	return failed
}

// wantNoWarnings fails the test if an asset has a warning.
func wantNoWarnings(t *testing.T, asset *innomaint.Asset) {
	t.Helper()
	for _, w := range asset.Warnings {
		t.Errorf("unexpected warning: %s", w)
	}
}

// roundTrip is a fake transport.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// respond returns the response of a fake transport.
func respond(r *http.Request, status int, header http.Header, body string) *http.Response {
	if header == nil {
		header = http.Header{}
	}
	return &http.Response{
		StatusCode: status, Header: header, Request: r, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)),
	}
}
