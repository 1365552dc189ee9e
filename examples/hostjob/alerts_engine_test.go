package main

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/util/annotations"
)

// samples are values by series, as a scrape of this moment has them.
type samples map[string]float64

// firing returns the alerts whose expression has a result; how long it must have one is not waited for.
func (s samples) firing(t *testing.T, now time.Time) (alerts []string) {
	t.Helper()
	engine := promql.NewEngine(promql.EngineOpts{MaxSamples: 1000, Timeout: time.Minute, LookbackDelta: 5 * time.Minute, Reg: prometheus.NewRegistry()})
	queryable := storage.QueryableFunc(func(int64, int64) (storage.Querier, error) { return querier{storage.NoopQuerier(), s, now}, nil })
	for _, rule := range alertRules(t) {
		query, err := engine.NewInstantQuery(t.Context(), queryable, nil, rule.Expr, now)
		must(t, err)
		result := query.Exec(t.Context())
		must(t, result.Err)
		vector, err := result.Vector()
		must(t, err)
		if len(vector) > 0 {
			alerts = append(alerts, rule.Alert)
		}
		query.Close()
	}
	return alerts
}

// querier serves samples to the engine.
type querier struct {
	storage.Querier
	samples samples
	now     time.Time
}

func (q querier) Select(_ context.Context, _ bool, _ *storage.SelectHints, matchers ...*labels.Matcher) storage.SeriesSet {
	set := &seriesSet{}
	for text, value := range q.samples {
		metric, err := parser.ParseMetric(text)
		if err != nil {
			return storage.ErrSeriesSet(err)
		}
		matches := func(m *labels.Matcher) bool { return m.Matches(metric.Get(m.Name)) }
		if !slices.ContainsFunc(matchers, func(m *labels.Matcher) bool { return !matches(m) }) {
			set.rest = append(set.rest, promql.NewStorageSeries(promql.Series{Metric: metric, Floats: []promql.FPoint{{T: q.now.UnixMilli(), F: value}}}))
		}
	}
	return set
}

type seriesSet struct {
	at   storage.Series
	rest []storage.Series
}

func (s *seriesSet) Next() bool {
	if len(s.rest) == 0 {
		return false
	}
	s.at, s.rest = s.rest[0], s.rest[1:]
	return true
}

func (s *seriesSet) At() storage.Series                { return s.at }
func (s *seriesSet) Err() error                        { return nil }
func (s *seriesSet) Warnings() annotations.Annotations { return nil }
