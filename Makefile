# SPDX-License-Identifier: GPL-2.0
# The ways into this tree; `make help` lists them. kbuild reads Kbuild, not this file.

TOP := $(patsubst %/,%,$(dir $(abspath $(lastword $(MAKEFILE_LIST)))))
RELEASE ?= $(shell uname -r)
PREFIX ?= /usr/local
SEEDS ?= 1000
# Both are also the user's words on the command line: make vm KERNEL=uml CMD='...'
CMD ?= make -C selftests run_tests
# CC is make's compiler, unless the user says which congestion controls: make cong CC=xtcp,cubic
CC_LIST := $(if $(filter command,$(origin CC)),$(if $(filter cong,$(MAKECMDGOALS)),$(CC)))

.PHONY: help
help:
	@echo 'make demo                  two hosts in a virtual machine talk over XTCP: the first thing to try'
	@echo 'make check                 every test; ends with "N passed, N failed"  (KERNEL=uml: only that bed)'
	@echo
	@echo 'make setup                 install what all of it needs (Debian 12, root)'
	@echo 'make all                   the module (build/*/xtcp/xtcp.ko) and the tools (build/tools)'
	@echo 'make install, uninstall    the module for this machine'\''s kernel, and the tools (PREFIX=$(PREFIX))'
	@echo 'make install-dkms          the same, built again for each new kernel (uninstall-dkms)'
	@echo 'make sign                  sign the installed module with this machine'\''s key, for Secure Boot (KEY=, CERT=)'
	@echo 'make deb                   Debian packages xtcp-dkms and xtcp-tools, in build/deb'
	@echo 'make htmldocs              the pages of Documentation, in build/htmldocs'
	@echo
	@echo 'make check-kernels         the kselftests on Linux 6.1, 6.12 and 7.2, User-Mode Linux and stock image of each'
	@echo 'make check-apps            programs of the distribution on both stacks, all of them (KERNEL=uml: those it can run)'
	@echo 'make check-packages        packages in a clean system: install, boot, upgrade, remove (DEBIAN=13: that)'
	@echo 'make unit                  unit and property tests of module/core on the host'
	@echo 'make fuzz SECONDS=60       fuzzers of module/core on the host, that long each (RUNS=1000000: that often); counts'
	@echo 'make vm KERNEL=uml         the kselftests in a guest: uml, uml-plain, debian (CMD=...: another command)'
	@echo 'make sim SEEDS=$(SEEDS)         the network simulator (KERNEL=uml or uml-plain)'
	@echo 'make wire WIRE=cookies     segment by segment, beside the kernel'\''s TCP (KERNEL=uml-plain; WIRE: part of a name)'
	@echo 'make nlfuzz MESSAGES=1000000   that many wrong and mutated messages to the netlink family (SEED=2: others)'
	@echo 'make soak                  mixed load, faults, floods and fuzzers, SOAK_S seconds (1800; SOAK_KERNEL=debug: two CPUs)'
	@echo 'make segfuzz SEGMENTS=1000000   that many wrong and mutated segments into live connections (SEED=2: others)'
	@echo 'make check-debug           the kselftests on two CPUs with KASAN and lockdep, and with KCSAN (KERNEL=uml-smp'
	@echo '                           ONLY="close reset": that bed, those programs)'
	@echo 'make coverage              which lines of the module the tests run'
	@echo 'make completion MIB=100    transfers over bad links, beside the kernel'\''s TCP (KERNEL=uml-plain)'
	@echo 'make cong                  congestion control beside others (CC=xtcp,cubic SCN=S1,S7a SEEDS=1-3 FAMILY=xtcp)'
	@echo 'make bench                 throughput, latency and memory beside the kernel'\''s TCP (ROW="bulk1 rr1" ROUNDS=3'
	@echo '                           COMPARE="v1 work": two commits; PROFILE=rr1: where the instructions go)'
	@echo 'make lint                  W=1, sparse, checkpatch, cppcheck, shellcheck, file lengths'
	@echo 'make clean                 remove build/'
	@echo
	@echo 'scripts/vm --help says how to run anything in a guest; Documentation/testing.rst which test to write.'

.PHONY: setup
setup:
	@scripts/setup

# --- Building

.PHONY: all module tools
all: module tools

module:
	@scripts/module

tools:
	@$(MAKE) --no-print-directory -C tools all

# For the kernel RELEASE of this machine; needs its headers. install-dkms: for each kernel, by dkms(8).
.PHONY: install uninstall install-dkms uninstall-dkms sign deb
install install-dkms: tools
	@$(MAKE) --no-print-directory -C packaging $@ PREFIX=$(PREFIX) RELEASE=$(RELEASE)
	@$(MAKE) --no-print-directory -C tools install PREFIX=$(PREFIX)
	@echo 'installed; "xtcp doctor" says whether it will work, "modprobe xtcp" loads the module'

uninstall uninstall-dkms:
	@$(MAKE) --no-print-directory -C packaging $@ PREFIX=$(PREFIX) RELEASE=$(RELEASE)
	@$(MAKE) --no-print-directory -C tools uninstall PREFIX=$(PREFIX)

# With this machine's key (KEY=, CERT=: another), for Secure Boot.
sign:
	@scripts/sign --release $(RELEASE) $(if $(KEY),--key $(KEY)) $(if $(CERT),--cert $(CERT)) $(KO)

deb:
	@scripts/setup deb
	@scripts/deb $(if $(VERSION),--version $(VERSION))

# --- Testing

.PHONY: demo
demo:
	@scripts/setup demo
	@$(MAKE) --no-print-directory tools
	@scripts/vm --kernel debian -- selftests/demo/run.sh

.PHONY: check
check:
	@scripts/setup check $(filter arm64,$(KERNEL))
	@KERNEL=$(KERNEL) SEEDS=$(SEEDS) scripts/check

# The kselftests on three kernels, User-Mode Linux and stock image of each; some of them by clang, and a smoke on arm64.
.PHONY: check-kernels
check-kernels:
	@scripts/setup check arm64
	@scripts/check kselftest-uml kselftest-debian kselftest-uml-6.12 kselftest-debian-6.12 \
		kselftest-uml-7.2 kselftest-debian-7.2 clang arm64

.PHONY: check-apps
check-apps:
	@scripts/setup apps
	@$(MAKE) --no-print-directory tools
	@scripts/vm --kernel $(or $(KERNEL),debian) --timeout 3600 -- selftests/apps/run.sh

.PHONY: unit
unit:
	@$(MAKE) --no-print-directory -C selftests/unit run

# Needs clang-14.
.PHONY: fuzz
fuzz:
	@$(MAKE) --no-print-directory -C selftests/fuzz fuzz $(if $(SECONDS),SECONDS=$(SECONDS)) $(if $(RUNS),RUNS=$(RUNS))

.PHONY: vm
vm: tools
	@$(MAKE) --no-print-directory -C selftests all
	@scripts/vm --kernel $(or $(KERNEL),debian) --timeout 1800 -- $(CMD)

.PHONY: sim
sim:
	@$(MAKE) --no-print-directory -C selftests/sim
	@selftests/sim/run.sh $(SEEDS) $(or $(KERNEL),uml)

.PHONY: wire
wire:
	@scripts/vm --kernel $(or $(KERNEL),uml-plain) --timeout 900 -- selftests/wire/run.py $(WIRE)

# For each of IPv4 and IPv6 half of them.
MESSAGES ?= 1000000
.PHONY: nlfuzz
nlfuzz:
	@$(MAKE) --no-print-directory -C selftests all
	@XTCP_FUZZ_MESSAGES=$$(($(MESSAGES) / 2)) XTCP_SEED=$(or $(SEED),1) \
		scripts/vm --kernel $(or $(KERNEL),uml) --timeout 7200 -- build/selftests/net/nlfuzz

# In parts, each a guest: interrupted, it goes on where it was.
SEGMENTS ?= 1000000
.PHONY: segfuzz
segfuzz:
	@selftests/soak/segfuzz.sh $(SEGMENTS) $(or $(SEED),1)

.PHONY: soak
soak:
	@scripts/setup check
	@selftests/soak/run.sh

# Two CPUs: what a kernel with one cannot show. The kernels take long to build, once; the emulated two are slow. Program by
# program: interrupted, it goes on where it was.
.PHONY: check-debug
check-debug:
	@scripts/setup check
	@selftests/smp/run.sh $(addprefix --kernel ,$(KERNEL)) $(ONLY)

.PHONY: coverage
coverage:
	@scripts/setup check
	@selftests/coverage/run.sh

.PHONY: completion
completion:
	@$(MAKE) --no-print-directory -C selftests/sim
	@scripts/vm --kernel $(or $(KERNEL),uml-plain) --timeout 3600 -- selftests/sim/completion.sh $(or $(MIB),100)
# SEEDS means the simulator's unless somebody said it.
.PHONY: cong
cong:
	@$(MAKE) --no-print-directory -C selftests/cong CC=gcc
	@selftests/cong/run.py $(if $(CC_LIST),--cc $(CC_LIST)) $(if $(SCN),--scn $(SCN)) $(if $(FAMILY),--family $(FAMILY)) \
		$(if $(filter-out file,$(origin SEEDS)),--seeds $(SEEDS)) $(if $(CROSS),--cross) $(if $(SWEEP),--sweep $(if $(filter-out 1,$(SWEEP)),$(SWEEP))) $(if $(SWEEP_SEED),--sweep-seed $(SWEEP_SEED))

.PHONY: bench
bench: tools
	@$(MAKE) --no-print-directory -C selftests all
	@selftests/bench/bench.py $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(PROFILE),--profile $(PROFILE)) \
		$(if $(COMPARE),--compare $(COMPARE)) $(ROW)

# Installs into a clean system, boots it, upgrades, removes. The short part is the stage "packages" of make check.
.PHONY: check-packages
check-packages:
	@scripts/setup demo packages
	@selftests/packages/run.sh $(DEBIAN)

# A warning is an error.
.PHONY: htmldocs
htmldocs:
	@scripts/setup packages
	@sphinx-build -q -W --keep-going -b html Documentation build/htmldocs
	@echo build/htmldocs/index.html

.PHONY: lint
lint:
	@scripts/setup lint
	@scripts/lint

.PHONY: clean
clean:
	rm -rf $(TOP)/build
	@[ ! -e selftests/unit/Makefile ] || $(MAKE) --no-print-directory -C selftests/unit clean
