#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# How long does a transfer take over a link of which one thing is bad? XTCP against the kernel's TCP (cubic), in one boot
# with virtual time, with the same seeds: the median of each, and their ratio, which may be 1.05 at most. TAP.
#
#	scripts/vm --kernel uml-plain --timeout 1800 -- selftests/sim/completion.sh [MIB [SEEDS [SCENARIO...]]]
#
# MIB is 10 and SEEDS 3 unless given; without names all scenarios are run (`sim --scenario list`). The table is kept in
# build/sim/completion-MIBxSEEDS.txt. XTCP_COMPLETION_LIMIT is another ratio: small amounts are a matter of luck.
#
# Virtual time repeats: selftests/sim/completion-MIBxSEEDS.golden, where there is one, is such a table of an earlier day,
# and XTCP may not take longer than GOLDEN_LIMIT times what it says. A better table is copied over it.

set -u

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
SIM=$TOP/build/selftests/sim/sim
MIB=${1:-10}
SEEDS=${2:-3}
shift $(($# < 2 ? $# : 2))
LIMIT=${XTCP_COMPLETION_LIMIT:-1.05}
OUT=$TOP/build/sim
TABLE=$OUT/completion-${MIB}x$SEEDS.txt
GOLDEN=$TOP/selftests/sim/completion-${MIB}x$SEEDS.golden
GOLDEN_LIMIT=1.15
SCENARIOS=("$@")
[ ${#SCENARIOS[@]} -gt 0 ] || mapfile -t SCENARIOS < <("$SIM" --scenario list | cut -d' ' -f1)

mkdir -p "$OUT"
: >"$TABLE"

# Milliseconds, one a line, in order.
times() {
	"$SIM" --scenario "$1" --mib "$MIB" --seeds "1-$SEEDS" --pair "$2" 2>>"$OUT/completion.log" |
		sed -n 's/^scenario .* ms //p' | sort -n
}

# Milliseconds that XTCP took when the golden table was made; 0 where there is none.
golden() {
	[ -e "$GOLDEN" ] || {
		echo 0
		return
	}
	awk -v name="$1" \
		'$1 == name { for (i = 2; i < NF; i++) if ($i == "xtcp") ms = $(i + 1) * 1000 } END { print ms + 0 }' \
		"$GOLDEN"
}

median() {
	awk '{ v[NR] = $1 } END { print NR == n ? v[int((NR + 1) / 2)] : "failed" }' n="$SEEDS"
}

echo "TAP version 13"
echo "1..${#SCENARIOS[@]}"
number=0
bad=0
for name in "${SCENARIOS[@]}"; do
	number=$((number + 1))
	kernel=$(times "$name" kk | median)
	xtcp=$(times "$name" xx | median)
	old=$(golden "$name")
	line=$(awk -v n="$name" -v k="$kernel" -v x="$xtcp" -v m="$MIB" 'BEGIN {
		if (k + 0 && x + 0)
			printf "%-16s kernel %9.3f s %7.2f Mbit/s  xtcp %9.3f s %7.2f Mbit/s  ratio %.3f", n, k / 1000,
				m * 8388.608 / k, x / 1000, m * 8388.608 / x, x / k
		else
			printf "%-16s kernel %s xtcp %s", n, k, x
	}')
	echo "$line" >>"$TABLE"
	verdict=ok
	awk -v k="$kernel" -v x="$xtcp" -v l="$LIMIT" -v old="$old" -v g="$GOLDEN_LIMIT" \
		'BEGIN { exit !(k + 0 && x + 0 && x <= k * l && (!old || x <= old * g)) }' || {
		verdict="not ok"
		bad=$((bad + 1))
	}
	echo "$verdict $number - $line$(awk -v old="$old" 'BEGIN { if (old) printf "  golden %.3f s", old / 1000 }')"
done
[ "$bad" -eq 0 ]
