# The two commands of the README: `make run` and `make test`. Needs Python 3.11 or later and make (GNU 3.81 is enough).

SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.installed
UV_LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --no-header

ENGINE ?= $(shell $(BIN)/python -c 'from app.embedded import available; print(available()[0])' 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: pictures audit tour tour-secantus help run test check faults bench lock format clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "%-15s %s\n", $$1, $$2}' Makefile

run: $(READY) ## the whole city on this machine, stand-ins included (Ctrl-C stops it)
	@exec $(BIN)/rong run

test: $(READY) ## every test but the faults
	$(BIN)/pytest -m "not faults" -n auto --maxprocesses 4 --dist loadfile

check: $(READY) ## style, types, layers, schema, architecture
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/rong sdl --check
	$(BIN)/pytest -q tests/architecture
	.ci/compose-check

audit: $(READY) ## the public graphql-http audit against both endpoints (needs Node)
	cd tests/endpoint/audit && npm install --no-package-lock --no-audit --no-fund --silent
	.ci/with-city $(ENGINE) sh -c 'node tests/endpoint/audit/audit.mjs $$CITY/graphql && node tests/endpoint/audit/audit.mjs $$CITY/provider/graphql'

tour: $(READY) ## the whole journey against a fresh city of its own
	.ci/with-city $(ENGINE) sh -c '$(BIN)/rong tour --url $$CITY --mocks-url $$STAND_INS --demo-file $$DEMO'

tour-secantus: $(READY) ## the same on SecantusDB
	@$(MAKE) --no-print-directory tour ENGINE=secantus

faults: $(READY) ## kills processes and databases, counts what is left; walks console and phone in a browser
	$(BIN)/pytest -m faults

pictures: $(READY) ## the console's and the phone's pictures in docs/pictures, of a fresh city (needs Chromium)
	.ci/with-city $(ENGINE) sh -c '$(BIN)/python docs/pictures/console.py && $(BIN)/python docs/pictures/phone.py'

bench: $(READY) ## speed, measured against baselines in the same run
	$(BIN)/python -m benchmarks
	$(BIN)/python -m benchmarks voice $(if $(CASES),--cases $(CASES))
	$(BIN)/python -m benchmarks ledger $(if $(POSTINGS),--postings $(POSTINGS))
	$(BIN)/python -m benchmarks payment-day
	$(BIN)/python -m benchmarks places $(if $(PLACES),--places $(PLACES))
	$(BIN)/python -m benchmarks transit $(if $(FEED),--feed $(FEED))

lock: $(READY) ## resolve the dependencies of pyproject.toml anew, with hashes
	$(UV_LOCK) --upgrade --all-extras pyproject.toml -o requirements.lock
	$(UV_LOCK) --extra motor --extra otel --constraint requirements.lock pyproject.toml -o requirements-runtime.lock
	echo 'hatchling>=1.27' | $(UV_LOCK) --constraint requirements.lock - -o requirements-build.lock

format: $(READY) ## put the source into its one form
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

clean: ## remove the environment and caches; var/ (the city's data) stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# Done once, and again when the lock changes. A half-made environment has no stamp and is made again.
$(READY): requirements.lock
	@python=; \
	for candidate in $$PYTHON python3.11 python3.12 python3.13 python3.14 python3 python; do \
		if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$candidate; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
		echo "Rong needs Python 3.11 or later, and none was found. / 需要 Python 3.11 或更新版本。" >&2; \
		echo "  Debian: sudo apt install python3 python3-venv    macOS: brew install python@3.11" >&2; \
		echo "  Elsewhere installed: make PYTHON=/path/to/python3.11 run" >&2; \
		exit 1; \
	fi; \
	if ! "$$python" -c 'import venv, ensurepip' 2>/dev/null; then \
		echo "$$python has no venv module. / 缺少 venv 模块。  Debian: sudo apt install python3-venv" >&2; \
		exit 1; \
	fi; \
	echo "Installing into $(VENV) with $$("$$python" --version): a minute or two, once. / 正在安装依赖，仅此一次。"; \
	"$$python" -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --disable-pip-version-check --quiet --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation --editable .
	@touch $@
