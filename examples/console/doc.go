// Package console is a set of pages for the people who run the sync: what is running now, what failed and what to do
// about it, an asset's history, and the buttons to start, cancel and retry.
//
// A host mounts it under a prefix of its own, behind its own login:
//
//	pages, err := console.New(console.Config{
//		DB:      db,                                 // the handle that the host's jobs use
//		Options: cmmsimport.Options{Client: client}, // as in the host's jobs: Enrich, Policies and the rest too
//	})
//	if err != nil {
//		return err
//	}
//	mux.Handle("/admin/innomaint/", requireOperator(http.StripPrefix("/admin/innomaint", pages)))
//	server.RegisterOnShutdown(pages.Stop)    // ends the live pages, cancels the runs
//	defer pages.Shutdown(context.Background()) // waits for them
//
// Whoever reaches the handler may start and cancel runs and read every customer's log, so the login before it decides who
// that is. The pages link to each other by relative addresses: behind whatever prefix or proxy they stand, none is
// configured. Requests from other origins that would change something are refused (net/http's CrossOriginProtection),
// and a Content-Security-Policy admits the package's own style sheet and script alone.
//
// # Runs
//
// A run that is started here goes on in a goroutine of this process, and can be cancelled here only. Where the host has
// several replicas, each shows all runs, with their progress from cmms_sync_run, and says where one has to be cancelled.
// The leases of the sync keep two runs off the same customer wherever they were started.
//
// # Reading
//
// Lists are paged by keyset, every query goes by an index of the schema, and grouping looks at the newest
// 100,000 attempts at most (50,000 of one customer), so that a page takes as long with ten million rows in cmms_sync_log as with a few. The pages say
// so where they did not look at everything.
package console
