# `make grade` and `make test` set up what they need, for root and for ordinary users alike.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: grade test lint check clean

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--constraint constraints.txt --editable '.[dev]'
	touch $@

# Grade the example submissions and print their reports.
grade: $(READY)
	@for submission in examples/*; do \
		$(BIN)/autograder grade "$$submission" || exit $$?; \
	done

# All tests of the kit, with the checks that keep its code in shape.
test: $(READY) lint
	$(BIN)/python -m pytest

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Prove the assignment: stubs 0, references full, every known mistake loses points.
check: $(READY)
	$(BIN)/autograder check

clean:
	rm -rf $(VENV) build dist *.egg-info
