# make book · make pdf · make test · make lint · make data · make hosts · make records · make rerun · make execute · make links · make lab · make clean
# Each makes .venv from pyproject.toml when it is missing or older.

SUPPORTED := import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do $$p -c '$(SUPPORTED)' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
READY := .venv/.ready

.PHONY: book pdf test lint data hosts links records rerun execute lab clean

book: $(READY)
	$(BIN)/python -m bookbuild prepare
	@# --all: a page that lists what others cite would go stale otherwise
	$(BIN)/jupyter-book build --all --quiet --warningiserror --nitpick --keep-going .
	test -s _build/html/index.html

# The variable tells the pages to offer the file.
pdf: export CNNBOOK_PDF := convolutional-neural-networks.pdf
pdf: book
	$(BIN)/python -m bookbuild print

# Two workers take a file each, so a chapter's cells stay together; conftest.py begins with the longest.
test: export CNNBOOK_TRAINED := $(CURDIR)/_build/trained.jsonl
test: lint book
	rm -rf _build/failures "$$CNNBOOK_TRAINED"
	CNNBOOK_TRAIN=1 $(BIN)/python -m pytest --numprocesses=2 --dist=loadfile --no-loadscope-reorder --durations=10
	@# what was trained in these tests, and whether it was the right training
	$(BIN)/python -m tests.trained

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

data: $(READY)
	$(BIN)/python -c "from cnnbook.data import load_cifar10; print(load_cifar10())"

hosts: $(READY)
	$(BIN)/python -m bookbuild hosts

links: book
	$(BIN)/jupyter-book build --builder linkcheck .

records: $(READY)
	$(BIN)/python -m cnnbook.training.recording
	$(BIN)/python -m cnnbook.training.digits

# One recorded run, chosen by the date, is trained again and compared.
rerun: $(READY)
	$(BIN)/python -m cnnbook.training.rerun

execute: $(READY)
	$(BIN)/python -m bookbuild execute

lab: .venv/.lab
	$(BIN)/jupyter lab chapters

clean:
	rm -rf _build

$(READY): pyproject.toml
	@test -n "$(PYTHON)" || { echo "make needs Python 3.11, 3.12 or 3.13; name one with make PYTHON=/path/to/python3"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[keras,book,test]'
	touch $@

.venv/.lab: $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[lab]'
	touch $@
