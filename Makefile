# Everyday commands. CMake does the building (CMakeLists.txt, CMakePresets.json); this file names what people do.
SHELL     := /bin/bash
SCENARIOS ?= 10000
PROGRAMME ?= programmes/stargate-2025.yaml
STAGES    ?=
NAME      ?=

.DEFAULT_GOAL := build
.PHONY: build demo check validate bench golden format clean help

build: ## build build/stargate (installs what is missing)
	@scripts/setup.sh build
	@cmake --preset release --log-level=NOTICE >/dev/null
	@cmake --build build --target stargate

demo: build ## simulate the Stargate programme: SCENARIOS=10000 PROGRAMME=programmes/stargate-2025.yaml
	build/stargate run $(PROGRAMME) --scenarios $(SCENARIOS)

check: ## every test there is; closes with "N passed, N failed" (STAGES=regex runs a part)
	@scripts/check.sh $(STAGES)

validate: build ## hold the domains against published cases and reference models
	@status=0; for d in build capital training multisite operations power; do build/stargate validate $$d || status=$$?; echo; done; exit $$status

bench: ## build and run bench/*.c, one after the other
	@scripts/setup.sh build
	@cmake --preset release --log-level=NOTICE >/dev/null
	@cmake --build build --target benches
	@set -e; for c in $(wildcard bench/*.c); do b=$${c#bench/}; echo "== $${b%.c}"; "build/bench/$${b%.c}"; done

golden: build ## write golden files and the error gallery anew (NAME=regex: only those); review with git diff
	@scripts/setup.sh check
	@python3 scripts/golden.py --write --build build '$(NAME)'

format: ## clang-format all C sources
	@scripts/setup.sh format
	@find src include tests fuzz bench -name '*.[ch]' -print0 | xargs -0 -r clang-format -i

clean: ## remove everything that was built
	rm -rf build

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | while IFS=$$'\t' read -r a b; do printf '  make %-9s %s\n' "$$a" "$$b"; done
