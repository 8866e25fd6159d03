# Everything a developer runs. `make help` lists it. Builds and tools lie in one cache folder outside the tree, so
# that clones share them.

SHELL := /bin/bash
CACHE ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/sluice
export CARGO_TARGET_DIR ?= $(CACHE)/target
VENV := $(or $(SLUICE_VENV),$(CACHE)/venv)
export SLUICE_VENV := $(VENV)
# Tests of the whole system but tests/system/tests/clients, which needs other languages.
SYSTEM_TESTS := $(patsubst tests/system/tests/%.rs,--test %,$(wildcard tests/system/tests/*.rs))
# Tools of the stacks' tests have an environment of their own: cfn-lint wants other versions than the backend.
INFRA_VENV := $(VENV)-infra
export SLUICE_INFRA_VENV := $(INFRA_VENV)
export SLUICE_INFRA_BIN := $(CACHE)/bin
ACTIONLINT := github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
# Tests of the catalog but the one that needs moto.
CATALOG_TESTS := --test window $(patsubst crates/catalog/tests/%.rs,--test %,$(filter-out %/glue.rs,$(wildcard crates/catalog/tests/*.rs)))
DEMO := .demo
LOGQ := $(CARGO_TARGET_DIR)/query/logq
ROUTER := $(CARGO_TARGET_DIR)/release/log-router

.DEFAULT_GOAL := help
.PHONY: help demo render moto clients test test-fast test-backend test-loghub lint fmt fuzz soak bench bench-crates bench-peers bench-pipe bench-query bench-compaction scaling guard guard-update clean trino test-trino test-browser deny sbom test-infra test-deployment

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "make %-14s %s\n", $$1, $$2}'

demo: ## real sample logs through log-router into a local archive, and the first answers of logq
	@# Not optimised at all, and only these two: the samples are small, and the query engine takes long to compile.
	@echo "building; the first time takes some minutes" >&2
	@cargo build --profile demo --locked -p sluice-log-router -p sluice-logq --bin log-router --bin logq
	@examples/demo.sh $(CARGO_TARGET_DIR)/demo/log-router $(CARGO_TARGET_DIR)/demo/logq $(DEMO)

test: test-backend test-infra moto trino clients lint ## all tests; installs what they need
	LOG_ROUTER=$(CARGO_TARGET_DIR)/debug/log-router cargo test --workspace --locked
	$(MAKE) test-deployment
	$(MAKE) test-trino

test-fast: ## Rust tests that need no other language and no network
	cargo test --workspace --locked --exclude sluice-archive --exclude sluice-athena --exclude sluice-catalog --exclude sluice-logctl --exclude sluice-logq --exclude sluice-provision --exclude sluice-testkit --exclude sluice-system-tests
	cargo test -p sluice-logq --locked -- --skip duckdb
	cargo test -p sluice-archive --locked --lib --test laws --test objects
	cargo test -p sluice-athena --locked --lib
	cargo test -p sluice-catalog --locked --lib $(CATALOG_TESTS)
	cargo test -p sluice-logctl --locked --lib --test render --test spec
	cargo test -p sluice-provision --locked --lib
	cargo test -p sluice-testkit --locked --lib --test faults --test logs --test s3
	cargo test -p sluice-system-tests --locked --lib $(SYSTEM_TESTS)

test-backend: $(VENV)/testkit.done ## tests of the example backend over a real PostgreSQL; installs Debian's package when there is none
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || (apt-get update -q && apt-get install -y -q --no-install-recommends postgresql)
	cd examples/backend && $(VENV)/bin/python -m pytest -q -p no:cacheprovider

$(VENV)/backend.done: examples/backend/requirements.txt examples/backend/requirements-dev.txt
	mkdir -p $(CACHE)
	python3 -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check -r examples/backend/requirements-dev.txt
	touch $@

moto: $(VENV)/testkit.done ## moto for the tests of the whole system, in the same environment

$(VENV)/testkit.done: crates/testkit/requirements.txt $(VENV)/backend.done
	$(VENV)/bin/pip install --quiet --disable-pip-version-check -r crates/testkit/requirements.txt
	touch $@

# What a real Trino needs: the server with the plugins that the tests use, and a Java runtime in the environment.
TRINO_VERSION := 476
TRINO_SHA256 := cfd5accde17e8ebd251eeeb78aed1f490e77bb3a164d95a0f454bf8a7c1cbd3f
TRINO_URL := https://repo1.maven.org/maven2/io/trino/trino-server/$(TRINO_VERSION)/trino-server-$(TRINO_VERSION).tar.gz
TRINO_PLUGINS := hive spooling-filesystem
TRINO := $(CACHE)/trino/$(TRINO_VERSION)

trino: $(TRINO)/installed $(VENV)/trino.done ## a Trino for test-trino: 0.8 GB to load, 0.4 GB to keep

$(VENV)/trino.done: crates/testkit/requirements-trino.txt $(VENV)/testkit.done
	$(VENV)/bin/pip install --quiet --disable-pip-version-check -r $<
	touch $@

$(TRINO)/installed:
	rm -rf $(TRINO) $(TRINO).part && mkdir -p $(TRINO).part
	curl --fail --silent --show-error --location --output $(TRINO).part/server.tar.gz $(TRINO_URL)
	echo "$(TRINO_SHA256)  $(TRINO).part/server.tar.gz" | sha256sum --check --quiet
	@# All of it: plugins hold hard links to files of each other.
	tar xzf $(TRINO).part/server.tar.gz -C $(TRINO).part --strip-components=1
	mkdir -p $(TRINO)/plugin
	mv $(TRINO).part/lib $(TRINO).part/NOTICE $(TRINO)
	mv $(addprefix $(TRINO).part/plugin/,$(TRINO_PLUGINS)) $(TRINO)/plugin
	rm -rf $(TRINO).part
	touch $@

clients: $(VENV)/clients/python.done $(VENV)/clients/go.done $(VENV)/clients/node.done $(VENV)/duckdb.done ## clients of the Forward protocol that others wrote, and DuckDB, for the tests

$(VENV)/clients/python.done: tests/clients/python/requirements.txt $(VENV)/testkit.done
	mkdir -p $(@D)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check -r $<
	touch $@

$(VENV)/duckdb.done: crates/logq/tests/logq/duckdb/requirements.txt $(VENV)/testkit.done
	$(VENV)/bin/pip install --quiet --disable-pip-version-check -r $<
	touch $@

$(VENV)/clients/go.done: $(wildcard tests/clients/go/*) $(VENV)/backend.done
	mkdir -p $(@D)
	cd tests/clients/go && GOFLAGS=-mod=readonly go build -o $(abspath $(@D))/forward-go .
	touch $@

$(VENV)/clients/node.done: tests/clients/node/package.json tests/clients/node/package-lock.json $(VENV)/backend.done
	mkdir -p $(@D)/node
	cp tests/clients/node/package.json tests/clients/node/package-lock.json $(@D)/node
	cd $(@D)/node && npm ci --silent --no-audit --no-fund --ignore-scripts
	touch $@

test-trino: moto trino ## tests against a real Trino over emulated Glue and S3; minutes
	LOG_ROUTER=$(CARGO_TARGET_DIR)/debug/log-router cargo test --workspace --locked --test real --test logq -- --ignored --nocapture trino

test-browser: ## the HTML report in headless Chromium; installs Debian's package when there is none
	@command -v chromium >/dev/null || (apt-get update -q && apt-get install -y -q chromium)
	cargo test --workspace --locked --test logq -- --ignored --nocapture browser

test-infra: infra/node_modules/.done $(INFRA_VENV)/done $(CACHE)/bin/actionlint ## the AWS stacks: types, assertions, cdk-nag, cfn-lint, workflows and scripts
	cd infra && npm test

test-deployment: infra/node_modules/.done $(INFRA_VENV)/done ## the stacks of dev deployed to moto, and logctl plan over the same account
	@# The features that the tests are built with: nothing is compiled twice.
	cargo test --workspace --locked --test account --no-run
	cd infra/test/deployment && $(INFRA_VENV)/bin/python -m pytest -q -p no:cacheprovider

infra/node_modules/.done: infra/package-lock.json infra/package.json infra/packages/log-sidecar/package.json
	cd infra && npm ci --silent --no-audit --no-fund --ignore-scripts
	touch $@

$(INFRA_VENV)/done: infra/test/requirements.txt
	mkdir -p $(CACHE)
	python3 -m venv $(INFRA_VENV)
	$(INFRA_VENV)/bin/pip install --quiet --disable-pip-version-check -r $<
	touch $@

$(CACHE)/bin/actionlint:
	mkdir -p $(@D)
	GOBIN=$(abspath $(@D)) go install $(ACTIONLINT)

test-loghub: ## accuracy on the Loghub collection: make test-loghub LOGHUB=/path
	LOGHUB=$(LOGHUB) cargo test -p sluice-record --test loghub -- --ignored --nocapture

lint: ## formatting and clippy, warnings are errors
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings

render: ## writes the files that are rendered from specs: fluent-bit-conf, infra/rendered
	cargo run -q -p sluice-logctl -- render fluent-bit --config fluent-bit-conf/sluice.toml
	for target in cloudformation iam glue dashboards; do cargo run -q -p sluice-logctl -- render $$target --config infra/sluice.toml || exit 1; done

fmt: ## formats the sources
	cargo fmt --all

KILLS ?= 50
SEED ?= 7
SOAK_SECONDS ?= 1800
soak: ## everything goes wrong, mixed, for SOAK_SECONDS (1800) by SEED (7); then KILLS (50) kills, and an outage of five minutes
	SLUICE_TEST_PROFILE=release SLUICE_SOAK_SECONDS=$(SOAK_SECONDS) SLUICE_SEED=$(SEED) cargo test --workspace --locked --test soak -- --nocapture
	SLUICE_TEST_PROFILE=release SLUICE_KILLS=$(KILLS) SLUICE_SEED=$(SEED) cargo test --workspace --locked --test crash -- --nocapture
	SLUICE_TEST_PROFILE=release SLUICE_OUTAGE_SECONDS=300 cargo test --workspace --locked --test outage -- --nocapture

FUZZ_SECONDS ?= 60
fuzz: ## each fuzz target for FUZZ_SECONDS (60); needs a nightly toolchain
	fuzz/run.sh $(FUZZ_SECONDS)

# What `make bench` runs: see benches/peers/src/main.rs for how a scenario is written.
BENCH ?= reference@8.2 reference@max json@max text@max tracebacks@max long-lines@max containers@8.2 three-hours@max
BENCH_LIMITED ?= reference@3:limited reference@5:limited
BENCH_MEGABYTES ?= 200
BENCH_OUT ?= $(CACHE)/bench
BENCH_PEERS := $(CARGO_TARGET_DIR)/release/bench-peers

bench: ## log-router on each mix, and within 50 milli-CPU: CPU, memory, losses, latency; some minutes
	@cargo build --release --quiet --locked --workspace --bin log-router --bin bench-peers
	@$(BENCH_PEERS) $(BENCH) $(BENCH_LIMITED) --megabytes $(BENCH_MEGABYTES)

bench-peers: ## the same beside FLUENT_BIT=/path and VECTOR=/path; JSON and a chart in BENCH_OUT
	@cargo build --release --quiet --locked --workspace --bin log-router --bin bench-peers
	@mkdir -p $(BENCH_OUT)
	@$(BENCH_PEERS) $(BENCH) reference@0.8:limited $(BENCH_LIMITED) --megabytes $(BENCH_MEGABYTES) --svg $(BENCH_OUT)/peers.svg

bench-crates: ## benchmarks of the crates (criterion)
	cargo bench -p sluice-record -p sluice-spool -p sluice-archive -p sluice-forward

MEGABYTES ?= 500
bench-pipe: ## log-router pipe on MEGABYTES (500) of lines, and gzip -4 of its records as the yardstick
	@cargo build --release --quiet --locked --workspace --bin log-router --bin bench-peers
	@mkdir -p $(DEMO)/bench && rm -rf $(DEMO)/bench/archive
	@$(BENCH_PEERS) --lines reference --megabytes $(MEGABYTES) > $(DEMO)/bench/mixed.log
	@cd $(DEMO)/bench && bash -c 'TIMEFORMAT="log-router: %U s user, %S s system"; time $(ROUTER) pipe --service api --archive file://$$PWD/archive --errors errors.jsonl < mixed.log'
	@cd $(DEMO)/bench && find archive -name '*.json.gz' -exec zcat {} + > records.jsonl
	@cd $(DEMO)/bench && bash -c 'TIMEFORMAT="gzip -4 of the same records: %U s user, %S s system"; time gzip -4 -c records.jsonl | wc -c'
	@rm -rf $(DEMO)/bench

QUERY_MEGABYTES ?= 1350
bench-query: $(VENV)/duckdb.done ## logq against DuckDB over QUERY_MEGABYTES (1350) of gzip JSON in 24 hours: time, CPU, memory
	@cargo build --profile query --quiet --workspace --bin log-router --bin logq --bin samples
	@$(VENV)/bin/python benches/query/bench.py $(CARGO_TARGET_DIR)/query $(CACHE)/bench --megabytes $(QUERY_MEGABYTES)

bench-compaction: moto trino ## the archive of bench-query before and after compaction, on the local engine and on Trino
	@cargo build --profile query --quiet --workspace --bin log-router --bin logq --bin samples
	@$(VENV)/bin/python benches/query/bench.py $(CARGO_TARGET_DIR)/query $(CACHE)/bench --megabytes $(QUERY_MEGABYTES) --archive-only > $(CACHE)/bench/place
	@LOGQ=$(LOGQ) cargo bench --profile dev --quiet --workspace --bench compaction -- $$(cat $(CACHE)/bench/place)

scaling: ## the tables of docs/scaling.md
	cargo run --quiet --locked -p sluice-scaling -- --write docs/scaling.md

GUARD_TOLERANCE ?= 2
guard: ## instructions of parsing and encoding against the baseline; needs valgrind
	@cargo build --release --quiet --locked -p sluice-guard
	@python3 benches/guard/guard.py $(CARGO_TARGET_DIR)/release/sluice-guard --tolerance $(GUARD_TOLERANCE)

guard-update: ## the baseline of guard, anew
	@cargo build --release --quiet --locked -p sluice-guard
	@python3 benches/guard/guard.py $(CARGO_TARGET_DIR)/release/sluice-guard --update

deny: ## licences, duplicates and sources of dependencies; needs cargo-deny, not the network
	cargo deny --offline check --hide-inclusion-graph bans licenses sources

SBOM ?= log-router.cdx.json
sbom: ## bill of materials of log-router as CycloneDX 1.5 in SBOM (log-router.cdx.json), and its tests
	python3 -m unittest discover -s .ci/supply
	python3 .ci/supply/sbom.py > $(SBOM)

clean: ## what the demo left
	rm -rf $(DEMO)
