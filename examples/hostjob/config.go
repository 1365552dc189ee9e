package main

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"reflect"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/caarlos0/env/v11"
	"github.com/go-sql-driver/mysql"
	"github.com/robfig/cron/v3"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

// config is the job's part of the environment. The tag about is the variable's line in -help and in the README.
type config struct {
	DatabaseDSN secret `env:"DATABASE_DSN,required,notEmpty" about:"user:password@tcp(host:3306)/database"`

	InnomaintURL  string  `env:"INNOMAINT_URL,required,notEmpty" about:"the tenant's address, https://tenant.example.com"`
	Token         secret  `env:"INNOMAINT_TOKEN" about:"bearer token; this, or the API key, or username and password"`
	APIKey        secret  `env:"INNOMAINT_API_KEY" about:"API key"`
	APIKeyHeader  string  `env:"INNOMAINT_API_KEY_HEADER" envDefault:"X-Api-Key" about:"the header that carries the API key"`
	Username      string  `env:"INNOMAINT_USERNAME" about:"account that logs in for a token"`
	Password      secret  `env:"INNOMAINT_PASSWORD" about:"its password"`
	RatePerSecond float64 `env:"INNOMAINT_RATE_PER_SECOND" envDefault:"0" about:"requests a second at most; 0: no limit"`

	Schedule               string        `env:"SYNC_SCHEDULE" envDefault:"0 1 * * *" about:"when -schedule makes its run, as in crontab; CRON_TZ=Asia/Kolkata before it sets the zone"`
	TimeBox                time.Duration `env:"SYNC_TIME_BOX" envDefault:"4h" about:"how long a nightly run goes on; 0: until all is done"`
	MaxConsecutiveFailures int           `env:"SYNC_MAX_CONSECUTIVE_FAILURES" envDefault:"20" about:"systemic failures in a row that abort a run; 0: never"`

	LogLevel       slog.Level `env:"LOG_LEVEL" envDefault:"INFO" about:"DEBUG (each asset), INFO, WARN or ERROR"`
	MetricsAddress string     `env:"METRICS_ADDRESS" envDefault:"127.0.0.1:9464" about:"where -schedule serves /metrics"`
	MetricsFile    string     `env:"METRICS_FILE" about:"file for node_exporter's textfile collector, written after a nightly run without -schedule"`
}

// readConfig reads the variables and returns every problem at once. No text repeats a secret.
func readConfig(environ map[string]string) (config, error) {
	cfg, err := env.ParseAsWithOptions[config](env.Options{Environment: environ})
	problems := []error{parseProblems(err)}
	problem := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }

	if cfg.DatabaseDSN != "" {
		if dsn, err := mysql.ParseDSN(string(cfg.DatabaseDSN)); err != nil || dsn.DBName == "" {
			problem("DATABASE_DSN is not of the form user:password@tcp(host:3306)/database")
		}
	}
	if (cfg.Username == "") != (cfg.Password == "") {
		problem("INNOMAINT_USERNAME and INNOMAINT_PASSWORD go together")
	}
	switch schemes := cfg.authSchemes(); {
	case len(schemes) != 1:
		problem("set one of INNOMAINT_TOKEN, INNOMAINT_API_KEY, and INNOMAINT_USERNAME with INNOMAINT_PASSWORD; %d are set", len(schemes))
	case cfg.InnomaintURL != "":
		if _, err := innomaint.New(cfg.innomaint()); err != nil {
			problem("the INNOMAINT_ variables make no client: %w", err)
		}
	}
	if _, err := cron.ParseStandard(cfg.Schedule); err != nil {
		problem("SYNC_SCHEDULE is no schedule: %w", err)
	}
	if cfg.TimeBox < 0 {
		problem("SYNC_TIME_BOX is negative")
	}
	if cfg.MaxConsecutiveFailures < 0 {
		problem("SYNC_MAX_CONSECUTIVE_FAILURES is negative")
	}
	if _, _, err := net.SplitHostPort(cfg.MetricsAddress); err != nil {
		problem("METRICS_ADDRESS is not of the form host:port")
	}
	return cfg, errors.Join(problems...)
}

// parseProblems names variables where the library names fields of the struct.
func parseProblems(err error) error {
	var all env.AggregateError
	if !errors.As(err, &all) {
		return err
	}
	problems := make([]error, len(all.Errors))
	for i, problem := range all.Errors {
		var unreadable env.ParseError
		if problems[i] = problem; errors.As(problem, &unreadable) {
			field, _ := reflect.TypeFor[config]().FieldByName(unreadable.Name)
			problems[i] = fmt.Errorf("%s: %w", variable(field), unreadable.Err)
		}
	}
	return errors.Join(problems...)
}

func (c config) authSchemes() []innomaint.Auth {
	var schemes []innomaint.Auth
	if c.Token != "" {
		schemes = append(schemes, innomaint.BearerToken(string(c.Token)))
	}
	if c.APIKey != "" {
		schemes = append(schemes, innomaint.APIKey(c.APIKeyHeader, string(c.APIKey)))
	}
	if c.Username != "" || c.Password != "" {
		schemes = append(schemes, innomaint.Login(c.Username, string(c.Password)))
	}
	return schemes
}

func (c config) innomaint() innomaint.Config {
	return innomaint.Config{BaseURL: c.InnomaintURL, Auth: c.authSchemes()[0], RatePerSecond: c.RatePerSecond}
}

// client is the API client, measured and traced below its retries: each request counts.
func (c config) client(m *metrics, t *traces, log *slog.Logger) (*innomaint.Client, error) {
	settings := c.innomaint()
	settings.Logger = log
	settings.HTTPClient = &http.Client{Transport: m.transport(t.transport(http.DefaultTransport))}
	return innomaint.New(settings)
}

// LogValue implements slog.LogValuer: what is set, with secrets redacted.
func (c config) LogValue() slog.Value {
	var attrs []slog.Attr
	value := reflect.ValueOf(c)
	for i := range value.NumField() {
		if !value.Field(i).IsZero() {
			attrs = append(attrs, slog.String(variable(value.Type().Field(i)), fmt.Sprint(value.Field(i))))
		}
	}
	return slog.GroupValue(attrs...)
}

func variable(field reflect.StructField) string {
	name, _, _ := strings.Cut(field.Tag.Get("env"), ",")
	return name
}

// describeVariables lists the variables with their defaults.
func describeVariables() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for i := range reflect.TypeFor[config]().NumField() {
		field := reflect.TypeFor[config]().Field(i)
		preset := cmp.Or(field.Tag.Get("envDefault"), "none")
		if strings.Contains(field.Tag.Get("env"), "required") {
			preset = "required"
		}
		fmt.Fprintf(w, "  %s\t%s\t%s\n", variable(field), preset, field.Tag.Get("about"))
	}
	_ = w.Flush() // a strings.Builder does not fail
	return b.String()
}
