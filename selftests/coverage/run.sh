#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Which lines of the module do the tests run? Runs them on a kernel that counts (scripts/vm --kernel uml-gcov), and the unit
# tests and corpora of module/core/ on the host; adds up, and prints lines and branches by file and what never ran, with the
# reason where one is known (reasons.conf).
#
#   selftests/coverage/run.sh                   every part that has no counts yet, then the sum
#   selftests/coverage/run.sh PART... | SUITE...   these again (a suite is the parts whose names begin so), then the sum
#   selftests/coverage/run.sh --list            names the parts
#   selftests/coverage/run.sh --sum             only adds up what is there
#
# A part is a guest of some minutes; its counts stay in build/coverage/PART until the module's source changes, so what was
# interrupted goes on where it was. Suites: unit, fuzz (both on the host), net, hostile, wire, sim.
#
# Exit status 0: every part ran, and at least XTCP_COVERAGE_LEAST percent of the lines (85). What a test finds wrong is
# another's matter: its status is shown, and counts here only if the guest died.

set -uo pipefail

# shellcheck source=scripts/vm.d/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/vm.d/common.sh"

cd "$TOP" || exit 1
OUT=$BUILD/coverage
OBJECTS=$BUILD/uml-gcov/xtcp
LEAST=${XTCP_COVERAGE_LEAST:-85}
# programs of the kselftests in a part, seeds of the simulator in a part
PROGRAMS_A_PART=6
SEEDS_A_PART=100

# --- Parts: "NAME TIMEOUT COMMAND" each, a line ------------------------------------------------------------------------

# What the Makefile of the kselftests calls its programs; those that try to break the kernel have parts of their own.
kselftests() {
	# shellcheck disable=SC2016 # make's variables
	XTCP_KERNEL=uml-gcov make -s -C selftests \
		--eval='names: ; @echo $(filter-out $(HOSTILE),$(PROGRAMS)) $(filter-out module,$(SCRIPTS))' names
}

