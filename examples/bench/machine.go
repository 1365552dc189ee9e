package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// machine is what the figures depend on.
type machine struct {
	CPU       string  `json:"cpu"`
	Cores     int     `json:"cores"`
	System    string  `json:"system"`
	Go        string  `json:"go"`
	MariaDB   string  `json:"mariadb"`
	Transport string  `json:"transport"`
	Fsync     float64 `json:"fsync_us"` // median of appending and syncing half a KiB where the database is
}

func (s *server) machine(ctx context.Context, dir string) (machine, error) {
	m := machine{
		CPU: cpuModel(), Cores: runtime.NumCPU(), System: runtime.GOOS + "/" + runtime.GOARCH, Go: runtime.Version(),
		Transport: s.transport(),
	}
	if err := s.admin.QueryRowContext(ctx, "SELECT VERSION()").Scan(&m.MariaDB); err != nil {
		return m, err
	}
	var err error
	m.Fsync, err = fsyncMicros(dir)
	return m, err
}

func (m machine) String() string {
	return fmt.Sprintf("%d × %s, %s, %s, MariaDB %s with durable commits %s; one fsync takes %.0f µs",
		m.Cores, m.CPU, m.System, m.Go, m.MariaDB, m.Transport, m.Fsync)
}

func cpuModel() string {
	text, _ := os.ReadFile("/proc/cpuinfo") // elsewhere than on Linux there is none
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "cores"
}

func fsyncMicros(dir string) (float64, error) {
	file, err := os.Create(filepath.Join(dir, "fsync"))
	if err != nil {
		return 0, err
	}
	defer func() { _ = file.Close() }() // its folder goes at the end
	took := make([]float64, 200)
	for i := range took {
		if _, err := file.Write(make([]byte, 512)); err != nil {
			return 0, err
		}
		began := time.Now()
		if err := file.Sync(); err != nil {
			return 0, err
		}
		took[i] = microseconds(time.Since(began))
	}
	return median(took), nil
}
