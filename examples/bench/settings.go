package main

import (
	"flag"
	"fmt"
	"strconv"
	"strings"
	"time"
)

type settings struct {
	assets  int
	rounds  int
	latency time.Duration
	only    string
	tcp     bool
	dir     string

	effects bool
	memory  sizes
	growth  sizes
	logRows int

	svg, json, cpuProfile, memProfile string
}

// Default sizes.
const (
	manyAssets  = 5000
	lateAssets  = 500 // with -latency, which is waited for at each of them
	perCustomer = 1000
)

func readSettings(args []string) settings {
	flags := flag.NewFlagSet("bench", flag.ExitOnError)
	s := settings{memory: sizes{standard: []int{10_000, 100_000, 1_000_000}}, growth: sizes{standard: []int{2_000, 200_000}}}
	flags.IntVar(&s.assets, "assets", 0, "assets of a pass (default 5000, and 500 with -latency)")
	flags.IntVar(&s.rounds, "rounds", 5, "passes of each contender")
	flags.DurationVar(&s.latency, "latency", 0, "the API takes so long for each answer, such as 20ms")
	flags.StringVar(&s.only, "only", "", "only these `contenders`, by commas: floor, library, atomic, gorm")
	flags.BoolVar(&s.tcp, "tcp", false, "connect to the database over TCP on loopback instead of a Unix socket")
	flags.StringVar(&s.dir, "dir", "", "put the database into this `folder`, on the disk whose fsync is to count (default: a temporary one)")
	flags.BoolVar(&s.effects, "effects", false, "instead: the library with what a host can set, over unchanged and over changed assets")
	flags.Var(&s.memory, "memory", "instead: the memory of a run over 10000, 100000 and 1000000 assets, or -memory=`sizes`; takes a quarter of an hour")
	flags.Var(&s.growth, "growth", "instead: the time of an asset among 2000 and among 200000, or -growth=`sizes`, best in thousands, which is what a customer has")
	flags.IntVar(&s.logRows, "logrows", 0, "with -growth: also with so many rows in cmms_sync_log, such as 10000000 (some GB of disk)")
	flags.StringVar(&s.svg, "svg", "", "also watch one pass each, print where the time goes, and draw it into this `file`")
	flags.StringVar(&s.json, "json", "", "write every figure into this `file`")
	flags.StringVar(&s.cpuProfile, "cpuprofile", "", "write a CPU profile into this `file`; its label contender tells whose it is")
	flags.StringVar(&s.memProfile, "memprofile", "", "write a profile of allocations into this `file`; best with -only")
	_ = flags.Parse(args) // exits on an error
	if s.assets == 0 {
		s.assets = manyAssets
		if s.latency > 0 {
			s.assets = lateAssets
		}
	}
	return s
}

// sizes is a flag that may stand alone, for its standard sizes, or name some.
type sizes struct {
	standard, chosen []int
}

// IsBoolFlag makes package flag take the flag without a value.
func (*sizes) IsBoolFlag() bool { return true }

// String implements flag.Value.
func (*sizes) String() string { return "" }

// Set implements flag.Value.
func (s *sizes) Set(value string) error {
	if value == "true" {
		s.chosen = s.standard
		return nil
	}
	s.chosen = nil
	for text := range strings.SplitSeq(value, ",") {
		size, err := strconv.Atoi(text)
		if err != nil || size < 100 {
			return fmt.Errorf("%q is no number of assets from 100 on", text)
		}
		s.chosen = append(s.chosen, size)
	}
	return nil
}
