package main

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestAllProblemsOfTheConfigurationComeAtOnce(t *testing.T) {
	t.Parallel()
	const password = "pa55word"
	w := &world{t: t, environ: map[string]string{
		"DATABASE_DSN":                  "root:" + password + "@nowhere",
		"INNOMAINT_TOKEN":               apiToken,
		"INNOMAINT_PASSWORD":            password,
		"INNOMAINT_RATE_PER_SECOND":     "fast",
		"SYNC_SCHEDULE":                 "at night",
		"SYNC_TIME_BOX":                 "-1h",
		"SYNC_MAX_CONSECUTIVE_FAILURES": "-1",
		"LOG_LEVEL":                     "LOUD",
		"METRICS_ADDRESS":               "9464",
	}}
	out := w.job("-customer=x")
	out.expect(t, exitConfig,
		"-customer",
		`"INNOMAINT_URL" is not set`,
		"DATABASE_DSN is not of the form",
		"INNOMAINT_USERNAME and INNOMAINT_PASSWORD go together",
		"set one of INNOMAINT_TOKEN, INNOMAINT_API_KEY, and INNOMAINT_USERNAME with INNOMAINT_PASSWORD; 2 are set",
		"INNOMAINT_RATE_PER_SECOND: ", "SYNC_SCHEDULE is no schedule", "SYNC_TIME_BOX is negative",
		"SYNC_MAX_CONSECUTIVE_FAILURES is negative", "LOG_LEVEL: ", "METRICS_ADDRESS is not of the form",
	)
	if strings.Contains(out.stderr, password) {
		t.Errorf("a password is printed:\n%s", out.stderr)
	}
}

func TestTheClientsOwnProblemsAreOnesOfTheConfiguration(t *testing.T) {
	t.Parallel()
	w := &world{t: t, environ: map[string]string{
		"DATABASE_DSN": "root@tcp(127.0.0.1:1)/db", "INNOMAINT_URL": "tenant.example.com", "INNOMAINT_API_KEY": apiToken,
		"INNOMAINT_API_KEY_HEADER": "X Key",
	}}
	w.job().expect(t, exitConfig, "must begin with https://", "Config.Auth")
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	cfg, err := readConfig(map[string]string{
		"DATABASE_DSN": "root@tcp(127.0.0.1:1)/db", "INNOMAINT_URL": "https://tenant.example.com",
		"INNOMAINT_USERNAME": "sync", "INNOMAINT_PASSWORD": apiToken,
	})
	must(t, err)
	equal(t, "schedule", cfg.Schedule, "0 1 * * *")
	equal(t, "time box", fmt.Sprint(cfg.TimeBox), "4h0m0s")
	equal(t, "level", cfg.LogLevel, slog.LevelInfo)
}

func TestASecretPrintsAsNone(t *testing.T) {
	t.Parallel()
	s := secret(apiToken)
	encoded, err := json.Marshal(struct{ S secret }{s})
	must(t, err)
	for _, text := range []string{fmt.Sprintf("%v %s %q %x %#v", s, s, s, s, s), fmt.Sprint(struct{ S secret }{s}), string(encoded), slog.AnyValue(s).Resolve().String()} {
		if strings.Contains(text, apiToken) || strings.Contains(text, fmt.Sprintf("%x", apiToken)) {
			t.Errorf("printed: %s", text)
		}
	}
}

// columns splits a line of a text table.
func columns(line string) (cells []string) {
	for cell := range strings.SplitSeq(line, "  ") {
		if cell = strings.TrimSpace(cell); cell != "" {
			cells = append(cells, cell)
		}
	}
	return cells
}
