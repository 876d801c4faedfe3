PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
# Without a screen, screenshots are made on a virtual one.
SCREEN := $(if $(DISPLAY),,xvfb-run -a -s "-screen 0 1280x1024x24")

FUZZED ?= 300

.PHONY: install demo annotate test fuzz lint docs screenshots clean

install: $(INSTALLED)

$(INSTALLED): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/pip install --quiet -e ".[all,dev,train]"
	touch $@

demo: install
	$(BIN)/napari-simpleclick demo

annotate: install
	$(BIN)/napari src/napari_simpleclick/samples/em_like.tif -w napari-simpleclick SimpleClick

# Windows apart: objects of Qt that are collected in a thread of other tests crash it. One thread in each of two processes
# is faster than two threads in one. On Linux each process has a virtual screen of its own (pytest-xvfb, needs Xvfb).
test: install
	OMP_NUM_THREADS=1 $(BIN)/pytest -n 2 --ignore=tests/plugin
	OMP_NUM_THREADS=1 NAPARI_ENSURE_PLUGIN_MAIN_THREAD=1 $(BIN)/pytest -n 2 tests/plugin

# Damaged files of every kind against every reader, in child processes with limits; FUZZED of each kind.
fuzz: install
	$(BIN)/python -m tests.fuzz --count $(FUZZED)

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/npe2 validate napari-simpleclick

docs: install
	$(BIN)/mkdocs build --strict

screenshots: install
	$(SCREEN) $(BIN)/python scripts/make_screenshots.py

clean:
	rm -rf $(VENV) demo_output dist build
