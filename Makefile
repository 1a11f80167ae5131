# Names of tasks only: what they do is in scripts/ and in `cargo xtask`.

export CARGO_TARGET_DIR ?= $(CURDIR)/target
# Databases of addresses for what runs from here.
demo: export TIDEGATE_GEO ?= $(CURDIR)/.tidegate/geo

.DEFAULT_GOAL := help
.PHONY: help setup build demo test lint bench ci clean

help: ## print this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## check, and as root install, the tools that cargo does not bring
	@scripts/setup

build: setup ## build the program for use
	@scripts/console
	cargo build --locked --release --workspace --bins

demo: build ## make a small world, collect it, answer the classic questions, open the console
	@scripts/geo .tidegate/geo || echo "demo: no countries and networks in the answers"
	"$(CARGO_TARGET_DIR)/release/tidegate" demo

test: ## run every test
	@scripts/test

lint: setup ## form, lints, the rules of the house, licences, documentation
	@scripts/lint

bench: ## measure beside DuckDB and ClickHouse: make bench ARGS=--quick
	@scripts/bench $(ARGS)

ci: ## all that a change must pass
	@.ci/run

clean: ## remove what was built and set up
	cargo clean
	rm -rf .venv bench/.venv bench/.work
