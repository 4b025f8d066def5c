#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The kselftest runner's run_many() for several programs at a time: run.sh KSFT_DIR JOBS TIMEOUT PROGRAM...
#
# Most cases wait for timers, so on real clocks three at a time take a third of the time. The output is that of
# run_many(), in the order of the arguments. What unloads the module or takes away all connections' memory runs alone, and
# so does what measures for how long connections wait.

BASE_DIR=$1
JOBS=$2
DEFAULT_TIMEOUT=$3
shift 3

# shellcheck source=/dev/null
. "$BASE_DIR/kselftest/runner.sh"
# shellcheck disable=SC2034 # for the runner
kselftest_default_timeout=$DEFAULT_TIMEOUT

# shellcheck disable=SC2034 # for the runner
DIR=net/xtcp
OUT=$(mktemp -d)
trap 'rm -rf "$OUT"' EXIT

# The runner counts in test_num and appends to logfile.
start() {
	# shellcheck disable=SC2034
	(test_num=$1 run_one "$DIR" "$2" "$1" >>"$OUT/$1" 2>&1) &
	PID[$1]=$!
}

PID=()
PRINTED=0

# Prints what is finished, in order; with "all", waits for the rest.
print() {
	while [ "$PRINTED" -lt "${#PID[@]}" ]; do
		local next=$((PRINTED + 1))
		[ "${1:-}" = all ] || ! kill -0 "${PID[$next]}" 2>/dev/null || return 0
		wait "${PID[$next]}"
		cat "$OUT/$next"
		PRINTED=$next
	done
}

runs_alone() {
	[[ $1 == */module.sh || $1 == */machine || $1 == */why ]]
}

echo "TAP version 13"
echo "1..$#"
number=0
for program in "$@"; do
	number=$((number + 1))
	! runs_alone "$program" || print all
	while [ "$(jobs -rp | wc -l)" -ge "$JOBS" ]; do
		wait -n
		print
	done
	if [ "$JOBS" -eq 1 ]; then
		# As it comes.
		test_num=$number run_one "$DIR" "$program" "$number"
	else
		start "$number" "$program"
		! runs_alone "$program" || print all
	fi
done
print all
