#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# XTCP's segments before tshark's expert analysis (judge.py): nothing malformed, nothing beyond the peer's window, nothing
# acknowledged that was not sent. TAP. Run on the host:
#
#	selftests/expert/run.sh sim [SEEDS [KERNEL]]	seeds 1 ... SEEDS (40) of the simulator, one end the kernel's TCP
#	selftests/expert/run.sh net [PROGRAM...]	kselftest programs, both ends as the case wants; all without an argument
#
# Captures stay in build/expert. KERNEL is uml-plain; for net, by the environment: KERNEL=uml.

set -euo pipefail

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
EXPERT=selftests/expert
OUT=build/expert/${1:-}

capture_sim() {
	local seeds=$1 kernel=$2
	make -s -C selftests/sim
	# The guest's shell expands it.
	# shellcheck disable=SC2016
	scripts/vm --kernel "$kernel" --timeout 900 -- sh -c '
		for seed in $(seq 1 "$1"); do
			pair=xk
			[ $((seed % 2)) -eq 0 ] || pair=kx
			build/selftests/sim/sim --seed "$seed" --pair "$pair" --pcap "$2/$seed-$pair.pcap" >/dev/null
		done' sh "$seeds" "$OUT" 2>"$OUT/log"
}

# Which interface of a simulator's capture is XTCP's. What was sent only: a packet is there again where it arrives.
judge_sim() {
	local side=0 sent=$1.sent status=0
	[[ $1 == *-kx.pcap ]] || side=1
	tshark -r "$1" -Y 'frame.packet_flags_direction == 2' -w "$sent" 2>/dev/null
	"$EXPERT/judge.py" "$sent" "$side" || status=1
	rm -f "$sent"
	return "$status"
}

capture_net() {
	make -s -C tools all && make -s -C selftests all
	scripts/vm --kernel "${KERNEL:-uml-plain}" --timeout 1500 -- "$EXPERT/capture.py" "$OUT" \
		make -s -C selftests ${1:+ONLY="$*"} run_tests >"$OUT/log" 2>&1
}

judge_net() { "$EXPERT/judge.py" "$1" outbound; }

judge_all() {
	local how=$1 number=0 bad=0 found name result
	local -a files=("$OUT"/*.pcap*)
	echo "TAP version 13"
	echo "1..$((${#files[@]} + 1))"
	for file in "${files[@]}"; do
		number=$((number + 1))
		name=$(basename "$file")
		result=ok
		found=$("judge_$how" "$file") || {
			result='not ok'
			bad=$((bad + 1))
		}
		echo "$result $number - ${name%.pcap*}, $(tail -n 1 <<<"$found")"
		[ "$result" = ok ] || head -n 10 <<<"$found" | sed 's/^/# /'
	done
	# What was captured must be the whole run, and a good one.
	result=ok
	[ "$CAPTURED" -eq 0 ] || {
		result='not ok'
		bad=$((bad + 1))
		tail -n 20 "$OUT/log" | sed 's/^/# /'
	}
	echo "$result $((number + 1)) - the runs that were captured"
	[ "$bad" -eq 0 ]
}

cd "$TOP"
command -v tshark >/dev/null || {
	printf 'TAP version 13\n1..1\nnot ok 1 - tshark is not installed\n'
	exit 1
}
HOW=${1:-}
case $HOW in
sim | net) shift ;;
*)
	sed -n '4,11s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
	exit 2
	;;
esac
rm -rf "$OUT"
mkdir -p "$OUT"
CAPTURED=0
case $HOW in
sim) capture_sim "${1:-40}" "${2:-uml-plain}" || CAPTURED=$? ;;
net) capture_net "$@" || CAPTURED=$? ;;
esac
judge_all "$HOW"
