# What people and machines do with this folder. `make help` lists it.

PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$python && break; done)
ifeq ($(strip $(PYTHON)),)
$(error Python 3.11 or newer is needed: install it, or name it with PYTHON=/path/to/python3)
endif

BIN := .venv/bin
PY := $(BIN)/python
SETUP := $(PYTHON) scripts/setup.py
WITH := $(PY) -m portal.embedded with
TESTING := DJANGO_SETTINGS_MODULE=portal.settings.test
PYTEST := $(PY) -m pytest -n logical --maxprocesses 4 --dist loadgroup

.DEFAULT_GOAL := help
.PHONY: help run test ci checks bench demo-data shell fmt messages lock

help:
	@echo "make run        the portal on this machine; PORT=, DATABASE_URL=, REDIS_URL= override"
	@echo "make test       all tests; ARGS=tests/portal/org for some of them"
	@echo "make ci         what a change must pass: lint, types, contracts, catalogue, tests"
	@echo "make bench      speed against ceilings of the same run; SCALE=full for the full sizes"
	@echo "make demo-data  load the demo data into an empty database"
	@echo "make shell      a Python shell with the models"
	@echo "make fmt        put the code into its form"
	@echo "make messages   bring new messages into the Thai catalogue"
	@echo "make lock       pin the newest allowed versions of all libraries"

run:
	@$(SETUP) run
	@exec $(PY) -m portal.embedded run

test:
	@$(SETUP) test
	@$(TESTING) $(PY) manage.py prepare --files-only
	@$(PYTEST) $(ARGS)

ci:
	@$(SETUP) ci
	@$(TESTING) $(PY) manage.py prepare --files-only
	@$(TESTING) $(WITH) test $(MAKE) --no-print-directory checks

# The steps of `make ci`, with the servers of the tests held around them.
checks:
	@echo "Lint"
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@echo "Types"
	@$(BIN)/mypy --no-error-summary
	@echo "Import contracts"
	@$(BIN)/lint-imports --no-logo
	@echo "Migrations"
	@$(PY) manage.py makemigrations --check --dry-run
	@echo "Catalogue"
	@$(PY) manage.py catalogue check
	@echo "Tests"
	@REQUIRE_BROWSER=1 $(PYTEST) --cov $(ARGS)

bench:
	@$(SETUP) run
	@$(PY) manage.py prepare --files-only
	@$(WITH) bench $(PY) -m benchmarks

demo-data:
	@$(SETUP) run
	@DEMO=1 $(WITH) dev $(PY) manage.py prepare

shell:
	@$(SETUP) run
	@$(WITH) dev $(PY) manage.py shell

fmt:
	@$(SETUP) run
	@$(BIN)/ruff check --quiet --fix .
	@$(BIN)/ruff format --quiet .

messages:
	@$(SETUP) run
	@$(PY) manage.py catalogue update

# Not part of the set-up: `pip install uv` first.
LOCK := uv pip compile --quiet --upgrade --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url
lock:
	@$(LOCK) requirements/dev.in --output-file requirements/dev.txt
	@$(LOCK) requirements/base.in --output-file requirements/base.txt -c requirements/dev.txt
	@npm update --ignore-scripts
