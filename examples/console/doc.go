// Package console is a web interface for the people who operate the sync. It shows what is running, what failed and how to fix
// it, and the history of each asset. It can start, cancel and retry runs.
//
// A host mounts it under a prefix, behind its own login:
//
//	pages, err := console.New(console.Config{
//		DB:      db,                                 // the handle of the host's jobs
//		Options: cmmsimport.Options{Client: client}, // the options of the host's jobs, with Enrich, Policies and others
//	})
//	if err != nil {
//		return err
//	}
//	mux.Handle("/admin/innomaint/", requireOperator(http.StripPrefix("/admin/innomaint", pages)))
//	server.RegisterOnShutdown(pages.Stop)      // closes the progress streams, cancels the runs
//	defer pages.Shutdown(context.Background()) // waits until the runs have ended
//
// Everyone who can reach the handler can start and cancel runs and read every customer's log, so the host's login decides who
// may. The pages link to each other with relative URLs, so they work under any prefix and behind a proxy without
// configuration. The console refuses cross-origin requests that would change something (net/http's CrossOriginProtection). Its
// Content-Security-Policy allows only its own style sheet and script.
//
// # Runs
//
// A run that is started in the console runs in a goroutine of this process. Only this process can cancel it. If the host has
// several replicas, each replica shows all runs, with their progress from cmms_sync_run, and names the host of each run. The
// leases of the sync prevent two runs for the same customer, no matter where they were started.
//
// # Large logs
//
// Lists use keyset pagination and every query uses an index of the schema. Grouping reads at most the newest 100,000 attempts
// (50,000 for one customer). A page therefore takes about as long with ten million rows in cmms_sync_log as with a few. The pages
// say when they did not read all rows.
package console
