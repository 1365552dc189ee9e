package invariant

import "strings"

// checkLeases finds leases of finished runs, and those that end later than one that is taken now would.
func (w *World) checkLeases(v *violations) error {
	var left []string // runs that said they could not give theirs back
	for _, run := range w.noted() {
		if strings.Contains(run.output, leaseInOutput) {
			left = append(left, run.summary.RunID)
		}
	}
	w.mu.Lock()
	longest := w.lease
	w.mu.Unlock()
	if err := w.find(v, "the lease %s outlives its time", "SELECT CONCAT(name, ' of run ', run_id, ' until ', expires_at) FROM cmms_sync_lock WHERE expires_at > UTC_TIMESTAMP(6) + INTERVAL ? SECOND", longest.Seconds()); err != nil {
		return err
	}
	return w.find(v, "the lease %s is that of a finished run",
		"SELECT CONCAT(l.name, ' of run ', l.run_id) FROM cmms_sync_lock l JOIN cmms_sync_run r ON r.id = l.run_id WHERE r.status <> 'Running' AND LOCATE(l.run_id, ?) = 0", strings.Join(left, " "))
}
