# On a machine with Python 3.11 or newer and make, each target sets up what it needs, in .venv.
# PYTHON=/path/to/python names the Python to use.
.DEFAULT_GOAL := help
.PHONY: help try test lint types check fresh-clone exhaustive safety safety-page chaos fuzz bench bench-growth replication pins diagram map
.PHONY: pictures docs clean
.DELETE_ON_ERROR:

export PYTHON
# Empty is unset. Where it is set, as in many containers, each of the programs that the tests start would be compiled anew.
export PYTHONDONTWRITEBYTECODE :=
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
	$(MAKE) test ARGS="$(ARGS) --cov"

fresh-clone:  ## both commands of the README, as a newcomer runs them on what is committed (a minute or two)
	tools/fresh-clone $(ARGS)

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

chaos: .venv/ready-dev  ## the program is killed 500 times while people work with it (minutes; ARGS="--seed 7 --json FILE")
	$(BIN)/python -m tests.chaos $(ARGS)

fuzz: .venv/ready-dev  ## 100,000 hostile inputs on every way in (ARGS="--count 5000 --seed 7 --json FILE")
	$(BIN)/python -m tests.fuzz $(ARGS)

bench: .venv/ready-dev  ## how fast it is, into docs/performance.md (about eight minutes; ARGS="step load" for some of it)
	$(BIN)/python -m tools.bench $(ARGS)

bench-growth: .venv/ready-dev  ## the same with a million consults in the log (about fifteen minutes and 6 GB for its time)
	$(BIN)/python -m tools.bench growth $(ARGS)

replication: .venv/ready-dev  ## the recipe for hosts whose disks don't last, with a real Litestream (docs/hosting.md)
	tools/with-litestream $(BIN)/python -m pytest -q tests/slack/test_replicated.py $(ARGS)

pins:  ## requirements*.txt anew: the newest versions that pyproject.toml admits, with hashes
	tools/pin $(ARGS)

diagram: .venv/ready-dev  ## docs/consult-flow.md anew, from the flow's own data
	$(BIN)/curbside diagram > docs/consult-flow.md

map: .venv/ready-dev  ## docs/law-map.svg and .png anew, from the law table
	$(BIN)/curbside map > docs/law-map.svg
	$(BIN)/python -m tools.map_png docs/law-map.svg

pictures: .venv/ready-dev  ## docs/pictures anew, from the preview (needs Chromium; ARGS=--check only looks)
	$(BIN)/python -m tools.pictures $(ARGS)

docs: diagram map  ## the documents that are made from the data
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
