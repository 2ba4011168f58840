# Every target sets up what it needs. `make` alone lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
PREFIX ?= /usr/local
SWIFT ?= swift
BUILD := $(CURDIR)/.build
TOOLS := $(CURDIR)/.build-tools
# With one folder for all, GRDB and the packages below are built once.
# With optimisation it takes a tenth of the time.
HOUSE = $(SWIFT) run -c release --package-path Tools/house --scratch-path $(CURDIR)/.build-house house
ALONE := $(CURDIR)/.build-alone

SEEDS ?= 300
# The first of them.
FROM ?= 1
# So many times the seeds of the property tests.
ROUNDS ?= 30

# SECONDS is the shell's own; only one that was given counts.
FUZZ_SECONDS := $(if $(filter command line,$(origin SECONDS)),$(SECONDS),60)

.PHONY: long vectors bench-crdt bench-peers fresh format house tighten fuzz corpus sanitize bench sim sim-planted help setup build test demo tour integration check manifests standalone conformance bench-build url-consumer install clean tools

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sort | awk -F':.*## ' '{printf "  %-14s %s\n", $$1, $$2}'

setup: ## install the native libraries that are missing (apt)
	@Tools/setup.sh

build: setup ## build every package
	$(SWIFT) build --scratch-path $(BUILD)

test: setup ## run the tests of every package and of the tools (PACKAGE=Objects for one)
ifdef PACKAGE
	$(SWIFT) test --scratch-path $(BUILD) --filter '^(Dunlin)?$(PACKAGE)(SQLite|UV)?Tests[.]'
else
	$(SWIFT) test --scratch-path $(BUILD)
	$(SWIFT) test --package-path Tools --scratch-path $(TOOLS)
	python3 -B -m unittest discover -s Tools -p '*_test.py'
	python3 -B -m unittest discover -s Tests-Integration/Reader -p '*_test.py'
endif

tools: setup
	$(SWIFT) build --package-path Tools --scratch-path $(TOOLS) --product dunlin
	$(SWIFT) build --package-path Tools --scratch-path $(TOOLS) --product dunlin-demo

demo: tools ## two people share a space over real sockets (TRACE=file replays a recorded session)
	@bin=$$($(SWIFT) build --package-path Tools --scratch-path $(TOOLS) --show-bin-path); \
	$$bin/dunlin-demo --dunlin $$bin/dunlin $(if $(TRACE),--trace $(TRACE))

tour: tools ## paste the README's tour into a shell
	@DUNLIN_BIN=$$($(SWIFT) build --package-path Tools --scratch-path $(TOOLS) --show-bin-path) Tests-Integration/Scenarios/tour.sh

integration: tools ## real processes: crashes, full disks, floods, copies, the tour (disk.sh needs root)
	@Tools/setup.sh readers
	DUNLIN_BIN=$$($(SWIFT) build --package-path Tools --scratch-path $(TOOLS) --show-bin-path) \
	$(SWIFT) test --package-path Tests-Integration --scratch-path $(CURDIR)/.build-integration

sim: setup ## simulate whole peers with faults: SEEDS=300, FROM=1
	$(SWIFT) build -c release --package-path Tools --scratch-path $(TOOLS) --product dunlin-sim
	@sim=$$($(SWIFT) build -c release --package-path Tools --scratch-path $(TOOLS) --show-bin-path)/dunlin-sim; \
	$$sim --seeds $(SEEDS) --from $(FROM); \
	first=$$($$sim --seeds 20 --jobs 1 --json | grep trace); \
	second=$$(SWIFT_DETERMINISTIC_HASHING=1 $$sim --seeds 20 --jobs 1 --json | grep trace); \
	[ "$$first" = "$$second" ] || { echo "the same seeds gave other runs in another process"; exit 1; }; \
	echo "20 seeds gave the same runs in two processes"

sim-planted: setup ## plant known bugs and demand that the simulation finds them
	Tools/sim-planted.sh

manifests: ## write manifests and the map of packages from Tools/packages.json
	$(SWIFT) run --package-path Tools/manifests --scratch-path $(CURDIR)/.build-manifests manifests .

