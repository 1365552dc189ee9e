package wire

import (
	"bytes"
	"encoding/binary"
	"io"
)

// Commands of the protocol that contain a statement.
const (
	comQuery   = 0x03
	comPrepare = 0x16
	comExecute = 0x17
)

const (
	headerSize = 4
	errPacket  = 0xff
	okPacket   = 0x00
)

// packet is a packet with its header: three bytes length, one byte sequence number.
type packet []byte

func (p packet) sequence() byte  { return p[3] }
func (p packet) payload() []byte { return p[headerSize:] }

func readPacket(r io.Reader) (packet, error) {
	p := make(packet, headerSize)
	if _, err := io.ReadFull(r, p); err != nil {
		return nil, err
	}
	length := int(p[0]) | int(p[1])<<8 | int(p[2])<<16
	p = append(p, make([]byte, length)...)
	_, err := io.ReadFull(r, p.payload())
	return p, err
}

// threadID returns the server's id of the connection from its first packet: a version byte, the server's version up to a NUL,
// the id. If the server has too many connections, it sends an error instead: 0.
func threadID(greeting packet) uint32 {
	_, rest, found := bytes.Cut(greeting.payload(), []byte{0})
	if !found || len(rest) < 4 || greeting.payload()[0] == errPacket {
		return 0
	}
	return binary.LittleEndian.Uint32(rest)
}

// errorNumber returns the number of the server's error, 0 if the packet is not an error.
func errorNumber(response packet) uint16 {
	if body := response.payload(); len(body) >= 3 && body[0] == errPacket {
		return binary.LittleEndian.Uint16(body[1:])
	}
	return 0
}

// statementID returns the id of a prepared statement. It follows the first byte, in the response to a preparation and in each
// execution.
func statementID(p packet) (uint32, bool) {
	body := p.payload()
	if len(body) < 5 {
		return 0, false
	}
	return binary.LittleEndian.Uint32(body[1:]), true
}
