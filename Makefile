.PHONY: setup test short soak fuzz lint bench quickstart api

MODULES := . examples/console examples

# The database servers that make setup prepares and make test runs the tests on: mariadb, which is the machine's; mysql, MySQL 9.7;
# mariadb11, MariaDB 11.8. make setup test ENGINES="mariadb mysql" runs the tests on both.
ENGINES ?= mariadb

# The packages of the library's module that run on other engines than the machine's MariaDB. A package joins when its tests pass on
# MySQL; when all have joined, this becomes ./...
MYSQL_PACKAGES := ./internal/... ./cmmsimport/internal/... ./cmmsimport/synclog

# The version of golangci-lint that make lint builds and runs.
LINT ?= go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

# How long make fuzz and make soak run each fuzz target.
FUZZTIME ?= 2m

# each runs a go command in every module.
define each
	@set -e; for module in $(MODULES); do echo "go -C $$module $(1)"; go -C $$module $(1); done
endef

# run-tests runs the tests on the engines that are given.
run-tests = @MODULES="$(MODULES)" PACKAGES="$(MYSQL_PACKAGES)" .ci/test

# Installs what is missing: database servers, Chromium, a C compiler. Installs nothing if nothing is missing.
# make setup ENGINES="mariadb mysql mariadb11" prepares for make soak.
setup:
	@.ci/setup $(ENGINES)

# All tests of all modules on the machine's MariaDB, those of MYSQL_PACKAGES on another engine, with the race detector. They start and
# stop their own servers. Installs nothing. The last lines say what ran on which server.
test:
	@.ci/setup --check $(ENGINES)
	$(call each,vet ./...)
	timeout 5m .ci/fuzz 3s
	$(run-tests) $(ENGINES)

# The tests that need no server and no browser.
short:
	$(call each,test -short ./...)

# The tests that take hours: each fuzz target for FUZZTIME, the fault tests in their long form (INNOMAINTSYNC_SOAK=1), and the
# tests on the other engines. INNOMAINTSYNC_SEED=n repeats the random choices of an earlier run.
soak: fuzz
	@.ci/setup --check mariadb mysql mariadb11
	INNOMAINTSYNC_SOAK=1 go -C examples test -race -count=1 -v -timeout 6h ./faults/...
	$(run-tests) mysql mariadb11

# The fuzz targets for longer: make fuzz FUZZTIME=10m
fuzz:
	.ci/fuzz $(FUZZTIME)

lint:
	@set -e; for module in $(MODULES); do echo "lint $$module"; (cd $$module && $(LINT) run ./...); done

bench:
	@.ci/setup --check mariadb
	go test -run '^$$' -bench . -benchmem ./...

quickstart:
	go -C examples run ./quickstart

# Records additions to the public API in api/current.txt. A test compares the code with it.
api:
	go -C examples test ./apisurface -run TestLibraryMatchesRecord -count=1 -record
