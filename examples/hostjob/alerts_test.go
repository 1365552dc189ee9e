package main

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
)

// alertRules are what Prometheus itself makes of the file, its templates included.
func alertRules(t *testing.T) []rulefmt.Rule {
	t.Helper()
	groups, errs := rulefmt.ParseFile("alerts.yaml", false, model.UTF8Validation)
	for _, err := range errs {
		t.Fatal(err)
	}
	var rules []rulefmt.Rule
	for _, group := range groups.Groups {
		rules = append(rules, group.Rules...)
	}
	return rules
}

// TestEachAlertFiresWhenItShould asks Prometheus's own engine.
func TestEachAlertFiresWhenItShould(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 14, 9, 0, 0, 0, time.UTC)
	at := func(ago time.Duration) float64 { return float64(now.Add(-ago).Unix()) }
	well := func() samples { // a night without trouble
		return samples{
			`innomaint_sync_last_success_timestamp_seconds`:          at(5 * time.Hour),
			`innomaint_sync_last_run_heartbeat_timestamp_seconds`:    at(5 * time.Hour),
			`innomaint_sync_last_run_state{state="Running"}`:         0,
			`innomaint_sync_last_run_state{state="Completed"}`:       1,
			`innomaint_sync_last_run_state{state="Aborted"}`:         0,
			`innomaint_sync_last_run_assets{outcome="total"}`:        1000,
			`innomaint_sync_last_run_assets{outcome="successful"}`:   950,
			`innomaint_sync_last_run_assets{outcome="failed"}`:       50,
			`innomaint_sync_last_run_result{result="assets_failed"}`: 1,
			`innomaint_sync_last_run_result{result="broken"}`:        0,
			`innomaint_sync_last_run_failures{kind="not_found"}`:     50,
		}
	}
	fires := func(alert string, change func(samples)) {
		s := well()
		change(s)
		if got := s.firing(t, now); !slices.Equal(got, []string{alert}) {
			t.Errorf("%s: fires %q", alert, got)
		}
	}
	if got := well().firing(t, now); got != nil {
		t.Errorf("a night without trouble: fires %q", got)
	}
	fires("InnomaintSyncOverdue", func(s samples) { s[`innomaint_sync_last_success_timestamp_seconds`] = at(26*time.Hour + time.Minute) })
	fires("InnomaintSyncUnknown", func(s samples) { delete(s, `innomaint_sync_last_success_timestamp_seconds`) })
	fires("InnomaintSyncFailureRatio", func(s samples) { s[`innomaint_sync_last_run_assets{outcome="failed"}`] = 110 })
	fires("InnomaintSyncAuditIncomplete", func(s samples) { s[`innomaint_sync_last_run_result{result="audit_incomplete"}`] = 1 })
	fires("InnomaintSyncAborted", func(s samples) { s[`innomaint_sync_last_run_state{state="Aborted"}`] = 1 })
	fires("InnomaintSyncNotAuthorised", func(s samples) { s[`innomaint_sync_last_run_failures{kind="auth"}`] = 1 })
	fires("InnomaintSyncBroken", func(s samples) { s[`innomaint_sync_last_run_result{result="broken"}`] = 1 })
	fires("InnomaintSyncStuck", func(s samples) { s[`innomaint_sync_last_run_state{state="Running"}`] = 1 })

	running := well()
	running[`innomaint_sync_last_run_state{state="Running"}`] = 1
	running[`innomaint_sync_last_run_heartbeat_timestamp_seconds`] = at(2 * time.Minute)
	running[`innomaint_sync_last_run_assets{outcome="successful"}`], running[`innomaint_sync_last_run_assets{outcome="failed"}`] = 0, 0
	if got := running.firing(t, now); got != nil {
		t.Errorf("a run that goes on: fires %q", got)
	}
}

// TestAlertsAreOnMetricsThatThereAre looks for each series that a rule selects among those of a job with some runs.
func TestAlertsAreOnMetricsThatThereAre(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.link(7, "A-1")
	w.link(7, "A-2")
	j, _ := w.newJob()
	_, err := j.run(t.Context(), scope{})
	must(t, err)
	w.environ["INNOMAINT_TOKEN"] = "an-old-one"
	unauthorised, _ := w.newJob()
	_, err = unauthorised.run(t.Context(), scope{})
	must(t, err)
	there := samples(j.scrape(t))
	maps.Copy(there, unauthorised.scrape(t))
	for _, rule := range alertRules(t) {
		expr, err := parser.ParseExpr(rule.Expr)
		must(t, err)
		for _, selectors := range parser.ExtractSelectors(expr) {
			if set := (querier{samples: there}).Select(t.Context(), false, nil, selectors...); !set.Next() {
				t.Errorf("%s selects %v, which no job has", rule.Alert, selectors)
			}
		}
	}
}
