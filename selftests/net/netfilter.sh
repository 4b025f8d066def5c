#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The firewall of a host on XTCP takes it for TCP: conntrack follows its connections, NAT changes them, REJECT ends them, rules
# see the owner of the socket. Each for XTCP and, as the measure, for the kernel's TCP. Documentation/coexistence.rst.

# Functions are called by name through check().
# shellcheck disable=SC2317

# shellcheck source=selftests/lib/tap.sh
. "$(dirname "$0")/../lib/tap.sh"

[ "$(id -u)" -eq 0 ] || tap_give_up "needs root"
[ -x "$HOLD" ] || tap_give_up "$HOLD is not built"
command -v nft >/dev/null || tap_give_up "needs nft(8)"
hosts || tap_give_up "no namespaces"
hold probe "$NEAR" xtcp socket 192.0.2.1 0 >/dev/null || tap_give_up "no AF_XTCP: the module is not loaded"
drop probe

rules() {
	ip netns exec "$1" nft -f -
}

# packets NAMESPACE RULE: how many the rule with that comment has seen
packets() {
	ip netns exec "$1" nft list ruleset | sed -n "s/.*counter packets \\([0-9]*\\) .*comment \"$2\".*/\\1/p"
}

counted() {
	[ "$(packets "$1" "$2")" -gt 0 ]
}

uncounted() {
	[ "$(packets "$1" "$2")" = 0 ]
}

refused() {
	nsenter --net="/run/netns/$NEAR" "$HOLD" "$@" </dev/null
}

tap_begin

port=7310
for stack in xtcp tcp; do
	port=$((port + 1))
	# The server lets in what is new to port $port and what belongs to a connection, and sends 7300 there; the client lets
	# in only what belongs to one.
	rules "$FAR" <<-END
		flush ruleset
		table inet t {
			chain prerouting {
				type nat hook prerouting priority dstnat
				tcp dport 7300 redirect to :$port
			}
			chain input {
				type filter hook input priority filter; policy drop
				meta l4proto { icmp, icmpv6 } accept
				ct state invalid counter comment "invalid"
				ct state established counter accept comment "established"
				tcp dport $port ct state new counter accept comment "new"
				tcp dport 7302 reject with tcp reset
				tcp dport 7303 reject
			}
		}
	END
	rules "$NEAR" <<-END
		flush ruleset
		table inet t {
			chain input {
				type filter hook input priority filter; policy drop
				meta l4proto { icmp, icmpv6 } accept
				ct state invalid counter comment "invalid"
				ct state established,related accept
			}
			chain output {
				type filter hook output priority filter
				tcp dport 7300 meta skuid 0 counter comment "owned"
				tcp dport 7300 meta skuid 65534 counter comment "nobody"
			}
		}
	END
	hold listener "$FAR" "$stack" listen 192.0.2.2 $port echo
	check "$stack: connects through NAT" hold client "$NEAR" "$stack" connect 192.0.2.2 7300
	if [ -n "${HOLD_IN[client]:-}" ]; then
		for i in 1 2 3; do
			check "$stack: data, $i" say client "word $i"
		done
		drop client
	fi
	check "$stack: the server's conntrack saw it begin" counted "$FAR" new
	check "$stack: and go on" counted "$FAR" established
	check "$stack: nothing was invalid there" uncounted "$FAR" invalid
	check "$stack: nor here" uncounted "$NEAR" invalid
	check "$stack: a rule sees the owner" counted "$NEAR" owned
	check "$stack: and no other" uncounted "$NEAR" nobody
	check_fails "$stack: REJECT with a RST" refused refused "$stack" connect 192.0.2.2 7302
	check_fails "$stack: REJECT with an ICMP error" refused refused "$stack" connect 192.0.2.2 7303
	drop listener
done

tap_end
