#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Mixed load and faults for a long time, other seeds each round: the simulator, segments, calls, messages, failed
# allocations, faults under load, floods. Prints what was done, in numbers.
#
#   SOAK_S=1800 SOAK_KERNEL=uml SOAK_SEED=1 selftests/soak/run.sh        (make soak)
#
# A round is a guest of its own (round.sh), whose kernel is judged by scripts/vm: KASAN, lockdep, kmemleak after the module
# was unloaded. Within it the slabs must be as full at the end as at the beginning. The first failure ends the soak; its
# seed is printed, and `SOAK_SEED=N SOAK_S=1` repeats that round. SOAK_KERNEL=debug: two CPUs, slow.

set -uo pipefail

# shellcheck source=scripts/vm.d/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/vm.d/common.sh"

cd "$TOP" || exit 1
SOAK_S=${SOAK_S:-1800}
KERNEL=${SOAK_KERNEL:-uml}
SEED=${SOAK_SEED:-1}
SCALE=${SOAK_SCALE:-1}
LOG=$BUILD/soak.log

make --no-print-directory -s -C selftests all && make --no-print-directory -s -C selftests/sim || exit 1
: >"$LOG"
FAILED=0
ROUNDS=0
SECONDS=0
while { [ "$SECONDS" -lt "$SOAK_S" ] || [ "$ROUNDS" = 0 ]; } && [ "$FAILED" = 0 ]; do
	begin=$SECONDS
	XTCP_SOAK_SCALE=$SCALE scripts/vm --kernel "$KERNEL" --timeout 3000 -- selftests/soak/round.sh "$SEED" \
		>"$LOG.round" 2>&1 || FAILED=1
	cat "$LOG.round" >>"$LOG"
	ROUNDS=$((ROUNDS + 1))
	say "round $ROUNDS, seed $SEED: $([ "$FAILED" = 0 ] && echo passed || echo FAILED) ($((SECONDS - begin)) s)"
	[ "$FAILED" = 0 ] || tail -n 60 "$LOG.round"
	SEED=$((SEED + 1))
done

# round.sh: "soak: NAME NUMBER"
awk -v seconds="$SECONDS" -v rounds="$ROUNDS" '
	$1 == "soak:" { sum[$2] += $3; if (!seen[$2]++) order[++n] = $2 }
	END {
		printf "soak: %d rounds in %d s\n", rounds, seconds
		for (i = 1; i <= n; i++)
			printf "soak: %-12s %12d\n", order[i], sum[order[i]]
	}' "$LOG"
selftests/soak/figures.sh
printf '%d passed, %d failed\n' "$((ROUNDS - FAILED))" "$FAILED"
exit "$FAILED"
