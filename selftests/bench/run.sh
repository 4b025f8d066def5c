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
TARGET_BULK=0.70
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

# How many bytes of a program's memory the kernel copies while the program sends COPY_MIB: the probes count what it
# copies in the name of a process "bulk"; what sets up its hosts is a few kilobytes.
TRACING=/sys/kernel/tracing
COPY_MIB=4
COPIES=(_copy_from_iter)

copies_begin() {
	local function
	mountpoint -q $TRACING || mount -t tracefs none $TRACING || return
	for function in "${COPIES[@]}"; do
		echo "p:bench/$function $function bytes=%si:u64" >>$TRACING/kprobe_events || return
		echo 'hist:keys=common_pid:vals=bytes if comm == "bulk"' >"$TRACING/events/bench/$function/trigger" || return
	done
}

copies_count() {
	local function
	for function in "${COPIES[@]}"; do
		echo 'hist:keys=common_pid:vals=bytes:clear if comm == "bulk"' >"$TRACING/events/bench/$function/trigger"
	done 2>/dev/null
	"$BULK" "$1" "$COPY_MIB" 1 0 "$2" >/dev/null || return
	for function in "${COPIES[@]}"; do
		cat "$TRACING/events/bench/$function/hist"
	done | awk '{ for (i = 1; i < NF; i++) if ($i == "bytes:") sum += $(i + 1) } END { printf "%.0f\n", sum }'
}

copies_end() {
	local function
	for function in "${COPIES[@]}"; do
		echo '!hist:keys=common_pid:vals=bytes if comm == "bulk"' >"$TRACING/events/bench/$function/trigger"
	done 2>/dev/null
	echo >$TRACING/kprobe_events
}

# copies HOW LEAST MOST: in hundredths of what was sent, a quarter of it more for the run that does not count
copies() {
	local how=$1 stack copied sent=$((COPY_MIB << 20)) status=0
	for stack in xtcp tcp; do
		under_test || [ "$stack" = tcp ] || continue
		copied=$(copies_count "$stack" "$how") || status=1
		echo "# $how, $stack: ${copied:=-1} bytes copied from the program for $((sent + sent / 4)) sent"
		[ $((copied / (sent / 100))) -ge "$2" ] && [ $((copied / (sent / 100))) -le "$3" ] || status=1
	done
	tap_result "$status" "$how copies ${4:-nothing}"
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
compare sendfile xtcp-sendfile kernel-sendfile "$TARGET_BULK"
compare splice xtcp-splice kernel-splice "$TARGET_BULK"
compare zerocopy xtcp-zerocopy kernel-zerocopy "$TARGET_BULK"
if [ -n "$KO" ]; then
	compare kernel-tcp-unused kernel-tcp-unused kernel-tcp-not-loaded "$TARGET_UNUSED"
else
	tap_skip kernel-tcp-unused "no xtcp.ko: set XTCP_KO"
fi

if copies_begin; then
	copies copy 100 130 'once'
	for how in sendfile splice zerocopy; do
		copies "$how" 0 2
	done
else
	tap_result 1 'the kernel counts copies'
fi
copies_end

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