check: ## hold the rules of the house
	$(SWIFT) run --package-path Tools/manifests --scratch-path $(CURDIR)/.build-manifests manifests --check .
	$(HOUSE) check .
	$(HOUSE) self-test
	@for patch in Packages/Simulation/Planted/*.patch; do git apply --check $$patch \
	|| { echo "$$patch does not fit any more: plant its bug anew."; exit 1; }; done
	@git ls-files -co --exclude-standard '*.swift' | grep -v '^Packages/[A-Za-z0-9]*/Package.swift$$\|^Package.swift$$' \
	| xargs $(SWIFT) format lint --strict -p --configuration .swift-format || { echo "Run make format."; exit 1; }

format: ## bring the sources into their form
	@git ls-files -co --exclude-standard '*.swift' | grep -v '^Packages/[A-Za-z0-9]*/Package.swift$$\|^Package.swift$$' \
	| xargs $(SWIFT) format -i -p --configuration .swift-format

fresh: ## the README's two commands in a bare Debian (root; BIND=folders, GITCONFIG=file)
	Tools/fresh.sh

house: ## print the table of rules for CONTRIBUTING.md
	@$(HOUSE) table

tighten: ## lower the ratchet (Tools/house/ratchet.json) to what is left
	$(HOUSE) tighten .

