#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What does another program's eye say of XTCP's segments? Captures runs of the simulator, one end XTCP and the other the
# kernel's TCP, and has tshark's expert analysis look at them: of what XTCP sent nothing may be malformed, or acknowledge
# what its peer never sent. What tshark cannot judge is judged elsewhere: text beyond the peer's window by the simulator
# on every run (link.c), checksums by its receivers and by selftests/wire (captures with offload have half of them).
# TAP. Run on the host:
#
#	selftests/sim/expert.sh [SEEDS] [KERNEL]		seeds 1 ... SEEDS (40); uml-plain

set -euo pipefail

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
SEEDS=${1:-40}
KERNEL=${2:-uml-plain}
OUT=$TOP/build/sim/expert

# Warnings that are about the network, the peer, or an ordinary event; what is below a warning is remarks.
HARMLESS='Connection reset|Previous segment|out-of-order|window specified by the receiver is now completely full|'
HARMLESS+='Zero [Ww]indow|D-SACK|Port numbers reused'
WARNING=6291456

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
	tshark -r "$file.sent" -o tcp.check_checksum:FALSE \
		-Y "frame.interface_id == $side && tcp && _ws.expert.severity >= $WARNING" -T fields -E aggregator='|' \
		-e frame.number -e _ws.expert.severity -e _ws.expert.message 2>/dev/null |
		awk -F '\t' -v warning="$WARNING" -v harmless="$HARMLESS" '{
			n = split($2, severity, "|")
			split($3, message, "|")
			for (i = 1; i <= n; i++)
				if (severity[i] + 0 >= warning && message[i] !~ harmless)
					print "frame " $1 ": " message[i]
		}'
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
