# Everything a newcomer needs. Each target does its own set-up into .venv; the second time it is quick.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PACKAGES := programmes ingest expectations release tracing watch attacker report refresh orchestration cli samples
# Servers and tools of the pipeline must never phone home.
export DO_NOT_TRACK := 1
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export GX_ANALYTICS_ENABLED := false
ui: export DAGSTER_HOME := $(or $(NORDWAERTS_VAR),$(CURDIR)/var)/nordwaerts/dagster
ui: export NORDWAERTS_SAMPLE ?= 1

.PHONY: refresh test test-long quick security lint ui report site sample docs bench bench-identity bench-scale bench-walk trial-kill trial-simulation trial-nights trial-year trial-mutations trial-faults trial-fuzz trial-trace trial-differences trial-reproduce trial-chaos trial-attack trial-disclosure trial-bits trial-page spark equal-engines trial-spark trial-cluster trial-state clean help

help: ## show the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  \1: /'

PIP = $(BIN)/python -m pip install --disable-pip-version-check --no-deps
# A plain line for every 25 packages out of pip's hundreds, the same on a terminal and in a log; fails where pip did.
COUNTED = { count=0; while read -r first rest; do case "$$first" in \
	Collecting | Requirement) count=$$((count + 1)); \
		test $$((count % 25)) -ne 0 || echo "  $$count / $$(grep -c == requirements.lock)";; \
	Installing) echo "  Dateien werden abgelegt (etwa 1 Minute) · putting files in place (about a minute)";; \
	failed) exit 1;; esac; done; }

# The lock names every package by hash; --no-deps, because the lock is complete. Bytecode is compiled now,
# also where the machine asks Python not to, because every later start would pay for it; so are mypy's caches, meanwhile,
# on the other core. Pip would compile the same bytecode before, on one core alone.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11) and "Python 3.11 is needed: make PYTHON=/path/to/python3.11")'
	@echo "Pakete werden installiert (einmalig, etwa 3 Minuten) · installing packages (once, about 3 minutes)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@{ $(PIP) --require-hashes --no-compile --progress-bar off -r requirements.lock || echo failed; } | $(COUNTED)
	@$(PIP) --quiet --no-build-isolation --no-index -e .
	@echo "Start wird beschleunigt (etwa 1 Minute) · making later starts quick (about a minute)"
	@{ $(BIN)/mypy > /dev/null 2>&1 || true; } & $(BIN)/python -m compileall -q $(VENV)/lib $(PACKAGES) || true; wait
	@touch $(READY)
	@echo "Fertig eingerichtet · set up"

refresh: $(READY) ## publish the marts from the sample deliveries
	$(BIN)/nordwaerts refresh --sample

test: $(READY) lint ## run every check and every test but the long ones
	$(BIN)/python -m pytest

test-long: $(READY) ## run the long tests: trials in small, and what takes the whole sample city
	$(BIN)/python -m pytest -m long

quick: $(READY) lint ## the inner loop: style, types and every quick test that needs no refresh
	$(BIN)/python -m pytest --quick -n 0 -m 'not slow'

