// Package cmmsimporttest is an asset register in memory, for unit tests of a host's own job, enricher or callbacks: no
// server, and no list of expected statements that each release of the library would change.
//
//	register := cmmsimporttest.NewRegister(cmmsimport.AssetMaster{CustomerID: 42, CMMSAssetID: "AST-1"})
//	summary, err := cmmsimport.SyncAllAssetsFromInnomaint(ctx, register.DB(), cmmsimport.Options{
//		Client:     client, // of an innomainttest.Server, or an APIClientFunc
//		Repository: register,
//		Recorder:   register,
//	})
//	register.Asset("AST-1").AssetName …
//
// # What it is not
//
// The sync works on a database beside its Repository and Recorder: leases, the run's row, masters and transactions. For
// these, [Register.DB] has every table, takes every statement as done, gives each insert an id of its own, and finds no
// row. So:
//
//   - A master is created whenever a run meets it first, whatever earlier runs created.
//   - Nothing is ever locked, refused as a duplicate, too long for its column, or rolled back.
//   - What a host's own enricher reads on its transaction is never there. What it writes is in [Register.Statements]; it
//     is not executed, so a mistake in the SQL does not show.
//
// A test that is about any of these needs a real database; docs/testing.md shows the three ways.
package cmmsimporttest