standalone: setup ## build and test each package alone (TESTS=0 runs no tests: they are those of make test)
	@mkdir -p $(ALONE); for package in Packages/*/; do echo "== $$package"; \
	$(SWIFT) $(if $(filter 0,$(TESTS)),build --build-tests,test) --package-path $$package --scratch-path $(ALONE) >$(ALONE)/test.log 2>&1 \
	|| { grep -v ' started\.$$' $(ALONE)/test.log | tail -200; exit 1; }; tail -3 $(ALONE)/test.log; done

conformance: setup ## run the published vectors of a folder: CONFORMANCE=folder
	@test -n "$(CONFORMANCE)" || { echo "Say where the vectors are: make conformance CONFORMANCE=folder"; exit 1; }
	$(SWIFT) build --package-path Tools --scratch-path $(TOOLS) --product dunlin-conformance
	@runner=$$($(SWIFT) build --package-path Tools --scratch-path $(TOOLS) --show-bin-path)/dunlin-conformance; \
	$$runner $(CONFORMANCE) && Tools/conformance-flip.sh $$runner $(CONFORMANCE)

vectors: setup ## compare Docs/Spec/Vectors.json with what the code makes (WRITE=1 writes it), and read it in Python
	$(SWIFT) build --package-path Tools --scratch-path $(TOOLS) --product dunlin-conformance
	@runner=$$($(SWIFT) build --package-path Tools --scratch-path $(TOOLS) --show-bin-path)/dunlin-conformance; \
	$(if $(WRITE),$$runner --own >Docs/Spec/Vectors.json,$$runner --own | diff - Docs/Spec/Vectors.json \
	|| { echo "A format has changed: say so in Docs/Spec and Docs/Decisions.md, then make vectors WRITE=1"; exit 1; })
	@for python in python3 /usr/bin/python3; do $$python -c 'import nacl' 2>/dev/null && break; done; \
	$$python Tests-Integration/Reader/check_vectors.py Docs/Spec/Vectors.json

long: setup ## run the property tests ROUNDS=30 times as long, in release: millions of operations, 100,000 graphs of credentials
	@for package in Credentials Sequences MapCRDT ListCRDT TextCRDT Objects; do \
	echo "== $$package"; rounds=$(ROUNDS); \
	[ $$package != Credentials ] || rounds=$$((rounds * 30)); \
	ROUNDS=$$rounds $(SWIFT) test -c release --package-path Packages/$$package \
	--scratch-path $(CURDIR)/.build-long/$$package || exit 1; done

bench-build: setup ## build dunlin-bench for speed; its path is the last line
	$(SWIFT) build -c release --package-path Tools --scratch-path $(TOOLS) --product dunlin-bench
	@echo $$($(SWIFT) build -c release --package-path Tools --scratch-path $(TOOLS) --show-bin-path)/dunlin-bench

fuzz: setup ## fuzz every decoder and state machine: SECONDS=600 each, TARGET=name for one
	Tools/fuzz.sh $(FUZZ_SECONDS) $(TARGET)

corpus: setup ## run every kept input of the fuzzers once
	$(SWIFT) build --package-path Tools/fuzz --scratch-path $(CURDIR)/.build-corpus --product dunlin-fuzz-replay
	@$$($(SWIFT) build --package-path Tools/fuzz --scratch-path $(CURDIR)/.build-corpus --show-bin-path)/dunlin-fuzz-replay \
	replay Tools/fuzz/Corpus

sanitize: setup ## run the tests under the address and the thread sanitizer
	LSAN_OPTIONS=suppressions=$(CURDIR)/Tools/leak-sanitizer.txt \
	$(SWIFT) test --sanitize=address --scratch-path $(CURDIR)/.build-address
	TSAN_OPTIONS=suppressions=$(CURDIR)/Tools/thread-sanitizer.txt \
	$(SWIFT) test --sanitize=thread --scratch-path $(CURDIR)/.build-thread

BENCH_OBJECTS ?= 100000

bench: setup ## measure (release): JSON lines in .build-tools/bench.jsonl, and a table
	$(SWIFT) build -c release --package-path Tools --scratch-path $(TOOLS) --product dunlin
	$(SWIFT) build -c release --package-path Tools --scratch-path $(TOOLS) --product dunlin-bench
	@bin=$$($(SWIFT) build -c release --package-path Tools --scratch-path $(TOOLS) --show-bin-path); \
	for what in start feeds transfer typing "space --objects $(BENCH_OBJECTS) --growth 12"; do $$bin/dunlin-bench $$what; done \
	| tee $(TOOLS)/bench.jsonl; $$bin/dunlin-bench table $(TOOLS)/bench.jsonl

# The recorded sessions, each a file name.json.gz.
CRDT_TRACES = $(or $(TRACES),$(wildcard $(CURDIR)/../shared/traces))

bench-crdt: setup ## measure text, map, list, objects and hostile shapes (TRACES=folder of recorded sessions)
	$(SWIFT) build -c release --package-path Tools --scratch-path $(TOOLS) --product dunlin-bench
	@[ -n "$(CRDT_TRACES)" ] || echo "Without TRACES=folder no text is measured." >&2
	@bench=$$($(SWIFT) build -c release --package-path Tools --scratch-path $(TOOLS) --show-bin-path)/dunlin-bench; \
	for what in $(if $(CRDT_TRACES),"text $(CRDT_TRACES)/*.json.gz") map list objects object-text shapes; do $$bench $$what; done \
	| tee $(TOOLS)/bench-crdt.jsonl; $$bench table $(TOOLS)/bench-crdt.jsonl

bench-peers: setup ## measure beside Loro and Yrs (5 min): BENCH=their scripts, OUT=file, PEER_ROUNDS=3, SLOW=1 for all of Yrs
	@test -n "$(BENCH)" || { echo "Say where the peers' scripts are: make bench-peers BENCH=folder"; exit 1; }
	$(SWIFT) build -c release --package-path Tools --scratch-path $(TOOLS) --product dunlin-bench
	@bench=$$($(SWIFT) build -c release --package-path Tools --scratch-path $(TOOLS) --show-bin-path)/dunlin-bench; \
	Tools/bench_peers.py --peers $(BENCH) --dunlin-bench $$bench --venv $(CURDIR)/.build-peers \
	$(if $(TRACES),--traces $(TRACES)) $(if $(OUT),--out $(OUT)) $(if $(SLOW),--slow) $(if $(PEER_ROUNDS),--rounds $(PEER_ROUNDS))

url-consumer: setup ## a package outside uses this one by URL and version
	Tests-Integration/Scenarios/url-consumer.sh

install: setup ## install the dunlin command (PREFIX=/usr/local)
	$(SWIFT) build -c release --package-path Tools --scratch-path $(TOOLS) --product dunlin
	install -d $(DESTDIR)$(PREFIX)/bin
	install -m 755 $$($(SWIFT) build -c release --package-path Tools --scratch-path $(TOOLS) --show-bin-path)/dunlin $(DESTDIR)$(PREFIX)/bin/dunlin

clean: ## remove what was built
	rm -rf .build .build-integration .build-tools .build-alone .build-manifests .build-planted .build-house .build-fuzz \
	.build-corpus .build-address .build-thread .build-peers Tools/.build Packages/*/.build
