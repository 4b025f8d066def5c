#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Which lines of the module do the tests run? Runs them on a kernel that counts (scripts/vm --kernel uml-gcov), adds up, and
# prints lines and branches by file and what never ran, with the reason where one is known (reasons.conf).
#
#   selftests/coverage/run.sh [SUITE...]     net wire sim fuzz (all of them)
#
# Exit status 0: at least XTCP_COVERAGE_LEAST percent of the lines ran (85). What a test finds wrong is another's matter:
# its status is shown, and counts here only if the guest died.

# Suites are functions called by name.
# shellcheck disable=SC2317

set -uo pipefail

# shellcheck source=scripts/vm.d/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/vm.d/common.sh"

cd "$TOP" || exit 1
OUT=$BUILD/coverage
OBJECTS=$BUILD/uml-gcov/xtcp
LEAST=${XTCP_COVERAGE_LEAST:-85}

# guest NAME TIMEOUT COMMAND: runs it, and brings its counts to build/coverage/NAME.
guest() {
	local name=$1 timeout=$2 status
	rm -rf "${OUT:?}/$name"
	mkdir -p "$OUT/$name"
	scripts/vm --kernel uml-gcov --timeout "$timeout" -- bash -c "$3
		status=\$?
		cd /sys/kernel/debug/gcov$OBJECTS && find . -name '*.gcda' | cpio --quiet -pdm '$OUT/$name' || exit 99
		exit \$status" >"$OUT/$name.log" 2>&1
	status=$?
	say "$name: status $status, $(find "$OUT/$name" -name '*.gcda' | wc -l) files of counts (log: $OUT/$name.log)"
	case $status in
	99 | 123 | 124 | 125) return 1 ;;
	esac
}

suite_net() { guest net 3000 "make -C selftests run_tests"; }
suite_wire() { guest wire 2400 "selftests/wire/run.py"; }
suite_sim() { make -s -C selftests/sim && guest sim 2400 "build/selftests/sim/sim --seeds 1-${SEEDS:-300}"; }
suite_fuzz() {
	guest fuzz 2400 "export XTCP_FUZZ_SEGMENTS=40000 XTCP_FUZZ_CALLS=40000 XTCP_FAULTS=600 XTCP_SEED=3
		build/selftests/net/segfuzz; build/selftests/net/callfuzz; build/selftests/net/nomem"
}

need_program gcov check
SUITES=("$@")
[ $# -gt 0 ] || SUITES=(net wire sim fuzz)
make --no-print-directory -s -C selftests all && make --no-print-directory -s -C tools all || exit 1
mkdir -p "$OUT"
FAILED=0
for suite in "${SUITES[@]}"; do
	"suite_$suite" || FAILED=1
done

# All runs there are, also those of earlier calls with the same module.
SUM=$OUT/sum
rm -rf "$SUM"
for dir in "$OUT"/*/; do
	dir=${dir%/}
	[ -n "$(find "$dir" -name '*.gcda' -print -quit)" ] || continue
	if [ ! -e "$SUM" ]; then
		cp -r "$dir" "$SUM"
	else
		gcov-tool merge "$SUM" "$dir" -o "$SUM.new" >/dev/null 2>"$OUT/merge.log" ||
			die "the counts of $dir do not fit: another module? (rm -r $OUT)"
		rm -rf "$SUM"
		mv "$SUM.new" "$SUM"
	fi
done
[ -e "$SUM" ] || die "no counts"
(cd "$OBJECTS" && find . -name '*.gcno' | cpio --quiet -pdm "$SUM")
selftests/coverage/report.py "$SUM" "$OBJECTS" selftests/coverage/reasons.conf "$LEAST" || FAILED=1
exit "$FAILED"
