// Package wire puts a proxy between a client and a MariaDB server that knows one statement from the next, so that a test
// can do something at exactly one of them: before the server has it (a lost request), or when the server has carried it
// out and the client does not know yet (a lost answer), and at the moments in between.
//
//	proxy := wire.Start(t, server.Socket())
//	db := dbtest.Open(t, proxy.DSN("t1"))
//	…
//	proxy.Watch(wire.Taps{Answer: func(s wire.Statement, _ uint16) wire.Verdict {
//		if s.Text == "COMMIT" {
//			return wire.Cut
//		}
//		return wire.Pass
//	}})
//
// It listens on a free port of 127.0.0.1 and speaks to the server's Unix socket; no TLS and no compression.
package wire
