# On a machine with Python 3.11 or newer and make, each target sets up what it needs, in .venv.
# PYTHON=/path/to/python names the Python to use.
.DEFAULT_GOAL := help
.PHONY: help try test lint types check exhaustive safety safety-page bench pins diagram docs clean
.DELETE_ON_ERROR:

export PYTHON
BIN := .venv/bin
ARGS ?=
SET_UP := pyproject.toml tools/set-up

help:  ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

try: .venv/ready  ## a consult in the terminal (ARGS=--resume goes on with the last one)
	@$(BIN)/curbside try $(ARGS)

test: .venv/ready-dev  ## the tests, on all processors (ARGS=... goes to pytest; ARGS="-n 0" takes one)
	$(BIN)/python -m pytest -n auto $(ARGS)

lint: .venv/ready-dev  ## ruff
	$(BIN)/python -m ruff check .

types: .venv/ready-dev  ## mypy, strict
	$(BIN)/python -m mypy

check: lint types  ## ruff, mypy, and the tests with coverage of lines and branches
	$(BIN)/python -m pytest --cov $(ARGS)

exhaustive: .venv/ready-dev  ## every combination of answers, in every jurisdiction and profession (minutes)
	$(BIN)/python -m pytest -m exhaustive -s $(ARGS)

safety: .venv/ready-dev  ## all safety tests, those over every combination too, and their figures (minutes)
	mkdir -p build
	$(BIN)/python -m pytest tests/safety tests/flows/test_walk_property.py -m "" --junitxml build/safety.xml $(ARGS)
	$(BIN)/python -m tools.safety_figures build/safety.xml > build/safety.json
	mv build/safety.json docs/figures/safety.json

safety-page: .venv/ready-dev  ## docs/safety.md anew, from its data and the figures of the last runs
	mkdir -p build
	$(BIN)/python -m tools.safety_page > build/safety.md
	mv build/safety.md docs/safety.md

bench: .venv/ready-dev  ## how long one evaluation, a run of a thousand, and curbside --help take
	$(BIN)/python -m tools.bench

pins:  ## requirements*.txt anew: the newest versions that pyproject.toml admits, with hashes
	tools/pin $(ARGS)

diagram: .venv/ready-dev  ## docs/consult-flow.md anew, from the flow's own data
	$(BIN)/curbside diagram > docs/consult-flow.md

docs: diagram  ## the documents that are made from the data
	$(BIN)/python -m tools.answers_page > docs/answers.md
	$(BIN)/python -m tools.outputs
	{ $(BIN)/curbside findings --markdown && $(BIN)/curbside elements --markdown && $(BIN)/curbside options --markdown; } \
		> docs/findings.md

clean:  ## remove what the other targets made here (never the log)
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage htmlcov
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The environment is made anew whenever what it is made from changes. The stamps stand inside it, so that a new
# environment begins without them. The one for development holds all that the other one does.
.venv/ready: requirements.txt $(SET_UP)
	@tools/set-up requirements.txt
	@touch $@

.venv/ready-dev: requirements-dev.txt $(SET_UP)
	@tools/set-up requirements-dev.txt
	@touch .venv/ready $@
