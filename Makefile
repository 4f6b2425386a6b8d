# Every target creates its environment by itself: Python 3.11 or newer, git and make are all it needs.
PYTHON ?= python3
ENV := .venv
RUN := $(ENV)/bin
PEER := .venv-peer

.PHONY: demo run test check bench clean
.DEFAULT_GOAL := demo

$(ENV)/.base: pyproject.toml
	@test -x $(RUN)/python || $(PYTHON) -m venv $(ENV)
	@$(RUN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(ENV)/.dev: $(ENV)/.base tests/requirements.txt
	@$(RUN)/python -m pip install --quiet --disable-pip-version-check -r tests/requirements.txt
	@touch $@

$(PEER)/.ready: tests/peers/requirements.txt
	@test -x $(PEER)/bin/python || $(PYTHON) -m venv $(PEER)
	@$(PEER)/bin/python -m pip install --quiet --disable-pip-version-check -r tests/peers/requirements.txt
	@touch $@

demo: $(ENV)/.base  ## play the example conversation
	@$(RUN)/gridglot demo

run: $(ENV)/.base  ## serve a hub at 127.0.0.1:8080 with its data in ./var; the first time it takes the example conversation in
	@$(RUN)/gridglot serve --data var --example

test: $(ENV)/.dev $(PEER)/.ready  ## the whole suite, in parallel
	@$(RUN)/python -m pytest -n auto

check: $(ENV)/.dev  ## format, lint, types, mappings, generated files
	@$(RUN)/ruff format --check adapter tests benchmarks
	@$(RUN)/ruff check adapter tests benchmarks
	@$(RUN)/mypy
	@$(RUN)/gridglot check
	@$(RUN)/python -m tests.generated --check

bench: $(ENV)/.dev  ## the naive pipeline and ours, side by side
	@$(RUN)/gridglot bench

clean:  ## remove the environments and caches
	rm -rf $(ENV) $(PEER) .mypy_cache .ruff_cache .pytest_cache .hypothesis
