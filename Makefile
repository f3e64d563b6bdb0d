# `make grade` and `make test` set up what they need, for root and for ordinary users alike.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
READY_TO_TEST := $(VENV)/.ready-to-test
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check \
	--constraint constraints.txt

.PHONY: grade test lint check clean

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(INSTALL) --editable .
	touch $@

# PyTorch and Triton are large: without them GPU tasks are deferred, and all else is graded.
$(READY_TO_TEST): $(READY)
	$(INSTALL) --editable '.[dev,gpu,cluster,github,nbgrader]'
	touch $@

# Grade the example submissions and print their reports.
grade: $(READY)
	@for submission in examples/*; do \
		$(BIN)/autograder grade "$$submission" || exit $$?; \
	done

# All tests of the kit, with the checks that keep its code in shape.
test: $(READY_TO_TEST) lint
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadgroup

lint: $(READY_TO_TEST)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Prove the assignment: stubs 0, references full, every known mistake loses points.
check: $(READY)
	$(BIN)/autograder check

clean:
	rm -rf $(VENV) build dist *.egg-info
