# Bangban: `make up` runs it, `make test` tests it, `make check` guards it. An empty environment is enough.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON := .venv/bin/python
UV := uv
# What the machine's own settings could change in a run of ours.
export PYTHONDONTWRITEBYTECODE :=
export PYTHONPATH :=
export UV_NO_PROGRESS := 1
# Trust the authorities that the machine trusts, which on office networks are more than the usual ones.
export UV_SYSTEM_CERTS := 1
export UV_NATIVE_TLS := 1
export PATH := $(CURDIR)/.uv/bin:$(PATH)

.PHONY: help up test check rules bench clean environment uv graphiql

help:
	@echo 'make up      start everything for development; ARGS="--port 9000 --scale 0.2" is passed on'
	@echo 'make test    run all tests; ARGS="tests/bangban -k ports" is passed on'
	@echo 'make check   run linters, types, import contracts, migration and schema guards'
	@echo 'make rules   how many rules of each city and kind a test proves; ARGS="TA staffing" lists the rest of these'
	@echo 'make bench   measure against peers and the limit; ARGS="--cases 20000 --rounds 3" is passed on'
	@echo 'make clean   stop the embedded server and remove everything that was made here'

up: environment graphiql
	@exec $(PYTHON) -m bangban up --end-with-parent $(ARGS)

test: environment
	@exec $(PYTHON) -m pytest -n 2 $(ARGS)

check: environment
	@exec $(PYTHON) -m bangban.checking

rules: environment
	@exec $(PYTHON) -m tests.house.proofs $(ARGS)

bench: environment
	@exec $(PYTHON) -m bench.run $(ARGS)

clean:
	@if [ -x $(PYTHON) ]; then $(PYTHON) -m bangban erase; fi
	@rm -rf .venv .uv .data bangban/graphiql/dist bangban/graphiql/node_modules
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# The environment: made once, synced again only when the lock file changed, made anew when its Python is gone.
environment:
	@$(PYTHON) -c '' 2>/dev/null || rm -rf .venv
	@$(MAKE) -s --no-print-directory .venv/synced

.venv/synced: requirements.lock
	@$(MAKE) -s --no-print-directory uv
	@[ -x $(PYTHON) ] || $(UV) venv --quiet --python '>=3.11,<3.14' .venv || $(UV) venv --quiet --python '>=3.11' .venv
	@$(UV) pip sync --quiet --require-hashes --compile-bytecode --python $(PYTHON) requirements.lock
	@touch $@

uv:
	@if ! $(UV) --version >/dev/null 2>&1; then \
		echo 'installing uv into .uv'; \
		python3 -m venv .uv || { echo 'python3 cannot make virtual environments: install python3-venv, or uv'; exit 1; }; \
		.uv/bin/python -m pip install --quiet --disable-pip-version-check uv; \
	fi

# The explorer for developers: built once; the API works without it.
graphiql: environment
	@$(PYTHON) -m bangban.graphiql_build || echo 'Going on without GraphiQL: the API is the same.'
