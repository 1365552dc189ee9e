.PHONY: test soak short lint bench quickstart

# Everything, with the race detector, on servers that the tests start and stop themselves.
test:
	@.ci/mariadb
	@.ci/galera
	go vet ./...
	go -C examples vet ./...
	go test -race -timeout 20m ./...
	go -C examples test -race -timeout 20m ./...

# The fault tests in their long form, which takes hours: INNOMAINTSYNC_SOAK=1 lengthens every test that asks
# examples/faults/invariant.Rounds how often to repeat itself. INNOMAINTSYNC_SEED=n repeats what chance picked.
soak:
	@.ci/mariadb
	INNOMAINTSYNC_SOAK=1 go -C examples test -race -count=1 -v -timeout 180m ./faults/...

# What needs no server.
short:
	go test -short ./...

lint:
	golangci-lint run ./...
	cd examples && golangci-lint run ./...

bench:
	@.ci/mariadb
	go test -run '^$$' -bench . -benchmem ./...

quickstart:
	go -C examples run ./quickstart
