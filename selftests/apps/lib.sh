# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the files of programs share. Sourced by run.sh, after lib/tap.sh. A file NAME.sh has
#
#   NAME_start       starts the server in FAR by `start`, waits for it by `await_port`
#   NAME_cases       calls `exchange WHAT FUNCTION [ARG...]` for each thing to do; the function does it and verifies it;
#                    $ADDRESS is the server's, $URL_ADDRESS the same for an URL
#
# and uses `client COMMAND...` for what runs in NEAR on the client's stack. $CLIENT and $SERVER are XTCP or TCP.

XTCP_RUN=${XTCP_RUN:-$LIB/../../build/tools/xtcp-run}
# More in a guest that is emulated; reached only by what has failed.
APP_SECS=120
CLIENT=XTCP
SERVER=XTCP
ADDRESS=''
URL_ADDRESS=''
STARTED=()

virtual_time() {
	grep -q time-travel /proc/cmdline
}

# The words that put a program on a stack.
stack_words() {
	[ "$1" = XTCP ] && under_test && printf '%s --require' "$XTCP_RUN"
}

on_near() {
	nsenter --net="/run/netns/$NEAR" "$@"
}

client() {
	# shellcheck disable=SC2046  # words
	on_near timeout "$APP_SECS" $(stack_words "$CLIENT") "$@"
}

# start NAME COMMAND...: a server, on the server's stack; what it says is $DIR/NAME.log.
start() {
	local name=$1
	shift
	# no function in between: the job's process is to be the server itself
	# shellcheck disable=SC2046
	nsenter --net="/run/netns/$FAR" setsid $(stack_words "$SERVER") "$@" >"$DIR/$name.log" 2>&1 </dev/null &
	STARTED+=($!)
}

# The same on the kernel's TCP, whatever the server's stack is.
start_plain() {
	local name=$1
	shift
	nsenter --net="/run/netns/$FAR" setsid "$@" >"$DIR/$name.log" 2>&1 </dev/null &
	STARTED+=($!)
}

port_open() {
	on_near timeout 5 bash -c "exec 3<>/dev/tcp/$1/$2" 2>/dev/null
}

await_port() {
	local port=$1
	PATIENCE=60 until_true port_open 192.0.2.2 "$port" && PATIENCE=60 until_true port_open 2001:db8::2 "$port"
}

stop_all() {
	local pid
	for pid in "${STARTED[@]}"; do
		# a group of its own: setsid
		kill -TERM -- "-$pid" 2>/dev/null || kill -TERM "$pid" 2>/dev/null
	done
	for pid in "${STARTED[@]}"; do
		for _ in $(seq 100); do
			kill -0 "$pid" 2>/dev/null || break
			sleep 0.05
		done
		kill -KILL -- "-$pid" 2>/dev/null
		wait "$pid" 2>/dev/null
	done
	STARTED=()
}

# counter NAMESPACE FILE NAME: a value of /proc/net/FILE, pairs of lines
counter() {
	# shellcheck disable=SC2016  # awk's
	nsenter --net="/run/netns/$1" awk -v want="$3" '
		$1 == last { for (i = 2; i <= NF; i++) if (name[i] == want) print $i; last = ""; next }
		{ last = $1; for (i = 2; i <= NF; i++) name[i] = $i }' "/proc/net/$2"
}

opens() {
	if [ "$2" = XTCP ]; then
		counter "$1" xtcp/snmp "$3"
	else
		counter "$1" snmp "$3"
	fi
}

# Did the stacks that are named, and no others, open the connections? Prints what is wrong.
snapshot() {
	local stack
	for stack in XTCP TCP; do
		if [ "$stack" = XTCP ] && ! under_test; then
			printf '0 0 '
			continue
		fi
		printf '%s %s ' "$(opens "$NEAR" "$stack" ActiveOpens)" "$(opens "$FAR" "$stack" PassiveOpens)"
	done
}

proved() {
	local -a b a
	local mine yours
	under_test || return 0
	read -ra b <<<"$1"
	read -ra a <<<"$(snapshot)"
	[ "$CLIENT" = XTCP ] && mine=0 || mine=2
	[ "$SERVER" = XTCP ] && yours=1 || yours=3
	[ "${a[$mine]}" -gt "${b[$mine]}" ] || echo "# the client's stack, $CLIENT, opened nothing"
	[ "${a[$((2 - mine))]}" = "${b[$((2 - mine))]}" ] || echo "# the client's host opened by the other stack"
	[ "${a[$yours]}" -gt "${b[$yours]}" ] || echo "# the server's stack, $SERVER, accepted nothing"
	[ "${a[$((4 - yours))]}" = "${b[$((4 - yours))]}" ] || echo "# the server's host accepted by the other stack"
}

# exchange WHAT FUNCTION [ARG...]
exchange() {
	local what=$1 before status=0 wrong
	shift
	before=$(snapshot)
	"$@" >"$DIR/exchange" 2>&1 || status=$?
	wrong=$(proved "$before")
	if [ "$status" != 0 ]; then
		tail -n 20 "$DIR/exchange" | sed 's/^/# /'
	fi
	[ -z "$wrong" ] || { echo "$wrong"; status=1; }
	tap_result "$status" "$PROGRAM, client $CLIENT, server $SERVER, $FAMILY: $what"
}

# shellcheck disable=SC2034  # for the files of programs
each_address() {
	FAMILY=IPv4 ADDRESS=192.0.2.2 URL_ADDRESS=192.0.2.2
	"$@"
	FAMILY=IPv6 ADDRESS=2001:db8::2 URL_ADDRESS='[2001:db8::2]'
	"$@"
}

serve_program() {
	local log
	PROGRAM=$1
	if ! "$1_start"; then
		tap_result 1 "$1 on $SERVER: the server does not come up"
		for log in "$DIR"/*.log; do
			tail -n 5 "$log" | sed "s|^|# ${log##*/}: |"
		done
	else
		each_address "$1_cases"
	fi
	stop_all
}

# A file of N bytes that never repeats, its checksum beside it.
make_file() {
	head -c "$2" /dev/urandom >"$1"
	sha256sum <"$1" >"$1.sum"
}

same_as() {
	[ "$(sha256sum)" = "$(cat "$1.sum")" ] || { echo "the checksum differs"; return 1; }
}

apps_begin() {
	local side
	tap_begin
	# shellcheck disable=SC2119
	hosts || tap_give_up 'no network namespaces'
	if virtual_time; then
		# Without any delay nothing would ever wait, and so time never pass.
		for side in "$NEAR" "$FAR"; do
			ip netns exec "$side" tc qdisc add dev veth0 root netem delay 1ms
		done
	fi
	chmod 755 "$DIR"
	mkdir "$DIR/www"
	make_file "$DIR/www/big" $(((${FAST:-0} ? 1 : 16) << 20))
	make_file "$DIR/www/small" 1000
}

apps_end() {
	stop_all
	tap_end
}
