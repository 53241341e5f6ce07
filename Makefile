# Thin lines over `callqa …` and standard tools. README: `make demo` and `make test` need nothing else before them.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: demo test setup setup-dev check bench catalogue format lock screenshots clean

demo: setup
	$(BIN)/callqa demo

test: setup-dev
	$(BIN)/pytest -n auto --maxprocesses 8 --dist loadfile

setup: $(VENV)/.setup

setup-dev: $(VENV)/.setup-dev

check: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/callqa rubric check
	npm_config_update_notifier=false $(BIN)/python api/web/build_hook.py check

catalogue: setup-dev
	$(BIN)/callqa rubric catalogue > docs/conditions.md
	$(BIN)/callqa rubric schema > rubrics/rubric.schema.json

bench: setup-dev
	$(BIN)/python -m tests.bench

format: setup-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

screenshots: setup-dev
	$(BIN)/python docs/screenshots.py

# Re-locks every dependency with hashes; run after a change of dependencies in pyproject.toml.
lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header pyproject.toml -o requirements.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --extra dev -c requirements.txt pyproject.toml -o requirements-dev.txt

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "CallQA needs Python >= 3.11, found $$($(PYTHON) --version 2>&1). Install it, or: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { echo "The venv module is missing. On Debian/Ubuntu: apt install python3-venv"; rm -rf $(VENV); exit 1; }

$(VENV)/.setup: requirements.txt pyproject.toml api/web/package-lock.json | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

$(VENV)/.setup-dev: requirements-dev.txt $(VENV)/.setup
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

clean:
	rm -rf $(VENV) api/web/dist api/web/node_modules data
