// Package wire is a proxy between a client and a database server that recognizes single statements. A test can act at one of
// them: before the server has received it (a lost request), after the server has executed it and before the client knows
// (a lost response), and in between.
//
//	proxy := wire.Start(t, server.Socket())
//	db := dbtest.Open(t, proxy.DSN("t1"))
//	…
//	proxy.Watch(wire.Taps{Response: func(s wire.Statement, _ uint16) wire.Verdict {
//		if s.Text == "COMMIT" {
//			return wire.Cut
//		}
//		return wire.Pass
//	}})
//
// The proxy listens on a free port of 127.0.0.1 and connects to the server's Unix socket. It supports neither TLS nor
// compression.
package wire
