#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# How fast: bulk transfer over veth, XTCP against the kernel's TCP, and the kernel's TCP with the module loaded against
# the same without. In one boot, A B A B, the ratio of the medians; exits with 1 when one is below its target. And what
# is said not to copy does not: probes of the kernel's copying functions count.
#
#   scripts/vm --icount -- selftests/bench/run.sh [--quick] [--rounds N] [--mib N]
#
# With --icount guest time counts instructions and figures repeat; with real clocks they are noisy. Virtual time has no
# speed at all.

# Functions are called by name.
# shellcheck disable=SC2317

# shellcheck source=selftests/lib/tap.sh
. "$(dirname "$0")/../lib/tap.sh"

BULK=$OUTPUT/bench/bulk
ROUNDS=5
MIB=256
TARGET_BULK=0.95
TARGET_REFERENCE=0.88
TARGET_UNUSED=0.98

while [ $# -gt 0 ]; do
	case $1 in
	--quick) ROUNDS=3 MIB=48 ;;
	--rounds) ROUNDS=$2 && shift ;;
	--mib) MIB=$2 && shift ;;
	*)
		echo "usage: run.sh [--quick] [--rounds N] [--mib N]" >&2
		exit 2
		;;
	esac
	shift
done

[ "$(id -u)" -eq 0 ] || tap_give_up "needs root"
[ -x "$BULK" ] || tap_give_up "$BULK is not built"
! grep -q time-travel /proc/cmdline || tap_give_up "virtual time has no speed"
under_test && { [ -d /sys/module/xtcp ] || tap_give_up "the module is not loaded"; }
KO=$(module_file)

tap_begin

median() {
	sort -n | awk '{ v[NR] = $1 } END { printf "%.0f\n", (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'
}

# run NAME STACK [HOW]: appends the bytes a second of one run to NAME.
run() {
	local name=$1 stack=$2 how=${3:-copy} speed
	speed=$("$BULK" "$stack" "$MIB" 1 0 "$how") || {
		echo "Bail out! bulk $stack failed"
		exit 1
	}
	echo "$speed" >>"$DIR/$name"
	echo "# $name: $((speed / 1000000)) MB/s"
}

# compare NAME A B TARGET: the verdict on median(A) / median(B).
compare() {
	local name=$1 a b ratio
	a=$(median <"$DIR/$2")
	b=$(median <"$DIR/$3")
	ratio=$(awk -v a="$a" -v b="$b" 'BEGIN { printf "%.2f", a / b }')
	echo "# $name: medians $((${a%.*} / 1000000)) and $((${b%.*} / 1000000)) MB/s"
	awk -v a="$a" -v b="$b" -v t="$4" 'BEGIN { exit !(a / b >= t) }'
	tap_result $? "$name ratio $ratio (target >= $4)"
}

# How often the kernel makes room to copy a piece of the program's memory to, at most 32 KiB each, while the program
# sends COPY_MIB and, in the run that does not count, a quarter of it: counted by a probe, in the name of "bulk".
TRACING=/sys/kernel/tracing
COPY_MIB=4
COPY=sk_page_frag_refill
COPY_HIST='hist:keys=common_pid'
COPY_OF='if comm == "bulk"'

copies_begin() {
	mountpoint -q $TRACING || mount -t tracefs none $TRACING || return
	echo "p:bench/$COPY $COPY" >>$TRACING/kprobe_events
}

copies_count() {
	local trigger=$TRACING/events/bench/$COPY/trigger
	echo "$COPY_HIST $COPY_OF" >"$trigger" || return
	"$BULK" "$1" "$COPY_MIB" 1 0 "$2" >/dev/null || return
	awk '{ for (i = 1; i < NF; i++) if ($i == "hitcount:") sum += $(i + 1) } END { print sum + 0 }' "${trigger%/*}/hist"
	echo "!$COPY_HIST $COPY_OF" >"$trigger"
}

copies_end() {
	echo "-:bench/$COPY" >>$TRACING/kprobe_events
}

# copies HOW LEAST MOST TEXT
copies() {
	local how=$1 stack copied status=0
	for stack in xtcp tcp; do
		under_test || [ "$stack" = tcp ] || continue
		copied=$(copies_count "$stack" "$how") || status=1
		echo "# $how, $stack: ${copied:=-1} pieces copied from the program for $((COPY_MIB + COPY_MIB / 4)) MiB sent"
		[ "$copied" -ge "$2" ] && [ "$copied" -le "$3" ] || status=1
	done
	tap_result "$status" "$how copies $4"
}

for ((round = 0; round < ROUNDS; round++)); do
	run kernel-tcp tcp
	run xtcp xtcp
	for how in sendfile splice zerocopy; do
		run "kernel-$how" tcp "$how"
		run "xtcp-$how" xtcp "$how"
	done
	[ -n "$KO" ] || continue
	until_true rmmod xtcp || {
		echo "Bail out! xtcp cannot be unloaded"
		exit 1
	}
	run kernel-tcp-not-loaded tcp
	insmod "$KO" || {
		echo "Bail out! xtcp cannot be loaded"
		exit 1
	}
	run kernel-tcp-unused tcp
done

compare bulk-veth xtcp kernel-tcp "$TARGET_BULK"
compare sendfile xtcp-sendfile kernel-sendfile "$TARGET_REFERENCE"
compare splice xtcp-splice kernel-splice "$TARGET_REFERENCE"
compare zerocopy xtcp-zerocopy kernel-zerocopy "$TARGET_REFERENCE"
if [ -n "$KO" ]; then
	compare kernel-tcp-unused kernel-tcp-unused kernel-tcp-not-loaded "$TARGET_UNUSED"
else
	tap_skip kernel-tcp-unused "no xtcp.ko: set XTCP_KO"
fi

if copies_begin; then
	copies copy $((COPY_MIB * 40)) 1000000 everything
	for how in sendfile splice zerocopy; do
		copies "$how" 0 8 nothing
	done
	copies_end
else
	tap_result 1 'the kernel counts copies'
fi

# What policies cost a connection; the program judges.
"$OUTPUT/bench/policy" 100 >"$DIR/policy"
while read -r line; do
	case $line in
	'#'*) echo "$line" ;;
	'ok '*) tap_result 0 "${line#ok [0-9] }" ;;
	'not ok '*) tap_result 1 "${line#not ok [0-9] }" ;;
	esac
done <"$DIR/policy"
[ "$(grep -c 'ok [0-9]' "$DIR/policy")" = 2 ] || tap_result 1 "bench/policy broke off"

tap_end
