#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What the system's tools see of XTCP: connections in /proc/net/tcp and tcp6 and in ss(8), told from kernel TCP's by their
# tag, killed by ss -K; the counters below /proc/net/xtcp.

# Functions are called by name through check().
# shellcheck disable=SC2317

# shellcheck source=selftests/lib/tap.sh
. "$(dirname "$0")/../lib/tap.sh"

[ "$(id -u)" -eq 0 ] || tap_give_up "needs root"
[ -x "$HOLD" ] || tap_give_up "$HOLD is not built"
command -v ss >/dev/null || tap_give_up "needs ss(8)"
hosts || tap_give_up "no namespaces"
hold probe "$NEAR" xtcp socket 192.0.2.1 0 >/dev/null || tap_give_up "no AF_XTCP: the module is not loaded"
drop probe

tap_begin

in_near() {
	nsenter --net="/run/netns/$NEAR" "$@"
}

# ss of the near host about one port, one socket a line.
near_ss() {
	in_near ss -n -O "$@"
}

# ADDRESS of near, of far, and the name of the kernel's table.
for family in ipv4 ipv6; do
	if [ "$family" = ipv4 ]; then
		here=192.0.2.1 there=192.0.2.2 table=tcp
	else
		here=2001:db8::1 there=2001:db8::2 table=tcp6
	fi

	# A port above 4095, so that it is four digits in the table.
	hold listener "$NEAR" xtcp listen "$here" 7100 echo
	hold client "$FAR" tcp connect "$here" 7100
	client_port=$HOLD_PORT
	check "$family: data through it" say client hello

	in_table() {
		in_near cat "/proc/net/$table" |
			grep -q "$(printf ':%04X [0-9A-F]*:%04X 01' 7100 "$client_port")"
	}
	check "$family: /proc/net/$table has the passive connection, established" until_true in_table

	in_ss() {
		near_ss -t state established "( sport = :7100 )" | grep -q ":$client_port\b"
	}
	check "$family: ss has it, established" in_ss

	ss_info() {
		near_ss -tie state established "( sport = :7100 )" | tee "$DIR/ss" | grep -q 'cwnd:[0-9]' &&
			grep -q 'rtt:[0-9]' "$DIR/ss" && grep -q 'bytes_received:6' "$DIR/ss" &&
			grep -q 'cubic\|reno\|bbr' "$DIR/ss"
	}
	check "$family: ss -i has its window, RTT, bytes and congestion control" ss_info

	ss_user() {
		near_ss -tpe state established "( sport = :7100 )" | grep -q 'users:(("hold"' &&
			near_ss -te state established "( sport = :7100 )" | grep -q 'ino:[1-9]'
	}
	check "$family: ss -p has its process" ss_user

	ss_tag() {
		near_ss -tie state established "( sport = :7100 )" | grep -q 'tcp-ulp-xtcp'
	}
	if under_test; then
		check "$family: ss -e tags it tcp-ulp-xtcp" ss_tag
	fi

	# The kernel's own beside it.
	hold kernel_listener "$NEAR" tcp listen "$here" 7101 echo
	hold kernel_client "$FAR" tcp connect "$here" 7101
	check "$family: kernel TCP beside it" say kernel_client hello
	ss_untagged() {
		near_ss -tie state established "( sport = :7101 )" | tee "$DIR/ss" | grep -q 'cwnd:[0-9]' &&
			! grep -q 'tcp-ulp-xtcp' "$DIR/ss"
	}
	check "$family: ss does not tag the kernel's" ss_untagged

	# Actively opened.
	hold far_listener "$FAR" tcp listen "$there" 7102 echo
	hold active "$NEAR" xtcp connect "$there" 7102
	active_port=$HOLD_PORT
	check "$family: data through an active connection" say active hello
	ss_active() {
		near_ss -tie state established "( dport = :7102 )" | tee "$DIR/ss" | grep -q ":$active_port\b" &&
			grep -q 'bytes_acked:[67]' "$DIR/ss" && grep -q 'bytes_received:6' "$DIR/ss"
	}
	check "$family: ss has the active connection" ss_active

	# Killed from outside.
	ss_kill() {
		near_ss -K -t "( dport = :7102 )" | grep -q ":$active_port\b" &&
			! near_ss -t state established "( dport = :7102 )" | grep -q ":$active_port\b"
	}
	if near_ss -K -t "( dport = :1 )" 2>&1 | grep -q 'not supported'; then
		tap_skip "$family: ss -K ends it" "no CONFIG_INET_DIAG_DESTROY"
	else
		check "$family: ss -K ends it" ss_kill
		check "$family: its user is told" eval "! say active hello"
		check "$family: the passive one lives on" say client again
	fi

	for name in active far_listener kernel_client kernel_listener client listener; do
		drop "$name"
	done
	gone() {
		! near_ss -t state established | grep -q ":710[0-2]\b"
	}
	check "$family: closed connections leave ss" until_true gone
	# TIME-WAITs hold the ports that the other family wants.
	ip netns del "$NEAR"
	ip netns del "$FAR"
	hosts || exit 1
done

if under_test; then
	same_number_of_names_and_values() {
		in_near cat /proc/net/xtcp/snmp | awk '
			NR % 2 { names = NF; prefix = $1; next }
			NF != names || $1 != prefix || names < 10 { exit 1 }
			END { if (!NR || NR % 2) exit 1 }'
	}
	check "/proc/net/xtcp/snmp is pairs of lines" same_number_of_names_and_values

	sockstat() {
		local name
		for name in sockets timewait requests; do
			in_near grep -Eq "^$name:? [0-9]+$" /proc/net/xtcp/sockstat || return 1
		done
	}
	check "/proc/net/xtcp/sockstat has sockets, timewait and requests" sockstat
fi

tap_end
