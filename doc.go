// Package innomaintsync is the root of a library that keeps a facility-management backend's asset register true to
// Innomaint, a maintenance management service (CMMS). It holds no code; a host imports these packages:
//
//   - [ic3.internal/innomaintsync/cmmsimport]: the sync itself, SyncAllAssetsFromInnomaint, with its options, models and
//     schema. Start here.
//   - [ic3.internal/innomaintsync/cmmsimport/innomaint]: the client of the Innomaint API.
//   - [ic3.internal/innomaintsync/cmmsimport/synclog]: the audit log: reading it, and keeping it short.
//   - [ic3.internal/innomaintsync/cmmsimport/innomaint/innomainttest]: a fake Innomaint server for tests.
//   - [ic3.internal/innomaintsync/cmmsimport/cmmsimporttest]: an asset register in memory for tests.
//
// The module examples/ beside it shows them at work.
package innomaintsync
