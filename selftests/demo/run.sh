#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The demo: unmodified programs on two hosts, one or both of them on XTCP. Runs as root in a guest with xtcp.ko loaded
# (make demo); makes its two hosts, and removes them.
#
#   network namespace "left"                     network namespace "right"
#   the clients: curl, node, iperf3  <- veth ->  the servers: nginx, node, iperf3
#
# Each exchange is verified twice: the bytes by their sha256, the stacks by the counters of both TCPs in both namespaces,
# which say who really opened and carried the connection. The exit status is 0 only if every exchange was verified.
#
# XTCP_DEMO_STACK=tcp puts the kernel's TCP in XTCP's place: that tests this script, without the module.

set -euo pipefail
shopt -s inherit_errexit

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
TOP=$(cd "$HERE/../.." && pwd -P)
XTCP_RUN=${XTCP_RUN:-$TOP/build/tools/xtcp-run}

PAYLOAD_MIB=64
LEFT_V4=10.77.0.1 LEFT_V6=fd00:77::1
RIGHT_V4=10.77.0.2 RIGHT_V6=fd00:77::2

# The servers on the right, each started once.
NGINX_XTCP=8080 NGINX_TCP=8081 NODE_XTCP=7000 NODE_TCP=7001 IPERF=5201

# The bad path: loss and reordering on the way of the data, most of the delay on the way back, because netem lets a
# packet overtake by not delaying it at all, and BBR takes the shortest round trip it ever saw for the path's. netem acts
# on super-segments as a whole; they are kept short. (Alone, each would have its own pacing timer; under an emulated CPU
# BBR takes those timers' lateness for the path's speed.)
NETEM_RIGHT=(loss 1% delay 5ms reorder 25% limit 20000)
NETEM_LEFT=(delay 15ms limit 20000)
NETEM_SEGMENTS=16
NETEM_TEXT="20 ms round trip; of the bursts (up to $NETEM_SEGMENTS segments) 1 % lost, 25 % overtaking"

# In virtual time (scripts/vm --kernel uml) the clock stands still while anything computes: there iperf3 sends an amount.
IPERF_AMOUNT=(-t 2)
case ${XTCP_KERNEL:-} in uml*) IPERF_AMOUNT=(-n 64M) ;; esac

# A transfer longer than this has failed.
EXCHANGE_SECS=60

die() {
	printf 'demo: %s\n' "$*" >&2
	exit 1
}

# --- Hosts -----------------------------------------------------------------------------------------------------------

WORK=
PIDS=()

# Waits for a process that was asked to end, and insists after 2 s.
end() {
	local tries=40
	while kill -0 "$1" 2>/dev/null; do
		[ $((tries--)) -gt 0 ] || {
			kill -KILL "$1" 2>/dev/null || true
			return
		}
		sleep 0.05
	done
}

cleanup() {
	local pid namespace
	trap '' INT TERM
	for pid in "${PIDS[@]}"; do
		kill "$pid" 2>/dev/null || true
	done
	for pid in "${PIDS[@]}"; do
		end "$pid"
	done
	for namespace in left right; do
		ip netns del "$namespace" 2>/dev/null || true
	done
	[ -z "$WORK" ] || rm -rf "$WORK"
}

# on HOST COMMAND...: runs it there. (As `ip netns exec`, without the mounts that it makes each time.)
on() {
	local host=$1
	shift
	nsenter --net="/run/netns/$host" -- "$@"
}

# start NAME HOST COMMAND...: in the background, its output in $WORK/NAME.out; PIDS remembers it.
start() {
	local name=$1 host=$2
	shift 2
	nsenter --net="/run/netns/$host" -- "$@" >"$WORK/$name.out" 2>&1 </dev/null &
	PIDS+=($!)
}

# wait_for SECONDS WHAT COMMAND...: polls until COMMAND succeeds.
wait_for() {
	local left=$(($1 * 20)) what=$2
	shift 2
	until "$@" 2>/dev/null; do
		[ $((left--)) -gt 0 ] || die "$what: still not so after waiting"
		sleep 0.05
	done
}

link_up() {
	ip -n "$1" link show dev veth0 up | grep -q 'state UP'
}

make_hosts() {
	local host
	for host in left right; do
		[ ! -e "/run/netns/$host" ] || die "there already is a network namespace '$host'"
	done
	trap cleanup EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
	for host in left right; do
		ip netns add "$host"
		# Link-local addresses usable at once, not after a second of duplicate detection.
		on "$host" sysctl -q -w net.ipv6.conf.default.accept_dad=0
	done
	# Ends with different numbers: the kernel waits up to a second with the carrier of a device that is its own peer.
	ip -n left link add veth0 index 100 type veth peer name veth0 index 101 netns right
	ip -n left addr add "$LEFT_V4/24" dev veth0
	ip -n left addr add "$LEFT_V6/64" dev veth0 nodad
	ip -n right addr add "$RIGHT_V4/24" dev veth0
	ip -n right addr add "$RIGHT_V6/64" dev veth0 nodad
	for host in left right; do
		ip -n "$host" link set lo up
		ip -n "$host" link set veth0 up
	done
	wait_for 20 'left sees its link' link_up left
	wait_for 20 'right sees its link' link_up right
}

# --- Who speaks which TCP --------------------------------------------------------------------------------------------

STACK=${XTCP_DEMO_STACK:-xtcp}
case $STACK in
xtcp) XTCP=XTCP LAUNCHER=("$XTCP_RUN" --require) ;;
tcp) XTCP=TCP LAUNCHER=() ;;
*) die "XTCP_DEMO_STACK is xtcp or tcp, not '$STACK'" ;;
esac

# shellcheck disable=SC2016  # awk's dollars
# counters HOST: "ActiveOpens PassiveOpens InSegs" of TCP, then the same of XTCP. Both files have a line of names and a
# line of values, each begun by the stack's name.
counters() {
	local files=(/proc/net/snmp)
	[ "$STACK" = tcp ] || files+=(/proc/net/xtcp/snmp)
	on "$1" awk '
		$1 != "Tcp:" && $1 != "Xtcp:" { next }
		!($1 in seen) { seen[$1] = 1; for (i = 2; i <= NF; i++) name[$1, i] = $i; next }
		{ for (i = 2; i <= NF; i++) value[$1, name[$1, i]] = $i }
		END {
			print value["Tcp:", "ActiveOpens"] + 0, value["Tcp:", "PassiveOpens"] + 0,
			      value["Tcp:", "InSegs"] + 0, value["Xtcp:", "ActiveOpens"] + 0,
			      value["Xtcp:", "PassiveOpens"] + 0, value["Xtcp:", "InSegs"] + 0
		}' "${files[@]}"
}

# Segments of the other stack that an exchange may see: the last FIN and ACK of the exchange before.
STRAY_SEGS=8

# stack_proved STACK COLUMN OPENS BEFORE AFTER: in one host, between two readings of counters, did exactly STACK make
# OPENS openings (COLUMN 0: active, 1: passive) and receive the segments?
stack_proved() {
	local stack=$1 column=$2 opens=$3 own other i
	local -a before after moved
	read -ra before <<<"$4"
	read -ra after <<<"$5"
	for i in 0 1 2 3 4 5; do
		moved[i]=$((after[i] - before[i]))
	done
	own=0 other=3
	[ "$stack" = TCP ] || own=3 other=0
	((moved[own + column] == opens && moved[own + 1 - column] == 0)) &&
		((moved[other] == 0 && moved[other + 1] == 0)) &&
		((moved[own + 2] > 0 && moved[other + 2] <= STRAY_SEGS)) && return
	printf 'demo: %s expected, but TCP and XTCP counted (active, passive, segments in): %s\n' \
		"$stack" "${moved[*]}" >&2
	return 1
}

# --- Exchanges -------------------------------------------------------------------------------------------------------

TOTAL=0 VERIFIED=0

section() {
	printf '\n%s\n' "$1"
	printf '   %-26s %-6s %-6s %-5s %11s %9s %11s   %s\n' \
		'' client server '' bytes time rate 'sha256       stacks'
}

# exchange WHAT CLIENT SERVER FAMILY COMMAND...: COMMAND does it and prints "BYTES SECONDS SHA256 EXPECTED". OPENS may
# say how many connections that takes (1).
exchange() {
	local what=$1 client=$2 server=$3 family=$4 opens=${OPENS:-1} verdict proof
	local left_before right_before result bytes='?' seconds=0 sum=- expected=+
	shift 4
	TOTAL=$((TOTAL + 1))
	left_before=$(counters left)
	right_before=$(counters right)
	if result=$("$@"); then
		read -r bytes seconds sum expected <<<"$result"
	fi
	verdict="${sum:0:8} ok "
	[ "$sum" != - ] || verdict='-           '
	[ "$sum" = "$expected" ] || verdict='WRONG BYTES '
	[ "$bytes" != '?' ] || verdict='FAILED      '
	proof=proved
	stack_proved "$client" 0 "$opens" "$left_before" "$(counters left)" || proof='NOT AS CLAIMED'
	stack_proved "$server" 1 "$opens" "$right_before" "$(counters right)" || proof='NOT AS CLAIMED'
	[ "$sum" = "$expected" ] && [ "$proof" = proved ] && VERIFIED=$((VERIFIED + 1))
	printf '   %-26s %-6s %-6s %-5s %11s %9s %11s   %s %s\n' "$what" "$client" "$server" "$family" \
		"$bytes" "$(printf '%.2f s' "$seconds")" "$(rate "$bytes" "$seconds")" "$verdict" "$proof"
}

rate() {
	awk -v bytes="$1" -v seconds="$2" 'BEGIN {
		if (seconds < 0.001) print "-"
		else if (bytes * 8 / seconds >= 1e10) printf "%.0f Gbit/s\n", bytes * 8 / 1e9 / seconds
		else if (bytes * 8 / seconds >= 1e7) printf "%.0f Mbit/s\n", bytes * 8 / 1e6 / seconds
		else printf "%.0f kbit/s\n", bytes * 8 / 1e3 / seconds
	}'
}

# words STACK: sets WORDS to what stands before a command that is to use it.
words() {
	WORDS=()
	[ "$1" != XTCP ] || WORDS=("${LAUNCHER[@]}")
}

# download STACK URL: curl on the left. The file is summed up after curl has ended, so that the time is the network's.
download() {
	local WORDS measured sum
	words "$1"
	measured=$(on left "${WORDS[@]}" curl --silent --show-error --noproxy '*' --max-time "$EXCHANGE_SECS" \
		--output "$WORK/got" --write-out '%{size_download} %{time_total}' "$2") || return
	sum=$(sha256sum <"$WORK/got")
	rm -f "$WORK/got"
	printf '%s %s %s\n' "$measured" "${sum%% *}" "$PAYLOAD_SUM"
}

ask() {
	local WORDS
	words "$1"
	on left "${WORDS[@]}" node "$HERE/echo.js" client "$2" "$3"
}

# each_family FUNCTION...: calls it with "IPv4 ADDRESS" and "IPv6 ADDRESS" of the right host.
each_family() {
	"$@" IPv4 "$RIGHT_V4"
	"$@" IPv6 "$RIGHT_V6"
}

# exchange_file CLIENT SERVER PORT FAMILY ADDRESS
exchange_file() {
	local host=$5
	[ "$4" = IPv4 ] || host="[$5]"
	exchange 'curl <- nginx' "$1" "$2" "$4" download "$1" "http://$host:$3/payload"
}

exchange_echo() {
	exchange 'node -> node "ACK: "+data' "$1" "$2" "$4" ask "$1" "$5" "$3"
}

# --- Servers ---------------------------------------------------------------------------------------------------------

start_nginx() {
	local stack=$1 port=$2 WORDS
	words "$stack"
	sed "s,@DIR@,$WORK,g; s,@PORT@,$port,g" "$HERE/nginx.conf" >"$WORK/nginx-$port.conf"
	start "nginx-$port" right "${WORDS[@]}" nginx -p "$WORK" -e "$WORK/nginx-$port.log" -c "$WORK/nginx-$port.conf"
}

start_node() {
	local stack=$1 port=$2 WORDS
	words "$stack"
	start "node-$port" right "${WORDS[@]}" node "$HERE/echo.js" server "$port"
}

start_servers() {
	start_nginx "$XTCP" "$NGINX_XTCP"
	start_nginx TCP "$NGINX_TCP"
	start_node "$XTCP" "$NODE_XTCP"
	start_node TCP "$NODE_TCP"
}

# nginx writes its pid file, node its line, when they listen.
wait_servers() {
	wait_for 30 'nginx under xtcp-run listens' test -s "$WORK/nginx-$NGINX_XTCP.pid"
	wait_for 30 'nginx listens' test -s "$WORK/nginx-$NGINX_TCP.pid"
	wait_for 30 'node under xtcp-run listens' grep -q listening "$WORK/node-$NODE_XTCP.out"
	wait_for 30 'node listens' grep -q listening "$WORK/node-$NODE_TCP.out"
}

# --- The bad path ----------------------------------------------------------------------------------------------------

bad_path() {
	modprobe -q sch_netem 2>/dev/null || true
	modprobe -q tcp_bbr 2>/dev/null || true
	ip -n right link set veth0 gso_max_segs "$NETEM_SEGMENTS"
	on right tc qdisc replace dev veth0 root netem "${NETEM_RIGHT[@]}"
	on left tc qdisc replace dev veth0 root netem "${NETEM_LEFT[@]}"
	on right sysctl -q -w net.ipv4.tcp_congestion_control=bbr
}

good_path() {
	on right tc qdisc del dev veth0 root
	on left tc qdisc del dev veth0 root
	ip -n right link set veth0 gso_max_segs 65535
	on right sysctl -q -w "net.ipv4.tcp_congestion_control=$1"
}

# --- Seen by ss ------------------------------------------------------------------------------------------------------

# What ss knows of the transfer on either host, into $WORK/ss-HOST; true when it is well under way.
transfer_seen() {
	local host filter="( sport = :$NGINX_XTCP or dport = :$NGINX_XTCP )"
	for host in left right; do
		on "$host" ss -tinHOe state established "$filter" >"$WORK/ss-$host"
	done
	[ -s "$WORK/ss-right" ] && grep -q 'bytes_received:[0-9]\{7\}' "$WORK/ss-left"
}

# look_wrong: prints what ss does not show as it should.
look_wrong() {
	grep -qw bbr "$WORK/ss-right" || printf 'the sender does not use bbr'
	! grep -q tcp-ulp-xtcp "$WORK/ss-left" || printf 'the stock end is tagged tcp-ulp-xtcp'
	[ "$XTCP" = TCP ] || grep -q tcp-ulp-xtcp "$WORK/ss-right" || printf 'the XTCP end is not tagged tcp-ulp-xtcp'
}

# A download from the nginx under xtcp-run, looked at from both hosts while it runs.
look() {
	local host pid wrong
	on left curl --silent --noproxy '*' --max-time "$EXCHANGE_SECS" --output /dev/null \
		"http://$RIGHT_V4:$NGINX_XTCP/payload" &
	pid=$!
	PIDS+=("$pid")
	wait_for 20 'ss shows the transfer' transfer_seen
	kill "$pid" 2>/dev/null || true
	wait "$pid" 2>/dev/null || true
	for host in right left; do
		printf '   %s:\n' "$host"
		tr -s ' \t\n' ' ' <"$WORK/ss-$host" | fold -s -w 108 | sed 's/^ */      /; s/ *$//'
		printf '\n'
	done
	TOTAL=$((TOTAL + 1))
	wrong=$(look_wrong)
	if [ -n "$wrong" ]; then
		printf '   NOT AS CLAIMED: %s\n' "$wrong"
		return
	fi
	VERIFIED=$((VERIFIED + 1))
	[ "$XTCP" = TCP ] || printf '   tcp-ulp-xtcp marks the end that is XTCP (right). The stock end (left) has no such mark.\n'
}

# --- The kernel's TCP beside it --------------------------------------------------------------------------------------

# Prints what exchange() wants; iperf3 compares no bytes, so there are no sums.
iperf() {
	local json
	json=$(on left timeout "$EXCHANGE_SECS" iperf3 -c "$1" -p "$IPERF" --json "${IPERF_AMOUNT[@]}") || {
		grep error <<<"$json" >&2
		return 1
	}
	awk -F '[:,]' '
		/"sum_received"/ { inside = 1 }
		inside && /"seconds"/ { seconds = $2 }
		inside && /"bytes"/ { printf "%.0f %s - -\n", $2, seconds; exit }' <<<"$json"
}

exchange_iperf() {
	start "iperf-$1" right iperf3 -s -1 -p "$IPERF" --forceflush
	wait_for 20 'iperf3 listens' grep -q 'listening' "$WORK/iperf-$1.out"
	OPENS=2 exchange 'iperf3 -> iperf3' TCP TCP "$1" iperf "$2"
}

# --- The story -------------------------------------------------------------------------------------------------------

check_needs() {
	local program
	[ "$(id -u)" = 0 ] || die 'this needs root; "make demo" runs it in a virtual machine'
	for program in curl nginx node iperf3 ip ss tc nsenter sysctl awk sha256sum; do
		command -v "$program" >/dev/null || die "'$program' is not installed; run scripts/setup"
	done
	[ "$STACK" = xtcp ] || return 0
	[ -x "$XTCP_RUN" ] || die "$XTCP_RUN is missing; run: make -C tools"
	[ -e /proc/net/xtcp/snmp ] || die 'there is no /proc/net/xtcp/snmp: xtcp.ko is not loaded (make demo loads it)'
	"$XTCP_RUN" --require true
}

title() {
	local release
	release=$(uname -r)
	cat <<END

XTCP: a second TCP for Linux, in a kernel module. Unmodified programs, on Linux $release.

      left                                                right
     .------------------------------.                    .------------------------------.
     | clients: curl, node, iperf3  |     veth pair      | servers: nginx, node, iperf3 |
     | 10.77.0.1   fd00:77::1       |====================| 10.77.0.2   fd00:77::2       |
     '------------------------------'                    '------------------------------'

 TCP   the kernel's own, program started as always
 XTCP  program started by xtcp-run

 sha256: of the received bytes, compared with the sender's.
 stacks: proved by the counters of both TCPs in both hosts: the one named opened the connection, the other did nothing.
END
	[ "$STACK" = xtcp ] || printf '\n XTCP_DEMO_STACK=tcp: XTCP IS NOT USED. This tests the demo, nothing else.\n'
}

make_payload() {
	local sum
	mkdir -p "$WORK/www"
	head -c "$((PAYLOAD_MIB << 20))" /dev/urandom >"$WORK/www/payload"
	sum=$(sha256sum <"$WORK/www/payload")
	PAYLOAD_SUM=${sum%% *}
}

# After a failure: what the servers said.
tell_servers() {
	local file
	for file in "$WORK"/*.log "$WORK"/*.out; do
		[ ! -s "$file" ] || printf -- '--- %s\n%s\n' "${file##*/}" "$(tail -n 20 "$file")"
	done
}

main() {
	local begin=$SECONDS usual
	check_needs
	title
	WORK=$(mktemp -d /tmp/xtcp-demo.XXXXXX)
	make_hosts
	start_servers
	make_payload
	wait_servers

	section "1. A $PAYLOAD_MIB MiB file: stock curl from nginx on XTCP"
	each_family exchange_file TCP "$XTCP" "$NGINX_XTCP"
	section "2. The reverse: curl on XTCP from stock nginx"
	each_family exchange_file "$XTCP" TCP "$NGINX_TCP"
	section "3. Both on XTCP"
	each_family exchange_file "$XTCP" "$XTCP" "$NGINX_XTCP"
	section "4. A Node.js echo server, which listens on :: for both families, on XTCP; then its client on XTCP"
	each_family exchange_echo TCP "$XTCP" "$NODE_XTCP"
	each_family exchange_echo "$XTCP" TCP "$NODE_TCP"

	usual=$(on right sysctl -n net.ipv4.tcp_congestion_control)
	section "5. The file over a bad path: $NETEM_TEXT
   (right: net.ipv4.tcp_congestion_control = bbr; XTCP follows that sysctl as TCP does)"
	bad_path
	each_family exchange_file TCP "$XTCP" "$NGINX_XTCP"
	each_family exchange_file "$XTCP" TCP "$NGINX_TCP"
	printf '\n6. ss -tie during one of them: nginx on XTCP (right), stock curl (left)\n'
	look
	good_path "$usual"
	section "7. The kernel's TCP beside it, untouched"
	each_family exchange_iperf

	printf '\n%s of %s exchanges verified, in %s s.\n' "$VERIFIED" "$TOTAL" "$((SECONDS - begin))"
	if [ "$VERIFIED" != "$TOTAL" ]; then
		tell_servers >&2
		return 1
	fi
	[ "$STACK" = tcp ] || printf 'Peers cannot tell XTCP from TCP. Try your own program: xtcp-run PROGRAM (README.md says how).\n'
}

main
