# `make run` and `make test` are all that a fresh machine needs: Python 3.11 or later and a package
# registry. Everything they install goes into .venv.
PYTHON ?= python3
BESLUT = .venv/bin/beslut

.PHONY: run test lint mutants relevance bench bench-load clean

# The sample is indexed only where there is no index: no CURRENT, and no generation.
run: .venv/installed
	@ls "$${BESLUT_INDEX:-var/index}/" 2>/dev/null | grep -Eq '^(CURRENT$$|gen-)' \
		|| $(BESLUT) index index/samples
	$(BESLUT) serve

test: .venv/installed-test lint
	.venv/bin/pytest -n auto

# MODULE=search/scoring.py: changes it a little at a time and shows what no test noticed
mutants: .venv/installed-mutants
	.venv/bin/python -m tests.mutants $(MODULE)

# QUERIES="queries.json documents/" to judge, CORPUS=file.jsonl[.gz] to look at the sets of
relevance: .venv/installed-test
	.venv/bin/python -m tests.benchmarks.relevance $(QUERIES)
	.venv/bin/python -m tests.benchmarks.sets $(CORPUS)
	.venv/bin/python -m tests.benchmarks.themes $(THEMES)

# SIZE decisions, CORPUS=file.jsonl[.gz] instead of the synthetic ones
SIZE ?= 100000
bench: .venv/installed-test
	.venv/bin/python -m tests.benchmarks.speed --size $(SIZE) $(if $(CORPUS),--corpus $(CORPUS))

bench-load: .venv/installed-test
	.venv/bin/python -m tests.benchmarks.load --size $(SIZE) $(if $(CORPUS),--corpus $(CORPUS))

lint: .venv/installed-test
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy

.venv/bin/pip:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: make PYTHON=/path/to/python3.11 run")'
	$(PYTHON) -m venv .venv

.venv/installed: .venv/bin/pip pyproject.toml
	.venv/bin/pip install --quiet --disable-pip-version-check --editable .
	touch $@

.venv/installed-test: .venv/bin/pip pyproject.toml
	.venv/bin/pip install --quiet --disable-pip-version-check --editable '.[test]'
	touch $@ .venv/installed

.venv/installed-mutants: .venv/installed-test
	.venv/bin/pip install --quiet --disable-pip-version-check --editable '.[mutants]'
	touch $@

clean:
	rm -rf .venv var build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
