package api_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

// TestConnections breaks, delays and stretches the answer to one asset.
func TestConnections(t *testing.T) {
	t.Parallel()
	tests := map[string]fault{
		"latency":                        {toxics: []string{`{"type":"latency","attributes":{"latency":200,"jitter":100}}`}, requests: 1},
		"latency in both directions":     {toxics: []string{`{"type":"latency","attributes":{"latency":80}}`, `{"type":"latency","stream":"upstream","attributes":{"latency":80}}`}, requests: 1},
		"byte by byte":                   {toxics: []string{`{"type":"slicer","attributes":{"average_size":1,"delay":10}}`}, requests: 1},
		"narrow":                         {toxics: []string{`{"type":"bandwidth","attributes":{"rate":4}}`}, requests: 1},
		"latency beyond the timeout":     {toxics: []string{`{"type":"latency","attributes":{"latency":5000}}`}, config: hurry, kind: innomaint.KindTimeout, text: "no response within 150ms"},
		"an answer that stays away":      {toxics: []string{`{"type":"timeout","attributes":{"timeout":0}}`}, config: hurry, kind: innomaint.KindTimeout},
		"a request that goes nowhere":    {toxics: []string{`{"type":"timeout","stream":"upstream","attributes":{"timeout":0}}`}, config: hurry, kind: innomaint.KindTimeout},
		"reset before the answer":        {toxics: []string{`{"type":"reset_peer","attributes":{"timeout":0}}`}, kind: innomaint.KindUnavailable, text: "reset", requests: tries},
		"cut in the header":              {toxics: []string{`{"type":"limit_data","attributes":{"bytes":40}}`}, kind: innomaint.KindUnavailable, requests: tries},
		"cut in the body":                {toxics: []string{`{"type":"limit_data","attributes":{"bytes":500}}`}, kind: innomaint.KindUnavailable, text: "EOF", requests: tries},
		"reset in the body":              {answer: reset, kind: innomaint.KindUnavailable, requests: tries},
		"no HTTP":                        {answer: raw("SSH-2.0-OpenSSH_9.2\r\n", ""), kind: innomaint.KindUnavailable, requests: tries},
		"a body that never ends":         {answer: endless("", " "), kind: innomaint.KindBadResponse, text: "MaxBodyBytes", requests: 1},
		"a refusal that never ends":      {answer: endless("HTTP/1.1 500 X\r\n\r\n", "sorry "), kind: innomaint.KindBadResponse, text: "MaxBodyBytes", requests: 1},
		"a header that never ends":       {answer: endless("HTTP/1.1 200 OK\r\n", "X-Filler: "+strings.Repeat("x", 4000)+"\r\n"), kind: innomaint.KindUnavailable, text: "headers exceeded", requests: tries},
		"hints that never end":           {answer: endless("", "HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n"), kind: innomaint.KindUnavailable, requests: tries},
		"a body that trickles for ever":  {answer: trickle, config: hurry, kind: innomaint.KindTimeout},
		"a length beyond the body":       {answer: raw("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{", ""), kind: innomaint.KindUnavailable, text: "EOF", requests: tries},
		"a length within the body":       {answer: raw("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n", `{"asset_id":"C1-0001","asset_name":"Pump"}`), kind: innomaint.KindBadResponse, text: "not valid JSON", requests: 1},
		"a length without end":           {answer: raw("HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775807\r\n\r\n{", ""), kind: innomaint.KindUnavailable, requests: tries},
		"a broken chunk":                 {answer: raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "{}"), kind: innomaint.KindUnavailable, requests: tries},
		"an encoding that was not asked": {answer: says(200, "\x1b\x2a\x00\x00", "Content-Encoding", "br"), kind: innomaint.KindBadResponse, requests: 1},
		"nothing in gzip":                {answer: says(200, "", "Content-Encoding", "gzip"), kind: innomaint.KindBadResponse, requests: 1},
	}
	w := freshWorld(t)
	for name, fault := range tests { //nolint:paralleltest // the rounds of one world come one after the other
		t.Run(name, func(t *testing.T) {
			w.Advance(t)
			w.round(t, fault)
		})
	}
}

// hijack takes the connection over.
func hijack(w http.ResponseWriter) net.Conn {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(err)
	}
	return conn
}

// raw sends text as it is, in two parts, and closes the connection.
func raw(head, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn := hijack(w)
		_, _ = io.WriteString(conn, head)
		_, _ = io.WriteString(conn, body)
		_ = conn.Close()
	}
}

// reset sends a part of the body and then RST.
func reset(w http.ResponseWriter, _ *http.Request) {
	conn := hijack(w)
	_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"+`{"asset_id":"C1-0001","asset_na`)
	_ = conn.(*net.TCPConn).SetLinger(0)
	_ = conn.Close()
}

// endless repeats a text until the client closes the connection. Without a head, net/http's own goes before it.
func endless(head, again string) http.HandlerFunc {
	again = strings.Repeat(again, 1+16<<10/len(again))
	return func(w http.ResponseWriter, _ *http.Request) {
		var to io.Writer = w
		if head != "" || strings.HasPrefix(again, "HTTP/") {
			conn := hijack(w)
			defer conn.Close()
			to = conn
		}
		_, err := io.WriteString(to, head)
		for err == nil {
			_, err = io.WriteString(to, again)
		}
	}
}

// trickle sends a byte every few milliseconds, for ever.
func trickle(w http.ResponseWriter, r *http.Request) {
	every := time.NewTicker(5 * time.Millisecond)
	defer every.Stop()
	for {
		select {
		case <-every.C:
			_, _ = fmt.Fprint(w, " ")
			_ = http.NewResponseController(w).Flush()
		case <-r.Context().Done():
			return
		}
	}
}
