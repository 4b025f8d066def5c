#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Tests of scripts/vm itself, on the host: what COMMAND prints and how it ends comes through; every kind of fault in the
# kernel becomes the exit status that the documentation promises; nothing is left behind.
#
#   selftests/vm/run.sh [KERNEL...]      uml, uml-plain and debian without an argument; there are cases for uml-smp, too
#
# One function is one case; its words say what must hold. TAP 13 on stdout.

set -uo pipefail

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
VM=$TOP/scripts/vm
FAULT=$TOP/selftests/vm/fault
SCRATCH=$(mktemp -d)
trap 'rm -rf "$SCRATCH"' EXIT

NUMBER=0
FAILED=0
KERNEL=

note() {
	printf '# %s\n' "$*"
}

# Runs scripts/vm with the module that does nothing; sets STATUS, and OUT and ERR are files.
vm() {
	local begin=$EPOCHREALTIME
	OUT=$SCRATCH/out
	ERR=$SCRATCH/err
	"$VM" --kernel "$KERNEL" --module "$FAULT" "$@" >"$OUT" 2>"$ERR"
	STATUS=$?
	TOOK_MS=$(((${EPOCHREALTIME/./} - ${begin/./}) / 1000))
}

# vm_fault FAULT: the same with a module that misbehaves so.
vm_fault() {
	XTCP_MODPARAMS=fault=$1 vm --timeout 120 -- true
}

# expect WHAT GOT WANTED
expect() {
	[ "$2" = "$3" ] && return 0
	note "$1: got '$2', expected '$3'"
	PROBLEMS=$((PROBLEMS + 1))
}

# expect_match WHAT FILE REGEX
expect_match() {
	grep -qE -- "$3" "$2" && return 0
	note "$1: nothing matches '$3' in:"
	tail -n 20 "$2" | sed 's/^/#   /'
	PROBLEMS=$((PROBLEMS + 1))
}

# run NAME FUNCTION [ARG...]
run() {
	local name=$1 begin=$SECONDS
	shift
	PROBLEMS=0
	NUMBER=$((NUMBER + 1))
	"$@"
	if [ "$PROBLEMS" = 0 ]; then
		printf 'ok %d vm.%s %s # %d s\n' "$NUMBER" "$KERNEL" "$name" $((SECONDS - begin))
	else
		printf 'not ok %d vm.%s %s # %d s\n' "$NUMBER" "$KERNEL" "$name" $((SECONDS - begin))
		[ ! -s "${ERR:-/dev/null}" ] || tail -n 10 "$ERR" | sed 's/^/# stderr: /'
		FAILED=$((FAILED + 1))
	fi
}

# --- Every bed -------------------------------------------------------------------------------------------------------

case_output_is_exact() {
	head -c 300000 /dev/urandom >"$TOP/build/vm-test-bytes"
	vm -- sh -c 'cat build/vm-test-bytes; printf "to stderr, no newline" >&2; echo more >/dev/stderr; exit 7'
	expect status "$STATUS" 7
	cmp -s "$OUT" "$TOP/build/vm-test-bytes" || expect stdout different "the same bytes"
	expect stderr "$(tail -n 1 "$ERR")" "to stderr, no newlinemore"
	rm -f "$TOP/build/vm-test-bytes"
}

