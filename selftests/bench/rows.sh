#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The guest's part of the bench: runs the rows it is given, each by bench/load, and what needs the module to come and go.
# Prints "sample ROW METRIC STACK VALUE", a line each; bench.py starts it in a guest and makes a table of them.
#
#   scripts/vm --icount -- selftests/bench/rows.sh ROUNDS ROW...    a row: bulk1, or with another size: idle:2000:0
#   ... rows.sh --profile ROW                                       twice, with what is timed marked for insns.c

# shellcheck source=selftests/lib/tap.sh
. "$(dirname "$0")/../lib/tap.sh"

LOAD=$OUTPUT/bench/load
[ "$(id -u)" -eq 0 ] || { echo "rows.sh: needs root" >&2; exit 2; }
! grep -q time-travel /proc/cmdline || { echo "rows.sh: virtual time has no speed" >&2; exit 2; }

# load ROW ROUNDS STACKS NUMBER AMOUNT
load() {
	"$LOAD" "$@" || { echo "rows.sh: $* failed" >&2; exit 1; }
}

# The kernel's TCP without the module, with it, and with it and a connection of its own; A B C A B C.
kernel_row() {
	local rounds=$1 name=$2 row=$3 round
	KO=$(module_file)
	[ -n "$KO" ] || { echo "rows.sh: no xtcp.ko" >&2; exit 1; }
	for ((round = 0; round < rounds; round++)); do
		until_true rmmod xtcp || exit 1
		load "$row" 1 tcp=not-loaded
		insmod "$KO" || exit 1
		load "$row" 1 tcp=unused,tcp=used+held
	done | sed "s/^sample $row /sample $name /"
}

# Code and data of the module, and how long it takes to load. Files are the host's, and the guest's clock leaps while it
# waits for them: so the module lies in memory, and insmod has run once before.
module_row() {
	local rounds=$1 round text begin
	KO=$(module_file)
	text=$(size -A "$KO" | awk '$1 ~ /^\.(text|init\.text|exit\.text|rodata)/ { sum += $2 } END { print sum / 1024 }')
	cat "$KO" >/run/xtcp-bench.ko
	for ((round = 0; round <= rounds; round++)); do
		until_true rmmod xtcp || exit 1
		begin=$(awk '{ print $1 }' /proc/uptime)
		insmod /run/xtcp-bench.ko || exit 1
		[ "$round" -gt 0 ] || continue
		awk -v b="$begin" '{ printf "sample module load_ms xtcp %.0f\n", ($1 - b) * 1000 }' /proc/uptime
		echo "sample module text_kib xtcp $text"
	done
	rm -f /run/xtcp-bench.ko
}

# The plugin counts (insns.c); the names of its addresses are known in here.
profile() {
	echo 0 >/proc/sys/kernel/kptr_restrict
	cat /proc/kallsyms >"$OUTPUT/../bench/insns-$1.kallsyms"
	BENCH_PROFILE=1 load "$1" 2 tcp,xtcp "$2" "$3"
}

if [ "$1" = --profile ]; then
	IFS=: read -r row number amount <<<"$2"
	profile "$row" "${number:-0}" "${amount:-0}"
	exit
fi

ROUNDS=$1
shift
for spec in "$@"; do
	IFS=: read -r row number amount <<<"$spec"
	case $row in
	kernel-bulk) kernel_row "$ROUNDS" "$row" bulk1 ;;
	kernel-rr) kernel_row "$ROUNDS" "$row" rr1 ;;
	kernel-crr) kernel_row "$ROUNDS" "$row" crr ;;
	module) module_row "$ROUNDS" ;;
	*) load "$row" "$ROUNDS" tcp,xtcp "${number:-0}" "${amount:-0}" ;;
	esac
done
