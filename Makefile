# make run: the whole system on this machine. make test: everything that must hold before a change.
# Needs Python 3.11 or newer with venv; all else comes from the package registry into .venv.
.PHONY: run test lint audit secrets-reviewed prove bench openapi requirements frontend frontend-checks generated guide
.DELETE_ON_ERROR:
unexport VIRTUAL_ENV PYTHONHOME PYTHONPATH

BIN := .venv/bin
PYTHONS := python3 python3.14 python3.13 python3.12 python3.11
# The machine's own certificates, where it has some: a company's proxy is known there only.
CERTS := $(if $(wildcard /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/cert.pem /etc/ssl/cert.pem),--system-certs)
UV := $(BIN)/uv pip
LOCK := $(UV) compile --quiet $(CERTS) --generate-hashes --no-emit-index-url --no-emit-find-links \
	--universal --python-version 3.11 --custom-compile-command "make requirements"

NODE := PATH="$(CURDIR)/$(BIN):$$PATH"
NPM := cd frontend && $(NODE) npm --no-update-notifier
PAGES := $(shell find frontend/src frontend/m frontend/d frontend/scripts -type f ! -name '*.spec.ts' ! -name schema.d.ts) \
	$(wildcard frontend/*.json frontend/*.ts)

run: .venv/ready frontend  ## PORT (8000) and ANLAN_DATA (./var) may be set
	@$(BIN)/anlan serve --demo

test: .venv/ready frontend frontend-checks
	@$(BIN)/pytest -q -n 3 --dist loadfile --no-loadscope-reorder

lint: .venv/ready
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@find app tests -name '*.py' -exec awk 'END { if (NR > 400) print FILENAME ": " NR " lines, 400 are allowed" }' {} \; \
		| { ! grep . ; }

# What stands in the tree and may hold a secret: no locks, no golden files, no pictures.
SCANNED := git ls-files | grep -vE '^(requirements/.*\.txt|frontend/package-lock\.json|tests/kinds/golden/.*|.*\.png|\.secrets\.baseline)$$'

# Known holes of what we depend on, and secrets in the tree. The ignored one is of ecdsa, which
# python-jose brings along and does not use with the cryptography backend (a test holds that).
audit: .venv/ready
	@$(BIN)/pip-audit --disable-pip --require-hashes -r requirements/base.txt --progress-spinner off \
		--ignore-vuln GHSA-wj6h-64fc-37mp > .venv/audit.txt 2>&1 || { cat .venv/audit.txt; exit 1; }
	@! grep -q 'could not be audited' .venv/audit.txt || \
		echo "pip-audit: this registry has no advisories for $$(grep -c 'could not be audited' .venv/audit.txt) packages"
	@$(SCANNED) | xargs $(BIN)/detect-secrets scan | $(BIN)/python .ci/new_secrets.py

secrets-reviewed: .venv/ready
	@$(SCANNED) | xargs $(BIN)/detect-secrets scan > .secrets.baseline

prove: .venv/ready frontend
	@$(BIN)/pytest -q -s -m prove

bench: .venv/ready .venv-bench/ready  ## bench/README.md names what may be set
	@$(BIN)/python -m bench

# The frontends: built when something they are made of is newer than the build.
frontend: frontend/dist/d/index.html

frontend/dist/d/index.html: frontend/node_modules/ready $(PAGES)
	@$(NPM) run --silent build
	@touch $@

frontend/node_modules/ready: frontend/package-lock.json | .venv/ready
	@$(NPM) ci --silent
	@touch $@

# The types of the API come from the API at hand: what it no longer has does not compile.
generated: frontend/src/api/schema.d.ts

frontend/src/api/schema.d.ts: frontend/node_modules/ready .venv/ready $(shell find app -name '*.py')
	@mkdir -p var && $(BIN)/anlan openapi > var/openapi.json
	@$(NPM) run --silent types >/dev/null

frontend-checks: frontend generated
	@$(NPM) run --silent size
	@$(NPM) run --silent lint
	@$(NPM) run --silent typecheck
	@$(NPM) test --silent

guide: .venv/ready frontend  ## the pictures of docs/guide, taken anew
	@mkdir -p docs/guide/phone docs/guide/desk/pictures
	@ANLAN_PICTURES=docs/guide/phone $(BIN)/pytest -q -m prove tests/e2e/test_phone_pictures.py
	@ANLAN_PICTURES=docs/guide/desk/pictures $(BIN)/pytest -q -m prove tests/e2e/test_desk_pictures.py

openapi: .venv/ready
	@$(BIN)/anlan openapi > docs/openapi.json

requirements: .venv/ready
	$(LOCK) requirements/uv.in -o requirements/uv.txt
	$(LOCK) requirements/base.in -o requirements/base.txt
	$(LOCK) requirements/dev.in -o requirements/dev.txt
	$(LOCK) requirements/bench.in -o requirements/bench.txt

# The peer that bench/ compares with has an environment of its own.
.venv-bench/ready: .venv/ready requirements/bench.txt
	@$(BIN)/python -m venv --without-pip .venv-bench
	@$(UV) sync --quiet $(CERTS) --python .venv-bench/bin/python --require-hashes requirements/bench.txt
	@touch $@

.venv/ready: requirements/dev.txt requirements/uv.txt pyproject.toml
	@if ! [ -x $(BIN)/python ]; then \
		for python in $(PYTHONS); do \
			$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; \
		done || { echo "需要 Python 3.11 或更新版本，请先安装 / install Python 3.11 or newer first" >&2; exit 1; }; \
		$$python -m venv .venv >/dev/null 2>&1 || { rm -rf .venv; \
			echo "缺少 Python 的 venv 模块，请先安装（Debian：apt install python3-venv）/ install python3-venv first" >&2; exit 1; }; \
	fi
	@[ -x $(BIN)/uv ] || $(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--require-hashes -r requirements/uv.txt
	@$(UV) sync --quiet $(CERTS) --python $(BIN)/python --require-hashes requirements/dev.txt
	@$(UV) install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@
