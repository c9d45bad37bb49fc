# sonolens: `make run` runs the built-in study, `make test` the tests; both install what is missing.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
RUN    ?= latest
OUT    ?= data/archive.zip
INSTALL := $(BIN)/python -m pip install --quiet --constraint constraints.txt
export DO_NOT_TRACK := 1
export MPLBACKEND   := Agg

.DEFAULT_GOAL := help
.PHONY: help setup run test test-docs check coverage archive viz viz-build docs notebooks clean

help:           ## show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: $(VENV)/installed  ## make .venv and install everything; with CPU=<index of CPU wheels> without CUDA libraries

$(VENV)/installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "sonolens needs Python 3.11 or later; set PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
ifdef CPU
	$(INSTALL) --no-deps -i $(CPU) torch torchvision
endif
	$(INSTALL) --editable ".[dev]"
	touch $@

$(VENV)/docs-installed: $(VENV)/installed
	$(INSTALL) --editable ".[docs]"
	touch $@

run: setup      ## run all four pipelines on the built-in phantom study
	$(BIN)/kedro run

test: setup     ## run the tests
	$(BIN)/python -m pytest

test-docs: setup ## run every command that the pages show, on tiny studies, and the notebooks: minutes
	$(BIN)/python -m pytest -m docs_commands --dist=worksteal --jaxtyping-packages= tests/pipelines/test_commands_run.py tests/pipelines/test_notebooks.py

check: setup    ## formatting, lint, types and import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

coverage: setup ## run the tests and show what they do not reach
	$(BIN)/python -m pytest --cov

archive: setup  ## write a run to an RO-Crate: make archive RUN=latest OUT=data/archive.zip
	$(BIN)/sonolens archive $(RUN) --out $(OUT)

viz: setup      ## open the DAG in the browser
	$(BIN)/kedro viz run

viz-build: setup ## write the DAG with previews of tables and figures as files into build
	rm -rf build
	$(BIN)/kedro viz build --include-previews

docs: $(VENV)/docs-installed  ## build the docs site strictly into site
	NO_MKDOCS_2_WARNING=1 PATH="$(BIN):$$PATH" $(BIN)/mkdocs build --strict

notebooks: setup ## write notebooks/*.ipynb anew from their scripts, with outputs of the newest run
	$(BIN)/python notebooks/execute.py

clean:          ## remove the environment, caches and built pages, never data
	rm -rf $(VENV) build site .pytest_cache .ruff_cache .mypy_cache .import_linter_cache .hypothesis .coverage
