#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What does another program's eye say of XTCP's segments? Captures runs of the simulator, one end XTCP and the other the
# kernel's TCP, and has tshark's expert analysis look at them: of what XTCP sent nothing may be malformed, have a wrong
# checksum or length, or acknowledge what its peer never sent. (Text beyond the peer's window is the simulator's own
# check, link.c, on every run: tshark has none.) TAP. Run on the host:
#
#	selftests/sim/expert.sh [SEEDS] [KERNEL]		seeds 1 ... SEEDS (20); uml-plain

set -euo pipefail

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
SEEDS=${1:-20}
KERNEL=${2:-uml-plain}
OUT=$TOP/build/sim/expert

# Of XTCP's own segments these are reports of the network's or the peer's doing, and of ordinary recovery.
HARMLESS='Retransmission|Duplicate ACK|Duplicate to the ACK|Out-Of-Order|segment not captured|Previous segment|Zero window|Window is|window update|Window full|Keep-Alive|keep-alive|Connection (establish|finish|reset)|ACKed segment that|New fragment|TCP window specified|Port numbers reused|fast retransmission|spurious'

cd "$TOP"
command -v tshark >/dev/null || {
	printf 'TAP version 13\n1..1\nnot ok 1 - tshark is not installed\n'
	exit 1
}
make -s -C selftests/sim
rm -rf "$OUT"
mkdir -p "$OUT"
# The guest's shell expands it.
# shellcheck disable=SC2016
scripts/vm --kernel "$KERNEL" --timeout 900 -- sh -c '
	for seed in $(seq 1 "$1"); do
		pair=xk
		[ $((seed % 2)) -eq 0 ] || pair=kx
		build/selftests/sim/sim --seed "$seed" --pair "$pair" --pcap "build/sim/expert/$seed-$pair.pcap" >/dev/null
	done' sh "$SEEDS" 2>"$OUT/sim.log"

# The lines of tshark about segments of XTCP, as they were sent; one has the number, severity and text.
judge() {
	local file=$1 side=0
	[[ $file == *-xk.pcap ]] || side=1
	# Outbound packets only: each is in the capture a second time, where it arrives.
	tshark -r "$file" -Y 'frame.packet_flags_direction == 2' -w "$file.sent" 2>/dev/null
	tshark -r "$file.sent" -o tcp.check_checksum:TRUE -o ip.check_checksum:TRUE \
		-Y "frame.interface_id == $side && tcp && (_ws.expert || _ws.malformed)" \
		-T fields -E separator=' ' -e frame.number -e _ws.expert.severity -e _ws.expert.message 2>/dev/null |
		grep -Ev "^[0-9]+ [0-9,]+ ($HARMLESS)" || true
	# An ACK of what was not sent; the analysis knows, since nothing is missing from the capture.
	tshark -r "$file.sent" -Y "frame.interface_id == $side && tcp.analysis.ack_lost_segment" -T fields -e frame.number \
		-e tcp.ack 2>/dev/null | sed 's/$/ acknowledges what was never sent/'
}

echo "TAP version 13"
echo "1..$SEEDS"
number=0
bad=0
frames=0
for seed in $(seq 1 "$SEEDS"); do
	number=$((number + 1))
	file=$(ls "$OUT/$seed"-*.pcap)
	found=$(judge "$file")
	count=$(tshark -r "$file.sent" -Y tcp 2>/dev/null | wc -l)
	frames=$((frames + count))
	if [ -z "$found" ] && [ "$count" -gt 0 ]; then
		echo "ok $number - seed $seed, $count segments"
	else
		bad=$((bad + 1))
		echo "not ok $number - seed $seed, $count segments"
		head -n 10 <<<"$found" | sed 's/^/# /'
	fi
	rm -f "$file.sent"
done
echo "# $frames segments looked at"
[ "$bad" -eq 0 ]
