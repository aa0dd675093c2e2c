# Every target sets up what it needs: `make demo` works on a new clone.
# Needs Python >= 3.11, make and git; everything lands in .venv/, node_modules/, build/, cdk.out/.

PYTHON ?= python3
ENV ?= dev
STACKS ?= --all
KILLS ?= 200

# One more than there are processors: some tests wait for a clock.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print((os.cpu_count() or 1) + 1)')

export PATH := $(CURDIR)/.venv/bin:$(CURDIR)/node_modules/.bin:$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

INSTALLED := .venv/installed
CLI_INSTALLED := node_modules/.package-lock.json
CHECKOV_INSTALLED := .venv/checkov/installed
PEERS_INSTALLED := .venv/peers-installed
CODE := app.py benchmarks constructs docs examples lambdas runtime sandbox scripts stacks tests

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint format snapshots docs synth diff deploy bench chaos sandbox system-packages clean

help:  ## List the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

setup: $(INSTALLED) $(CLI_INSTALLED)  ## Install everything into .venv/ and node_modules/

demo: setup  ## Deploy into an embedded AWS, log, alarm, and post a digest: no account needed
	python -m sandbox.demo

test: setup $(CHECKOV_INSTALLED)  ## Run every test
	pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

lint: setup  ## Check style, types, imports between the rooms, and the contracts
	ruff check $(CODE)
	ruff format --check $(CODE)
	mypy
	pyright
	lint-imports
	intentlog contract check contracts/*.toml

format: setup  ## Put the code into its form
	ruff check --fix $(CODE)
	ruff format $(CODE)

snapshots: setup  ## Accept the templates as they are now: read the difference before you commit it
	pytest tests/cdk/test_templates.py --snapshot-update

docs: setup  ## Write the pages that are made of declarations, docstrings and templates
	python -m docs.pages

synth: setup  ## Synthesize the templates into cdk.out/ (ENV=dev)
	cdk synth --quiet -c env=$(ENV)

diff: setup  ## Show what a deploy would change (ENV=dev STACKS=--all)
	cdk diff $(STACKS) -c env=$(ENV)

deploy: setup  ## Deploy to the account of your credentials (ENV=dev STACKS=--all)
	cdk deploy $(STACKS) -c env=$(ENV)

bench: setup $(PEERS_INSTALLED)  ## Measure, and write the figures to build/bench/
	set -e; for file in benchmarks/*.py; do python -m benchmarks.$$(basename $$file .py); done

chaos: setup  ## Kill, stop, fill, cut off, fail, for minutes: no line may be lost (KILLS=200)
	python -m tests.delivery.chaos --kills $(KILLS)

sandbox: setup  ## Keep the embedded AWS running, and print how to use it
	python -m sandbox

system-packages:  ## Install what tests and benchmarks use of the system, where apt-get can
	scripts/system-packages

clean:  ## Remove everything that make made
	rm -rf .venv node_modules build cdk.out dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

$(INSTALLED): requirements.txt requirements-dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "intentlog needs Python 3.11 or newer; choose one with PYTHON=..."; exit 2; }
	test -x .venv/bin/python || $(PYTHON) -m venv .venv
	.venv/bin/python -m pip install --quiet -r requirements-dev.txt
	touch $@

$(CLI_INSTALLED): package.json package-lock.json $(INSTALLED)
	npm ci --no-progress --loglevel=error
	touch $@

$(PEERS_INSTALLED): requirements-bench.txt $(INSTALLED)
	.venv/bin/python -m pip install --quiet -r requirements-bench.txt
	touch $@

# An environment of its own: checkov pins versions that nothing else here can live with.
$(CHECKOV_INSTALLED): requirements-checkov.txt $(INSTALLED)
	$(PYTHON) -m venv .venv/checkov
	.venv/checkov/bin/python -m pip install --quiet -r requirements-checkov.txt
	touch $@
