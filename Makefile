# `make run` and `make test` are all that a fresh machine needs: Python 3.11 or later and a package
# registry. Everything they install goes into .venv.
PYTHON ?= python3
BESLUT = .venv/bin/beslut
PIP = .venv/bin/pip install --quiet --disable-pip-version-check
# What builds this package is among what is pinned, so nothing else is fetched.
EDITABLE = $(PIP) --no-deps --no-build-isolation --editable .

.PHONY: run test test-lowest lint translations validate mutants relevance bench bench-load requirements clean

# The sample is indexed only where there is no index: no CURRENT, and no generation.
run: .venv/installed
	@ls "$${BESLUT_INDEX:-var/index}/" 2>/dev/null | grep -Eq '^(CURRENT$$|gen-)' \
		|| $(BESLUT) index index/samples
	$(BESLUT) serve

test: .venv/installed-test lint
	.venv/bin/pytest -n auto

# With the lowest versions that pyproject.toml allows, in an environment of its own
test-lowest: .venv/bin/uv
	.venv/bin/uv venv --quiet --clear --python .venv/bin/python .venv-lowest
	.venv/bin/uv pip install --quiet --python .venv-lowest/bin/python --resolution lowest-direct \
		--editable '.[test]'
	.venv-lowest/bin/python -m pytest -n auto

# Gathers the Swedish texts, puts the new ones into each catalogue without a translation, takes out
# those that are gone, and compiles. Nothing in it differs unless a text does.
PYBABEL = .venv/bin/pybabel --quiet
translations: .venv/installed
	mkdir -p var
	$(PYBABEL) extract --mapping pyproject.toml --keywords label --no-location --sort-output \
		--output-file var/messages.pot search web
	$(PYBABEL) update --input-file var/messages.pot --output-dir web/translations \
		--no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
	$(PYBABEL) compile --directory web/translations

# The HTML of the pages under the Nu Html Checker; needs Java and npm
validate: .venv/installed-test
	.venv/bin/python -m tests.validate

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

.venv/bin/uv: .venv/bin/pip
	$(PIP) uv

.venv/installed: .venv/bin/pip pyproject.toml requirements/run.txt
	$(PIP) --require-hashes --requirement requirements/run.txt
	$(EDITABLE)
	touch $@

.venv/installed-test: .venv/bin/pip pyproject.toml requirements/test.txt
	$(PIP) --require-hashes --requirement requirements/test.txt
	$(EDITABLE)
	touch $@ .venv/installed

.venv/installed-mutants: .venv/installed-test
	$(PIP) --editable '.[mutants]'
	touch $@

# Pins what pyproject.toml asks for. What is pinned already stays; UPGRADE=1 takes the newest.
PIN = .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --custom-compile-command 'make requirements' $(if $(UPGRADE),--upgrade) \
	pyproject.toml --group build
requirements: .venv/bin/uv
	$(PIN) --output-file requirements/run.txt
	$(PIN) --extra test --constraints requirements/run.txt --output-file requirements/test.txt

clean:
	rm -rf .venv .venv-lowest var build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
