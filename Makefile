# Two commands matter: `make demo` shows the product, `make test` proves it. Both prepare what they need.
.PHONY: demo setup setup-test test lint types contracts migrations-check suite suite-postgres chaos bench screenshots locks

.NOTPARALLEL:
SHELL := /bin/bash
BIN := .venv/bin
STAMP := .venv/.ready
POSTGRES_URL ?= postgres://postgres@127.0.0.1:5432/postgres

demo: setup
	$(BIN)/python manage.py demo

setup: $(STAMP)-base $(STAMP)-words
setup-test: $(STAMP)-test $(STAMP)-words

# An environment that has the test packages keeps them: the base lock alone would take them away.
$(STAMP)-base: requirements/base.txt requirements/uv.txt scripts/system_packages.sh scripts/virtualenv.sh
	@scripts/system_packages.sh run
	@scripts/virtualenv.sh $(if $(wildcard $(STAMP)-test),requirements/test.txt,requirements/base.txt)
	@touch $@

$(STAMP)-test: requirements/test.txt requirements/uv.txt scripts/system_packages.sh scripts/virtualenv.sh
	@scripts/system_packages.sh run test
	@scripts/virtualenv.sh requirements/test.txt
	@touch $@ $(STAMP)-base

$(STAMP)-words: $(wildcard */locale*/*/LC_MESSAGES/*.po)
	@echo "Compiling translations"
	@$(BIN)/python scripts/compile_translations.py
	@touch $@

test: setup-test lint types contracts migrations-check suite suite-postgres

lint:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djhtml --tabwidth 2 --check $$(git ls-files '*.html' ':!:*/static/*' ':!:docs/*')

types:
	$(BIN)/mypy .

contracts:
	$(BIN)/lint-imports --no-cache

migrations-check:
	$(BIN)/python manage.py makemigrations --check --dry-run

suite:
	$(BIN)/python -m pytest -n 2 --dist loadfile -q

# The same code on PostgreSQL and Redis where they answer; elsewhere every test says why it was skipped.
suite-postgres:
	QINGLAN_TEST_POSTGRES=$(POSTGRES_URL) $(BIN)/python -m pytest -n 2 --dist loadfile -q -m postgres --migrations

chaos: setup-test
	$(BIN)/python -m pytest tests/chaos -q -p no:cacheprovider

bench: setup-test
	$(BIN)/python benchmarks/run.py $(ONLY)

# Every picture of README and docs/ anew: the floors from the code, the pages from a throwaway demo.
screenshots: setup-test
	$(BIN)/python scripts/draw_floors.py
	$(BIN)/python scripts/scenario_reports.py
	$(BIN)/python scripts/screenshots.py

# After a change of pyproject.toml. No index address is written: `uv pip compile` leaves it out.
locks:
	$(BIN)/pip install -q --require-hashes -r requirements/uv.txt
	$(BIN)/uv pip compile -q --universal --generate-hashes --python-version 3.11 pyproject.toml -o requirements/base.txt
	$(BIN)/uv pip compile -q --universal --generate-hashes --python-version 3.11 pyproject.toml --group test \
		-c requirements/base.txt -o requirements/test.txt
