// Package dbtest gives tests a real MariaDB: mariadbd as a child process on a Unix socket, with nothing assumed to be
// running.
//
//	func TestMain(m *testing.M) { os.Exit(dbtest.Main(m)) }
//
//	func TestSomething(t *testing.T) {
//		t.Parallel()
//		db := dbtest.Open(t, dbtest.Database(t)+"?parseTime=true")
//		…
//	}
//
// [Database] is an empty database on a server that the tests of one binary share; [Start] is a server of the test's own,
// to be killed, restarted and frozen; [StartCluster] is a Galera cluster of such servers. [Run] is the same as Start for
// programs that are no tests. With -short, tests that ask for one are skipped.
//
// The server dies with the process that started it, however that ends (on Linux, by PR_SET_PDEATHSIG). Its files, in a
// folder "mdb…" of the temporary folder, stay behind only where the test binary is killed or panics.
package dbtest
