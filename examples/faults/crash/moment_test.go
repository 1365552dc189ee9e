package crash_test

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"ic3.internal/innomaintsync/internal/dbtest/wire"
)

// target is which of the statements that a process sends is meant.
type target string

const (
	anyStatement target = "any statement"
	atCommit     target = "COMMIT"
	behindCommit target = "the statement behind COMMIT"
	atLogRow     target = "the log row"
	atBegin      target = "START TRANSACTION"
)

// point is a moment in the life of one statement.
type point string

const (
	beforeSent   point = "before it is sent"
	halfSent     point = "half sent"
	sent         point = "sent"
	beforeAnswer point = "before its answer is there"
	answered     point = "answered"
)

// moment is when something happens to the process: at the nth such statement.
type moment struct {
	target target
	point  point
	n      int
	busy   int // for so many more turns of a loop the process goes on
}

// draw prefers what is close to a COMMIT: any statement in a third of the cases.
func draw(r *rand.Rand, atomicLog bool) moment {
	m := moment{
		target: []target{anyStatement, atCommit, behindCommit, atLogRow, atCommit, anyStatement}[r.IntN(6)],
		point:  []point{beforeSent, halfSent, sent, beforeAnswer, answered, beforeAnswer}[r.IntN(6)],
		n:      1 + r.IntN(8),
		busy:   r.IntN(100_000),
	}
	if m.target == anyStatement {
		m.n = 1 + r.IntN(70)
	}
	if atomicLog && m.target == behindCommit {
		m.target = atCommit // there is none: BEGIN comes next
	}
	return m
}

func (m moment) String() string { return fmt.Sprintf("%s, %s", m.target, m.point) }

// counter finds the statements that a moment means.
type counter struct {
	moment
	seen       int
	lastCommit bool
}

// meant reports whether the moment has come with this statement.
func (c *counter) meant(s wire.Statement) bool {
	if s.Prepare {
		return false
	}
	commit := s.Text == "COMMIT"
	hit := false
	switch c.target {
	case anyStatement:
		hit = true
	case atCommit:
		hit = commit
	case behindCommit:
		hit = c.lastCommit
	case atBegin:
		hit = s.Text == "START TRANSACTION"
	case atLogRow:
		hit = strings.HasPrefix(s.Text, "INSERT INTO cmms_sync_log")
	}
	c.lastCommit = commit
	if hit {
		c.seen++
	}
	return hit && c.seen == c.n
}