# sqlfluff takes a second a model, so it reads what changed since it last passed, or all when its rules or macros did.
SQL := $(shell find dbt_project/models dbt_project/tests -name '*.sql')
$(VENV)/.sqlfluff: $(READY) .sqlfluff $(wildcard dbt_project/macros/*.sql) $(SQL)
	@$(BIN)/sqlfluff lint --disable-progress-bar --processes 2 $(if $(filter-out $(SQL),$?),$(SQL),$?)
	touch $@

security: $(READY) ## carry out the attacks of the tests, write docs/security-tests.md
	$(BIN)/pytest -m attack --write-security-table

lint: $(READY) $(VENV)/.sqlfluff ## style, types, import directions and portable SQL
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

ui: $(READY) ## open the orchestrator's own UI on this machine (http://127.0.0.1:3000)
	@umask 077 && mkdir -p $(DAGSTER_HOME) && cp orchestration/dagster.yaml $(DAGSTER_HOME)/dagster.yaml
	@echo "Oberfläche startet (bis zu 1 Minute); beenden mit Strg+C · starting (up to a minute); Ctrl+C ends it"
	@$(BIN)/python -m orchestration.ready http://127.0.0.1:3000 & exec $(BIN)/python -m orchestration.dev --host 127.0.0.1 --port 3000

report: $(READY) ## make the public pages of the release readers see
	$(BIN)/nordwaerts report

site: report ## look at them on this machine (http://127.0.0.1:8000)
	@echo "Seiten unter · pages at http://127.0.0.1:8000 ; Strg+C beendet · Ctrl+C ends"
	@$(BIN)/python -m http.server 8000 --bind 127.0.0.1 --directory $(or $(NORDWAERTS_VAR),var)/nordwaerts/site/current

sample: $(READY) ## make the sample deliveries anew
	$(BIN)/python -m samples --out programmes/nordwaerts/sample
	$(BIN)/python -m samples.outlines --out programmes/nordwaerts/outlines.geojson

docs: $(READY) ## make the data dictionary anew from the models
	$(BIN)/python -m docs.data_dictionary

bench: $(READY) ## measure the refresh against its yardsticks, write docs/benchmarks.md
	$(BIN)/python -m benchmarks.refresh

bench-identity: $(READY) ## compare the marts with those of a commit, byte by byte: make bench-identity BASE=main
	$(BIN)/python -m benchmarks.identity $(BASE) $(if $(EXCEPT),--except $(EXCEPT))

bench-scale: $(READY) ## measure 1, 10 and 100 copies of the city, write the section "Scale" of docs/benchmarks.md
	$(BIN)/python -m benchmarks.scale

bench-walk: $(READY) ## count reads, writes and hashes of one row, before and now: make bench-walk BASE=59f44b1
	$(BIN)/python -m benchmarks.walk $(BASE) --write

trial-kill: $(READY) ## kill ten refreshes at random moments, then refresh
	$(BIN)/python -m pytest tests/acceptance/test_kill.py -m long --kills 10

trial-simulation: $(READY) ## simulate 2,000 surveys a cell through the models, write docs/trials.md
	$(BIN)/python -m trials.simulation

trial-nights: $(READY) ## play 300 random sequences of twelve nights and decisions against a written-down model
	$(BIN)/python -m pytest tests/refresh/test_nights.py -n 0 -s --nights 300

trial-year: $(READY) ## live through 400 nights, see what grows or slows down, write docs/trials.md
	$(BIN)/python -m trials.year

trial-mutations: $(READY) ## change operators and constants, see whether tests notice, write docs/trials.md
	$(BIN)/python -m trials.mutations

trial-faults: $(READY) ## try defects and legitimate changes on the gate, write docs/trials.md and docs/fault-certificate.json
	$(BIN)/python -m trials.faults

trial-fuzz: $(READY) ## land broken deliveries of every format by the thousand, see that only sentences come out, write docs/trials.md (INPUTS=200000 of each format: a million; KEEP=folder goes on later)
	$(BIN)/python -m trials.fuzz $(if $(INPUTS),--inputs $(INPUTS)) $(if $(KEEP),--keep $(KEEP))

trial-trace: $(READY) ## walk every cell of every mart of two programmes, write docs/trials.md
	$(BIN)/python -m trials.trace

trial-differences: $(READY) ## split 1,000 random combinations of edits among their causes, write docs/trials.md (KEEP=folder goes on later)
	$(BIN)/python -m trials.differences $(if $(KEEP),--keep $(KEEP))

trial-reproduce: $(READY) ## make the last three releases anew in a new environment, write docs/trials.md
	$(BIN)/python -m trials.reproduce

trial-chaos: $(READY) ## read without a pause while 500 publications are killed, starved of disk, rolled back, write docs/trials.md
	$(BIN)/python -m trials.chaos

trial-attack: $(READY) ## attack 1,000 random tables as a stranger would, write docs/trials.md
	$(BIN)/python -m trials.attack

trial-disclosure: $(READY) ## count what each number of the rule hides, attack nights of revised figures, write docs/disclosure.md and docs/trials.md
	$(BIN)/python -m trials.disclosure

trial-bits: $(READY) ## turn over every bit of a ledger of fifty lines and of its head, see that both verifiers find it
	$(BIN)/pytest -n 0 --all-bits tests/release/test_verifying_ledger.py

trial-page: $(READY) ## open every kind of page in a real browser, weigh and validate it, write docs/trials.md (NORDWAERTS_VNU=vnu.jar)
	$(BIN)/python -m trials.page

# Spark is an option: its packages, a gigabyte with the archive they come in, are installed by this alone. Versions are those
# of requirements.lock; pyspark comes as source, and is put together with what is installed already.
$(VENV)/.spark: $(READY) requirements-spark.lock
	$(PIP) --quiet --require-hashes --no-build-isolation -r requirements-spark.lock
	touch $@

spark: $(VENV)/.spark ## install what `nordwaerts refresh --engine spark` needs beside Java 17

equal-engines: $(VENV)/.spark ## build the tiny city on DuckDB and on Spark, compare every mart cell by cell
	$(BIN)/pytest -n 0 tests/dbt_project/test_engines.py

trial-spark: $(VENV)/.spark ## refresh the sample on both engines, compare every mart, write docs/trials.md (SCALE=10)
	$(BIN)/python -m trials.engines $(if $(SCALE),--scale $(SCALE))

trial-cluster: $(VENV)/.spark ## kill a worker of a cluster of two in mid build, three times, write docs/trials.md
	$(BIN)/python -m trials.cluster

trial-state: $(READY) ## land and build a made-up state of 396 cities at once, compare ten with their own builds, write docs/trials.md (CITIES=40)
	$(BIN)/python -m trials.state $(if $(CITIES),--cities $(CITIES))

clean: ## remove the environment (never var/: it holds archive and ledger)
	rm -rf $(VENV)
