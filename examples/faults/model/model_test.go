package model_test

import (
	"flag"
	"io"
	"log"
	"os"
	"testing"

	"github.com/go-sql-driver/mysql"
	"pgregory.net/rapid"

	"ic3.internal/innomaintsync/internal/dbtest"
)

func TestMain(m *testing.M) {
	_ = mysql.SetLogger(log.New(io.Discard, "", 0)) // it tells of every connection that is killed here
	checks := "60"
	if os.Getenv("INNOMAINTSYNC_SOAK") == "1" { // set by make soak
		checks = "3000"
	}
	if err := flag.Set("rapid.checks", checks); err != nil { // before -rapid.checks is parsed, which has the last word
		log.Fatal(err)
	}
	os.Exit(dbtest.Main(m))
}

// TestRunsMatchTheModel drives sequences of up to three runs.
func TestRunsMatchTheModel(t *testing.T) {
	t.Parallel()
	db := openDatabase(t)
	rapid.Check(t, func(rt *rapid.T) {
		w, g := newWorld(t, db)
		defer w.API.Close()
		stale := map[string]bool{} // rows that vanished under a run: their marks are older than their log, until the next attempt
		for range rapid.IntRange(1, 3).Draw(rt, "runs") {
			s := scripts(len(g.assets)).Draw(rt, "run")
			for i, did := range s.before {
				g.host(g.assets[i], did)
				w.host(g.assets[i], did)
			}
			w.Advance(t)
			want := g.run(s)
			got, err := w.run(g, s)
			for _, e := range want.entries {
				if !s.dryRun {
					stale[e.cmmsID] = e.stale
				}
			}
			w.compare(rt, g, s, want, got, err)
			w.checkInvariant(rt, stale)
			if rt.Failed() {
				rt.FailNow()
			}
		}
	})
}

// TestRunsSettle is what no model need say: whatever the answers are, and however they contradict each other, there is an
// end to what they change. After some runs that went well (the second one knows masters by ids that the first met too
// early, and may thereby move what the third one meets) one finds nothing to do.
func TestRunsSettle(t *testing.T) {
	t.Parallel()
	const settled = 5
	db := openDatabase(t)
	rapid.Check(t, func(rt *rapid.T) {
		w, g := newWorld(t, db)
		defer w.API.Close()
		s := script{policy: rapid.SampledFrom([]string{"", "mirror", "fill_if_empty"}).Draw(rt, "policy")}
		for range g.assets {
			s.steps = append(s.steps, step{answer: answers().Draw(rt, "answer")})
		}
		for run := range settled {
			got, err := w.run(g, s)
			if err != nil || got.Successful != len(g.assets) {
				rt.Fatalf("run %d: error %v, %v", run+1, err, got)
			}
			if run == settled-1 && (got.Changed > 0 || got.MastersCreated > 0) {
				rt.Fatalf("the last run changed %d assets and created %d masters:\n%s", got.Changed, got.MastersCreated, w.changes(got.RunID))
			}
		}
	})
}
