#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# xtcp(8) as it is used: every object, text and JSON, filters, abbreviations, batch, exit codes; a client made from the
# specification alone; /sys/kernel/xtcp; tracepoints.

# Functions are called by name through check(), what is in single quotes is evaluated there.
# shellcheck disable=SC2317,SC2016

# shellcheck source=selftests/lib/tap.sh
. "$(dirname "$0")/../lib/tap.sh"

TOP=$(cd "$(dirname "$0")/../.." && pwd)
XTCP=${XTCP_TOOL:-$TOP/build/tools/xtcp}
[ "$(id -u)" -eq 0 ] || tap_give_up "needs root"
[ -x "$XTCP" ] || tap_give_up "$XTCP is not built"
[ -x "$HOLD" ] || tap_give_up "$HOLD is not built"
hosts || tap_give_up "no namespaces"
hold probe "$NEAR" xtcp socket 192.0.2.1 0 >/dev/null || tap_give_up "no AF_XTCP: the module is not loaded"
drop probe

tap_begin

near() {
	nsenter --net="/run/netns/$NEAR" "$@"
}

x() {
	near "$XTCP" -n "$@"
}

# One interpreter for all the judging: on an emulated machine each start takes a second.
coproc PYTHON {
	exec python3 -u -c '
import json, sys
for line in sys.stdin:
    try:
        with open(sys.argv[1]) as file:
            d = json.load(file)
        print("good" if eval(line) else "bad", d)
    except Exception as error:
        print("bad", repr(error))' "$DIR/json"
}
exec {JUDGE_IN}>&"${PYTHON[1]}" {JUDGE_OUT}<&"${PYTHON[0]}"

# json EXPRESSION ARG...: the JSON that xtcp ARG prints, as "d", makes EXPRESSION true.
json() {
	local expression=$1 verdict said
	shift
	near "$XTCP" -j "$@" >"$DIR/json" || return 1
	echo "$expression" >&"$JUDGE_IN"
	read -r -u "$JUDGE_OUT" verdict said
	echo "$said"
	[ "$verdict" = good ]
}

has() {
	local text=$1
	shift
	x "$@" | tee "$DIR/out" | grep -q -- "$text" || {
		cat "$DIR/out"
		return 1
	}
}

lacks() {
	local text=$1
	shift
	! x "$@" | grep -q -- "$text"
}

status_is() {
	local status=$1
	shift
	"$@" >/dev/null 2>&1
	[ $? = "$status" ]
}

hold listener "$NEAR" xtcp listen 192.0.2.1 7100 echo
hold listener6 "$NEAR" xtcp listen 2001:db8::1 7100 echo
hold client "$FAR" tcp connect 192.0.2.1 7100
hold client6 "$FAR" tcp connect 2001:db8::1 7100
check "data through IPv4" say client hello
check "data through IPv6" say client6 hello

check "socket: both" json "len(d) == 2 and all(e['state'] == 'ESTAB' for e in d)" socket
check "socket -4" json "len(d) == 1 and d[0]['local'] == '192.0.2.1:7100'" -4 so
check "socket -6" json "len(d) == 1 and d[0]['local'] == '[2001:db8::1]:7100'" -6 socket show
check "socket -s" json "d[0]['info']['bytes_received'] == 6 and d[0]['mem']['rcvbuf'] > 0 and d[0]['limits']" -s -4 socket
check "socket, text" has "ESTAB *0 *0 *192.0.2.1:7100 *192.0.2.2:" socket
check "socket -o is one line each" eval '[ "$(x -o -s socket | wc -l)" = 2 ]'
check "socket, filter that fits" json "len(d) == 1" socket dst 192.0.2.0/24 sport 7100 state established uid 0 cc cubic
check "socket, filter that does not" json "d == []" socket dport 1
check "listen" json "len(d) == 2 and d[0]['queues']['backlog'] > 0 and d[0]['queues']['accepted'] == 1" l
check "request" json "d == []" request
check "why" json "d[0]['limits']['send'] == 'application' and d[0]['limits']['receive'] == 'peer'" why
check "why, text" has "limited by application" why
check "stat" has "PassiveOpens *2" stat
check "stat, a pattern, zeros too" has "TWRecycled *0" stat 'TW*'
check "stat as JSON" json "{'name': 'PassiveOpens', 'value': 2} in d" stat
check "param" has "closed_max *256" param
check "param, set" x param closed_max=77 stall_retries=5
check "param, one" has "^closed_max *77" param closed_max
check "param, out of bounds" status_is 2 x param closed_max=99999999
check "param, none such" status_is 1 x param nonsense

