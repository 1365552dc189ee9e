// Package innomaintsync is the root of a library that synchronizes the asset register of a facility-management backend with
// Innomaint, a maintenance management system (CMMS). It contains no code. A host imports these packages:
//
//   - [ic3.internal/innomaintsync/cmmsimport]: the sync, SyncAllAssetsFromInnomaint, with its options, models and schema. Start
//     here.
//   - [ic3.internal/innomaintsync/cmmsimport/innomaint]: the client of the Innomaint API.
//   - [ic3.internal/innomaintsync/cmmsimport/synclog]: the audit log: how to read it, and how to purge it.
//   - [ic3.internal/innomaintsync/cmmsimport/innomaint/innomainttest]: a fake Innomaint server for tests.
//   - [ic3.internal/innomaintsync/cmmsimport/cmmsimporttest]: an asset register in memory for tests.
//
// The module examples/ shows how to use them.
package innomaintsync
