#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Many segments of net/segfuzz, in whole parts: segfuzz.sh SEGMENTS [SEED]        (make segfuzz)
#
# A part is a guest of PART segments, half of them for each of IPv4 and IPv6, with a seed of its own: SEED, SEED + 1 ... Its
# output stays in build/segfuzz/SEED.log until the module's source changes, so what was interrupted goes on where it was, and
# a larger number only adds parts. SEGFUZZ_KERNEL=debug: another bed. Prints the sum; the first failure ends it.

set -uo pipefail

# shellcheck source=scripts/vm.d/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/vm.d/common.sh"

cd "$TOP" || exit 1
SEGMENTS=$1
SEED=${2:-1}
KERNEL=${SEGFUZZ_KERNEL:-uml}
PART=20000
OUT=$BUILD/segfuzz

# The sum of the numbers before "TEXT" in the parts' output.
sum() {
	cat "$OUT"/*.log 2>/dev/null | sed -nE "s/^(.*[^0-9])?([0-9]+) $1.*/\\2/p" | awk '{ n += $1 } END { print n + 0 }'
}

make --no-print-directory -s -C selftests all && scripts/vm --kernel "$KERNEL" --prepare || exit 1
cmp -s "$BUILD/$KERNEL/xtcp.key" "$OUT/key" || {
	rm -rf "$OUT"
	mkdir -p "$OUT"
	cp "$BUILD/$KERNEL/xtcp.key" "$OUT/key"
}
FAILED=0
for ((left = SEGMENTS; left > 0 && !FAILED; left -= PART)); do
	if [ ! -e "$OUT/$SEED.log" ]; then
		begin=$SECONDS
		if XTCP_SEED=$SEED XTCP_FUZZ_SEGMENTS=$((PART / 2)) \
			scripts/vm --kernel "$KERNEL" --timeout 3000 -- build/selftests/net/segfuzz >"$OUT/part" 2>&1; then
			mv "$OUT/part" "$OUT/$SEED.log"
		else
			FAILED=1
			tail -n 60 "$OUT/part"
		fi
		say "seed $SEED: $([ "$FAILED" = 0 ] && echo passed || echo FAILED) ($((SECONDS - begin)) s)"
	fi
	SEED=$((SEED + 1))
done
printf 'segfuzz: %d segments into XTCP, as many into the kernel'\''s TCP, in %d sessions\n' \
	"$(sum 'segments for each stack')" "$(sum sessions)"
exit "$FAILED"
