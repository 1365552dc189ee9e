package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"

	"ic3.internal/innomaintsync/cmmsimport/innomaint/innomainttest"
)

const (
	tenantCommand = "serve-tenant" // the first argument that makes this program the fake Innomaint
	tenantToken   = "bench-token"  // what it asks for
)

// serveTenant is the fake Innomaint's process, so that its work is not taken for the client's. For each fleet that comes
// in, it lines up that fleet's answers and replies with its URL. It ends with its input, and so with its parent.
func serveTenant(in io.Reader, out io.Writer) error {
	server := innomainttest.NewServer(innomainttest.WithBearerToken(tenantToken))
	defer server.Close()
	for fleets := json.NewDecoder(in); ; {
		var f fleet
		if err := fleets.Decode(&f); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		lineUp(server, f)
		fmt.Fprintln(out, server.URL())
	}
}

func lineUp(server *innomainttest.Server, f fleet) {
	server.SetTemplate(func(id string) []byte {
		time.Sleep(f.Latency)
		i := f.number(id)
		if i == 0 || missing(i) {
			return nil
		}
		return f.body(i)
	})
	for i := 1; i <= f.Assets; i++ {
		if flaky(i) {
			// Retry-After: 0, so that no contender's random wait is part of what is measured
			server.Script(f.id(i), innomainttest.Answer{Status: http.StatusServiceUnavailable, RetryAfter: "0", Delay: f.Latency})
		}
	}
}

// tenant is the fake Innomaint as its parent sees it.
type tenant struct {
	process *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
}

func startTenant() (*tenant, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	t := &tenant{process: exec.Command(program, tenantCommand)}
	t.process.Stderr = os.Stderr
	if t.in, err = t.process.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := t.process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	t.out = bufio.NewReader(out)
	return t, t.process.Start()
}

// serve makes the tenant answer for f, every 503 lined up anew, and returns its URL.
func (t *tenant) serve(f fleet) (url string, err error) {
	if err := json.NewEncoder(t.in).Encode(f); err != nil {
		return "", fmt.Errorf("the fake Innomaint: %w", err)
	}
	if url, err = t.out.ReadString('\n'); err != nil {
		return "", fmt.Errorf("the fake Innomaint: %w", err)
	}
	return strings.TrimSpace(url), nil
}

func (t *tenant) close() error {
	return errors.Join(t.in.Close(), t.process.Wait())
}
