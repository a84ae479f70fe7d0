# Two commands are enough: `make up` starts the assistant, `make test` runs every test.
# Both install what they need below this folder (.venv), uv included where it is missing.

UV := $(shell command -v uv 2>/dev/null || echo .venv-uv/bin/uv)
RUN := $(UV) run --frozen --no-sync

.PHONY: up test check train bench install lint screenshots

up: install
	@$(RUN) frontdesk up

test: install
	@scripts/system-packages
	@$(RUN) pytest

check: install
	@$(RUN) frontdesk check

train: install
	@$(RUN) frontdesk train

# The running stack, then how messages are understood beside Rasa's default pipeline, whose training takes most of an hour.
# make bench CLINC=folder compares on CLINC150 too.
bench: install
	@$(RUN) frontdesk train
	@$(RUN) frontdesk bench
	@$(RUN) python -m benchmarks comparison $(if $(CLINC),--clinc "$(CLINC)")

lint: install
	@$(RUN) ruff check . && $(RUN) ruff format --check . && $(RUN) mypy && $(RUN) codespell

# The pictures of the README, from the real stack.
screenshots: install
	@scripts/system-packages
	@mkdir -p docs/images && FRONTDESK_SCREENSHOTS=docs/images $(RUN) pytest -q tests/stack/test_browser.py

install: $(UV)
	@$(UV) sync --locked --quiet

.venv-uv/bin/uv:
	@scripts/bootstrap-uv .venv-uv
