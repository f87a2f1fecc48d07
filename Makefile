# run, check, test, fmt, bench: each sets up what it needs.
# The first that really runs and is new enough; a shim of pyenv may be there and answer nothing.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3.14 python3 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$p && break; done)
VENV   := .venv
BIN    := $(VENV)/bin
# Tests wait for servers as often as they compute, so one worker more than there are cores.
WORKERS ?= $(shell echo $$(( $$(getconf _NPROCESSORS_ONLN) + 1 )))
# Whoever only runs it waits for a third of the packages, and for no browser.
RUNS   := $(VENV)/.runs
READY  := $(VENV)/.ready
# What was compiled once is kept: everything starts in half the time.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run check test fmt bench lock

run: $(RUNS)
	@$(BIN)/closeout run

check: $(READY)
	@$(BIN)/ruff format --check bot tests
	@$(BIN)/ruff check bot tests
	@$(BIN)/mypy bot
	@$(BIN)/pytest -n auto -m "not slow"

test: $(READY)
	@tests/bring_postgres.sh
	@tests/bring_chromium.sh
	@$(BIN)/ruff format --check bot tests
	@$(BIN)/ruff check bot tests
	@$(BIN)/mypy bot
	@$(BIN)/pytest -n $(WORKERS) --dist worksteal

fmt: $(READY)
	@$(BIN)/ruff format bot tests
	@$(BIN)/ruff check --fix bot tests

bench: $(READY)
	@tests/bring_postgres.sh
	@$(BIN)/python -m tests.bench $(ARGS)

# The exact versions that the suite last passed with. `make lock` renews them.
lock: $(READY)
	@$(BIN)/pip freeze --exclude-editable | grep -v ' @ ' > requirements.lock

$(RUNS): pyproject.toml requirements.lock
	@test -n "$(PYTHON)" || { echo "Closeout needs Python 3.11 or newer, and found none. Install it, then try again." >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing. Install it (Debian, Ubuntu: apt-get install python3-venv), then try again." >&2; exit 1; }
	@echo "Setting up $(VENV); this takes about a minute the first time."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c requirements.lock -e .
	@touch $@

$(READY): $(RUNS)
	@echo "Adding what tests it."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c requirements.lock -e '.[dev]'
	@touch $@

# make migration M="what it is for": write the next revision from the models.
.PHONY: migration
migration: $(READY)
	@$(BIN)/python -m bot.migrations "$(M)"
	@$(BIN)/ruff format --quiet bot/migrations/versions
	@$(BIN)/ruff check --quiet --fix bot/migrations/versions
	@$(BIN)/ruff format --quiet bot/migrations/versions
