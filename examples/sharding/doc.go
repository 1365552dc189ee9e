// Package sharding is a recipe: whole runs spread over machines, by customer, with a job engine. Here that is Asynq, which
// keeps its queue in Redis; with River, which keeps it in Postgres, the parts are the same.
//
// Every machine runs a [Worker]. Once a night one of them, or all of them, call [Enqueue]: it queues a job for each
// customer, and leaves out those whose job is there already. A job is a manual run for its customer.
//
// The queue sees to it that the work is shared out. That no customer is synced twice at once does not depend on it: that
// is the lease in cmms_sync_lock, which also holds against manual runs and against a worker that was taken for dead. A
// job that meets the lease is put back and tried later, which is no failure.
//
// Each job has a time box and takes the assets that have waited longest first, so that a customer too large for one night
// is finished in several.
package sharding
