.DEFAULT_GOAL := help
.PHONY: help setup demo test check bench soak lock

UV := .venv/bin/uv pip compile pyproject.toml --quiet --generate-hashes --universal --python-version 3.11 \
	--no-emit-index-url --no-emit-find-links --no-annotate --no-header

help: ## show this list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 14

setup: ## install what is missing: system packages, virtual environment, locked packages
	@scripts/setup.sh run

demo: setup ## the main job on the sample claims, then the service on http://127.0.0.1:8000
	@exec .venv/bin/training-admin demo

test: ## the whole test suite
	@scripts/setup.sh test
	@.venv/bin/pytest -n 2 --dist worksteal

check: ## format, lint, types, the whole test suite, coverage of the pure modules, licences, known vulnerabilities (OFFLINE=1 without)
	@scripts/setup.sh test
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/mypy
	@.venv/bin/pytest -n 2 --dist worksteal --cov --cov-report=
	@.venv/bin/python scripts/pure_coverage.py
	@.venv/bin/python scripts/supply_chain.py licences
	@.venv/bin/python scripts/supply_chain.py audit $(if $(OFFLINE),--may-be-offline)

bench: ## measure; writes bench/results.json
	@scripts/setup.sh test
	@.venv/bin/python -m bench

soak: ## the long proofs, and those that need LibreOffice and poppler
	@scripts/setup.sh soak
	@.venv/bin/pytest -m soak
	@INTERLEAVINGS=100000 .venv/bin/pytest -n 2 tests/fund/test_ledger.py tests/fund/test_interleavings.py
	@KILL_CYCLES=1000 .venv/bin/pytest -n 0 tests/test_money_kill_cycles.py
	@REVIEW_RUNS=20000 .venv/bin/pytest -n 0 tests/subsidy/test_life_machine.py
	@RECALL_SEEDS="$$(seq -s ' ' 1 100)" .venv/bin/pytest -n 2 tests/audit/test_recall.py
	@PLANNER_WITHOUT="nestloop hashagg indexscan mergejoin" .venv/bin/pytest -n 2 --dist worksteal
	@API_CALLS=1000 .venv/bin/pytest -n 0 -s tests/web/test_api_contract.py

lock: ## resolve the dependencies again and pin them with hashes
	@scripts/setup.sh test
	@$(UV) --extra setup --output-file requirements.lock
	@$(UV) --extra setup --extra dev --output-file requirements-dev.lock
	@! grep -nE '(https?|file)://' requirements.lock requirements-dev.lock
