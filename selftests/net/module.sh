#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Loading and unloading: refused while a socket exists, clean afterwards; twice is refused; the kernel's TCP is as before,
# also for connections that lived through it; the family= parameter. The module is loaded again at the end.

# Functions are called by name through check().
# shellcheck disable=SC2317

# shellcheck source=selftests/lib/tap.sh
. "$(dirname "$0")/../lib/tap.sh"

[ "$(id -u)" -eq 0 ] || tap_give_up "needs root"
[ -x "$HOLD" ] || tap_give_up "$HOLD is not built"
under_test || tap_give_up "the kernel's TCP cannot be unloaded"
[ -d /sys/module/xtcp ] || tap_give_up "the module is not loaded"

KO=$(module_file)
[ -n "$KO" ] || tap_give_up "no xtcp.ko: set XTCP_KO"
hosts || tap_give_up "no namespaces"
# Without debug information, which makes the file large and loading slow.
if strip --strip-debug -o "$DIR/xtcp.ko" "$KO" 2>/dev/null; then
	KO=$DIR/xtcp.ko
fi

# Orphans of other tests whose peer is gone keep the module until they give up.
unused() {
	[ "$(cat /sys/module/xtcp/refcnt)" = 0 ]
}
for ((i = 0; i < 60; i++)); do
	until_true unused && break
done

tap_begin

loaded() {
	[ -d /sys/module/xtcp ]
}

unloaded() {
	! loaded
}

load() {
	insmod "$KO"
}

load_with() {
	insmod "$KO" "$@"
}

# The last socket's memory may be freed a moment after its close(). Who keeps it longer, is told.
unload() {
	local ns
	PATIENCE=120 until_true rmmod xtcp 2>"$DIR/rmmod" && return
	tail -n 1 "$DIR/rmmod"
	echo "references: $(cat /sys/module/xtcp/refcnt)"
	for ns in "$NEAR" "$FAR"; do
		nsenter --net="/run/netns/$ns" grep . /proc/net/xtcp/sockstat
		nsenter --net="/run/netns/$ns" ss -tanoi
	done
	return 1
}

refuses_unload() {
	! rmmod xtcp 2>"$DIR/rmmod" && loaded && grep -qi 'in use\|busy\|unavailable' "$DIR/rmmod"
}

has_family() {
	hold probe "$NEAR" "$1" socket 192.0.2.1 0 >/dev/null || return 1
	drop probe
}

has_no_family() {
	! has_family "$1"
}

check "loaded" loaded
check_fails "loading twice is refused with EEXIST" "File exists" load
check "still loaded" loaded
check "still a family" has_family 18

# Any kind of socket keeps it.
hold s "$NEAR" 18 socket 192.0.2.1 0
check "refuses to be unloaded with a socket" refuses_unload
drop s
hold s "$NEAR" 18 bind 192.0.2.1 7000
check "refuses to be unloaded with a bound socket" refuses_unload
drop s
hold s "$NEAR" 18 listen 2001:db8::1 7000 echo
check "refuses to be unloaded with a listener" refuses_unload
hold c "$FAR" tcp connect 2001:db8::1 7000
check "data in" say c hello
check "refuses to be unloaded with an accepted connection" refuses_unload
drop c
drop s
hold s "$FAR" tcp listen 192.0.2.2 7000 echo
hold c "$NEAR" 18 connect 192.0.2.2 7000
check "data out" say c hello
check "refuses to be unloaded with a connection" refuses_unload
check "the connection carries on" say c again
# This leaves a TIME-WAIT, which must not be in the way.
drop c
drop s
timewait() {
	nsenter --net="/run/netns/$NEAR" grep -Eq '^timewait:? [1-9]' /proc/net/xtcp/sockstat
}
check "a TIME-WAIT is left" until_true timewait
check "is unloaded" unload
check "is gone" unloaded
check "its family is gone" has_no_family 18
no_files() {
	! nsenter --net="/run/netns/$NEAR" ls /proc/net/xtcp && ! ls /proc/sys/net/xtcp && ! ls /sys/kernel/xtcp
}
check "its files below /proc and /sys are gone" no_files

# Kernel TCP, without it.
kernel_tcp() {
	local address status=0
	for address in 192.0.2.1 2001:db8::1; do
		hold l "$NEAR" tcp listen "$address" 7001 echo && hold k "$FAR" tcp connect "$address" 7001 || return 1
		say k "$address" || status=1
		drop k
		drop l
	done
	return "$status"
}
check "kernel TCP works without it" kernel_tcp

# Connections of kernel TCP live through loading and unloading.
hold l4 "$NEAR" tcp listen 192.0.2.1 7002 echo
hold k4 "$FAR" tcp connect 192.0.2.1 7002
hold l6 "$NEAR" tcp listen 2001:db8::1 7002 echo
hold k6 "$FAR" tcp connect 2001:db8::1 7002
check "kernel TCP before" eval "say k4 before && say k6 before"
cycles() {
	local i
	for ((i = 0; i < 5; i++)); do
		load || return 1
		say k4 "loaded $i" && say k6 "loaded $i" || return 1
		has_family 18 || return 1
		unload || return 1
		say k4 "unloaded $i" && say k6 "unloaded $i" || return 1
	done
}
check "5 times loaded and unloaded, kernel TCP undisturbed" cycles
for name in k4 l4 k6 l6; do
	drop "$name"
done

# Another family number, and numbers that cannot be.
check "loads with family=19" load_with family=19
check "has that family" has_family 19
check "has no other" has_no_family 18
check "unloads" unload
for family in 0 2 10 46 1000 -1; do
	check_fails "refuses family=$family" "ERROR" load_with "family=$family"
	unloaded || unload
done
check "nothing stayed behind" unloaded

# Without one of the allocations that it takes, it is not there at all, or works. On kernels that can make them fail.
if [ -e /sys/kernel/debug/failslab ]; then
	check "loading without memory leaves nothing behind" "$OUTPUT/lib/nthload" "$KO" xtcp 200
	check "not loaded after that" unloaded
fi

check "loads again" load
check "has its family" has_family 18
check "kernel TCP works beside it" kernel_tcp

tap_end
