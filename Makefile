# Two commands are all there is to know: `make run` and `make test`. Both set everything up by themselves.
.DEFAULT_GOAL := help
.SUFFIXES:
MAKEFLAGS += --no-print-directory

PYTHON ?=
PORT ?=
FLOWER_PORT ?=
# Variables given to make would reach every process; Gunicorn and Flower read these two in their own way.
unexport PORT FLOWER_PORT

BIN := $(CURDIR)/.venv/bin
BOOTSTRAP = python="$$(PYTHON='$(PYTHON)' scripts/find-python)" && "$$python" -m scripts.bootstrap
STACK = $(if $(PORT),TRIPTYCH_PORT=$(PORT)) $(if $(FLOWER_PORT),TRIPTYCH_FLOWER_PORT=$(FLOWER_PORT))
# A Node in .venv came from a wheel, because the system has none that is new enough.
NPM = PATH="$(BIN):$$PATH" npm --prefix ui

.PHONY: help run test chaos check format ui openapi bench clean test-ui setup setup-test setup-types

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: setup ## Set everything up and run it: UI, API, workers, Redis, Flower (PORT=9000 FLOWER_PORT=5556)
	@$(STACK) $(BIN)/triptych up

test: setup-test ## Set everything up and run every check and every test
	@$(MAKE) -j2 check test-ui
	@$(BIN)/python -m scripts.tiers

test-ui: setup-test
	@$(NPM) test

chaos: setup-test ## Kill things while jobs run, with a seed it prints (CHAOS_SEED=)
	@CHAOS=full $(BIN)/python -m pytest -m chaos -s -o faulthandler_timeout=3600 tests/chaos

check: setup-test ## Lint, types, import rules, and the UI's own check
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/mypy scripts
	@$(BIN)/lint-imports
	@$(NPM) run check

format: setup-test ## Format the code, Python and UI, and mend what lint can mend
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .
	@$(NPM) run format

ui: setup ## Build the UI into ui/dist when its sources changed

openapi: setup-types ## Write openapi.json and make the UI's types from it
	@$(BIN)/python -m api.openapi > openapi.json.new && mv openapi.json.new openapi.json
	@$(NPM) run types

bench: setup-test ## Measure, and print the tables
	@$(BIN)/python -m bench

clean: ## Remove what was built: .venv, ui/node_modules, ui/dist, caches (never var, where your work is)
	rm -rf .venv ui/node_modules ui/dist build *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

setup:
	@$(BOOTSTRAP) run

setup-test:
	@$(BOOTSTRAP) test

# Without the UI's build, which fails for as long as its types are those of the API that was.
setup-types:
	@$(BOOTSTRAP) types
