// Package dbtest starts real database servers for tests: MariaDB or MySQL, as a child process on a Unix socket. It uses no server
// that is already running.
//
//	func TestMain(m *testing.M) { os.Exit(dbtest.Main(m)) }
//
//	func TestSomething(t *testing.T) {
//		t.Parallel()
//		db := dbtest.Open(t, dbtest.Database(t)+"?parseTime=true")
//		…
//	}
//
// [Database] creates an empty database on a server that all tests of a binary share. [Start] starts a server for one test,
// which the test can kill, restart and freeze. [StartCluster] starts a Galera cluster of such servers. [Run] is Start for
// programs that are not tests. With -short, tests that need a server are skipped. Without -short they fail if the server is not
// installed.
//
// The environment variable DBTEST_ENGINE chooses the engine: [MariaDB] of this machine (the default), [MySQL] 9.7 or [MariaDB11],
// which make setup unpacks into a folder of the user's cache (DBTEST_ENGINES names another). A test that holds for some engines only
// calls [Only], which says what is left out and why.
//
// A server ends when the process that started it ends, even if that process is killed (on Linux, by PR_SET_PDEATHSIG). Its
// files are in a directory "dbtest…" of the temporary directory. They remain only if the test binary is killed or panics.
//
// What is specific to an engine (program, flags, data directory) is in engine.go; what is specific to Galera, in cluster*.go.
package dbtest
