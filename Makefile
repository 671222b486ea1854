# Two words for users: app, test. The others are what CI and developers say.
.DEFAULT_GOAL := help
.PHONY: help app test lint types law check lock frontend territories bench bench-land bench-zan screenshots clean

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
RIVALS ?= $(RUN)
PUBLISHED ?= ../shared/data/siting
PIP := $(RUN) -m pip install --quiet --disable-pip-version-check

help:            ## Ce que make sait faire
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/ :/'

$(VENV)/app.ok: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Jalon demande Python 3.11 ou plus.")'
	test -x $(RUN) || $(PYTHON) -m venv $(VENV)
	$(PIP) --require-hashes --requirement requirements.lock
	$(PIP) --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/dev.ok: requirements-dev.lock $(VENV)/app.ok
	$(PIP) --require-hashes --requirement requirements-dev.lock
	touch $@

# The compiler of loops works once here, rather than when somebody waits for a first plan.
$(VENV)/loops.ok: $(VENV)/app.ok $(wildcard geo/optimise/*/*_loops.py)
	$(RUN) -m geo.optimise
	touch $@

app: $(VENV)/loops.ok  ## Ouvrir l'application (http://localhost:8501)
	$(RUN) -m streamlit run streamlit_app.py

test: $(VENV)/dev.ok $(VENV)/loops.ok   ## Lancer tous les tests
	sh .ci/browser
	sh .ci/mapserver
	sh .ci/frontend
	$(RUN) -m pytest -m "not browser" --numprocesses=logical --maxprocesses=4 --dist=loadfile --cov --cov-report= --cov-fail-under=0
	$(RUN) -m pytest -m browser --cov --cov-append --cov-report=term

lint: $(VENV)/dev.ok
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .

types: $(VENV)/dev.ok
	$(RUN) -m mypy

law: $(VENV)/dev.ok
	$(VENV)/bin/lint-imports

check: test lint types law   ## Tests, style, types et loi d'import

lock: $(VENV)/dev.ok    ## Refaire les verrous des dépendances
	$(RUN) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --output-file requirements.lock pyproject.toml --extra build
	$(RUN) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --output-file requirements-dev.lock pyproject.toml --extra build --extra dev

frontend:               ## Refaire la carte livrée dans jalon/ui/static (demande Node.js)
	cd jalon/ui/frontend && npm ci && npm test && npm run build

territories: $(VENV)/app.ok   ## Refaire les territoires embarqués
	$(RUN) -m data.build territories

bench: $(VENV)/dev.ok   ## Mesurer Jalon à côté de ses pairs
	$(RUN) -m bench.siting --rivals-python $(RIVALS) --out build/bench-siting.md \
		$(if $(wildcard $(PUBLISHED)),--published $(PUBLISHED),--suite grand-est-coverage set-covering p-median scale million)

bench-land: $(VENV)/dev.ok   ## Mesurer le foncier à côté de geopandas et de PostGIS
	$(RUN) -m bench.land --workdir build/bench-land $(if $(shell command -v pg_config),,--skip postgis)

bench-zan: $(VENV)/dev.ok   ## Mesurer les comptes et les coûts ZAN à côté de leurs pairs
	$(RUN) -m bench.zan --workdir build/bench-zan

screenshots: $(VENV)/dev.ok
	$(RUN) -m tests.app.screenshots

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache
