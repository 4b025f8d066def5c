#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# In the system that guest.sh boots, run by its systemd: how the module comes, and what is there then. Writes lines "ok
# WHAT", "bad WHAT" to /results, and "end". usage: system.sh NAME VERSION

set -u
VERSION=$2
exec >/results 2>&1

# check WHAT COMMAND...
check() {
	local what=$1 output
	shift
	if output=$("$@" 2>&1); then
		printf 'ok %s\n' "$what"
	else
		printf 'bad %s\n' "$what"
		printf '%s\n' "$output" | tail -n 5 | sed 's/^/# /'
	fi
}

loaded() { [ -d /sys/module/xtcp ]; }
gone() { ! loaded; }
is() { [ "$1" = "$2" ] || { echo "got $1, wanted $2"; return 1; }; }

# Within 20 s.
soon() {
	local try
	for ((try = 0; try < 100; try++)); do
		! "$@" >/dev/null 2>&1 || return 0
		sleep 0.2
	done
	"$@"
}

# opens FAMILY PROTOCOL: as somebody without privileges.
opens() {
	# shellcheck disable=SC2016  # perl's
	setpriv --reuid 65534 --regid 65534 --clear-groups perl -e 'socket(my $s, $ARGV[0], 1, $ARGV[1]) or die "$!\n"' "$1" "$2"
}

no_socket() { ! opens 18 0; }
knob() { is "$(cat /proc/sys/net/xtcp/init_cwnd)" "$1"; }
unload() { rmmod xtcp; }

# comes HOW COMMAND...: it is not there, COMMAND succeeds, and it is.
comes() {
	local how=$1
	shift
	check "not loaded before $how" gone
	check "$how" "$@"
	check "$how loads it" soon loaded
}

# A server and a client of echo on AF_XTCP.
echoes() {
	perl -e '
		use Socket;
		my ($l, $c, $b);
		socket($l, 18, SOCK_STREAM, 0) or die "socket: $!\n";
		bind($l, sockaddr_in(7007, INADDR_LOOPBACK)) or die "bind: $!\n";
		listen($l, 1) or die "listen: $!\n";
		if (!fork()) {
			accept($c, $l) or exit 1;
			syswrite($c, $b) while sysread($c, $b, 4096);
			exit 0;
		}
		socket($c, 18, SOCK_STREAM, 0) or die "socket: $!\n";
		connect($c, sockaddr_in(7007, INADDR_LOOPBACK)) or die "connect: $!\n";
		syswrite($c, "hello, peer");
		sysread($c, $b, 4096);
		die "got $b\n" if $b ne "hello, peer";
		close($c);
		wait();
		exit $? >> 8;'
}

opened() { xtcp stat ActiveOpens | sed 's/.* //'; }

test_installed() {
	comes 'a socket of AF_XTCP' opens 18 0
	check 'its version' is "$(cat /sys/module/xtcp/version)" "$VERSION"
	check 'the rule of udev applies sysctl.d' soon knob 20
	check 'xtcp doctor finds no fault' xtcp doctor
	check 'an echo over AF_XTCP' echoes
	check 'by XTCP, not by the kernel' is "$(opened)" 1
	check 'xtcp closed tells of it' sh -c 'xtcp closed | grep -q 7007'
	xtcp timewait flush >/dev/null
	check 'it can be unloaded' soon unload
	comes 'IPPROTO_XTCP under AF_INET6' opens 10 253
	check 'unloaded' soon unload
	comes 'xtcp socket' xtcp socket
	check 'unloaded' soon unload
	comes 'net.ipv4.tcp_congestion_control = xtcp' sysctl -w net.ipv4.tcp_congestion_control=xtcp
	check 'and it is the congestion control' is "$(cat /proc/sys/net/ipv4/tcp_congestion_control)" xtcp
	sysctl -q -w net.ipv4.tcp_congestion_control=cubic
	check 'unloaded' soon unload
	comes 'modprobe tcp_xtcp' modprobe tcp_xtcp
	check 'unloaded' soon unload
	sed -i 's/^#blacklist/blacklist/' /etc/modprobe.d/xtcp.conf
	check 'blacklisted: no socket' no_socket
	check 'blacklisted: not loaded' gone
	check 'blacklisted: xtcp doctor names it' sh -c 'xtcp doctor | grep -q "^fault *blacklist.*blacklist xtcp"'
	check 'blacklisted: by name it comes' modprobe xtcp
}

test_boot() {
	check 'loaded at boot' loaded
	check 'its parameters are those of modprobe.d' is "$(cat /sys/module/xtcp/parameters/minis)" 65536
	check 'net.xtcp is as in sysctl.d' soon knob 30
	check 'the congestion control is as in sysctl.d' is "$(cat /proc/sys/net/ipv4/tcp_congestion_control)" xtcp
	sysctl -q -w net.ipv4.tcp_congestion_control=cubic
	check 'purge while it is loaded' dpkg --purge xtcp-dkms xtcp-tools
	check 'purged: unloaded' gone
	check 'purged: no socket' no_socket
	# The kernel's headers are many, and nobody's but theirs.
	check 'purged: no file' is "$(find /etc /usr /lib/modules /var/lib/dkms -path '/usr/src/linux-*' -prune -o \
		-name '*xtcp*' ! -name xtcp-test.service -print)" ''
}

"test_$1"
echo end
