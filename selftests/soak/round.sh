#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A round of the soak, in a guest: round.sh SEED. Prints "soak: NAME NUMBER" for run.sh, and how full the slabs were.

set -uo pipefail

SEED=$1
SCALE=${XTCP_SOAK_SCALE:-1}
BIN=build/selftests
OUT=$(mktemp -d)
FAILED=0

# Objects in use of the slabs that are ours; freed ones may wait for a grace period.
slabs() {
	awk '/^(xtcp|XTCP)/ { print $1, $2 }' /proc/slabinfo
}

# No slab is fuller than before.
fine() {
	{ echo "$BEFORE" && slabs; } | awk '{ if (!($1 in n)) n[$1] = $2; else if ($2 > n[$1]) bad = 1 } END { exit bad }'
}

# run NAME PROGRAM ARG...: its output is shown, and kept for the counting.
run() {
	local name=$1
	shift
	if ! XTCP_SEED=$SEED "$@" >"$OUT/$name" 2>&1; then
		echo "soak-failed: $name, seed $SEED"
		FAILED=1
	fi
	cat "$OUT/$name"
}

# count NAME FILE REGULAR-EXPRESSION: the sum of its first groups.
count() {
	echo "soak: $1 $(sed -nE "s/^(.*[^0-9])?$3.*/\\2/p" "$OUT/$2" 2>/dev/null | paste -sd+ | sed 's/^$/0/' | bc)"
}

# What the first use makes and keeps must be there before.
build/selftests/net/states >/dev/null 2>&1
sleep 130
BEFORE=$(slabs)

run sim "$BIN/sim/sim" --seeds "$((SEED * 1000))-$((SEED * 1000 + 150 * SCALE - 1))"
XTCP_FUZZ_SEGMENTS=$((20000 * SCALE)) run segfuzz "$BIN/net/segfuzz"
XTCP_FUZZ_CALLS=$((10000 * SCALE)) run callfuzz "$BIN/net/callfuzz"
XTCP_FUZZ_MESSAGES=$((20000 * SCALE)) run nlfuzz "$BIN/net/nlfuzz"
XTCP_FAULTS=$((150 * SCALE)) run nomem "$BIN/net/nomem"
XTCP_FAULTS=$((40 * SCALE)) run faults "$BIN/net/faults"
XTCP_FLOOD=$((2000 * SCALE)) run flood "$BIN/net/flood"

echo "soak: seeds $((150 * SCALE))"
count segments segfuzz '([0-9]+) segments for each stack'
count calls callfuzz '([0-9]+) calls by'
count processes callfuzz 'calls by ([0-9]+) processes'
count messages nlfuzz '([0-9]+) messages'
count allocations nomem '([0-9]+) faults, '
count lives nomem '([0-9]+) lives'
count faults faults '([0-9]+) faults, [0-9]+ loads'
count flood flood '([0-9]+) segments, '
count served flood '([0-9]+) clients served'

# What the guest's clock says: in virtual time, far more than the wall's.
echo "soak: guest_s $(cut -d. -f1 /proc/uptime)"

# Orphans and TIME-WAITs end, namespaces are taken down by a worker, memory is freed after a grace period.
for ((i = 0; i < 60; i++)); do
	fine && break
	sleep 5
done
printf 'slabs at first: %s; at last: %s\n' "$(tr '\n' ' ' <<<"$BEFORE")" "$(slabs | tr '\n' ' ')"
fine || {
	echo "soak-failed: the slabs are fuller than at first"
	FAILED=1
}
exit "$FAILED"
