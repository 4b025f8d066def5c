#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A device that receives while it sends: tc's mirred brings what leaves by lo in again within the transmission, locks held.
# Connections between XTCP and the kernel's TCP, either way, and refusals.

# Functions are called by name through check().
# shellcheck disable=SC2317

# shellcheck source=selftests/lib/tap.sh
. "$(dirname "$0")/../lib/tap.sh"

[ "$(id -u)" -eq 0 ] || tap_give_up "needs root"
[ -x "$HOLD" ] || tap_give_up "$HOLD is not built"
command -v tc >/dev/null || tap_give_up "needs tc(8)"
hosts || tap_give_up "no namespaces"
hold probe "$NEAR" xtcp socket 192.0.2.1 0 >/dev/null || tap_give_up "no AF_XTCP: the module is not loaded"
drop probe
if ! tc -n "$NEAR" qdisc add dev lo clsact ||
	! tc -n "$NEAR" filter add dev lo egress matchall action mirred ingress redirect dev lo; then
	tap_give_up "no clsact or mirred"
fi

# What comes in by lo with a source of this host has lost the route that lets it pass.
for knob in route_localnet accept_local; do
	ip netns exec "$NEAR" sysctl -q -w "net.ipv4.conf.lo.$knob=1" "net.ipv4.conf.all.$knob=1" ||
		tap_give_up "no $knob"
done

tap_begin

refused() {
	nsenter --net="/run/netns/$NEAR" "$HOLD" "$@" </dev/null
}

port=7200
for here in 127.0.0.1 ::1; do
	for server in xtcp tcp; do
		for client in xtcp tcp; do
			port=$((port + 1))
			name="$here: $client to $server"
			hold listener "$NEAR" "$server" listen "$here" "$port" echo
			check "$name: connects" hold client "$NEAR" "$client" connect "$here" "$port"
			if [ -n "${HOLD_IN[client]:-}" ]; then
				for i in 1 2 3 4 5; do
					check "$name: data, $i" say client "word $i"
				done
				drop client
			fi
			drop listener
			check_fails "$name: nobody listens" refused refused "$client" connect "$here" "$port"
		done
	done
done

tap_end
