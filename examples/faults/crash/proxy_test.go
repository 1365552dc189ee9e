package crash_test

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"sync"
	"testing"
)

// proxy stands between a child and the database, reads what the child sends statement by statement, and does something at
// one moment.
type proxy struct {
	socket   string
	listener net.Listener
	act      func() // at the moment; the packet or answer at hand waits for its return
	resume   bool   // the rest of the packet follows; without it, it was never sent

	mu      sync.Mutex
	counter counter
	done    bool
	conns   sync.WaitGroup
}

// newProxy listens on a free port.
func newProxy(tb testing.TB, socket string, m moment) *proxy {
	tb.Helper()
	var config net.ListenConfig
	listener, err := config.Listen(tb.Context(), "tcp", "127.0.0.1:0")
	must(tb, err)
	p := &proxy{socket: socket, listener: listener, counter: counter{moment: m}}
	tb.Cleanup(p.close)
	return p
}

// serve begins when act is set.
func (p *proxy) serve() {
	p.conns.Go(func() {
		for {
			client, err := p.listener.Accept()
			if err != nil {
				return
			}
			var dialer net.Dialer
			server, err := dialer.DialContext(context.Background(), "unix", p.socket)
			if err != nil {
				_ = client.Close()
				return
			}
			link := &link{proxy: p, client: client, server: server, prepared: map[uint32]string{}}
			p.conns.Go(link.up)
			p.conns.Go(link.down)
		}
	})
}

// close returns when every connection has ended; the child must be gone.
func (p *proxy) close() {
	_ = p.listener.Close()
	p.conns.Wait()
}

// come reports whether the moment has come with this statement. It comes once.
func (p *proxy) come(command byte, text string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.done || !p.counter.meant(command, text) {
		return false
	}
	p.done = true
	return true
}

// link is one connection.
type link struct {
	*proxy
	client, server net.Conn

	mu        sync.Mutex
	preparing string            // the text whose answer will name a statement
	prepared  map[uint32]string // texts by statement id
	watched   point             // what is to happen with the next answer
}

// up forwards what the child sends, packet by packet.
func (l *link) up() {
	defer func() { _ = l.server.(*net.UnixConn).CloseWrite() }()
	for first := true; ; first = false {
		packet, err := readPacket(l.client)
		if err != nil {
			return
		}
		command, text := l.statement(packet)
		if first || !l.come(command, text) { // the first packet is the handshake's
			if _, err := l.server.Write(packet); err != nil {
				return
			}
			continue
		}
		cut := len(packet)
		switch l.counter.point {
		case beforeSent:
			cut = 0
		case halfSent:
			cut /= 2
		case beforeAnswer, answered:
			l.mu.Lock()
			l.watched = l.counter.point
			l.mu.Unlock()
		}
		_, _ = l.server.Write(packet[:cut])
		if l.counter.point != beforeAnswer && l.counter.point != answered {
			l.strike()
		}
		if l.resume || l.counter.point == beforeAnswer || l.counter.point == answered {
			_, _ = l.server.Write(packet[cut:])
		}
	}
}

// down forwards what the server answers.
func (l *link) down() {
	defer l.client.Close()
	defer l.server.Close()
	buffer := make([]byte, 64<<10)
	for {
		n, err := l.server.Read(buffer)
		if err != nil {
			return
		}
		switch l.answer(buffer[:n]) {
		case beforeAnswer:
			l.strike()
			_, _ = l.client.Write(buffer[:n])
		case answered:
			_, _ = l.client.Write(buffer[:n])
			l.strike()
		default:
			_, _ = l.client.Write(buffer[:n])
		}
	}
}

// strike acts after a busy moment.
func (l *link) strike() {
	turns := 0
	for range l.counter.busy {
		turns++
	}
	l.act()
}

// statement returns a packet's command, and its text, also of a statement that was prepared before.
func (l *link) statement(packet []byte) (command byte, text string) {
	const query, prepare, execute = 0x03, 0x16, 0x17
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(packet) < 5 {
		return 0, ""
	}
	command, body := packet[4], packet[5:]
	switch {
	case command == query:
		return command, string(body)
	case command == prepare:
		l.preparing = string(body)
	case command == execute && len(body) >= 4:
		return command, l.prepared[binary.LittleEndian.Uint32(body)]
	}
	return command, ""
}

// answer takes note of a prepared statement's id, and returns what is to happen with this answer.
func (l *link) answer(data []byte) point {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.preparing != "" && len(data) >= 9 && data[4] == 0 {
		l.prepared[binary.LittleEndian.Uint32(data[5:])] = l.preparing
	}
	l.preparing = ""
	watched := l.watched
	l.watched = ""
	return watched
}

// readPacket reads one packet of MySQL's protocol, its header included.
func readPacket(r io.Reader) ([]byte, error) {
	header := make([]byte, 4)
	if _, err := io.ReadFull(r, header); err != nil {
		return nil, err
	}
	length := int(header[0]) | int(header[1])<<8 | int(header[2])<<16
	packet := append(header, make([]byte, length)...)
	_, err := io.ReadFull(r, packet[4:])
	return packet, err
}
