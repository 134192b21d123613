# Everyday commands. CMake does the building (CMakeLists.txt, CMakePresets.json); this file names what people do.
SHELL     := /bin/bash
SCENARIOS ?= 10000
PROGRAMME ?= programmes/stargate-2025.yaml
STAGES    ?=
NAME      ?=

.DEFAULT_GOAL := build
.PHONY: build demo check validate bench golden screenshots format clean help

build: ## build build/stargate (installs what is missing)
	@scripts/setup.sh build
	@cmake --preset release --log-level=NOTICE >/dev/null
	@cmake --build build --target stargate

demo: build ## simulate the Stargate programme, write its report: SCENARIOS=10000 PROGRAMME=programmes/stargate-2025.yaml
	@mkdir -p build/demo
	build/stargate run $(PROGRAMME) --scenarios $(SCENARIOS) --html build/demo/report.html
	@echo; echo "Open build/demo/report.html in a browser: the same in pictures."

check: ## every test there is; closes with "N passed, N failed" (STAGES=regex runs a part)
	@scripts/check.sh '$(STAGES)'

validate: build ## hold the domains against published cases and reference models; writes data/validation/scores.csv
	@mkdir -p build/validation
	@status=0; for d in build capital training multisite operations power; do build/stargate validate $$d --json build/validation/$$d.json || status=$$?; echo; done; python3 scripts/scores.py build/validation || status=$$?; exit $$status

bench: ## build and run what is in bench/, one after the other
	@scripts/setup.sh build
	@cmake --preset release --log-level=NOTICE >/dev/null
	@cmake --build build --target benches stargate
	@set -e; for c in $(wildcard bench/*.c); do b=$${c#bench/}; echo "== $${b%.c}"; "build/bench/$${b%.c}"; done
	@echo "== serve"; python3 bench/serve.py

golden: build ## write golden files and the error gallery anew (NAME=regex: only those); review with git diff
	@scripts/setup.sh check
	@python3 scripts/golden.py --write --build build '$(NAME)'

screenshots: build ## pictures of the report and the page into docs/img
	@scripts/setup.sh check
	@scripts/web.sh --tests
	@node scripts/screenshots.mjs build

format: ## clang-format all C sources
	@scripts/setup.sh format
	@find src include tests fuzz bench -name '*.[ch]' -print0 | xargs -0 -r clang-format -i

clean: ## remove everything that was built
	rm -rf build

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | while IFS=$$'\t' read -r a b; do printf '  make %-11s %s\n' "$$a" "$$b"; done
