# Placewell: `make help` says what there is. Needs Python 3.11+ and make; everything else is set up in this folder.
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin

.PHONY: help setup demo test check bench fix stop

help: ## say what there is
	@grep -hE '^[a-z]+:.*##' Makefile | awk -F':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

setup: ## set everything up (leaves .venv/bin/placewell)
	@command -v $(PYTHON) >/dev/null || { echo "placewell: Python is missing. Install Python 3.11 or newer, then run this again."; exit 1; }
	@$(PYTHON) tools/setup.py

demo: setup ## serve a made-up council on PORT (8000)
	@exec $(BIN)/placewell demo --port $(PORT)

test: setup ## run the tests (ARGS="..." for a part)
	@$(BIN)/python tools/test.py $(ARGS)

check: setup ## format, lint, types, imports, shape, migrations, locks
	@$(BIN)/python tools/check.py

bench: setup ## run the benchmarks (ARGS="..." for some)
	@$(BIN)/python tools/bench.py $(ARGS)

fix: setup ## format, and mend what can be mended
	@$(BIN)/ruff format -q . && $(BIN)/ruff check -q --fix .

stop: ## stop what this folder still runs
	@[ ! -x $(BIN)/placewell ] || $(BIN)/placewell demo --stop
