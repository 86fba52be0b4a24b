# relecture: every target sets up what it needs first. `make` alone prints this list.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
EXPERIMENTS := $(basename $(notdir $(wildcard configs/*.yaml)))
SWEEPS := $(addprefix sweep-,$(basename $(notdir $(shell grep -l '^sweep:' configs/*.yaml))))

.DEFAULT_GOAL := help
.PHONY: help setup quick reproduce reproduce-all check test test-all faults test-report browser-tools lint format report data bench doctor clean $(EXPERIMENTS) $(SWEEPS)

help: ## print this list
	@echo "relecture: re-run machine-learning lectures and say what holds"
	@echo
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo "One experiment, also with SEEDS=3 and SET=\"optimizer.learning_rate=0.1 training.epochs=3\":"
	@for name in $(EXPERIMENTS) $(SWEEPS); do echo "  make $$name"; done

setup: $(READY) ## make the virtual environment and install what is pinned (every target does)

$(READY): pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "relecture needs Python 3.11 or newer; try: make PYTHON=python3.11"; exit 2; }
	@echo "setting up $(VENV) (once; a minute or two)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install -qq --disable-pip-version-check --constraint requirements.lock --editable '.[dev]'
	@touch $@

quick: $(READY) ## every experiment on real data, one seed, the costly ones shortened: minutes
	$(BIN)/relecture run --all --quick

reproduce: $(READY) ## the full reference run: every experiment, all seeds; finished trials are kept
	$(BIN)/relecture run --all

reproduce-all: $(READY) ## the reference run and the variants that are too costly for it
	$(BIN)/relecture run --all --extended

$(EXPERIMENTS): $(READY)
	$(BIN)/relecture run $@ $(if $(SEEDS),--seeds $(SEEDS)) $(SET)

$(SWEEPS): $(READY)
	$(BIN)/relecture sweep $(@:sweep-%=%) $(SET)

check: $(READY) ## the verdict on all 372 claims, against the accepted ones
	$(BIN)/relecture check

test: $(READY) ## the tests, in under six minutes
	$(BIN)/pytest -m "not slow" --numprocesses 2 --dist worksteal

test-all: browser-tools ## every test, slow ones and the JAX backend included
	@$(BIN)/pip install -qq --disable-pip-version-check --constraint requirements.lock --editable '.[dev,jax,dask]'
	$(BIN)/pytest
	KERAS_BACKEND=jax $(BIN)/pytest tests/losses tests/metrics tests/experiments/test_training.py \
		tests/experiments/test_choosing_engines.py tests/experiments/test_engines_jax.py \
		tests/experiments/test_contenders.py

faults: $(READY) ## inject every fault, count what is survived, write the table of docs/reliability.md
	$(BIN)/python -m tests.faults.table -q

test-report: browser-tools ## the report's pages in Chromium, which is installed where it is missing
	$(BIN)/pytest -m browser -rs tests/report

browser-tools: $(READY)
	@which chromium chromium-browser google-chrome | grep -q . || apt-get install -y -qq chromium \
		|| echo "no Chromium, and it could not be installed; as root: apt-get install chromium"
	@$(BIN)/pip install -qq --disable-pip-version-check --constraint requirements.lock --editable '.[dev,browser]'
	@npm install --silent --no-save --prefix $(VENV)/node axe-core@4 || echo "no axe-core: npm could not fetch it"

lint: $(READY) ## format check, lint, types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(READY) ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

report: $(READY) ## pages of all claims and results for a browser, results/report/index.html; tables, report.md
	$(BIN)/relecture report

data: $(READY) ## fetch MNIST and CIFAR-10 and check their sums
	$(BIN)/relecture data

bench: $(READY) ## timings side by side, into results/bench
	@$(BIN)/pip install -qq --disable-pip-version-check --constraint requirements.lock --editable '.[dev,bench]'
	$(BIN)/python benchmarks/focal_loss.py --out results/bench/focal_loss.csv
	$(BIN)/python benchmarks/engines.py --out results/bench
	$(BIN)/python benchmarks/sweeps.py --out results/bench/sweeps.csv
	$(BIN)/python benchmarks/startup.py --out results/bench/startup.csv

doctor: $(READY) ## versions, devices, data, disk: what to look at when something is wrong
	$(BIN)/relecture doctor

clean: ## remove the environment, caches, and quick and custom results; data and finished trials stay
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis build *.egg-info results/quick results/custom
	find . -name __pycache__ -type d -not -path './$(VENV)/*' -prune -exec rm -rf {} +
