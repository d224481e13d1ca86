# Two commands do everything on a machine that has Python 3.11+ and make:
#
#   make demo          set up, then run the example site on the embedded AWS; ONCE=1 ends by itself
#   make test          set up what is missing, browser included, then run every check
#
# All the rest is in noxfile.py: .venv/bin/nox -l

PYTHON ?= python3
UV_VERSION := 0.13.9
UV := .tools/bin/uv
NOX := .venv/bin/nox

.PHONY: demo test setup clean

demo: setup
	@$(NOX) -s tools
	@.venv/bin/python examples/demo.py $(if $(ONCE),--once) $(if $(PORT),--port $(PORT))

test: setup
	@$(NOX) -s browser tools $(if $(SESSIONS),$(SESSIONS),lint types imports docs tests)

setup: .venv/.synced

.venv/.synced: uv.lock pyproject.toml $(wildcard core/pyproject.toml cli/pyproject.toml testing/pyproject.toml plugins/*/pyproject.toml) | $(UV)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Platform needs Python 3.11 or later; set PYTHON=python3.x")'
	@$(UV) sync --quiet --locked --all-groups --compile-bytecode --python "$$($(PYTHON) -c 'import sys; print(sys.executable)')"
	@touch $@

$(UV):
	@$(PYTHON) -m venv .tools
	@.tools/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

clean:
	rm -rf .venv .tools .nox .demo dist build
