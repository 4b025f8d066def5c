#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The figures of reliability: what is wanted, what the last soak did, and what the last runs of the single parts did that
# take longer than a soak. Prints only, called by run.sh at its end. "-": there was no such run, or none is wanted.

set -uo pipefail

# shellcheck source=scripts/vm.d/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/vm.d/common.sh"

cd "$TOP" || exit 1
FUZZ=selftests/fuzz/.build/log

# soak NAME: its sum over the rounds of the last soak.
soak() {
	awk -v name="$1" '$1 == "soak:" && $2 == name { n += $3 } END { if (NR) print n + 0 }' "$BUILD/soak.log" 2>/dev/null
}

# executions TARGET...: how often the last run of each ran it.
executions() {
	local target
	for target in "$@"; do
		cat "$FUZZ/$target" 2>/dev/null
	done | awk '$1 == "stat::number_of_executed_units:" { n += $2 } END { if (NR) print n }'
}

row() {
	printf '%-44s %12s %12s %12s  %s\n' "$1" "${2:--}" "${3:--}" "${4:--}" "${5:-}"
}

row '' wanted soak alone
row 'seeds of the simulator' 10000 "$(soak seeds)" \
	"$(awk '$1 == "sim:" { n += $4 } END { if (n) print n }' "$BUILD/sim/sums" 2>/dev/null)" 'make sim SEEDS=10000'
row 'segments for parsers and decisions, host' 10000000 - "$(executions options accept states)" 'make fuzz'
row 'all inputs of fuzzers, host' - - "$(executions options accept states cookie attributes window recovery cong)" 'make fuzz'
row 'malformed segments for the live module' 1000000 "$(soak segments)" \
	"$(cat "$BUILD"/segfuzz/*.log 2>/dev/null | sed -nE 's/^(.*[^0-9])?([0-9]+) segments for each stack.*/\2/p' |
		awk '{ n += $1 } END { if (NR) print n }')" 'make segfuzz'
row 'system calls' - "$(soak calls)"
row 'netlink messages' - "$(soak messages)" - 'make nlfuzz'
row 'failed allocations' - "$(soak allocations)"
row 'faults under load' - "$(soak faults)"
row 'segments of floods' - "$(soak flood)"
row 'honest clients served meanwhile' - "$(soak served)"
