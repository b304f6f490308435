# The two commands of the README. Everything is installed into .venv, pinned by constraints.txt (what CI tested).
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test docs published validation coverage mutants fuzz schema clean

run: $(VENV)/.run
	$(BIN)/toolate run scenarios/linkedin_dm.toml --workers 2 --out results/runs/linkedin_dm

test: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -n 2 --dist worksteal

# The documentation site, in build/site: open build/site/index.html. A broken link is an error.
docs: $(VENV)/.test
	$(BIN)/python docs/site/build.py

# docs/validation.md: the model against published facts, each by its own definition.
validation: $(VENV)/.test
	$(BIN)/python docs/validation

# What stands in results/published, notebooks, docs/validation.md and docs/platforms.md: made again from nothing.
published: $(VENV)/.test
	$(BIN)/python results/publish.py
	$(BIN)/toolate schema --out scenarios/schema.json
	$(BIN)/python docs/validation
	$(BIN)/python docs/platforms.py
	$(BIN)/python docs/people.py
	$(BIN)/python notebooks/make.py
	$(BIN)/python docs/sessions

# Completion and validation of scenario files in editors.
schema: $(VENV)/.run
	$(BIN)/toolate schema --out scenarios/schema.json

# How often intervals cover the truth: docs/coverage.md, in about fifteen minutes (--part NAME for one part of it).
coverage: $(VENV)/.test
	$(BIN)/python benchmarks/coverage.py

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

# pip compiles modules one after the other, and the tests that packages bring with them. This compiles them on every core, without those
# tests; a module that cannot be compiled is left to whoever imports it, as pip does.
PIP_INSTALL := $(BIN)/python -m pip install --quiet --no-compile --constraint constraints.txt
COMPILE_MODULES := $(BIN)/python -W ignore -m compileall -q -j 0 -x '[\\/]tests[\\/]' $(VENV)/lib

$(VENV)/.run: $(VENV)/bin/python pyproject.toml constraints.txt
	$(PIP_INSTALL) --editable .
	-$(COMPILE_MODULES)
	touch $@

$(VENV)/.test: $(VENV)/bin/python pyproject.toml constraints.txt
	$(PIP_INSTALL) --editable ".[dev]"
	-$(COMPILE_MODULES)
	touch $@ $(VENV)/.run

# Change one line at a time outside the engines and see which tests notice: docs/mutants.json, in ten minutes.
mutants: $(VENV)/.test
	$(BIN)/python benchmarks/mutants.py

# Inputs of strangers, for as long as one likes: make fuzz EXAMPLES=100000. What fails goes into tests/fuzz/corpus.
EXAMPLES ?= 5000
fuzz: $(VENV)/.test
	FUZZ_EXAMPLES=$(EXAMPLES) $(BIN)/pytest tests/fuzz

clean:
	rm -rf $(VENV) results/runs build