check "policy: none" json "d == []" policy
check "policy add" json "d == [{'id': 1}]" policy add dst 192.0.2.0/24 dport 7200 set cc reno initcwnd 20 rto_min 50ms pacing 8mbit
check "policy show" has "id 1 dst 192.0.2.0/24 dport 7200 set cc reno initcwnd 20 rto_min_us 50000 pacing_bytes_s 1000000" policy
check "policy add, twice the same" status_is 2 x policy add dst 192.0.2.0/24 dport 7200 set quickack on
check "policy add, nothing to set" status_is 1 x policy add dst 192.0.2.0/24
printf '# all\non accept sport 80 set keepidle 60 time_wait 5s\n\ndst 2001:db8::/32 set quickack on\n' >"$DIR/policies"
check "policy replace" x policy replace "$DIR/policies"
check "policy after replace" json "len(d) == 2 and d[1]['dst'] == '2001:db8::/32' and d[0]['param']['time_wait_ms'] == 5000" policy
check "policy delete" x policy delete 3
check "policy delete, none such" status_is 2 x policy del 3
check "policy flush" x policy flush
check "policy is empty" json "d == []" policy show

cookie=$(x -4 socket | sed -n 's/.*cookie \([0-9]*\).*/\1/p')
check "set" x set cookie "$cookie" user_timeout 9s cc reno
check "set is seen" json "d[0]['param']['user_timeout_ms'] == 9000 and d[0]['cc'] == 'reno'" -s socket cookie "$cookie"
check "set, none such" status_is 2 x set cookie 999999 quickack on
check "set, no parameter" status_is 1 x set cookie "$cookie" nonsense 1

printf 'param closed_max=5\nstat InSegs\n' >"$DIR/batch"
check "batch" has InSegs -batch "$DIR/batch"
printf 'param closed_max=6\nnonsense\nparam closed_max=7\n' >"$DIR/batch"
check "batch ends with what fails" status_is 1 x -b "$DIR/batch"
check "batch, what was before it counts" has "closed_max *6" param closed_max

trace_svg() {
	x trace cookie "$cookie" seconds 1 every 50ms to "$DIR/plot.svg" && python3 -c "
import xml.dom.minidom, sys
d = xml.dom.minidom.parse('$DIR/plot.svg')
sys.exit(len(d.getElementsByTagName('polyline')) < 8)"
}
check "trace draws" trace_svg
top_runs() {
	TERM=vt100 x top count 2 </dev/null | grep -q "192.0.2.1:7100"
}
check "top shows" top_runs

monitor() {
	# without the held connections' pipes: their ends would not be seen
	(
		for fd in "${HOLD_IN[@]}" "${HOLD_OUT[@]}"; do
			exec {fd}>&-
		done
		exec nsenter --net="/run/netns/$NEAR" "$XTCP" -j monitor closed count 1
	) >"$DIR/monitor" &
	MONITOR=$!
}
monitor
sleep 0.3
check "abort by filter" json "d == [{'ended': 1}]" abort dst 192.0.2.2
monitor_said() {
	wait "$MONITOR"
	python3 -c "
import json, sys
d = json.load(open('$DIR/monitor'))
print(d)
sys.exit(d[0]['event'] != 'closed' or d[0]['reason'] != 'admin')"
}
check "monitor told it" monitor_said
check "abort, without a filter" status_is 1 x abort
check "closed" json "d[-1]['reason'] == 'admin' and d[-1]['by'] == 'admin' and d[-1]['received'] == 6" closed
check "closed since" json "d == []" closed since 99
check "closed, text" has "reason admin by admin" closed

hold active "$NEAR" xtcp connect 2001:db8::2 7100 2>/dev/null
hold far "$FAR" tcp listen 192.0.2.2 7300 echo
hold active "$NEAR" xtcp connect 192.0.2.2 7300
check "data, actively opened" say active hello
drop active
in_time_wait() {
	x timewait | grep -q '192.0.2.2:7300'
}
check "timewait" until_true in_time_wait
check "timewait as JSON" json "d[0]['state'] == 'TIME-WAIT' and d[0]['expires_ms'] > 50000" timew dport 7300
check "timewait flush" json "d == [{'ended': 1}]" timewait flush dport 7300
check "timewait is empty" json "d == []" timewait

check "help" has "Usage: xtcp" -help
check "no object" status_is 1 x
check "unknown object" status_is 1 x nonsense
check "unknown filter" status_is 1 x socket nonsense
check "unknown option" status_is 1 x -z
while read -r line; do
	# shellcheck disable=SC2086 # words
	check "refused: $line" status_is 1 x $line
