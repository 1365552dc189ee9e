package wire

import (
	"bytes"
	"encoding/binary"
	"io"
)

// Commands of the protocol that carry a statement.
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

// packet is one packet with its header: three bytes of length, one of sequence number.
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

// threadID is the server's id of the connection, from the first packet it sends: a version byte, its name up to a NUL, the
// id. Instead of that it may send an error, when it has too many connections: 0.
func threadID(greeting packet) uint32 {
	_, rest, found := bytes.Cut(greeting.payload(), []byte{0})
	if !found || len(rest) < 4 || greeting.payload()[0] == errPacket {
		return 0
	}
	return binary.LittleEndian.Uint32(rest)
}

// errorNumber is the number of the server's error, 0 where the packet is none.
func errorNumber(answer packet) uint16 {
	if body := answer.payload(); len(body) >= 3 && body[0] == errPacket {
		return binary.LittleEndian.Uint16(body[1:])
	}
	return 0
}

// statementID is in the answer to a preparation and in each execution, behind the first byte of both.
func statementID(p packet) (uint32, bool) {
	body := p.payload()
	if len(body) < 5 {
		return 0, false
	}
	return binary.LittleEndian.Uint32(body[1:]), true
}
