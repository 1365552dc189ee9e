// Package model holds property tests of the whole sync: random sequences of answers, faults and a host's doings are driven
// through SyncAllAssetsFromInnomaint on a real MariaDB, and beside it through a model of a few hundred lines that knows
// neither SQL nor HTTP, neither cache nor retry. After each run every asset row, every master row, every row of
// cmms_sync_log and the Summary must be what the model says, and the invariant of package invariant must hold.
//
// A failure is shrunk by rapid to a shortest sequence, and comes again with the -rapid.seed or -rapid.failfile that it prints.
package model
