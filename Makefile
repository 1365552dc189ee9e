.PHONY: setup test short soak fuzz lint bench quickstart api

MODULES := . examples/console examples

# The version of golangci-lint that make lint builds and runs.
LINT ?= go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

# How long make fuzz and make soak run each fuzz target.
FUZZTIME ?= 2m

# each runs a go command in every module.
define each
	@set -e; for module in $(MODULES); do echo "go -C $$module $(1)"; go -C $$module $(1); done
endef

# Installs what is missing: database servers, Chromium, a C compiler. Installs nothing if nothing is missing.
setup:
	@.ci/setup

# All tests of all modules, with the race detector. They start and stop their own servers. Installs nothing. Some read files
# outside their module, which the go command's test cache does not notice: hence -count=1.
test:
	@.ci/setup --check
	$(call each,vet ./...)
	$(call each,test -race -count=1 -timeout 20m ./...)
	timeout 5m .ci/fuzz 3s

# The tests that need no server and no browser.
short:
	$(call each,test -short ./...)

# The tests that take hours: each fuzz target for FUZZTIME, and the fault tests in their long form (INNOMAINTSYNC_SOAK=1).
# INNOMAINTSYNC_SEED=n repeats the random choices of an earlier run.
soak: fuzz
	@.ci/setup --check
	INNOMAINTSYNC_SOAK=1 go -C examples test -race -count=1 -v -timeout 6h ./faults/...

# The fuzz targets for longer: make fuzz FUZZTIME=10m
fuzz:
	.ci/fuzz $(FUZZTIME)

lint:
	@set -e; for module in $(MODULES); do echo "lint $$module"; (cd $$module && $(LINT) run ./...); done

bench:
	@.ci/setup --check
	go test -run '^$$' -bench . -benchmem ./...

quickstart:
	go -C examples run ./quickstart

# Records additions to the public API in api/current.txt. A test compares the code with it.
api:
	go -C examples test ./apisurface -run TestLibraryMatchesRecord -count=1 -record
