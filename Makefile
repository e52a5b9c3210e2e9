# `make run` and `make test` are all that a fresh machine needs: Python 3.11 or later with `venv`, or
# uv, and a package registry. Everything they install goes into .venv.
UV := $(shell command -v uv)
PYTHON ?= $(if $(UV),>=3.11,python3)
BESLUT = .venv/bin/beslut
PIP = $(if $(UV),uv pip install --quiet --python .venv/bin/python,$\
	.venv/bin/pip install --quiet --disable-pip-version-check)
# What builds this package is among what is pinned, so nothing else is fetched.
EDITABLE = $(PIP) --no-deps --no-build-isolation --editable .
PREFLIGHT = $(if $(UV),uv run --quiet --no-project --python "$(PYTHON)" python,"$(PYTHON)") \
	deploy/preflight.py

.PHONY: run test test-opensearch test-lowest lint translations validate mutants relevance bench \
	bench-load requirements release clean port python FORCE

# The sample is indexed only where there is no index: no CURRENT, and no generation.
run: port .venv/installed
	@ls "$${BESLUT_INDEX:-var/index}/" 2>/dev/null | grep -Eq '^(CURRENT$$|gen-)' \
		|| $(BESLUT) index index/samples
	@$(BESLUT) serve

test: .venv/installed-test lint
	.venv/bin/pytest -n auto

# Against three real nodes, which it starts and stops; needs Java 17 with javac, and Maven.
# Without -n, as all tests share them.
test-opensearch: .venv/installed-test .opensearch/classes/beslut/OpenSearchNode.class
	.venv/bin/pytest tests/opensearch

# OpenSearch's libraries, all or none, and what starts a node out of them
.opensearch/lib: tests/opensearch/pom.xml
	rm -rf $@ $@.part
	mvn --quiet --batch-mode --file $< dependency:copy-dependencies \
		-DoutputDirectory=$(CURDIR)/$@.part
	mv $@.part $@
	touch $@

.opensearch/classes/beslut/OpenSearchNode.class: tests/opensearch/OpenSearchNode.java .opensearch/lib
	javac -cp '.opensearch/lib/*' -d .opensearch/classes $<

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

# Before anything else, as all else would be in vain
port: python
	@$(PREFLIGHT) port

python:
	@$(if $(UV),,command -v "$(PYTHON)" >/dev/null || { echo "make: there is no $(PYTHON). Install Python 3.11 or later, on Debian and Ubuntu with: sudo apt install python3-venv" >&2; exit 1; })

# The environment knows where it was made. One that was moved or copied, or has lost its Python, is
# made anew; any other is left as it is, and so is what depends on it.
.venv/place: FORCE | python
	@if [ "$$(cat $@ 2>/dev/null)" != "$(CURDIR)" ] || ! .venv/bin/python -c ''; then \
		$(if $(UV),,$(PREFLIGHT) python || exit 1;) \
		rm -rf .venv; \
		echo "Making an environment of its own in .venv"; \
		$(if $(UV),uv venv --quiet --seed --python "$(PYTHON)" .venv,"$(PYTHON)" -m venv .venv) || exit 1; \
		echo "$(CURDIR)" > $@; \
	fi

# What requirements/$(1).txt pins. It is said, as it takes a while.
define INSTALL
@echo "Installing $$(grep -c '==' requirements/$(1).txt) packages from the package registry into .venv; this takes a minute or two"
@$(PIP) --require-hashes --requirement requirements/$(1).txt || { \
	echo "make: the packages could not be installed; what is above says why. Is there a network," \
	"or should a mirror be named, as with PIP_INDEX_URL or UV_INDEX_URL?" >&2; exit 1; }
@$(EDITABLE)
@touch $@
endef

.venv/bin/uv: .venv/place
	$(PIP) uv

.venv/installed: .venv/place pyproject.toml requirements/run.txt
	$(call INSTALL,run)

.venv/installed-test: .venv/place pyproject.toml requirements/test.txt
	$(call INSTALL,test)
	@touch .venv/installed

.venv/installed-mutants: .venv/installed-test
	$(PIP) --editable '.[mutants]'
	touch $@

# Pins what pyproject.toml asks for. What is pinned already stays; UPGRADE=1 takes the newest.
PIN = .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --custom-compile-command 'make requirements' $(if $(UPGRADE),--upgrade) \
	pyproject.toml --group build
requirements: .venv/bin/uv
	$(PIN) --output-file requirements/run.txt
	$(PIN) --extra opensearch --constraints requirements/run.txt --output-file requirements/opensearch.txt
	$(PIN) --extra test --constraints requirements/opensearch.txt --output-file requirements/test.txt

# VERSION=0.2.0: the next one; builds it, checks what was built, and tags it
release: .venv/installed-test
	.venv/bin/python -m tests.release $(VERSION)

# What was installed and built; the index in var/ is not
clean:
	rm -rf .venv .venv-lowest .opensearch build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
