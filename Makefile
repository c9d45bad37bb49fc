# sonolens: `make run` runs the built-in study, `make test` the tests; both install what is missing.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
RUN    ?= latest
OUT    ?= data/archive.zip
LOCKED ?= 1
LOCKS  := supply/locks
OF_ALL := $(if $(CPU),,torch) runtime extras development
TOOLS  := .venv-supply
INSTALL := $(BIN)/python -m pip install --quiet
HASHED := --require-hashes --no-deps --no-build-isolation --use-pep517
unexport PYTHONDONTWRITEBYTECODE # tests start dozens of processes, and each would compile all modules anew
export DO_NOT_TRACK := 1
export MPLBACKEND   := Agg

.DEFAULT_GOAL := help
.PHONY: help setup run test test-docs fuzz kills check coverage mutants archive viz viz-build docs notebooks sbom audit locks licences clean

help:           ## show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: $(VENV)/installed  ## make .venv and install everything by hash; CPU=<index of CPU wheels>: no CUDA libraries, LOCKED=0: by version alone

$(VENV)/installed: pyproject.toml constraints.txt $(filter-out %/tools.txt %/mutants.txt,$(wildcard $(LOCKS)/*.txt))
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "sonolens needs Python 3.11 or later; set PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
ifdef CPU
	$(INSTALL) --no-deps -i $(CPU) --constraint constraints.txt torch torchvision
endif
ifeq ($(LOCKED),1)
	$(INSTALL) $(HASHED) -r $(LOCKS)/build.txt
	$(INSTALL) $(HASHED) $(OF_ALL:%=-r $(LOCKS)/%.txt)
	$(INSTALL) --no-deps --no-build-isolation --editable .
else
	$(INSTALL) --upgrade pip
	$(INSTALL) --constraint constraints.txt --editable ".[dev,docs]"
endif
	touch $@

run: setup      ## run all four pipelines on the built-in phantom study
	@echo "The built-in study takes 4 to 6 minutes on two cores; bars and lines tell how far it is."
	$(BIN)/kedro run

test: setup     ## run the tests
	$(BIN)/python -m pytest

test-docs: setup ## run every command that the pages show, on tiny studies, and the notebooks: minutes
	$(BIN)/python -m pytest -m docs_commands --dist=worksteal --jaxtyping-packages= tests/pipelines/test_commands_run.py tests/pipelines/test_notebooks.py

fuzz: setup     ## break 10,000 files of every format that is read, and see that each is read or refused in one line: minutes
	SONOLENS_FUZZ=10000 $(BIN)/python -m pytest tests/studies/test_boundary_laws.py

kills: setup    ## kill 50 processes in the middle of saving, and see that whatever is listed afterwards is whole
	SONOLENS_KILLS=50 $(BIN)/python -m pytest tests/datasets/test_kills.py

check: setup    ## formatting, lint, types and import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

coverage: setup ## run the tests and show what they do not reach; fails where a room's branches are reached to less than 95 %
	$(BIN)/python -m pytest --cov --cov-report=term --cov-report=json:build/coverage.json
	$(BIN)/python .ci/coverage_by_room.py build/coverage.json

mutants: $(VENV)/mutmut ## break regions, saliency and pointing on purpose, one line at a time, and list what no test noticed: hours
	CI=1 $(BIN)/mutmut run
	$(BIN)/mutmut results

$(VENV)/mutmut: $(VENV)/installed $(LOCKS)/mutants.txt
	$(INSTALL) --require-hashes --no-deps -r $(LOCKS)/mutants.txt
	touch $@

archive: setup  ## write a run to an RO-Crate: make archive RUN=latest OUT=data/archive.zip
	$(BIN)/sonolens archive $(RUN) --out $(OUT)

viz: setup      ## open the DAG in the browser
	$(BIN)/kedro viz run

viz-build: setup ## write the DAG with previews of tables and figures as files into build
	rm -rf build
	$(BIN)/kedro viz build --include-previews

docs: setup     ## build the docs site strictly into site
	NO_MKDOCS_2_WARNING=1 PATH="$(BIN):$$PATH" $(BIN)/mkdocs build --strict

notebooks: setup ## write notebooks/*.ipynb anew from their scripts, with outputs of the newest run
	$(BIN)/python notebooks/execute.py

$(TOOLS)/installed: $(LOCKS)/tools.txt
	$(PYTHON) -m venv $(TOOLS)
	$(TOOLS)/bin/python -m pip install --quiet --require-hashes --no-deps -r $<
	touch $@

sbom: setup $(TOOLS)/installed  ## list what is installed, as CycloneDX, in build/sbom.cdx.json
	$(TOOLS)/bin/python supply/sbom.py $(BIN)/python build/sbom.cdx.json

audit: $(TOOLS)/installed  ## look up known vulnerabilities of the pinned versions, where the index answers
	$(TOOLS)/bin/python supply/audit.py

locks: $(TOOLS)/installed  ## write supply/locks anew from constraints.txt, with the hashes that the index tells
	$(TOOLS)/bin/python supply/compile_locks.py

licences: setup ## write the table of licences anew from what is installed
	$(BIN)/python supply/licences.py

clean:          ## remove the environment, caches and built pages, never data
	rm -rf $(VENV) $(TOOLS) build site mutants .pytest_cache .ruff_cache .mypy_cache .import_linter_cache .hypothesis .coverage
