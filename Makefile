.PHONY: test soak fuzz short lint bench quickstart api

# How long make fuzz and make soak fuzz each target.
FUZZTIME ?= 2m

# Everything, with the race detector, on servers that the tests start and stop themselves.
test:
	@.ci/mariadb
	@.ci/galera
	@.ci/chromium
	go vet ./...
	go -C examples vet ./...
	go test -race -timeout 20m ./...
	go -C examples test -race -timeout 20m ./...
	timeout 5m .ci/fuzz 3s

# What takes hours: each fuzz target for FUZZTIME, and the fault tests in their long form. INNOMAINTSYNC_SOAK=1 lengthens
# every test that asks examples/faults/invariant.Rounds how often to repeat itself; INNOMAINTSYNC_SEED=n repeats what chance
# picked.
soak: fuzz
	@.ci/mariadb
	@.ci/galera
	INNOMAINTSYNC_SOAK=1 go -C examples test -race -count=1 -v -timeout 6h ./faults/...

# What needs no server.
short:
	go test -short ./...

lint:
	golangci-lint run ./...
	cd examples && golangci-lint run ./...

# The fuzz targets, longer: make fuzz FUZZTIME=10m
fuzz:
	.ci/fuzz $(FUZZTIME)

bench:
	@.ci/mariadb
	go test -run '^$$' -bench . -benchmem ./...

quickstart:
	go -C examples run ./quickstart

# Records additions to the public API in api/current.txt, and the surface of a release. The tests hold the code to it.
api:
	go run ./internal/apisurface