case_guest_is_as_promised() {
	# shellcheck disable=SC2016  # the guest's shell expands
	vm -- sh -c '
		echo "args=$#:$1:$2"
		echo "pwd=$PWD"; echo "uid=$(id -u)"; echo "home=$HOME"; echo "stdin=$(cat | wc -c)"
		echo "module=$(cat /sys/module/xtcp_fault/initstate)"
		echo "variable=$XTCP_TEST_VARIABLE"
		echo written >/etc/xtcp-vm-test && echo "etc=$(cat /etc/xtcp-vm-test)"
		echo written >build/vm-test-file
		ip link show lo | grep -q ",UP" && echo lo=up
		for dir in /proc /sys /dev/pts /dev/shm /run /sys/fs/cgroup /sys/fs/bpf /sys/kernel/debug /sys/kernel/tracing; do
			mountpoint -q $dir || echo "missing=$dir"
		done
		test -e /dev/fd/1 && test -c /dev/null && test -c /dev/net/tun && echo dev=ok
		modprobe sch_netem && modprobe veth && modprobe tcp_dctcp && modprobe tcp_bbr && modprobe tun && echo modprobe=ok
		ip link add va type veth peer name vb && tc qdisc add dev va root netem delay 1ms && echo veth=ok
		echo "$(ss -Htn 2>&1)ss=ok"
		sleep 100000 &
	' sh "a b" "it's \"\$HOME\"
two lines"
	expect status "$STATUS" 0
	local line
	for line in "args=2:a b:it's \"\$HOME\"" "two lines" "pwd=$PWD" uid=0 home=/root stdin=0 module=live "variable=of ours" etc=written \
		lo=up dev=ok modprobe=ok veth=ok ss=ok; do
		grep -qxF -- "$line" "$OUT" || expect guest "not there" "$line"
	done
	! grep -q missing= "$OUT" || expect mounts "$(grep missing= "$OUT")" ""
	expect "the host's /etc" "$(ls /etc/xtcp-vm-test 2>/dev/null)" ""
	expect "the host's build/" "$(cat "$TOP/build/vm-test-file" 2>/dev/null)" written
	rm -f "$TOP/build/vm-test-file"
}

case_statuses() {
	local script
	# shellcheck disable=SC2016
	vm -- sh -c 'kill -KILL $$'
	expect "killed by SIGKILL" "$STATUS" 137
	script=no-such-program-anywhere
	[ "$KERNEL" = debian ] || {
		vm -- "$script"
		expect "no such program" "$STATUS" 127
	}
}

case_no_module() {
	vm --no-module -- sh -c 'ls /sys/module | grep -cx -e xtcp -e xtcp_fault'
	expect modules "$(cat "$OUT")" 0
}

case_xtcp_is_loaded() {
	OUT=$SCRATCH/out ERR=$SCRATCH/err
	"$VM" --kernel "$KERNEL" -- cat /sys/module/xtcp/initstate >"$OUT" 2>"$ERR"
	expect status "$?" 0
	expect "module xtcp" "$(cat "$OUT")" live
}

case_time_is_over() {
	vm --timeout "$1" -- sh -c 'echo begun; while :; do :; done'
	expect status "$STATUS" 124
	expect stdout "$(cat "$OUT")" begun
	expect_match message "$ERR" 'not finished after'
	[ "$TOOK_MS" -lt $((($1 + 8) * 1000)) ] || expect "wall time" "$TOOK_MS ms" "about $1 s"
}

case_oops() {
	vm_fault oops
	expect status "$STATUS" 125
	expect_match "the log's end" "$ERR" 'xtcp_fault_oops|Kernel mode fault|BUG: kernel NULL pointer'
	expect_match "the log's file" "$ERR" "the kernel's log is $TOP/build/vm/"
}

case_report() {
	vm_fault "$1"
	expect status "$STATUS" 125
	expect_match report "$ERR" "$2"
}

case_not_loaded() {
	vm_fault refuse
	expect status "$STATUS" 123
	expect_match message "$ERR" 'does not load.*not permitted'
}

case_guest_dies() {
	vm -- /bin/busybox reboot -f
	expect status "$STATUS" 123
	expect_match message "$ERR" 'before it had finished'
}

