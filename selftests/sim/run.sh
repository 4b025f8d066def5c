#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Runs the simulator in guests with virtual time, the seeds shared out among them, and sums up.
#
#	selftests/sim/run.sh [SEEDS] [KERNEL]		seeds 1 ... SEEDS (1000) or A-B; KERNEL uml, uml-plain, ...
#
# Environment: SIM_PAIR   which stacks (any; kk needs no module)    SIM_JOBS     guests at a time (CPUs, 2 at most)
#              SIM_ARGS   more arguments for the simulator          SIM_TIMEOUT  seconds for each guest
#
# What fails prints its seed and leaves build/sim/seed-N.pcap.

set -euo pipefail

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
SEEDS=${1:-1000}
KERNEL=${2:-uml}
PAIR=${SIM_PAIR:-any}
case $SEEDS in
*-*) FIRST=${SEEDS%-*} LAST=${SEEDS#*-} ;;
*) FIRST=1 LAST=$SEEDS ;;
esac
[[ $FIRST =~ ^[0-9]+$ && $LAST =~ ^[0-9]+$ && $FIRST -le $LAST ]] || {
	echo "run.sh: '$SEEDS' is neither a number of seeds nor a range A-B" >&2
	exit 2
}
TOTAL=$((LAST - FIRST + 1))
JOBS=${SIM_JOBS:-$(nproc)}
[ -n "${SIM_JOBS:-}" ] || [ "$JOBS" -le 2 ] || JOBS=2
[ "$JOBS" -le "$TOTAL" ] || JOBS=$TOTAL
# Some 0.2 s a seed with all debug options on an idle machine; a busy one takes its time.
TIMEOUT=${SIM_TIMEOUT:-$((120 + 2 * TOTAL / JOBS))}
OUT=$TOP/build/sim

cd "$TOP"
make -s -C selftests/sim
mkdir -p "$OUT"
MODULE=()
[ "$PAIR" != kk ] || MODULE=(--no-module)
# Built once, before several guests want it.
scripts/vm --kernel "$KERNEL" "${MODULE[@]}" --prepare

# Guest number I takes its share of the seeds.
guest() {
	local first=$((FIRST + TOTAL * $1 / JOBS)) last=$((FIRST + TOTAL * ($1 + 1) / JOBS - 1))
	# shellcheck disable=SC2086 # SIM_ARGS is several words
	scripts/vm --kernel "$KERNEL" "${MODULE[@]}" --timeout "$TIMEOUT" -- \
		build/selftests/sim/sim --seeds "$first-$last" --pair "$PAIR" ${SIM_ARGS:-} >"$OUT/guest-$1.log"
}

GUESTS=()
for ((i = 0; i < JOBS; i++)); do
	guest "$i" &
	GUESTS+=($!)
done
STATUS=0
for i in "${!GUESTS[@]}"; do
	wait "${GUESTS[i]}" || {
		code=$?
		echo "run.sh: guest $i ended with status $code" >&2
		[ "$code" -le "$STATUS" ] || STATUS=$code
	}
done

# The guests' last lines are sums of the same words in the same order. A guest that did not finish has none.
for ((i = 0; i < JOBS; i++)); do
	grep -Ev '^(sim:|ok |not ok |TAP |1\.\.)' "$OUT/guest-$i.log" || true
	tail -n 1 "$OUT/guest-$i.log" | grep '^sim: ' || STATUS=$((STATUS > 0 ? STATUS : 1))
done >"$OUT/sums"
grep -v '^sim: ' "$OUT/sums" || true
RESULT=ok
[ "$STATUS" -eq 0 ] || RESULT="not ok"
echo "TAP version 13"
echo "1..1"
echo "$RESULT 1 - sim seeds $FIRST-$LAST pair $PAIR on $KERNEL"
awk -v wanted="$TOTAL" '
	/^sim: / { for (i = 2; i <= NF; i++) if ($i ~ /^[0-9]+$/) sum[i] += $i; else word[i] = $i; n = NF }
	END {
		printf "sim:"
		for (i = 2; i <= n; i++) printf " %s", i in word ? word[i] : sum[i]
		if (sum[2] + 0 < wanted) printf "%s%d seeds did not finish", n ? "; " : " ", wanted - sum[2]
		printf "\n"
	}' "$OUT/sums"
exit "$STATUS"
