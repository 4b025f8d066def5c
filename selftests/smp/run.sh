#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The kselftests on kernels with two CPUs, program by program:                             (make check-debug)
#
#   selftests/smp/run.sh [--again] [--kernel KERNEL]... [PROGRAM...]   without: uml-smp, debug, kcsan; every program
#   selftests/smp/run.sh --list                                        the programs, in their order
#
# Each program is a guest of its own, the most racy ones first. What has passed is not run again as long as module and
# program are the same, so what was interrupted goes on where it was, and after a fix of a test only that test runs; --again
# runs it nevertheless. Output stays in build/smp/KERNEL/PROGRAM.log. Ends with "N passed, N failed"; exit status 1 if any
# failed. A kernel that cannot be had counts as one failure.

set -uo pipefail

# shellcheck source=scripts/vm.d/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/vm.d/common.sh"

cd "$TOP" || exit 1
OUT=$BUILD/smp
# Seconds of the host's clock for a guest; the emulated ones may take most of that for some programs.
BED_S=3000
MEM=4096

# What meets itself on another CPU most.
RACY=(states open close reset timewait listener listeners life netns many poll faults flood dump segfuzz callfuzz nomem
	nested)

# The programs of the kselftests, those of RACY first. netfilter not: lockdep takes nf_tables ill (selftests/Makefile).
programs() {
	local all name
	# shellcheck disable=SC2016 # make's variables
	all=" $(XTCP_KERNEL=debug make -s -C selftests \
		--eval='names: ; @echo $(PROGRAMS) api $(filter-out netfilter,$(SCRIPTS))' names) "
	for name in "${RACY[@]}" $all; do
		[[ $all != *" $name "* ]] || printf '%s\n' "$name"
	done | awk '!seen[$0]++'
}

# What a verdict is about: the module as built for KERNEL, the program, and what a script brings along.
verdict_key() {
	local kernel=$1 name=$2
	cat "$BUILD/$kernel/xtcp.key"
	find "$BUILD/selftests/net/$name" "$BUILD/selftests/api/$name" "selftests/net/$name.sh" selftests/lib/tap.sh \
		-type f -print0 2>/dev/null | xargs -0 sha256sum
}

run_program() {
	local kernel=$1 name=$2 dir=$OUT/$1 key begin=$SECONDS status
	key=$(verdict_key "$kernel" "$name" | hash_stdin)
	if [ -z "$AGAIN" ] && [ "$(cat "$dir/$name.passed" 2>/dev/null)" = "$key" ]; then
		say "$kernel: $name: passed before"
		PASSED=$((PASSED + 1))
		return
	fi
	rm -f "$dir/$name.passed"
	XTCP_SKIP_FAILS=1 scripts/vm --kernel "$kernel" --mem "$MEM" --timeout "$BED_S" -- \
		make -C selftests run_tests ONLY="$name" TIMEOUT="$BED_S" >"$dir/$name.log" 2>&1
	status=$?
	if [ "$status" = 0 ]; then
		printf '%s\n' "$key" >"$dir/$name.passed"
		PASSED=$((PASSED + 1))
		say "$kernel: $name: passed ($((SECONDS - begin)) s)"
	else
		FAILED=$((FAILED + 1))
		grep -E '^(# )*not ok |BUG: |WARNING' "$dir/$name.log" | head -n 8 >&2
		say "$kernel: $name: FAILED, status $status ($((SECONDS - begin)) s; $dir/$name.log)"
	fi
}

KERNELS=()
NAMES=()
AGAIN=
while [ $# -gt 0 ]; do
	case $1 in
	--again) AGAIN=1 ;;
	--list)
		programs
		exit
		;;
	--kernel)
		[ $# -ge 2 ] || die "--kernel needs a name"
		KERNELS+=("$2")
		shift
		;;
	-*) die "unknown option '$1'; the head of this file says what there is" ;;
	*) NAMES+=("$1") ;;
	esac
	shift
done
[ ${#KERNELS[@]} -gt 0 ] || KERNELS=(uml-smp debug kcsan)
[ ${#NAMES[@]} -gt 0 ] || mapfile -t NAMES < <(programs)

make --no-print-directory -s -C selftests all && make --no-print-directory -s -C tools all || exit 1
PASSED=0
FAILED=0
for kernel in "${KERNELS[@]}"; do
	mkdir -p "$OUT/$kernel"
	if ! scripts/vm --kernel "$kernel" --prepare; then
		FAILED=$((FAILED + 1))
		continue
	fi
	for name in "${NAMES[@]}"; do
		run_program "$kernel" "$name"
	done
done
printf '%d passed, %d failed\n' "$PASSED" "$FAILED"
[ "$FAILED" = 0 ]
