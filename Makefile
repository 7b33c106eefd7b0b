# Everything runs in VENV, which is made once and again only when the declared packages change.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
SOURCE ?= samples/customers.csv
PORT ?= 4200

export PREFECT_SERVER_ANALYTICS_ENABLED := false
export DO_NOT_TRACK := 1

.DEFAULT_GOAL := help

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/run.stamp ## Segment SOURCE (samples/customers.csv) and print what was found
	@$(BIN)/segments run $(SOURCE)

up: $(VENV)/run.stamp ## Start a Prefect server, pool, deployment and worker to try; Ctrl-C stops them
	@PORT=$(PORT) $(BIN)/python -m flows.trial

test: $(VENV)/dev.stamp ## Run the tests
	@$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

faults: $(VENV)/dev.stamp ## Kill, fill, damage and stop runs on purpose, two minutes of it; FAULTS=damage for one kind
	@$(BIN)/python -m tests.faults $(FAULTS)

faults-long: $(VENV)/dev.stamp ## The same as often as docs/faults.md counts, and defects planted in a copy; two hours
	@$(BIN)/python -m tests.faults --long $(FAULTS)
	@$(BIN)/python -m tests.faults.defects

check: $(VENV)/dev.stamp ## Check format, lint, types, imports and SQL
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/sqlfluff lint --disable-progress-bar warehouse/sql
	@echo "check: format, lint, types, imports and SQL are clean"

format: $(VENV)/dev.stamp ## Format the Python and the SQL files
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .
	@$(BIN)/sqlfluff fix --disable-progress-bar warehouse/sql

bench: $(VENV)/dev.stamp ## Time a run, compared with other tools; BENCH="--sizes 5k,1M --runs 3" and more
	@$(BIN)/python -m benchmarks $(BENCH)

conservation: $(VENV)/dev.stamp ## Count what becomes of every record of broken files, compared with other readers
	@$(BIN)/python -m benchmarks.conservation

docs: $(VENV)/run.stamp ## Write docs/data-dictionary.md anew, from the declarations in schemas/
	@$(BIN)/python -m schemas.dictionary > docs/data-dictionary.md

clean: ## Remove the environment and build files; data/ stays
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .import_linter_cache

$(VENV)/run.stamp: pyproject.toml constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing into $(VENV), once; it takes about a minute ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@touch $@

$(VENV)/dev.stamp: pyproject.toml constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing into $(VENV), once; it takes about a minute ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $(VENV)/run.stamp $@

.PHONY: help run up test check format bench conservation docs clean