done <<'END'
set cookie 1 initcwnd -1
set cookie 1 initcwnd 1001
set cookie 1 initcwnd 1.5
set cookie 1 initcwnd 99999999999999999999
set cookie 1 initcwnd
set cookie 1 rto_min nan
set cookie 1 rto_min inf
set cookie 1 rto_min -1
set cookie 1 rto_min 5lightyears
set cookie 1 pacing 1e300
set cookie 1 quickack maybe
socket dport 65536
socket dport nosuchservice
socket dst 192.0.2.1/33
socket dst 2001:db8::1/129
socket dst 192.0.2.256
socket state nonsense
socket dev nosuchdevice
socket cgroup /no/such/cgroup
END
check "as nobody: reading" near setpriv --reuid 65534 --regid 65534 --clear-groups "$XTCP" socket
check "as nobody: not writing" status_is 2 near setpriv --reuid 65534 --regid 65534 --clear-groups "$XTCP" policy flush

# The client that was made from the specification.
near python3 "$TOP/selftests/net/client.py" "$TOP/Documentation/netlink/specs/xtcp.yaml" >"$DIR/client" 2>&1
status=$?
sed 's/^/# /' "$DIR/client"
client_has() {
	grep -qx -- "$1" "$DIR/client"
}
check "pyroute2: all answers make sense" [ "$status" = 0 ]
check "pyroute2: sockets" client_has "socket 1"
check "pyroute2: listeners" client_has "listener 2"
check "pyroute2: a policy is added and told" client_has "policies 1 44"
check "pyroute2: and deleted" client_has "policies 0"

# sysfs
S=/sys/kernel/xtcp
check "sysfs: version" grep -Eq '^[0-9]+\.[0-9]+$' $S/version
check "sysfs: features" grep -qw policies $S/features
check "sysfs: parameters of the module" grep -qx 18 $S/module/parameters/family
check "sysfs: hash buckets" eval '[ "$(cat $S/module/parameters/minis)" -ge 16 ]'
check "sysfs: of the algorithm" grep -Eqx '[0-9]+' $S/module/parameters/cong_floor_us
check "sysfs: netlink_version" grep -qx 1 $S/netlink_version
check "sysfs: sock_bytes" eval '[ "$(cat $S/sock_bytes)" -gt 2280 ]'
check "sysfs: timewait_bytes" eval '[ "$(cat $S/timewait_bytes)" -le 192 ]'
every_counter() {
	local names
	read -r -a names < <(near sed -n '1s/^Xtcp: //p' /proc/net/xtcp/snmp)
	[ "${#names[@]}" -gt 80 ] && (cd "$S/counters" && [ "$(grep -Exc '[0-9]+' "${names[@]}" | grep -c ':1$')" = "${#names[@]}" ])
}
check "sysfs: every counter" every_counter
summed() {
	local name=PassiveOpens sum=0 ns
	for ns in "$NEAR" "$FAR"; do
		sum=$((sum + $(nsenter --net="/run/netns/$ns" "$XTCP" stat "$name" | awk '{ print $2 }')))
	done
	[ "$(cat "$S/counters/$name")" -ge "$sum" ] && [ "$sum" -ge 2 ]
}
check "sysfs: counters are sums" summed
own() {
	[ "$(near cat "$S/counters/PassiveOpens")" = "$(near "$XTCP" stat PassiveOpens | awk '{ print $2 }')" ]
}
check "sysfs: in another namespace they are its own" own

# tracepoints
T=/sys/kernel/tracing
mountpoint -q $T || mount -t tracefs none $T 2>/dev/null
# What 6.1 does not tell and newer kernels do, XTCP on none: why a RST was sent, what became of sending again.
declare -A LATER=([send_reset]=reason [retransmit_skb]=err)
same_fields() {
	local kernel=$T/events/tcp/tcp_$1/format ours=$T/events/xtcp/xtcp_$1/format field
	[ -e "$ours" ] || return 1
	[ -e "$kernel" ] || return 0
	# saddr and daddr of probe and bad_csum are socket addresses there; here they are as everywhere else
	fields() {
		sed -n 's/.*[ *]\([a-z_0-9]*\)\(\[[0-9]*\]\)\?;.*offset.*/\1/p' "$1" | sort -u
	}
	field=$(comm -23 <(fields "$kernel") <(fields "$ours") | grep -vx "${LATER[$1]:-}")
	[ -z "$field" ] || echo "$1: no $field"
	[ -z "$field" ]
}
for name in retransmit_skb send_reset receive_reset destroy_sock rcv_space_adjust retransmit_synack cong_state_set probe \
	bad_csum; do
	check "tracepoint $name has the kernel's fields" same_fields $name
done
traced() {
	echo 1 >"$T/events/xtcp/xtcp_probe/enable"
	echo 1 >"$T/events/xtcp/xtcp_destroy_sock/enable"
	say client6 again
	drop client6
	sleep 0.3
	echo 0 >"$T/events/xtcp/enable"
	grep -q 'xtcp_probe: family=AF_INET6 .*2001:db8::1.*data_len=6' "$T/trace" &&
		grep -q 'xtcp_destroy_sock: ' "$T/trace"
}
check "tracepoints tell" traced

for name in "${!HOLD_PID[@]}"; do
	drop "$name"
done
tap_end
