package stage

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/examples/faults/invariant"
	"ic3.internal/innomaintsync/internal/dbtest/wire"
)

// Point is a moment of a run: when it sends a statement of this kind for the n-th time. Texts are no good for that: the
// columns of an UPDATE vary with what changed.
type Point struct {
	Kind string
	Nth  int

	prepare bool
}

// Points returns every statement of a run of its own in which nothing breaks, in order.
func (s *Stage) Points(t testing.TB, opts cmmsimport.Options) []Point {
	t.Helper()
	var mu sync.Mutex
	var points []Point
	times := map[string]int{}
	summary, err := s.Run(t, wire.Taps{Request: func(sent wire.Statement) wire.Verdict {
		mu.Lock()
		defer mu.Unlock()
		p := Point{Kind: kindOf(sent), prepare: sent.Prepare}
		times[p.Kind]++
		p.Nth = times[p.Kind]
		points = append(points, p)
		return wire.Pass
	}}, opts)
	s.MustSucceed(t, summary, err)
	return points
}

// FirstOfKinds leaves the first point of each kind.
func FirstOfKinds(points []Point) (first []Point) {
	for _, p := range points {
		if p.Nth == 1 {
			first = append(first, p)
		}
	}
	return first
}

// Usual leaves the first point of each kind, and in a soak all of them.
func Usual(points []Point) []Point {
	if Soak() {
		return points
	}
	return FirstOfKinds(points)
}

// Soak reports whether time does not matter.
func Soak() bool { return invariant.Rounds(0, 1) == 1 }

// Executions leaves the points at which a statement is carried out, not only prepared.
func Executions(points []Point) (executions []Point) {
	for _, p := range points {
		if !p.prepare {
			executions = append(executions, p)
		}
	}
	return executions
}

var table = regexp.MustCompile(`\b(ic3_\w+_master|cmms_sync_(log|run|lock)|information_schema\.\w+)\b`)

// kindOf is what a statement does to which table: "UPDATE ic3_asset_master". The mark of a failure is a kind of its own.
func kindOf(s wire.Statement) string {
	kind, _, _ := strings.Cut(s.Text, " ")
	if name := table.FindString(s.Text); name != "" {
		kind += " " + name
	}
	if strings.Contains(s.Text, "cmms_sync_status = 'Failed'") {
		kind += " (mark)"
	}
	if s.Prepare {
		kind = "prepare " + kind
	}
	return kind
}

func (p Point) String() string { return fmt.Sprintf("%s %d", p.Kind, p.Nth) }

// Once is a tap that does something at one point, once.
type Once struct {
	point Point
	do    func(wire.Statement) wire.Verdict

	mu    sync.Mutex
	times int
	fired bool
}

// At returns a tap for a point, to be used as the Request of Taps, or through Response.
func At(point Point, do func(wire.Statement) wire.Verdict) *Once { return &Once{point: point, do: do} }

// Request is for Taps.Request.
func (o *Once) Request(s wire.Statement) wire.Verdict {
	o.mu.Lock()
	if o.fired || kindOf(s) != o.point.Kind {
		o.mu.Unlock()
		return wire.Pass
	}
	o.times++
	o.fired = o.times == o.point.Nth
	now := o.fired
	o.mu.Unlock()
	if !now {
		return wire.Pass
	}
	return o.do(s)
}

// Response is Request for Taps.Response.
func (o *Once) Response(s wire.Statement, _ uint16) wire.Verdict { return o.Request(s) }

// MustHaveFired fails the test if the point was not reached.
func (o *Once) MustHaveFired(t testing.TB) {
	t.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.fired {
		t.Errorf("the run did not come to %s", o.point)
	}
}
