package innomaint_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/innomaint/innomainttest"
)

const secret = `s3cr"t /&+é`

var schemes = map[string]innomaint.Auth{
	"bearer token": innomaint.BearerToken(secret),
	"API key":      innomaint.APIKey("X-Api-Key", secret),
	"login":        innomaint.Login("someone", secret),
}

// leaks reports whether text contains the secret in any notation.
func leaks(text string) bool {
	quoted, _ := json.Marshal(secret)
	for _, spelling := range []string{secret, strings.Trim(string(quoted), `"`), url.QueryEscape(secret), url.PathEscape(secret),
		strings.Trim(fmt.Sprintf("%q", secret), `"`), fmt.Sprintf("%x", secret), "topsecret", "issued-token", "hidden-query"} {
		if strings.Contains(text, spelling) {
			return true
		}
	}
	return false
}

func TestSecrets(t *testing.T) {
	t.Parallel()
	t.Run("AreNotPrinted", func(t *testing.T) {
		t.Parallel()
		for scheme, auth := range schemes {
			t.Run(scheme, func(t *testing.T) {
				t.Parallel()
				cfg := innomaint.Config{BaseURL: "https://example.com", Auth: auth, AssetPath: "/a/{cmms_asset_id}?key=topsecret"}
				client, err := innomaint.New(cfg)
				if err != nil {
					t.Fatal(err)
				}
				withPassword := cfg
				withPassword.BaseURL = "https://u:topsecret@example.com/?q=topsecret"
				type host struct {
					cfg    innomaint.Config
					client *innomaint.Client
					auth   innomaint.Auth
				}
				for _, value := range []any{cfg, &cfg, client, *client, auth, &auth, withPassword, host{cfg, client, auth}, []any{cfg, client}} {
					for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
						text := fmt.Sprintf(verb, value)
						if _, ok := value.(host); ok { // fmt cannot call methods on unexported fields; the path's query is then visible
							text = strings.ReplaceAll(text, "topsecret", "")
							text = strings.ReplaceAll(text, fmt.Sprintf("%x", "topsecret"), "")
						}
						if leaks(text) {
							t.Errorf("%s of a %T: %s", verb, value, text)
						}
					}
					var log bytes.Buffer
					slog.New(slog.NewTextHandler(&log, nil)).Info("x", slog.Any("value", value))
					slog.New(slog.NewJSONHandler(&log, nil)).Info("x", slog.Any("value", value))
					if _, ok := value.(host); !ok && leaks(log.String()) {
						t.Errorf("log of a %T: %s", value, log.String())
					}
				}
				if text := fmt.Sprint(client); !strings.Contains(text, scheme) || !strings.Contains(text, "example.com") {
					t.Errorf("a client prints as %q", text)
				}
			})
		}
	})
	// The server echoes what it was sent, and the transport puts the whole request into its error.
	t.Run("AreNotInErrorsAndLogs", func(t *testing.T) {
		t.Parallel()
		echo := func(r *http.Request) string {
			body, _ := json.Marshal(map[string]any{
				"status":  "error",
				"message": fmt.Sprint("rejected ", secret, " ", url.QueryEscape(secret), r.Header, " ", r.URL),
			})
			return string(body)
		}
		transports := map[string]roundTrip{
			"401":           func(r *http.Request) (*http.Response, error) { return respond(r, 401, nil, echo(r)), nil },
			"503":           func(r *http.Request) (*http.Response, error) { return respond(r, 503, nil, echo(r)), nil },
			"400 in text":   func(r *http.Request) (*http.Response, error) { return respond(r, 400, nil, "no: "+secret), nil },
			"error in 200":  func(r *http.Request) (*http.Response, error) { return respond(r, 200, nil, echo(r)), nil },
			"broken":        func(r *http.Request) (*http.Response, error) { return nil, errors.New(r.URL.String() + echo(r)) },
			"another asset": func(r *http.Request) (*http.Response, error) { return respond(r, 200, nil, `{"asset_id":"X"}`), nil },
			"redirect": func(r *http.Request) (*http.Response, error) {
				return respond(r, 302, http.Header{"Location": {"https://other.example/?t=hidden-query"}}, ""), nil
			},
			"broken redirect": func(r *http.Request) (*http.Response, error) {
				return respond(r, 302, http.Header{"Location": {"http://[::1/?t=hidden-query"}}, ""), nil
			},
		}
		for scheme, auth := range schemes {
			for name, transport := range transports {
				t.Run(scheme+"/"+name, func(t *testing.T) {
					t.Parallel()
					var log bytes.Buffer
					client := newClient(t, "https://example.com", func(cfg *innomaint.Config) {
						cfg.Auth = auth
						cfg.AssetPath = "/a/{cmms_asset_id}?api_key=topsecret"
						cfg.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
						cfg.HTTPClient = &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
							if r.Method == http.MethodPost && name != "401" {
								return respond(r, 200, nil, `{"token":"issued-token-1"}`), nil
							}
							return transport(r)
						})}
					})
					_, err := client.GetAsset(t.Context(), ref)
					var failed *innomaint.Error
					if !errors.As(err, &failed) {
						t.Fatalf("error %v", err)
					}
					for e := err; e != nil; e = errors.Unwrap(e) {
						if text := fmt.Sprintf("%v %+v %q", e, e, e); leaks(text) {
							t.Errorf("error %T: %s", e, text)
						}
					}
					if leaks(log.String()) {
						t.Errorf("log: %s", log.String())
					}
				})
			}
		}
	})
}

func TestErrorText(t *testing.T) {
	t.Parallel()
	t.Run("QuotesServer", func(t *testing.T) {
		t.Parallel()
		server := newServer(t)
		server.Script(ref.AssetID, innomainttest.Answer{Status: 400,
			Body: `{"status":"error","message":"License ` + strings.Repeat("very ", 200) + `expired"}`})
		_, err := newClient(t, server.URL(), nil).GetAsset(t.Context(), ref)
		text := err.Error()
		if !strings.Contains(text, "License very") || !strings.Contains(text, `"AST-1042"`) || !strings.Contains(text, "HTTP 400") || len(text) > 600 {
			t.Errorf("error text (%d bytes): %s", len(text), text)
		}
	})
}