# A signal to the script ends the machine, at once and wholly.
case_killed() {
	local pid run left
	"$VM" --kernel "$KERNEL" --module "$FAULT" -- sh -c 'echo up >build/vm-test-up; sleep 1000; while :; do :; done' \
		>"$OUT" 2>"$ERR" &
	pid=$!
	for _ in $(seq 600); do
		[ ! -s "$TOP/build/vm-test-up" ] || break
		sleep 0.1
	done
	# The machine is the script's child whose arguments name the folder of this run.
	run=$(pgrep -P "$pid" -a | grep -oE "xtcp_run=[^ ]+" | head -n 1)
	[ -n "$run" ] || expect "the machine's process" "none" "a child of scripts/vm"
	kill -TERM "$pid"
	wait "$pid"
	expect status "$?" 143
	for _ in $(seq 50); do
		left=$(pgrep -f -- "${run:-no machine}( |\$)" | wc -l)
		[ "$left" != 0 ] || break
		sleep 0.1
	done
	expect "processes left" "$left" 0
	expect "the folder of the run" "$(ls -d "${run#xtcp_run=}" 2>/dev/null)" ""
	rm -f "$TOP/build/vm-test-up"
}

case_bad_usage() {
	local args
	for args in "--kernel no-such -- true" "--no-such-option" "--mem lots -- true" "--timeout 0 -- true" ""; do
		# shellcheck disable=SC2086  # words
		"$VM" $args >"$OUT" 2>"$ERR"
		expect "status of scripts/vm $args" "$?" 123
	done
}

# judge_of LOG: the first fault that scripts/vm sees in it
judge_of() {
	printf '%s\n' "[    1.000000] xtcp-vm: begin" "$@" "[    9.000000] xtcp-vm: end" >"$SCRATCH/log"
	(
		# shellcheck source=scripts/vm.d/judge.sh
		. "$TOP/scripts/vm.d/judge.sh"
		judge_log "$SCRATCH/log"
	)
}

# A report of KCSAN as it stands in the log, about the functions given.
race_report() {
	printf '[    2.000000] %s\n' ==================================================================  \
		"BUG: KCSAN: data-race in $1" "" "write to 0xffff888004b1c0a8 of 4 bytes by interrupt on cpu 0:" \
		" sk_reset_timer+0x32/0x80" " Call Trace:" "" "value changed: 0x00000001 -> 0x00000002" "" \
		"Reported by Kernel Concurrency Sanitizer on:" "CPU: 1 PID: 77 Comm: close" \
		==================================================================
}

# The kernel's own races are no fault of ours, ours are, and so is what stands beside either.
case_races_are_ours() {
	local own='BUG: KCSAN: data-race in xtcp_poll \[xtcp\] / xtcp_data_rcv \[xtcp\]'
	expect "the kernel's races" "$(judge_of "$(race_report 'tcp_ack / tcp_poll')" "$(race_report tcp_ack)")" ""
	judge_of "$(race_report 'tcp_ack / tcp_poll')" "$(race_report 'xtcp_poll [xtcp] / xtcp_data_rcv [xtcp]')" >"$OUT"
	expect_match "a race of ours behind one of the kernel's" "$OUT" "$own"
	judge_of "$(race_report 'xtcp_mib_read [xtcp]')" >"$OUT"
	expect_match "a race with an unknown writer" "$OUT" 'data-race in xtcp_mib_read \[xtcp\]$'
	judge_of "$(race_report 'tcp_ack / tcp_poll')" "[    3.000000] WARNING: CPU: 0 PID: 1 at net/core/dev.c:1" >"$OUT"
	expect_match "a warning behind the kernel's race" "$OUT" 'WARNING: CPU'
	judge_of "[    2.000000] ==================================================================" \
		"[    2.000000] BUG: KASAN: use-after-free in tcp_ack+0x1/0x2" >"$OUT"
	expect_match "another report between such lines" "$OUT" 'BUG: KASAN'
}

# --- Virtual time ----------------------------------------------------------------------------------------------------

case_time_is_virtual() {
	# shellcheck disable=SC2016
	vm --timeout 60 -- sh -c 'a=$(date +%s); sleep 7200; echo $(($(date +%s) - a))'
	expect status "$STATUS" 0
	expect "seconds slept" "$(cat "$OUT")" 7200
	[ "$TOOK_MS" -lt 30000 ] || expect "wall time" "$TOOK_MS ms" "a few seconds"
}

case_runs_repeat() {
	local first
	vm -- sh -c 'head -c 20 /dev/urandom | sha256sum; cat /proc/sys/kernel/random/boot_id; date +%s.%N'
	first=$(cat "$OUT")
	vm -- sh -c 'head -c 20 /dev/urandom | sha256sum; cat /proc/sys/kernel/random/boot_id; date +%s.%N'
	expect "the second run" "$(cat "$OUT")" "$first"
	XTCP_SEED=2 vm -- sh -c 'head -c 20 /dev/urandom | sha256sum; cat /proc/sys/kernel/random/boot_id; date +%s.%N'
	[ "$(cat "$OUT")" != "$first" ] || expect "another seed" "$(cat "$OUT")" "other randomness"
}

case_cannot_unload() {
	vm_fault hold
	expect status "$STATUS" 125
	expect_match message "$ERR" 'cannot be unloaded.*in use'
}

# --- QEMU ------------------------------------------------------------------------------------------------------------

case_two_cpus() {
	vm --no-module -- nproc
	expect CPUs "$(cat "$OUT")" 2
}

case_icount() {
	vm --no-module --icount -- nproc
	expect status "$STATUS" 0
	expect CPUs "$(cat "$OUT")" 1
}

case_start_is_quick() {
	local limit_ms=$1 took least=999999
	vm --no-module -- true
	for _ in 1 2 3 4 5; do
		local begin=$EPOCHREALTIME first
		first=$("$VM" --kernel "$KERNEL" --module "$FAULT" -- echo up | { read -r _ && echo "$EPOCHREALTIME"; })
		took=$(((${first/./} - ${begin/./}) / 1000))
		note "$KERNEL: from call to COMMAND $took ms (wanted on an idle machine: $limit_ms)"
		[ "$took" -ge "$least" ] || least=$took
		[ "$least" -ge "$limit_ms" ] || return
	done
	# Other work shares the machine in a full check, so only a gross miss is a failure.
	[ "$least" -lt $((3 * limit_ms)) ] || expect "from call to COMMAND" "$least ms" "$limit_ms ms"
}

# --- Run -------------------------------------------------------------------------------------------------------------

cases_of_every_bed() {
	run "stdout, stderr and status come through exactly" case_output_is_exact
	run "the guest is the host's root under an overlay, with what COMMAND needs" case_guest_is_as_promised
	run "how COMMAND ended is the exit status" case_statuses
	run "an oops is 125, and the log is shown" case_oops
	run "a guest that dies is 123" case_guest_dies
	run "a module that refuses to load is 123" case_not_loaded
	run "a signal ends script and machine" case_killed
	run "xtcp.ko is built and loaded" case_xtcp_is_loaded
}

cases_of_virtual_time() {
	run "two hours pass at once" case_time_is_virtual
	run "a run repeats by its seed" case_runs_repeat
	run "--no-module" case_no_module
}

cases_of_checks() {
	run "KASAN: a use after free is 125" case_report use-after-free 'KASAN: (slab-)?use-after-free in xtcp_fault'
	run "kmemleak: a leak is 125" case_report leak 'xtcp_fault_leak|unreferenced object'
	run "lockdep: two locks in both orders are 125" case_report deadlock 'possible circular locking dependency'
	run "sleeping under a spinlock is 125" case_report sleep 'sleeping function called from invalid context'
	run "RCU: a dereference outside a read section is 125" case_report rcu 'suspicious RCU usage'
	run "UBSAN: a shift too far is 125" case_report shift 'UBSAN: shift-out-of-bounds'
	run "a WARN is 125" case_report warn 'WARNING: '
}

[ $# -gt 0 ] || set -- uml uml-plain debian
OUT=$SCRATCH/out ERR=$SCRATCH/err
mkdir -p "$TOP/build"
cd "$TOP" || exit 1
export XTCP_TEST_VARIABLE="of ours"
printf 'TAP version 13\n'
for KERNEL in "$@"; do
	case $KERNEL in
	uml)
		run "wrong usage is 123" case_bad_usage
		run "of data races the module's count, not the kernel's own" case_races_are_ours
		run "COMMAND starts within 3 s" case_start_is_quick 3000
		cases_of_every_bed
		run "the time is over: 124" case_time_is_over 12
		cases_of_virtual_time
		cases_of_checks
		run "a module that stays in use is 125" case_cannot_unload
		;;
	uml-smp)
		cases_of_every_bed
		run "two CPUs" case_two_cpus
		cases_of_checks
		;;
	uml-plain)
		run "COMMAND starts within 3 s" case_start_is_quick 3000
		cases_of_every_bed
		cases_of_virtual_time
		;;
	*)
		run "COMMAND starts within 15 s" case_start_is_quick 15000
		cases_of_every_bed
		run "the time is over: 124" case_time_is_over 20
		run "a WARN is 125" case_report warn 'WARNING: CPU'
		run "two CPUs" case_two_cpus
		run "--icount has one CPU" case_icount
		;;
	esac
done
printf '1..%d\n' "$NUMBER"
[ "$FAILED" = 0 ]