parts() {
	local -a names
	local i seeds=${SEEDS:-300}
	echo "unit 0 unit"
	echo "fuzz 0 fuzz"
	read -ra names <<<"$(kselftests)"
	for ((i = 0; i < ${#names[@]}; i += PROGRAMS_A_PART)); do
		echo "net-${names[i]} 1800 make -C selftests run_tests ONLY='${names[*]:i:PROGRAMS_A_PART}'"
	done
	echo "net-api 1800 make -C selftests run_tests ONLY=api"
	# What unloads the module, by itself.
	echo "net-module 1800 make -C selftests run_tests ONLY=module"
	echo "hostile-segfuzz 1800 XTCP_SEED=3 XTCP_FUZZ_SEGMENTS=30000 build/selftests/net/segfuzz"
	echo "hostile-callfuzz 1800 XTCP_SEED=3 XTCP_FUZZ_CALLS=30000 build/selftests/net/callfuzz"
	echo "hostile-nomem 1800 XTCP_SEED=3 XTCP_FAULTS=1000 build/selftests/net/nomem"
	echo "hostile-faults 1800 XTCP_SEED=3 build/selftests/net/faults; XTCP_SEED=3 build/selftests/net/flood"
	echo "wire-a 1800 selftests/wire/run.py --stack xtcp challenge/ closing/ cookies/ cwnd/ delack/ ecn/ fastopen/ handshake/ icmp/ ip/"
	echo "wire-b 1800 selftests/wire/run.py --stack xtcp keepalive/ nagle/ options/ paws/ pmtu/ reset/ rto/ timewait/ urgent/ window/"
	echo "wire-recovery 1800 selftests/wire/run.py --stack xtcp recovery/"
	for ((i = 1; i <= seeds; i += SEEDS_A_PART)); do
		echo "sim-$i 1800 build/selftests/sim/sim --seeds $i-$((i + SEEDS_A_PART - 1))"
	done
}

# On the host: the core without sanitizers, whose checks are branches too, and without optimization, which joins lines.
host() {
	local target=run
	[ "$1" = unit ] || target=replay
	make --no-print-directory -C "selftests/$1" $target BUILD="../../build/coverage/$1" SANITIZE= \
		CFLAGS="-std=gnu11 -O0 -g --coverage -I../../module/core -fprofile-abs-path"
}

# In a guest. What gcov's files hold is only known once they are read, so they are not copied by their size.
guest() {
	local name=$1 timeout=$2
	scripts/vm --kernel uml-gcov --timeout "$timeout" -- bash -c "$3
		status=\$?
		cd /sys/kernel/debug/gcov$OBJECTS && find . -name '*.gcda' | while read -r file; do
			mkdir -p '$OUT/$name/'\"\${file%/*}\" && cat \"\$file\" >'$OUT/$name/'\"\$file\" || exit 99
		done || exit 99
		exit \$status"
}

run_part() {
	local name=$1 timeout=$2 status begin=$SECONDS
	rm -rf "${OUT:?}/$name"
	mkdir -p "$OUT/$name"
	if [ "$timeout" = 0 ]; then host "$3"; else guest "$@"; fi >"$OUT/$name.log" 2>&1
	status=$?
	say "$name: status $status, $(find "$OUT/$name" -name '*.gcda' | wc -l) files of counts, $((SECONDS - begin)) s (log: $OUT/$name.log)"
	case $status in
	99 | 123 | 124 | 125) return 1 ;;
	esac
	touch "$OUT/$name/.done"
}

# Whether NAME is a part, or belongs to a suite, that was asked for; without words, what has no counts yet.
wanted() {
	local name=$1 word
	shift
	[ $# -gt 0 ] || {
		[ ! -e "$OUT/$name/.done" ]
		return
	}
	for word in "$@"; do
		[[ $name != "$word" && $name != "$word"-* ]] || return 0
	done
	return 1
}

# --- Adding up -------------------------------------------------------------------------------------------------------

# The guests' counts are of the same objects and are added by gcov's own tool; the host's stay apart, report.py joins them.
add_up() {
	local sum=$OUT/sum dir
	rm -rf "$sum"
	for dir in "$OUT"/*/; do
		dir=${dir%/}
		[[ -e $dir/.done && $dir != */unit && $dir != */fuzz ]] || continue
		if [ ! -e "$sum" ]; then
			cp -r "$dir" "$sum"
		else
			gcov-tool merge "$sum" "$dir" -o "$sum.new" >/dev/null 2>"$OUT/merge.log" ||
				die "the counts of $dir do not fit: another module? (rm -r $OUT)"
			rm -rf "$sum"
			mv "$sum.new" "$sum"
		fi
	done
	[ -e "$sum" ] || die "no counts"
	(cd "$OBJECTS" && find . -name '*.gcno' | cpio --quiet -pdm "$sum")
	selftests/coverage/report.py "$OBJECTS" selftests/coverage/reasons.conf "$LEAST" "$sum" "$OUT"/unit "$OUT"/fuzz
}

need_program gcov check
need_program cpio demo
if [ "${1:-}" = --list ]; then
	parts | cut -d' ' -f1
	exit
fi
mkdir -p "$OUT"
FAILED=0
if [ "${1:-}" != --sum ]; then
	make --no-print-directory -s -C selftests all && make --no-print-directory -s -C tools all &&
		make --no-print-directory -s -C selftests/sim && scripts/vm --kernel uml-gcov --prepare || exit 1
	# Counts of another module are worth nothing.
	cmp -s "$OBJECTS.key" "$OUT/key" || {
		rm -rf "$OUT"
		mkdir -p "$OUT"
		cp "$OBJECTS.key" "$OUT/key"
	}
	while read -r name timeout command <&3; do
		! wanted "$name" "$@" || run_part "$name" "$timeout" "$command" || FAILED=1
	done 3< <(parts)
fi
add_up | tee "$OUT/report.txt" || FAILED=1
exit "$FAILED"
