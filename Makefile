# `make run` starts Handrail, `make test` checks everything. Both set up what they need.

PYTHON ?= python3.10
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: run test train benchmark benchmark-directory compare-classifiers evaluate check test-packages lock clean
.DEFAULT_GOAL := run

# Start the chat, its actions, the directory's API and the admin process.
run: $(VENV)/installed
	@$(BIN)/handrail run

# Train the model if none matches the current data.
train: $(VENV)/installed
	@$(BIN)/handrail train

# Everything that must hold before a change is merged.
test: $(VENV)/installed-dev test-packages check train
	$(BIN)/python -m pytest

# Speed, start and memory against Rasa's default pipeline; takes about ten minutes.
benchmark: $(VENV)/installed
	$(BIN)/python -m benchmarks.against_default

# Import and search of the directory, up to a million services; takes more than an hour.
benchmark-directory: $(VENV)/installed-dev test-packages
	$(BIN)/python -W ignore -m benchmarks.directory_search

# Which features and which classifier understand best; takes about twenty minutes.
compare-classifiers: $(VENV)/installed-dev
	@RASA_TELEMETRY_ENABLED=false TF_CPP_MIN_LOG_LEVEL=3 LOG_LEVEL=ERROR \
		$(BIN)/python -W ignore -m benchmarks.classifiers

# The understanding of all languages on the evaluation texts, with typing errors and pictures.
evaluate: $(VENV)/installed
	$(BIN)/handrail evaluate tests/nlu/*.csv --out var/evaluation.json --typos \
		--bars tests/nlu/bars.yml --plots docs/images/evaluation

# Style, types, structure and training data.
check: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@mkdir -p var
	@echo "rasa data validate --fail-on-warnings"
	@RASA_TELEMETRY_ENABLED=false TF_CPP_MIN_LOG_LEVEL=3 PYTHONWARNINGS=ignore PYTHONPATH=. \
		$(BIN)/rasa data validate --fail-on-warnings --config bot/config.yml \
		--domain bot/domain --data data/nlu data/rules data/stories >var/validate.log 2>&1 \
		|| { cat var/validate.log; exit 1; }

test-packages:
	@sh tests/install-system-packages.sh

# Resolve the dependencies of pyproject.toml anew; needs uv.
lock:
	uv pip compile --python-version 3.10 --generate-hashes --no-emit-index-url --no-header \
		--quiet pyproject.toml -o requirements.txt
	uv pip compile --python-version 3.10 --generate-hashes --no-emit-index-url --no-header \
		--quiet --extra dev --constraint requirements.txt pyproject.toml -o requirements-dev.txt

clean:
	rm -rf $(VENV) models var .rasa

$(VENV)/bin/python:
	@command -v $(PYTHON) >/dev/null || { \
		echo "Handrail needs Python 3.10: install it, or name it: make run PYTHON=/path/to/python3.10"; \
		exit 1; }
	$(PYTHON) -m venv $(VENV)

# --no-deps: the lock files are complete, and every hash in them is checked.
$(VENV)/installed: requirements.txt pyproject.toml | $(VENV)/bin/python
	@echo "Installing what Handrail needs (several minutes the first time)"
	$(PIP) install --quiet --no-deps --require-hashes -r requirements.txt
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/installed-dev: requirements-dev.txt $(VENV)/installed
	@echo "Installing what the tests need"
	$(PIP) install --quiet --no-deps --require-hashes -r requirements-dev.txt
	@touch $@
